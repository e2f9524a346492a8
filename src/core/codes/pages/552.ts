import type { Page } from '../page.ts';

export const page: Page = {
  example: '552 5.2.2 <a@example.com> Quota exceeded (mailbox for user is full)',
  meaning:
    'There is no room: the mailbox is at its quota, or the message is larger than the server or the user may take. The first is about the person and passes; the second is about your message. Yahoo uses the number for a third thing, a mailbox that it does not find.',
  playsOut: [
    'At MAIL FROM the announced SIZE is above the limit: Postfix says 552 5.3.4 Message size exceeds fixed limit.',
    'At RCPT TO or after DATA the quota is looked up: Dovecot says 552 5.2.2 Quota exceeded, iCloud user is overquota.',
    'The reply is final, so no queue keeps the message. Receivers that expect the owner to clean up say 452 instead.',
    'Mailstop counts a full mailbox as a strike of the day: three days within 90 suppress for 7, then 30, then 90 days.',
    'A message too large becomes a note, and Yahoo’s mailbox not found suppresses the address.',
  ],
  softOrHard:
    'Soft, although it begins with 5. The message is lost, while the mailbox exists and can be emptied any day, so it never leads to a block for ever. The size of a message is no fault of the address either; only words of an unknown mailbox make it hard.',
  causes: [
    'A mailbox that nobody empties: a second account, a leaver, a shared inbox without an owner.',
    'Attachments above the limit. Base64 adds more than a third, so a file of 20 MB needs about 27 MB.',
    'The limit of the receiver: message_size_limit in Postfix, 10240000 bytes unless raised, or databytes in qmail.',
    'Gmail for content: 552 5.7.0 blocks executables and similar attachments, 552 5.2.3 is the size limit.',
    'Dovecot LMTP with quota_full_tempfail = no, which turns a full mailbox into a final refusal.',
    'Too many recipients in one transaction: servers from before RFC 2821 say 552 where newer ones say 452.',
  ],
  fixes: [
    'Look at the second code: 5.2.2 is a full mailbox, 5.2.3 and 5.3.4 are the size, 5.7.0 at Gmail is the kind of attachment.',
    'For a full mailbox send nothing large, and tell the person by phone or in the app.',
    'For the size, put the file behind a link, and compare with the SIZE that EHLO announces.',
    'For Gmail’s 5.7.0 do not zip the file again; offer a download, since archives are opened and checked too.',
    'For too many recipients take 100 per transaction or fewer, and repeat the rest as after a 452.',
    'On your own Dovecot set quota_full_tempfail = yes, if senders are to wait until the user has cleaned up.',
  ],
  questions: [
    {
      q: 'Should I retry after 552?',
      a: 'Yes, with a later message and not before a day has passed. An address that is full for months blocks itself step by step.',
    },
    {
      q: 'Is a full mailbox an abandoned one?',
      a: 'Often. Gmail says so itself where it is certain: out of storage and inactive. Mailstop takes that wording for a month at once.',
    },
    {
      q: 'Why 552 for one receiver and 452 for the next?',
      a: 'A matter of taste of the receiver. 452 leaves the mail in your queue for days, 552 sends it back at once.',
    },
  ],
  related: ['452', '422', '522', '5.2.2', '5.2.3', '5.3.4', '4.2.2'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.10',
    'https://www.rfc-editor.org/rfc/rfc1870',
    'https://www.postfix.org/postconf.5.html#message_size_limit',
    'https://support.google.com/a/answer/3726730',
    'https://support.google.com/mail/?p=BlockedMessage',
  ],
};
