import type { Page } from '../page.ts';

export const page: Page = {
  example: '530 5.7.0 Must issue a STARTTLS command first',
  meaning:
    'The server serves nobody who has not logged in, or who has not started TLS; the words tell which. It is the answer of submission servers and of relays on which AUTH was forgotten. The recipients were never looked at, and nothing gets out by this way until it is put right.',
  playsOut: [
    'Your client greets with EHLO and goes straight to MAIL FROM, without STARTTLS or AUTH before it.',
    'Postfix with smtpd_tls_security_level = encrypt asks for STARTTLS; Gmail says 530 5.7.0 Authentication Required.',
    'Exchange Online says 530 5.7.57 Client not authenticated to send mail, often because an earlier login did not succeed.',
    'A relaying Postfix bounces at once, since 5xx is final; a library throws, and its caller decides what becomes of the mail.',
    'Mailstop writes notes of high severity for the recipients: a stream has stopped, and no address is to blame.',
  ],
  softOrHard:
    'Hard. This session gets nowhere until it logs in or encrypts. Every message to every domain meets the same refusal, which is the plainest sign that it is not about an address.',
  causes: [
    'AUTH is not set up in the client, or its settings were lost in a deployment or an upgrade.',
    'TLS is off in a client whose server demands it before MAIL FROM.',
    'Microsoft 365: SMTP AUTH switched off for the tenant or the mailbox, so that the session goes on without a login.',
    'Exchange on site: a receive connector that lacks the permission group AnonymousUsers says 530 5.7.1 Client was not authenticated.',
    'Postfix without SASL plugins (libsasl2-modules on Debian): it knows the password and has no mechanism to send it with.',
    'The wrong host: mail for a domain was sent to a submission server instead of the domain’s MX.',
  ],
  fixes: [
    'Read the words: if they say STARTTLS, switch TLS on; if they say authentication, give the client user and password for port 587 or 465.',
    'In Postfix set smtp_sasl_auth_enable = yes, smtp_sasl_password_maps, smtp_sasl_security_options = noanonymous and smtp_tls_security_level = encrypt, then reload.',
    'In Exim set hosts_require_auth and hosts_require_tls in the smtp transport of that relay: then it defers instead of trying without.',
    'For Microsoft 365 run Get-CASMailbox and Get-TransportConfig, and look at SmtpClientAuthenticationDisabled in both.',
    'For a device that cannot log in, use a connector bound to its IP address instead of an open relay.',
    'Send again what bounced; the list needs no release.',
  ],
  questions: [
    {
      q: 'May an MX on port 25 ask for STARTTLS like this?',
      a: 'RFC 3207 forbids it for a server that is publicly named in an MX. Some do it all the same, and mail from senders without TLS is then lost to them.',
    },
    {
      q: 'My password is right. Why still 530?',
      a: 'Because the server saw no successful AUTH before MAIL FROM. Look whether AUTH was sent at all, and whether it came after the second EHLO, the one inside TLS.',
    },
    {
      q: 'How is it different from 535?',
      a: '535 refuses a login that was tried. 530 says that none was made. If the log shows both, the 535 is the true fault.',
    },
    {
      q: 'Does 530 from an FTP client mean this?',
      a: 'There 530 is not logged in as well (RFC 959), but no mail is involved.',
    },
  ],
  related: ['535', '534', '538', '454', '220', '5.7.0', '5.7.57', '550'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc4954#section-6',
    'https://www.rfc-editor.org/rfc/rfc3207#section-4',
    'https://www.postfix.org/SASL_README.html',
    'https://support.google.com/a/answer/3726730',
    'https://learn.microsoft.com/en-us/exchange/clients-and-mobile-in-exchange-online/authenticated-client-smtp-submission',
  ],
};
