import type { Page } from '../page.ts';

export const page: Page = {
  example: '550 5.1.1 <a@example.com>: Recipient address rejected: User unknown in virtual mailbox table',
  meaning:
    'The domain is right and its server answers, but nobody by that name lives there. It is the clearest statement that a receiver can make about an address. Gmail, Postfix, Sendmail, qmail and Dovecot all use this number for a user that they do not have.',
  playsOut: [
    'MAIL FROM is accepted; RCPT TO is looked up in the receiver’s user table or directory.',
    'No entry is found, and the answer is 550 5.1.1. Other recipients of the same message may still be accepted.',
    'A gateway that does not know its users accepts the mail, and a bounce with Status 5.1.1 follows minutes later.',
    'Your server stops at once and reports the bounce; there is no queueing and no second attempt.',
    'Mailstop takes it as strong evidence: suppressed for ever, or for one week first if a message was delivered in the 90 days before.',
  ],
  softOrHard:
    'Hard, and the model of a hard bounce: the address is dead, whatever the message was. The exception is in the words. A full mailbox (Orange: 5.1.1 with OFR_417) or a spam policy beside 5.1.1 is judged by those words, and the address is spared.',
  causes: [
    'The account was deleted: somebody left the company, or a provider cleared unused mailboxes.',
    'A typing error, in a sign-up form above all, or a made-up address.',
    'An old, bought or scraped list. Many of these replies in one send damage your reputation at Gmail and Microsoft.',
    'A fresh move of the domain: the MX already points to the new host, where the accounts are not yet created.',
    'A lost lookup table at the receiver, for instance an empty virtual_mailbox_maps in Postfix. Then every user there is unknown.',
    'Outlook replying to an old X.500 address: RESOLVER.ADR.ExRecipNotFound and an address that starts with IMCEAEX.',
  ],
  fixes: [
    'Stop sending to the address, and look whether it was typed wrong: gmial.com, a dot too many, a missing letter.',
    'Count the domain’s other addresses in the same hour. If all of them fail, the fault is at the receiver: tell its postmaster, then release.',
    'Reach the person another way and have them sign up anew; a corrected address is a new address.',
    'If it is your own Postfix that refuses, test with postmap -q user@example.com and the map named in virtual_mailbox_maps.',
    'While you build a server, set unknown_local_recipient_reject_code = 450: a fault in your tables then costs no mail.',
    'For IMCEAEX, add the old legacyExchangeDN to the mailbox as an X500 proxy address.',
    'Confirm new sign-ups by a message with a link, and the code becomes rare.',
  ],
  questions: [
    {
      q: 'The person says that the mailbox works. How can that be?',
      a: 'Compare the refused address letter by letter with theirs. If it is equal, the domain had a fault that day, or their mail is forwarded to a place that lacks the user. Then release the address by hand.',
    },
    {
      q: 'Should I retry once to be certain?',
      a: 'No. The receiver looked and found nothing. Repeated tries at unknown users look like address harvesting and get your IP blocked.',
    },
    {
      q: 'Is a spam block ever dressed up as 5.1.1?',
      a: 'Some receivers do it, with words such as spam policy or access denied beside the number. Such words beat the code, and Mailstop then records a note only.',
    },
    {
      q: 'Why a week and not for ever for a living address?',
      a: 'Domains in the middle of a move deny users who are back the next day. A second failure, at least 72 hours later and with no delivery between, settles it.',
    },
    {
      q: 'What about 4.1.1?',
      a: 'The same statement made with doubt, mostly by a server that is being set up or that verifies addresses with another host. It never suppresses for ever.',
    },
  ],
  related: ['550', '4.1.1', '5.1.0', '5.1.6', '5.1.10', '5.2.1', '5.4.1', '5.7.1'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.2',
    'https://www.rfc-editor.org/rfc/rfc5321#section-3.3',
    'https://www.postfix.org/LOCAL_RECIPIENT_README.html',
    'https://support.google.com/mail/?p=NoSuchUser',
    'https://support.google.com/a/answer/3726730',
  ],
};
