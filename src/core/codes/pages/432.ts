import type { Page } from '../page.ts';

export const page: Page = {
  example: '432 4.7.12 A password transition is needed',
  meaning:
    'By the book: the account cannot use this AUTH mechanism yet, and one login with PLAIN over TLS would set it up. In practice nearly every 432 of today comes from Exchange Online and says something else: this mailbox has too many sessions open at once. Read the text.',
  playsOut: [
    'The client logs in on port 587 for a mailbox, before any recipient is named.',
    'With 4.7.12 the AUTH command fails, because the server holds no secret in the form that SCRAM or CRAM-MD5 needs.',
    'With 4.3.2 Exchange Online found a fourth session of the same mailbox and refuses it, with sender thread limit exceeded or Concurrent connections limit exceeded.',
    'The message remains with your application, which has to try again; many applications drop it.',
    'Mailstop notes the bare code, and the thread limit too, as a fault of the sending side. No strike, no block.',
  ],
  softOrHard:
    'Soft. The sending account is stuck for the moment, and the same message goes through after a plain login or with fewer sessions. The address of the recipient was not even looked at.',
  causes: [
    'More than three parallel sessions for one mailbox of Exchange Online: a batch job, or several printers that share one account.',
    'A user store that was moved, or holds only hashes, so that a challenge mechanism has no secret to work with.',
    'A password change on a Cyrus SASL server that creates the missing secrets at the next plaintext login (auto_transition).',
  ],
  fixes: [
    'Read the text first: for a thread or connection limit send one message after the other; for 4.7.12 log in once with PLAIN over TLS.',
    'Limit the worker pool of the application to three sessions for each mailbox, and stay below 30 messages a minute.',
    'Give each device or job its own mailbox, or move bulk mail to a relay that is made for it.',
    'Catch 432 in the code that sends, wait a minute, and try again.',
    'On your own server, set auto_transition in the SASL configuration, or offer only PLAIN inside TLS.',
  ],
  questions: [
    {
      q: 'Is my password wrong?',
      a: 'No. That would be 535. 432 says that the login is right in principle, but not with this mechanism, or not with so many sessions.',
    },
    {
      q: 'Why does only a part of my batch fail?',
      a: 'The sessions up to the limit pass, those above it get 432. Failures that cluster at the start of a run are typical of it.',
    },
    {
      q: 'Can Microsoft raise the limit for my mailbox?',
      a: 'The limit of three is part of the service and the same for all. Spread the load over mailboxes, or send less in parallel.',
    },
  ],
  related: ['334', '421', '454', '534', '535', '4.7.12', '4.3.2'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc4954#section-6',
    'https://learn.microsoft.com/en-us/exchange/troubleshoot/send-emails/smtp-submission-improvements',
    'https://www.cyrusimap.org/sasl/sasl/options.html',
  ],
};
