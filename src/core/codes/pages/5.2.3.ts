import type { Page } from '../page.ts';

export const page: Page = {
  example: '550 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient',
  meaning:
    'The message is bigger than this one mailbox may receive. The number was made for a limit set per user, below the limit of the whole server. Sendmail blurs the line and prints it for its general maximum too.',
  playsOut: [
    'EHLO announces the SIZE of the server, and your message is below it, so nothing stops you at MAIL FROM.',
    'RCPT TO and DATA are accepted; the limit of the mailbox is only known once the recipient is resolved.',
    'Exchange compares the size with MaxReceiveSize of that recipient and returns a report with RecipSizeLimit.',
    'Other recipients with a higher limit get the same message without trouble.',
    'Mailstop notes it as the fault of the message. The address gets smaller mail as before.',
  ],
  softOrHard:
    'Hard for the message, which will never fit. The address is good: a plain text of a few kilobytes would have arrived.',
  causes: [
    'An attachment that grew by base64: 28 MB of files become about 38 MB of mail.',
    'Exchange Online’s standard limit of 36 MB for received mail, left as it was when the mailbox was made.',
    'A shared mailbox, room or group with a low MaxReceiveSize of its own.',
    'Sendmail’s MaxMessageSize: 552 5.2.3 Message exceeds maximum fixed size, with the number of bytes in brackets.',
  ],
  fixes: [
    'Send a link to the file instead of the attachment, or split it, and count a third on top for base64.',
    'Generate smaller reports: compress images, leave out what the recipient can download.',
    'Ask the recipient’s side for a higher limit: Set-Mailbox -MaxReceiveSize, up to 150 MB in Exchange Online.',
    'On your own Sendmail, raise confMAX_MESSAGE_SIZE in sendmail.mc and rebuild the cf file.',
    'Cap the size of outgoing mail in your application at 20 MB, so that no user meets this reply.',
  ],
  questions: [
    {
      q: 'Why do I see it when the SIZE in EHLO is larger?',
      a: 'SIZE is the limit of the host (RFC 1870). A mailbox may be stricter, and the host does not know the recipient yet when it greets you.',
    },
    {
      q: 'Is it the same as 5.3.4?',
      a: 'By the registry 5.2.3 is about one mailbox and 5.3.4 about the whole system. Servers mix them up, and the cure is the same.',
    },
    {
      q: 'My file has 30 MB, their limit is 36 MB. Why is it too large?',
      a: 'Mail carries binary files in base64, four characters for three bytes, plus line ends. 30 MB turn into more than 40.',
    },
  ],
  related: ['552', '5.3.4', '5.2.2', '4.2.3', '5.7.16', '555'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.3',
    'https://www.rfc-editor.org/rfc/rfc1870',
    'https://www.rfc-editor.org/rfc/rfc2045#section-6.8',
    'https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online',
  ],
};
