import type { Page } from '../page.ts';

export const page: Page = {
  example: '220 mx.example.com ESMTP Postfix',
  meaning:
    'The first line of every SMTP session: the server is there, and you may say EHLO. The same code answers STARTTLS and then means that the TLS handshake starts now. In neither place is it a verdict on your IP address, your sender or your recipient.',
  playsOut: [
    'TCP connects. The client waits for the greeting, by RFC 5321 for up to five minutes.',
    'Postscreen may send a first line with 220 and a hyphen, wait some seconds, and watch whether the client talks too early.',
    'After the line that has a space behind 220 the client sends EHLO.',
    'If the list of extensions names STARTTLS, the client asks for it, gets a second 220, and both sides negotiate TLS.',
    'After the handshake the client forgets all it knew and sends EHLO again.',
    'A timeout before the greeting arrives at Mailstop as a network error, never as a 220.',
  ],
  softOrHard:
    'Neither. A greeting opens the conversation and is no verdict. A refusal in its place would be 554, 521 or 421, and that code would carry the class.',
  causes: [
    'Normal start of a session on port 25 or 587, and on port 465 once TLS is up.',
    'The go-ahead for TLS after STARTTLS; Postfix says 220 2.0.0 Ready to start TLS.',
    'A greeting masked with asterisks: an old Cisco PIX or ASA firewall inspects SMTP and rewrites it.',
    'A greeting that comes only after 10 to 60 seconds: a tarpit, or a slow reverse lookup at the receiver.',
  ],
  fixes: [
    'Wait for the whole greeting before EHLO, with five minutes of patience: clients that talk first fail the pregreet test of postscreen.',
    'Set smtp_helo_timeout in Postfix no lower than its default of 300 seconds; it covers the wait for the greeting too.',
    'Drop whatever arrived in clear text behind the 220 of STARTTLS, and send EHLO anew inside TLS.',
    'If the banner is all asterisks and STARTTLS is missing, have SMTP inspection switched off on the firewall in between.',
  ],
  questions: [
    {
      q: 'I see 220 and then nothing. Who is at fault?',
      a: 'If the client waits for more, look at the byte after the number: a hyphen says that further lines come. If the server waits, the EHLO was lost or held back by a firewall.',
    },
    {
      q: 'May a server refuse me before EHLO?',
      a: 'Yes. RFC 5321 allows 554 instead of the greeting, and RFC 7504 added 521 for hosts that never take mail. 421 there says to come back later.',
    },
    {
      q: 'Must the name in the banner match my MX record?',
      a: 'No sender depends on it. The banner should begin with the real name of the host; reputation checks look at PTR and EHLO of the client instead.',
    },
  ],
  related: ['221', '250', '421', '454', '521', '554'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-3.1',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.2',
    'https://www.rfc-editor.org/rfc/rfc3207#section-4.2',
    'https://www.postfix.org/POSTSCREEN_README.html',
  ],
};
