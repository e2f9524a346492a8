import type { Page } from '../page.ts';

export const page: Page = {
  example: "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
  meaning:
    'A name is not acceptable. By the standard it is a recipient of the wrong form; in practice it is as often the sender address that your login may not use, relaying at qmail, or a block of your IP at Yahoo. Without words nobody can say which.',
  playsOut: [
    'At RCPT TO Gmail answers 553 5.1.3 for a string that is no address; qmail refuses domains that it does not serve.',
    'At MAIL FROM Postfix says 553 5.7.1 Sender address rejected: not owned by user; 163.com says Mail from must equal authorized user.',
    'At connect Yahoo says 553 5.7.1 with [BL21], because the IP is on a list of Spamhaus.',
    'The message comes back at once, and the bounce carries the line.',
    'Mailstop decides by the words. A lone 553 is a strike of its day, six within 90 for a first block; bad syntax suppresses, the sender’s faults are notes.',
  ],
  softOrHard:
    'Hard, for the same name gets the same answer. But the name may be yours, and so 553 alone is no proof against the recipient: it is only counted. Words about the recipient’s syntax settle it.',
  causes: [
    'The From or envelope sender differs from the account that logged in: Postfix with reject_sender_login_mismatch, Yandex, NetEase, Zoho.',
    'Relaying at qmail: the recipient’s domain is missing in rcpthosts, or you did not log in before sending outward.',
    'Sendmail: 553 5.1.8 Domain of sender address does not exist, when your domain has no MX and no A record.',
    'Sendmail: 553 5.5.4 Domain name required for sender address, for cron mail from a bare user name.',
    'A malformed recipient, with a blank, two @ or a missing dot.',
    'Yahoo: 553 5.7.1 [BL21] and 553 5.7.2 [TSS09], which are about your IP.',
  ],
  fixes: [
    'See which address stands in the reply. If it is yours, change the sender; only if it is the recipient’s, correct the list.',
    'Send with the mailbox that logs in, or have the other address allowed: in Postfix by an entry in smtpd_sender_login_maps.',
    'For rcpthosts, log in on port 587; if the qmail is yours, add the domain to control/rcpthosts.',
    'For 5.1.8 give the sender’s domain an MX or A record, and check it with dig from outside.',
    'Let local mail leave with a real domain: myorigin does that in Postfix, qualify_domain in Exim.',
    'For BL21 look your IP up at check.spamhaus.org, remove the cause, and ask for removal there.',
  ],
  questions: [
    {
      q: 'Is the recipient invalid?',
      a: 'Only if the words say so, with 5.1.3 or user unknown. In most logs 553 speaks of the sender.',
    },
    {
      q: 'Why did it begin after I changed the From address?',
      a: 'The relay ties each login to its own addresses. A new From needs a new login, an alias, or permission on the relay.',
    },
    {
      q: 'Why a strike, if the text is missing?',
      a: 'Neither side can be cleared. One lone 553 does no harm; six days of it within 90 mean that mail does not get there, whatever the reason.',
    },
  ],
  related: ['550', '501', '554', '551', '5.1.3', '5.1.7', '5.1.8', '5.7.1'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3',
    'https://www.postfix.org/postconf.5.html#reject_sender_login_mismatch',
    'https://cr.yp.to/qmail.html',
    'https://senders.yahooinc.com/smtp-error-codes/',
    'https://support.google.com/a/answer/3726730',
  ],
};
