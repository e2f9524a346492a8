import type { Page } from '../page.ts';

export const page: Page = {
  example: '552 5.2.2 <a@example.com> Quota exceeded (mailbox for user is full)',
  meaning:
    'The account is alive, and its storage is used up. The receiver could have answered 4.2.2 and let you retry; it chose to refuse this message for good. Someone who empties the mailbox gets the next message, so the address stays on your list.',
  playsOut: [
    'RCPT TO is refused where quota is checked at the door, as with Dovecot’s quota-status service behind Postfix.',
    'Elsewhere DATA is accepted first, and the store refuses: Dovecot over LMTP with 552, Exchange with 554 5.2.2 mailbox full; STOREDRV.Deliver.',
    'The message is lost and comes back as a bounce; no queue holds it.',
    'Mailstop counts a strike for the day. Three such days within 90 block the address for 7 days, later for 30, then 90.',
    'A delivery of another message clears the strikes. Password resets and other security mail pass all the while.',
  ],
  softOrHard:
    'Soft, despite the leading 5. The verdict is final for this message, but the state of the mailbox is not: quota gets freed or bought. Gmail’s words out of storage space and inactive are the darker case, since nobody is there to tidy up.',
  causes: [
    'The owner has not cleaned up. At Google the space is shared with Drive and Photos, so no mail is needed to fill it.',
    'An abandoned account that newsletters have filled over the years.',
    'Exchange: the mailbox has reached ProhibitSendReceiveQuota.',
    'Exchange public folders: MapiExceptionNamedPropsQuotaExceeded is printed as mailbox full although there is space.',
    'Dovecot with quota_full_tempfail = no, its default: over quota is a 552 5.2.2 instead of a 452 4.2.2.',
  ],
  fixes: [
    'Leave the address alone for a week: a full mailbox is seldom emptied within hours, and each try ends in one more bounce.',
    'Reach a customer who needs the mail by another channel, and tell them that their mailbox is full.',
    'Take addresses that keep failing and have shown no opens or logins for months out of marketing mail.',
    'On your own Dovecot, look with doveadm quota get -u user, and set quota_full_tempfail = yes if senders should retry.',
    'On your own Exchange, raise the limit with Set-Mailbox -ProhibitSendReceiveQuota, or give the user an archive.',
  ],
  questions: [
    {
      q: 'Does a full mailbox hurt my reputation?',
      a: 'A few do not. A list with many of them shows old, unused addresses, and mailbox providers notice that nobody reads your mail.',
    },
    {
      q: 'Why is it not suppressed for ever?',
      a: 'Because the account exists. The block grows from 7 to 30 to 90 days, which costs you hardly anything and loses no reader who comes back.',
    },
    {
      q: 'What does over quota and inactive mean at Gmail?',
      a: 'The full account has also not been used for long. The link ends in OverQuotaPerm. With those words, or with out of storage and inactive, Mailstop blocks for a month at the first bounce.',
    },
    {
      q: 'Could it be my message that is too large?',
      a: 'Then the code would be 5.2.3 or 5.3.4. But near the limit a large message fails where a small one still fits.',
    },
  ],
  related: ['552', '4.2.2', '452', '5.2.1', '5.2.3', '5.3.1', '522'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.3',
    'https://support.google.com/mail/?p=OverQuotaPerm',
    'https://support.google.com/a/answer/3726730',
    'https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online',
  ],
};
