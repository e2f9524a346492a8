import type { Page } from '../page.ts';

export const page: Page = {
  example: '432 4.7.12 A password transition is needed',
  meaning:
    'By the book: the account cannot use this AUTH mechanism yet, and one login with PLAIN over TLS would set it up. In practice the 432 of today comes from Exchange and says something else: too many sessions at once, of the mailbox that sends or for the one that should receive. Read the text.',
  playsOut: [
    'By the standard it answers AUTH, when a client logs in on port 587 and no recipient is named yet.',
    'With 4.7.12 the AUTH command fails, because the server holds no secret in the form that SCRAM or CRAM-MD5 needs.',
    'With 4.3.2 Exchange Online found a fourth session of the same sending mailbox: sender thread limit exceeded, or Concurrent connections limit exceeded.',
    'The message remains with your application, which has to try again; many applications drop it.',
    'In Mailstop the bare code is a note under login, and both thread limits are notes under volume. No strike, no block.',
  ],
  softOrHard:
    'Soft. The sending account is stuck for the moment, and the same message goes through after a plain login or with fewer sessions. Even where a receiving mailbox is named, the address is good and only too busy.',
  causes: [
    'More than three parallel sessions for one mailbox of Exchange Online: a batch job, or several printers that share one account.',
    'STOREDRV.Deliver; recipient thread limit exceeded: one mailbox at Exchange gets more messages at once than it can store, from you or from others.',
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
      a: 'No. That would be 535. 432 says that the login may be right, but not by this mechanism, or not in so many sessions.',
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
    'https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online',
    'https://www.cyrusimap.org/sasl/sasl/options.html',
  ],
};
