import type { Page } from '../page.ts';

export const page: Page = {
  example: '454 4.7.0 TLS not available due to local problem',
  meaning:
    'STARTTLS or AUTH is offered, but cannot be served at this moment: a certificate that does not load, a login backend that is down, or a pause after too many logins. Postfix uses the number in a third way, 454 4.7.1 Relay access denied, for a destination it does not relay to.',
  playsOut: [
    'The client sends STARTTLS or AUTH after EHLO, and the server answers 454.',
    'With opportunistic TLS the sender may go on in clear text. With DANE, MTA-STS or smtp_tls_security_level = encrypt it must not, and the message waits.',
    'A submission client with a failed AUTH stops; mail programs then ask for the password again, without need.',
    'The queue tries later. If the certificate is broken nothing changes, and the message expires after days.',
    'Mailstop notes the bare code as a matter between the servers: no strike, and the recipient keeps getting other mail.',
  ],
  softOrHard:
    'Soft. The security step failed before a recipient mattered. A lasting 454 is a broken setup on one of the two sides, and still no reason to give up the address.',
  causes: [
    'The receiver cannot read its certificate or key: a dangling symlink, wrong permissions, a key that does not match. Exim says TLS currently unavailable.',
    'The login backend is away: Dovecot stopped, LDAP or the database out of reach (Temporary authentication failure).',
    'Gmail 454 4.7.0 Too many login attempts, after many sessions or wrong passwords.',
    'Postfix with defer_unauth_destination in smtpd_relay_restrictions: the domain is missing in mydestination, virtual_mailbox_domains or relay_domains.',
    'Too many new TLS sessions from one client (smtpd_client_new_tls_session_rate_limit in Postfix).',
  ],
  fixes: [
    'Open a session with openssl s_client -connect mx.example.com:25 -starttls smtp: it shows at once whether TLS or the login is broken.',
    'On your own Postfix read the warning above the 454: it names the file in smtpd_tls_chain_files, or the SASL socket, that failed.',
    'For Relay access denied, log in before MAIL FROM, or add the domain to the right table on the MX.',
    'Keep one session and reuse it instead of a login for each message; wait some minutes after Too many login attempts.',
    'If opportunistic TLS is allowed, let the sender fall back to clear text; Postfix does so at level may.',
  ],
  questions: [
    {
      q: 'Is my password wrong?',
      a: 'No. A wrong one gets 535. 454 says that the server could not check it at all, or will not check more of them now.',
    },
    {
      q: 'Why does a relay refusal come as a 4xx?',
      a: 'Postfix defers by default, so that mail is not lost by a slip in the table of domains. Once sure, use reject_unauth_destination, and it becomes 554.',
    },
    {
      q: 'All receivers answer me with 454. What is it?',
      a: 'Then something between you and them answers: a hosting provider or a security gateway that takes over port 25. Send through their relay.',
    },
  ],
  related: ['220', '235', '334', '432', '530', '535', '538', '4.7.1'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3207#section-4',
    'https://www.rfc-editor.org/rfc/rfc4954#section-6',
    'https://www.postfix.org/TLS_README.html',
    'https://www.postfix.org/postconf.5.html#smtpd_relay_restrictions',
    'https://support.google.com/a/answer/3726730',
  ],
};
