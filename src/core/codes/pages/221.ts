import type { Page } from '../page.ts';

export const page: Page = {
  example: '221 2.0.0 Bye',
  meaning:
    'The server closes the session, as a rule because the client sent QUIT. What was accepted with 250 before stays accepted, and what was not yet accepted is gone. The words differ by product, and none of them is about a recipient.',
  playsOut: [
    'The last message was answered, and the client sends QUIT.',
    'Postfix says 221 2.0.0 Bye, Exim names its host and says closing connection, Exchange says Service closing transmission channel.',
    'Both sides close TCP. Many clients do not wait for the reply, and some servers then log a lost connection. That is harmless.',
    'The delivery was decided earlier, so Mailstop has its success or its failure already and makes nothing of the farewell.',
  ],
  softOrHard:
    'Neither. The end of a session says nothing about what went through it. Read the reply to the final dot for the fate of the message.',
  causes: [
    'QUIT from the client, by far the usual case.',
    'Postfix saw a header line or an HTTP verb where a command belongs (smtpd_forbidden_commands): it says 221 2.7.0 I can break rules, too, and hangs up.',
    'A client that sends message text after DATA was refused: the body arrives as commands and runs into that same trap.',
  ],
  fixes: [
    'Find the reply to the final dot in the log above this line: 250 there means delivered to the receiver, whatever came after.',
    'If the text is 221 2.7.0, read the reply to DATA and wait for 354 before a single byte of the message is sent.',
    'Do not resend a message because QUIT failed or timed out; that makes duplicates.',
    'Move HTTP proxies and scanners away from port 25 if Postfix logs non-SMTP commands from your hosts.',
  ],
  questions: [
    {
      q: 'The connection dropped before 221. Is the mail lost?',
      a: 'Not if 250 had come after the final dot. RFC 5321 makes the receiver responsible from there on. Without that 250 the client has to try again.',
    },
    {
      q: 'Is 221 a disconnect by force?',
      a: 'Seldom. A server that throws a client out uses 421. The exception is the 221 2.7.0 of Postfix against clients that do not speak SMTP.',
    },
    {
      q: 'Why do I see 221 as the last reply in my mail library’s exception?',
      a: 'The library printed the last line it read, not the one that failed. Log the complete session to see which command was refused.',
    },
  ],
  related: ['220', '250', '354', '421', '503'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.10',
    'https://www.rfc-editor.org/rfc/rfc5321#section-3.8',
    'https://www.postfix.org/postconf.5.html#smtpd_forbidden_commands',
  ],
};
