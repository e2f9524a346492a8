import type { Page } from '../page.ts';

export const page: Page = {
  example: '334 VXNlcm5hbWU6',
  meaning:
    'Half-time in a login: the server wants the next line of the AUTH exchange. The text behind the number is base64 and is meant for the SASL library. VXNlcm5hbWU6 reads Username: and UGFzc3dvcmQ6 reads Password:, the two prompts of AUTH LOGIN.',
  playsOut: [
    'The client sends AUTH with a mechanism: PLAIN, LOGIN, CRAM-MD5, SCRAM-SHA-256 or XOAUTH2.',
    'The server answers 334 and a challenge, which is empty for PLAIN if the credentials did not come along.',
    'The client sends one base64 line with CRLF. Then follows either the next 334 or the verdict: 235, 535, 454.',
    'With XOAUTH2 a refused token comes as a 334 too: the base64 holds JSON with a status, and the 535 follows only after an empty line.',
    'A client that does not answer runs into the timeout of the server, and the log shows a lost connection after AUTH.',
    'No recipient is known at this point, so Mailstop gets no event from it.',
  ],
  softOrHard:
    'Neither. A question was put, and the answer is still open. Judge the login by the 235 or the 5xx that comes next.',
  causes: [
    'AUTH LOGIN, which asks for the name, then for the password; where the name came along in the AUTH line, it asks once.',
    'AUTH PLAIN without an initial response.',
    'CRAM-MD5 or SCRAM, where the challenge is different each time.',
    'An expired or wrong OAuth token at Gmail or Exchange Online, told in a JSON challenge.',
  ],
  fixes: [
    'Decode the text with base64 -d first: it is a prompt, a challenge, or the JSON of a refused OAuth token.',
    'If it is JSON, send an empty line, read the 535, and renew the token; look at its scope and at SMTP AUTH of the mailbox.',
    'Encode what you type by hand without a newline: printf, not echo, in front of base64.',
    'To leave the exchange, send one asterisk; the server ends it with 501 (RFC 4954, section 4).',
    'Use AUTH PLAIN with an initial response inside TLS, which saves the prompts altogether.',
  ],
  questions: [
    {
      q: 'My script hangs after 334. Why?',
      a: 'The server waits for a line. Either nothing was sent, or it lacks CRLF, or the library expected the answer in another order.',
    },
    {
      q: 'Is base64 a protection for my password?',
      a: 'None at all: anybody can decode it. That is why servers offer PLAIN and LOGIN only after STARTTLS, or on port 465.',
    },
    {
      q: 'May I paste such lines into a ticket?',
      a: 'The prompts of the server yes. The lines of the client no: they hold the user name and the password or the token.',
    },
  ],
  related: ['235', '432', '454', '501', '530', '534', '535', '538'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc4954#section-4',
    'https://www.rfc-editor.org/rfc/rfc4616',
    'https://developers.google.com/workspace/gmail/imap/xoauth2-protocol',
  ],
};
