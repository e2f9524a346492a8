import type { Page } from '../page.ts';

export const page: Page = {
  example: '355 6135 is the transaction offset',
  meaning:
    'The server kept the first part of a message whose transfer broke, and says from which octet to go on. It belongs to the experimental CHECKPOINT extension of 1995, which none of the large receivers offers. A 355 in a modern log is mostly a misread line.',
  playsOut: [
    'The server lists CHECKPOINT in its answer to EHLO, and the client adds TRANSID to MAIL FROM.',
    'The connection breaks during the data, and the server keeps what it has under that identifier.',
    'Later the client connects again and sends the same MAIL FROM with the same TRANSID.',
    'The server restores the transaction and answers 355; the offset is the first thing on the line.',
    'The client skips as many octets and sends the rest. The outcome is the reply to the end of the data.',
    'Mailstop has no delivery from it. A failure report with 355 and nothing else would be a strike of its day at most.',
  ],
  softOrHard:
    'Neither. The transfer was resumed, not finished. Look for 250 or an error at the end of the data to learn how the message fared.',
  causes: [
    'A server with CHECKPOINT, met again by a client that was cut off in the middle of a large message.',
    'A test server or a mail library that lists each code ever assigned.',
    'A three-digit number of another kind in the log, such as a process id or a size, taken for a reply.',
  ],
  fixes: [
    'Look into the EHLO reply for CHECKPOINT: if the word is missing, the 355 is not a reply of that server.',
    'If large mail breaks again and again, cure the connection (MTU, idle timeouts of a NAT or firewall) instead of resuming.',
    'Treat a 3xx that answers anything but DATA or AUTH as an error, and send the message whole in a new session.',
    'Prefer CHUNKING with BDAT for big messages; it is widely offered, and a failed chunk is noticed at once.',
  ],
  questions: [
    {
      q: 'Which servers send 355?',
      a: 'Postfix, Exim, Exchange, Gmail and Yahoo do not list CHECKPOINT. RFC 1845 is experimental and stayed a curiosity.',
    },
    {
      q: 'Does SMTP resume broken transfers today?',
      a: 'No. The message is sent again from its first byte in a new session. Duplicates are the price when only the final reply was lost.',
    },
    {
      q: 'How is 355 different from 354?',
      a: '354 invites the whole message after DATA. 355 answers MAIL FROM and invites the missing rest.',
    },
  ],
  related: ['250', '354', '451', '555', '4.4.2'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc1845',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.3.2',
    'https://www.rfc-editor.org/rfc/rfc3030',
  ],
};
