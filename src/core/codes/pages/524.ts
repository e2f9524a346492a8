import type { Page } from '../page.ts';

export const page: Page = {
  example: '524 5.7.11 Encryption required for requested authentication mechanism',
  meaning:
    'The mechanism that you named in AUTH is reserved for encrypted sessions, and yours is not. RFC 5248 pairs this number with 5.7.11, beside the older 538. It is rare: the large servers express the same refusal with other codes.',
  playsOut: [
    'EHLO is answered in clear text, and the client picks PLAIN, LOGIN or another mechanism.',
    'The server finds no TLS under the session and refuses with 524 before it asks for the password.',
    'The client may send STARTTLS, greet again and repeat the login; a library that does not know the number raises an error.',
    'Without login there is no MAIL FROM, so the queue of your own application holds the message or loses it.',
    'Reported to Mailstop, it is filed under login and TLS as a note, and the recipient keeps every right to mail.',
  ],
  softOrHard:
    'Hard. Repeating AUTH on the same open session changes nothing, encrypting it does. It is a rule about your way in, set long before any mailbox was looked up.',
  causes: [
    'The client has encryption set to none, or to optional with a failed handshake that it passed over in silence.',
    'STARTTLS is missing from EHLO, because a firewall on the way removes it.',
    'A mail server written in-house or with a library that follows RFC 5248 to the letter.',
    'A gateway that asks for TLS from outside networks and leaves it optional inside.',
  ],
  fixes: [
    'Set the client to require STARTTLS, or move it to port 465, where the session is encrypted from the first byte.',
    'Look whether STARTTLS is offered: openssl s_client -starttls smtp -connect smtp.example.com:587. If not, ask from another network.',
    'Read EHLO again inside TLS; the mechanisms offered there are those you may use.',
    'If the server is yours, stop listing mechanisms before TLS. RFC 4954 asks for that, and the code then never appears.',
  ],
  questions: [
    {
      q: 'Which servers send 524?',
      a: 'None of the common ones that we know of. For this refusal Postfix uses 504 5.5.4, Dovecot 523 and Exim 503. With 524 look at a custom server or an appliance.',
    },
    {
      q: 'Are 524 and 538 the same?',
      a: 'Yes in content: the registry lists both for 5.7.11. 538 is the number of the older AUTH standard, RFC 2554.',
    },
    {
      q: 'Does Cloudflare’s error 524 belong here?',
      a: 'No. That is a timeout between a web proxy and its origin server. No mail is involved.',
    },
  ],
  related: ['523', '538', '530', '534', '504', '5.7.11', '5.7.10'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5248',
    'https://www.iana.org/assignments/smtp-enhanced-status-codes/smtp-enhanced-status-codes.xhtml',
    'https://www.rfc-editor.org/rfc/rfc4954#section-4',
  ],
};
