import type { Page } from '../page.ts';

export const page: Page = {
  example: '538 5.7.11 Encryption required for requested authentication mechanism',
  meaning:
    'You asked for a login mechanism that this server permits only under TLS. The number goes back to RFC 2554; its successor RFC 4954 keeps it for historical purposes. It lives on in small servers, appliances and in-house software.',
  playsOut: [
    'The session is in clear text, and AUTH PLAIN or LOGIN is sent.',
    'The server lists the mechanism in EHLO all the same, which RFC 4954 advises against, and answers 538 when it is used.',
    'A client that knows the code sends STARTTLS and begins anew. Others stop here and show the line to the user.',
    'No envelope has been sent so far, and the relay knows neither sender nor recipient.',
    'If the failure reaches Mailstop, a note in the login and TLS category is all that comes of it.',
  ],
  softOrHard:
    'Hard. The refusal holds as long as the connection is open text. It is lifted by a checkbox in the client, and the people on your list have no share in it.',
  causes: [
    'A scanner, printer or monitoring tool whose mail settings have TLS switched off.',
    'A connection that fell back to clear text after a failed TLS handshake, for instance over an expired certificate or TLS 1.0.',
    'A relay that demands encryption and offers no STARTTLS on that port, so that no login can succeed.',
    'Code that logs in before it upgrades the socket, such as smtplib in Python with login called ahead of starttls.',
  ],
  fixes: [
    'Switch on TLS in the client; on port 587 it is called STARTTLS, on 465 SSL or implicit TLS.',
    'Where TLS is on and 538 still comes, look in the client’s log for a failed handshake, and renew the certificate or allow TLS 1.2.',
    'In your own code call starttls, greet again, and only then log in.',
    'Put old devices without TLS behind a local Postfix that takes their mail by IP address and speaks TLS to the relay.',
    'If the server is yours, announce AUTH only inside TLS; in Postfix that is smtpd_tls_auth_only = yes.',
  ],
  questions: [
    {
      q: 'Was my password sent in the clear?',
      a: 'If the client put it on the same line as AUTH PLAIN, yes, and it should be changed. With AUTH LOGIN the server refuses before it asks.',
    },
    {
      q: 'Is 538 obsolete?',
      a: 'Nearly. RFC 4954 wants servers not to offer such a mechanism before TLS, so that the case cannot arise. Newer replies for it are 523, 524 and 504 5.5.4.',
    },
    {
      q: 'Does it say anything about the recipient?',
      a: 'Nothing. It comes before MAIL FROM, and the same recipients can be reached as soon as the client encrypts.',
    },
  ],
  related: ['530', '523', '524', '534', '535', '504', '5.7.11'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc4954#section-6',
    'https://www.rfc-editor.org/rfc/rfc2554',
    'https://www.postfix.org/postconf.5.html#smtpd_tls_auth_only',
  ],
};
