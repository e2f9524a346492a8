import type { Page } from '../page.ts';

export const page: Page = {
  example:
    '550 5.2.1 The email account that you tried to reach is inactive. For more information, go to https://support.google.com/mail/?p=DisabledUser',
  meaning:
    'The account exists and takes no mail: switched off by its provider, suspended, or asleep for too long. Gmail has a second use for the number. There it also refuses mail to a living account that gets more than it may in a short time, and those words mean wait.',
  playsOut: [
    'RCPT TO names a real account, and the receiver finds a flag on it: disabled, suspended or inactive.',
    'It refuses with 550 5.2.1, before any content is sent.',
    'The bounce is final for this message; your server does not try again.',
    'With words such as disabled or inactive, Mailstop suppresses it; an address that got mail in the last 90 days is out for one week at first.',
    'The bare number is doubtful: a week, a month, then for ever. Receiving mail at a rate is a matter of volume, and only noted.',
  ],
  softOrHard:
    'Hard where the account is off, which is the registered sense. RFC 3463 itself allows that a mailbox is disabled for a time only, so a few come back. Gmail’s reply about the rate of incoming mail is soft in spite of its 550: the address is fine.',
  causes: [
    'Gmail: the account is inactive or disabled. Google deletes personal accounts that nobody used for two years.',
    'A company suspended the user in its admin console, often as the first step when somebody leaves.',
    'The provider locked the account for abuse, or for a bill that was not paid.',
    'Gmail: the user receives mail at a rate that prevents additional messages. A mail loop or a sign-up flood is behind it.',
    'Old AOL servers used 521 5.2.1 for a refused message or sender, which has nothing to do with a mailbox.',
  ],
  fixes: [
    'Read the text: disabled or inactive means stop, receiving mail at a rate means wait for some hours.',
    'For a suspended account, ask the person or the company for a new address.',
    'For the rate reply, slow down to that one recipient: merge alerts into a digest, and stop monitoring loops.',
    'If your own users are refused, look at the user’s status in the admin console of your mail service, such as Google Admin: suspended, archived or out of licence.',
    'Once the owner says that the account is open again, release the address by hand.',
  ],
  questions: [
    {
      q: 'How is it different from 5.1.1?',
      a: '5.1.1 says that there is no such user. Here the user is known, and the door is closed. Providers often go from one to the other when the account is finally deleted.',
    },
    {
      q: 'Why does Mailstop doubt the bare number?',
      a: 'Because receivers use it for other things, such as the rate limit at Gmail. Without the words nobody can tell a dead account from a busy one.',
    },
    {
      q: 'Could the inactive account turn into a spam trap?',
      a: 'Yes. Some providers refuse mail to an abandoned address for months and then let it report senders. That is a good reason to stop at the first clear reply.',
    },
    {
      q: 'What is 4.2.1 at Gmail?',
      a: 'The milder form of the rate reply, 450 4.2.1. Keep the message in the queue; it passes when the stream of mail calms down.',
    },
  ],
  related: ['550', '4.2.1', '5.1.1', '5.2.0', '5.2.2', '5.7.13', '521'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.3',
    'https://support.google.com/mail/?p=DisabledUser',
    'https://support.google.com/a/answer/3726730',
    'https://www.iana.org/assignments/smtp-enhanced-status-codes/smtp-enhanced-status-codes.xhtml',
  ],
};
