import type { Page } from '../page.ts';

export const page: Page = {
  example: '523 5.7.10 Plaintext authentication disallowed on non-secure (SSL/TLS) connections.',
  meaning:
    'The login that you chose would send the password readable over an open line, and the server will not have it. It wants TLS first, or a mechanism that hides the password. Dovecot’s submission service is the server that answers so.',
  playsOut: [
    'Your client connects to a submission port and sends AUTH PLAIN or AUTH LOGIN without STARTTLS.',
    'Dovecot refuses with 523 5.7.10. If the password was part of the AUTH line, it has already crossed the network in the clear.',
    'A client with a choice starts TLS and logs in again; most programs stop and show an error.',
    'As the login failed, MAIL FROM was never sent and no receiver heard of the message.',
    'In Mailstop the failure stays a note under login and TLS. It counts for nothing against the person you wrote to.',
  ],
  softOrHard:
    'Hard, since the same login over the same open line is refused each time. One setting in the client removes it. Neither the address nor the domain of the recipient plays a part.',
  causes: [
    'TLS is off in the client, or set to none on port 587.',
    'A client that reads the AUTH line of the first EHLO and does not wait for TLS.',
    'An application on another host that was moved off localhost. Dovecot counts local connections as secure, remote ones not.',
    'Dovecot’s own defaults: disable_plaintext_auth = yes in version 2.3, auth_allow_cleartext = no in 2.4.',
    'A proxy that ends TLS in front of Dovecot and passes the session on in clear text.',
  ],
  fixes: [
    'Turn TLS on in the client: STARTTLS on port 587, or implicit TLS on 465.',
    'Change the password if it went out over a network that you do not control.',
    'Check with swaks --server smtp.example.com:587 --tls --auth PLAIN that the login works inside TLS.',
    'If a proxy of yours ends TLS, put its network into login_trusted_networks, so that Dovecot treats the link as secure.',
    'Do not open cleartext logins for the sake of one device; give it a relay on its own network.',
  ],
  questions: [
    {
      q: 'Some lists say that 523 is a message too large. Which is right?',
      a: 'The IANA registry ties 523 to 5.7.10, encryption needed. The other reading is passed on by web pages and has no standard behind it; look at the words of your reply.',
    },
    {
      q: 'Is my password wrong?',
      a: 'It was not checked. The server stopped before it looked at the password; a wrong one would be 535.',
    },
    {
      q: 'How is it different from 530 and 538?',
      a: '530 asks for TLS before anything else. 538 and 524 say that one mechanism needs TLS. 523 says nearly the same of clear text passwords, and came later (RFC 5248).',
    },
  ],
  related: ['524', '530', '534', '538', '535', '5.7.10', '5.7.11'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5248',
    'https://www.iana.org/assignments/smtp-enhanced-status-codes/smtp-enhanced-status-codes.xhtml',
    'https://github.com/dovecot/core/blob/main/src/submission-login/client-authenticate.c',
    'https://www.rfc-editor.org/rfc/rfc8314',
  ],
};
