import type { Page } from '../page.ts';

export const page: Page = {
  example: '211 System status, or system help reply',
  meaning:
    'The server reports on its own state or answers HELP. RFC 5321 keeps 211 for that and for nothing else, and hardly any mail server of today prints it: most answer HELP with 214. No message and no recipient is concerned.',
  playsOut: [
    'A person or a monitoring script sends HELP, at any point of a session.',
    'The server prints one or several lines that begin with 211, the last of them with a space after the number.',
    'The session stays as it was: a MAIL FROM sent before still holds, and the next command may follow.',
    'Mailstop keeps no state from it. A report that carries 211 and nothing else leaves the address untouched.',
  ],
  softOrHard:
    'Neither. 211 is information in the middle of a session. It accepts no recipient, takes no message and fails nothing, so it can neither help nor harm an address.',
  causes: [
    'HELP typed by hand in a telnet or openssl s_client session.',
    'A health check that sends HELP to see whether the SMTP service is alive.',
    'A log line that came from FTP: there 211 answers STAT and FEAT (RFC 959, RFC 2389).',
    'A log line that came from a news server: in NNTP 211 answers GROUP (RFC 3977).',
  ],
  fixes: [
    'Look at the port of the connection: 211 on port 21 is FTP and on port 119 is NNTP, and neither is about mail delivery.',
    'Let monitoring send EHLO and QUIT instead of HELP; each server must support those two.',
    'If a delivery report names 211, search the same log for the reply to RCPT TO and to the final dot.',
  ],
  questions: [
    {
      q: 'Did my message go out when the log shows 211?',
      a: 'The line does not tell. Only the 250 after the final dot of DATA says that the receiver took the message.',
    },
    {
      q: 'Is there a STATUS command in SMTP?',
      a: 'RFC 5321 defines none. The code was inherited from RFC 821 and its FTP ancestors, where servers could be asked for their state.',
    },
    {
      q: 'What is the difference between 211 and 214?',
      a: '214 is text for a human who asked how to use the server. 211 is status or a help reply of the system. HELP may be answered by either.',
    },
  ],
  related: ['214', '220', '250', '500', '502'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.2',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.8',
    'https://www.rfc-editor.org/rfc/rfc3977#section-6.1.1',
  ],
};
