import type { Page } from '../page.ts';

export const page: Page = {
  example: "452 4.2.2 The recipient's inbox is out of storage space",
  meaning:
    'The mailbox exists and is over its quota, and the receiver believes that room may appear. Unlike 5.2.2, the reply asks the sending server to keep the message and try again. The person may tidy up within an hour or have left the account for good; the code cannot tell which.',
  playsOut: [
    'RCPT TO, or the final dot of DATA, is answered with 452 4.2.2; the dialogue itself was in order.',
    'The queue keeps the message and tries again: for five days in a default Postfix (maximal_queue_lifetime), for four with the default retry rule of Exim.',
    'Each of those attempts is a deferral. Mailstop records it and counts nothing.',
    'If the queue gives up, the report carries Status: 4.2.2 and marks one strike for that UTC day.',
    'A third day of strikes within 90 days suppresses the address for a week; a relapse after that makes it 30 days, then 90.',
    'A delivery of another message clears the strikes and lifts the entry.',
  ],
  softOrHard:
    'Soft. The reply is about the state of a mailbox that exists, not about your server. Even the 5xx form, 5.2.2, stays soft here. What is lost when the queue gives up is the message; the address is paused for a while at most.',
  causes: [
    'Gmail: the account has used up the storage that it shares with Drive and Photos; the words are out of storage space or over quota.',
    'An abandoned account: newsletters fill it, and nobody is there to empty it.',
    'Dovecot with quota_full_tempfail = yes, so that its LMTP server answers 452 instead of the default 552 5.2.2.',
    'Cyrus without lmtp_over_quota_perm_failure, which treats an exceeded quota as temporary.',
    'One large message that no longer fits, while small ones still pass.',
  ],
  fixes: [
    'Let the queue retry, and reach the person another way if it is urgent: only they, or whoever runs their mailbox, can make room.',
    'Keep the attempts hours apart; a full mailbox empties over days, not minutes.',
    'Compare with the last open, click or login you know of. An address that is full and silent for months belongs off the marketing list.',
    'If only large messages fail, send a link in place of the attachment.',
    'On your own Dovecot, look at the use with doveadm quota get -u and raise quota_rule (version 2.3) or quota_storage_size (2.4), or expire old mail.',
  ],
  questions: [
    {
      q: 'Is a full mailbox a dead mailbox?',
      a: 'Not by this reply. Gmail marks the hopeless ones itself: out of storage and inactive, mostly as 552 5.2.2. Those words suppress for a month on the first day.',
    },
    {
      q: 'Why is 552 5.2.2 handled the same way?',
      a: 'Receivers choose between 452 and 552 by a setting, not by how long the mailbox has been full. Both are strikes about the recipient, and only the severity differs.',
    },
    {
      q: 'Why did one bounce not suppress it?',
      a: 'One day of a full mailbox proves little. Three separate UTC days are needed, and several bounces on one day make one.',
    },
    {
      q: 'Can it end in suppression for ever?',
      a: 'No. The longest pause for a full mailbox is 90 days, and after it the address is tried again.',
    },
  ],
  related: ['452', '552', '5.2.2', '4.2.1', '4.3.1', '5.2.1'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.3',
    'https://support.google.com/a/answer/3726730',
    'https://doc.dovecot.org/2.3/configuration_manual/quota_plugin/',
    'https://www.postfix.org/postconf.5.html#maximal_queue_lifetime',
  ],
};
