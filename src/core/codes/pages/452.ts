import type { Page } from '../page.ts';

export const page: Page = {
  example: '452 4.3.1 Insufficient system storage',
  meaning:
    'There is no room. Three things hide behind it, and the enhanced code tells them apart: the disk of the server (4.3.1), the mailbox of the person (4.2.2), or the list of recipients in one transaction (4.5.3). Each can pass, and each asks for something else.',
  playsOut: [
    'At MAIL FROM it is the disk or the announced SIZE; Postfix refuses when free space falls below one and a half times message_size_limit.',
    'At RCPT TO it is a full mailbox, or the recipient that is one too many. Those accepted before stay accepted.',
    'For too many recipients the sender sends DATA for the accepted ones, then starts a new transaction for the rest.',
    'Otherwise the message waits in the queue until space is made or its time is over.',
    'Mailstop reads a bare 452 or 4.3.1 as the receiver’s system, six days of strikes; 4.2.2 as a full mailbox, three days; too many recipients as a note about us.',
  ],
  softOrHard:
    'Soft. Space comes back when somebody cleans up or pays. Only a mailbox that stays full for months hints at an owner who left, and Mailstop then blocks for 7, 30 and 90 days, not for ever.',
  causes: [
    'Gmail 452 4.2.2: the inbox of the recipient is out of storage space.',
    'Postfix at its queue_minfree limit, Exim at check_spool_space (452 Space shortage).',
    'Exchange under back pressure: 452 4.3.1 Insufficient system resources.',
    'More recipients than the server takes at once: smtpd_recipient_limit (1000) in Postfix, recipients_max in Exim, a lower number at large providers.',
    'Exchange Online 452 4.5.3 Too many recipients: more than 200 of one domain in a transaction, and with AS780090 at times only a few, who then have to go separately.',
  ],
  fixes: [
    'Look at the enhanced code: 4.5.3 means fewer recipients per transaction, 4.2.2 means reach the person another way, 4.3.1 means wait.',
    'For 4.5.3 set smtp_destination_recipient_limit in Postfix, or max_rcpt in the smtp transport of Exim, to 50 or less.',
    'If EHLO lists LIMITS with RCPTMAX, keep to that number (RFC 9422).',
    'If the server is yours, free the partition of the queue first, and look there for a log or a loop that filled it.',
    'Send important notices to a full mailbox by another channel, and ask the person to make room.',
  ],
  questions: [
    {
      q: 'Is 452 the mailbox or the server?',
      a: 'Bare, it is the server by definition. In the wild full mailboxes are as common. 4.2.2 or words such as quota and storage space settle it.',
    },
    {
      q: 'How many recipients may I put in one message?',
      a: 'A server must take 100 (RFC 5321, section 4.5.3.1.8). Few take many more from strangers. One recipient per transaction also gives the clearest bounces.',
    },
    {
      q: 'How is it different from 552?',
      a: '552 is the final form: over quota or too large. For too many recipients RFC 5321 asks clients to treat an old 552 as if it were 452.',
    },
    {
      q: 'Does retrying help with 4.5.3?',
      a: 'Yes, as long as the retry names only those who are left. The same full list would be cut at the same place.',
    },
  ],
  related: ['450', '451', '552', '4.2.2', '4.3.1', '4.5.3', '5.2.2'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.10',
    'https://www.rfc-editor.org/rfc/rfc1870',
    'https://www.rfc-editor.org/rfc/rfc9422',
    'https://www.postfix.org/postconf.5.html#queue_minfree',
    'https://learn.microsoft.com/en-us/exchange/mail-flow/back-pressure',
  ],
};
