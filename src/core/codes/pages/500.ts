import type { Page } from '../page.ts';

export const page: Page = {
  example: '500 5.5.1 Command unrecognized: "XXXX mail.example.com"',
  meaning:
    'The server read a line and found no command in it that it knows, or the line was longer than it can take. Nothing was decided about the recipient. Either your client sends something wrong, or a device on the way changed what it sent.',
  playsOut: [
    'A line arrives that begins with no known verb: XXXX from a firewall, a piece of the message, or bytes of a TLS handshake.',
    'Exim prints 500 unrecognized command, Sendmail repeats the line it saw, Exchange says 500 5.3.3 Unrecognized command.',
    'To a refused EHLO a client should answer with HELO, as RFC 5321 asks in section 3.2. The mail then goes without TLS and without AUTH.',
    'After a few such lines the server hangs up; Exim does so at the limit of smtp_max_unknown_commands, three by default.',
    'If the message fails for it, Mailstop keeps a note with blame on the sender. The address may be mailed again as soon as the cause is gone.',
  ],
  softOrHard:
    'Hard. A line that is no command today will be none tomorrow, so this message is lost. The address did nothing: in most sessions it had not even been named when the reply came.',
  causes: [
    'A firewall that inspects SMTP and overwrites verbs it does not know with X. Cisco PIX and ASA do it to EHLO and STARTTLS (fixup smtp, inspect esmtp).',
    'A client that sends the message without waiting for 354. DATA was refused, and each header line is now taken for a command.',
    'A line above the limits of RFC 5321: 512 octets for a command, 1000 for a line of text, CR LF included.',
    'A SASL answer too long for the buffer of the server: 500 5.5.6 (RFC 4954), seen with large Kerberos tickets.',
    'Implicit TLS spoken to port 25 or 587, which start in clear text.',
    'A web proxy or a port scanner on the mail port: GET and CONNECT are no SMTP verbs.',
  ],
  fixes: [
    'Compare both ends: what your client logged as sent, and what the server repeats. If the two differ, a device between them rewrites the session.',
    'On a Cisco ASA take inspect esmtp out of the policy map, or permit the commands that it masks.',
    'Make the client wait: after DATA no line may follow until 354 has arrived.',
    'Fold long headers and send bodies as quoted-printable or base64, so that no line passes 998 characters.',
    'Use port 465 where the client opens with TLS at once.',
    'Send again what failed; nothing has to be released.',
  ],
  questions: [
    {
      q: 'Do I have to take the recipient off my list?',
      a: 'No. The server judged a line of the dialogue. The next message with correct commands may reach the same person.',
    },
    {
      q: 'Why is there XXXX in my log?',
      a: 'It is the mark of a Cisco firewall with SMTP inspection. It blanks out what it does not permit, and the server answers to the rest.',
    },
    {
      q: 'How does 500 differ from 502?',
      a: '502 is for a verb that the server knows and does not offer. 500 is for one that it does not know (RFC 5321, 4.2.4). Postfix and Gmail do not keep to it strictly.',
    },
    {
      q: 'Does 500 Internal Server Error from an API mean the same?',
      a: 'No. That is an HTTP status of the web service. If your provider answers so, no SMTP session took place at all.',
    },
  ],
  related: ['501', '502', '503', '421', '5.5.1', '5.5.2', '5.5.6'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.4',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1',
    'https://www.rfc-editor.org/rfc/rfc4954#section-4',
    'https://www.exim.org/exim-html-current/doc/html/spec_html/ch-main_configuration.html',
  ],
};
