import type { Page } from '../page.ts';

export const page: Page = {
  example: '450 4.2.0 <a@example.com>: Recipient address rejected: Greylisted',
  meaning:
    'Not now, for this recipient. RFC 5321 meant a busy mailbox. Today it is the code of greylisting, of Postfix rules that cannot be decided at once, and of Gmail’s limit per user. Whether it is about you or about the mailbox stands in the text alone.',
  playsOut: [
    'The session is normal until RCPT TO; sometimes MAIL FROM or the client itself is meant, since Postfix delays its refusals to RCPT TO.',
    'The recipient is refused for the moment, and others in the same transaction may be accepted.',
    'The queue tries again. Greylisting ends with the first retry after the delay, mostly five minutes, if IP, sender and recipient are the same.',
    'A DNS fault, an unverifiable address or a soft_bounce setting goes on until someone repairs it, and the message expires.',
    'In Mailstop a deferral is noted. A final bare 450 gives a strike a day, six for a first block; greylisting and limits are notes; 4.1.1 or 4.2.2 strikes at three days.',
  ],
  softOrHard:
    'Soft. The server kept the door open. Even text that names an unknown user proves nothing while the code begins with 4: the lookup may have failed, or soft_bounce may be on.',
  causes: [
    'Greylisting of a new combination of sender, recipient and IP (RFC 6647; Postgrey, Rspamd, SQLgrey).',
    'Your DNS, as Postfix sees it: 450 4.1.8 Domain not found, 450 4.7.25 cannot find your hostname, 450 4.7.1 Helo command rejected.',
    'Recipient verification of a relay is pending or its backend is down: 450 4.1.1 unverified address.',
    'Gmail 450 4.2.1: this user gets mail too quickly, from you or from all senders together.',
    'Postscreen after its deep tests: 450 4.3.2 Service currently unavailable, to every new client once.',
    'A receiver with soft_bounce = yes, a test setting of Postfix that turns each 5xx into a 4xx.',
  ],
  fixes: [
    'Let the queue retry from the same IP address and the same sender, several times within the first hour: greylisting ends by itself.',
    'If the text names Client host, Helo or Sender address, repair PTR, EHLO name or the MX and A records of your domain.',
    'Keep retries of one message on one IP, or on one /24: a pool that rotates addresses starts greylisting afresh each time.',
    'For Gmail 4.2.1 spread messages to one user, such as alerts, over the day.',
    'If it persists for days on one domain only, write to its postmaster with the line of the log.',
  ],
  questions: [
    {
      q: 'Is the mailbox full or dead?',
      a: 'Neither is said. Full comes as 452 or 4.2.2, dead as 550 or 551. A server that cannot decide says 450, and asks you to return.',
    },
    {
      q: 'How do I see that it is greylisting?',
      a: 'The text names it or gives a number of seconds, only first contacts are hit, and the retry passes. RFC 6647 describes the method.',
    },
    {
      q: 'What does 450 mean in reply to ATRN?',
      a: 'The server refuses to turn the connection round for this login (RFC 2645). That is about mail you fetch, not about mail you send.',
    },
    {
      q: 'When should I give up?',
      a: 'Four or five days is usual: Postfix keeps mail for five (maximal_queue_lifetime). For codes and alerts that lose their worth, choose a shorter life.',
    },
  ],
  related: ['421', '451', '452', '550', '4.2.0', '4.2.1', '4.1.8', '4.7.25'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3',
    'https://www.rfc-editor.org/rfc/rfc6647',
    'https://www.postfix.org/ADDRESS_VERIFICATION_README.html',
    'https://www.postfix.org/postconf.5.html#soft_bounce',
    'https://support.google.com/a/answer/3726730',
  ],
};
