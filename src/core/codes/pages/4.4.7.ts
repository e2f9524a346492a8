import type { Page } from '../page.ts';

export const page: Page = {
  example: '450 4.4.7 Delivery time expired',
  meaning:
    'The sending server gave up: the message waited in its queue until the allowed time was over. The code is written by the server that sends, not by the receiver, and it is a conclusion, not a cause. The cause is the last reply before it, which good reports quote.',
  playsOut: [
    'An attempt ends with a 4xx or without any connection, and the message stays in the queue.',
    'Further attempts follow at growing intervals, each perhaps with another reply.',
    'The limit comes: five days in Postfix (maximal_queue_lifetime) and Sendmail (Timeout.queuereturn), two in Exchange Server, one in Exchange Online, 14 hours at Amazon SES.',
    'A report goes out with Action: failed and Status: 4.4.7, from Exchange as 550 4.4.7 QUEUE.Expired.',
    'Mailstop reads the words first: a quoted reply such as out of storage space makes it a full mailbox. With no such words it is a strike about the system.',
    'On the sixth day of such strikes within 90 the address is suppressed for a week, after a relapse for 30 and then 90 days.',
  ],
  softOrHard:
    'Soft. It is the end of the message, and yet only time ran out: no receiver ever said no. That holds even where Exchange or Amazon SES puts a 550 in front. The address stays good unless the same happens on many days.',
  causes: [
    'A receiver that could not be reached the whole time; the attempts before it show 4.4.1.',
    'A mailbox over quota for days, at receivers that say 452 4.2.2 rather than 552.',
    'Throttling that never ended: the TSS04 of Yahoo or the rate limits of Gmail, repeated until the limit.',
    'Greylisting, and a sender that comes back from another IP each time or too seldom.',
    'A queue lifetime cut to an hour or two, so that an ordinary outage outlasts it.',
    'A domain whose DNS servers do not answer, so that no MX host was ever found.',
  ],
  fixes: [
    'Find the last reply before the expiry and deal with that one: search the log for the queue id, or read what Amazon SES quotes in angle brackets.',
    'Count the domains: one domain points to its receiver, all at once to your own network, DNS or a stopped queue.',
    'Compare your limit with RFC 5321 4.5.4.1 (four days or more): the retry section in Exim, Timeout.queuereturn in Sendmail, MessageExpirationTimeout in Exchange.',
    'Retry from one IP, or from few, so that greylisting recognises you.',
    'Send the message anew once that cause is gone, but never one-time codes or other mail that is worthless by then.',
  ],
  questions: [
    {
      q: 'Is it temporary or final?',
      a: 'Final for this message, temporary for the address. RFC 3463 lets class 4 stand in a failure report: a later message may get through.',
    },
    {
      q: 'Why does Exchange show 550 beside it?',
      a: 'Exchange puts 550 before the detail when it gives up on a message. Newer versions also say 550 5.4.300 Message expired. Mailstop reads both as expired.',
    },
    {
      q: 'What is 5.4.7 then?',
      a: 'The same event in class 5, from servers that report an expired message as a permanent failure.',
    },
    {
      q: 'Should the queue hold mail for longer?',
      a: 'If the limit is shorter than a weekend, yes: what breaks on a Friday is often repaired on Monday. One-time codes are the exception and may expire within minutes.',
    },
  ],
  related: ['5.4.7', '4.4.1', '4.2.2', '4.7.0', '4.4.3', '4.4.2'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.5',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.4.1',
    'https://www.rfc-editor.org/rfc/rfc3464',
    'https://www.postfix.org/postconf.5.html#maximal_queue_lifetime',
  ],
};
