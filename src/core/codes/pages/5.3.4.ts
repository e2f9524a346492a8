import type { Page } from '../page.ts';

export const page: Page = {
  example: '552 5.3.4 Message size exceeds fixed limit',
  meaning:
    'The message is above the limit that the server sets for everybody. Most servers announce this limit as SIZE in their answer to EHLO, so a good client learns it before it sends a single byte. Some also use the number for too many attachments or too large a header.',
  playsOut: [
    'EHLO is answered with a line such as 250-SIZE 10240000, the limit in bytes.',
    'Your client puts SIZE= and the true size into MAIL FROM; Postfix refuses there with Message size exceeds fixed limit.',
    'Without the parameter it sends everything first, and gets 552 5.3.4 after the final dot.',
    'A Postfix client reads the announced SIZE and bounces on its own: message size exceeds size limit of server.',
    'Mailstop records a note against the message; recipients stay reachable.',
  ],
  softOrHard:
    'Hard: the limit is fixed, and the same bytes will be refused again. It is a property of the message and of the host, so no recipient is judged by it.',
  causes: [
    'Attachments, and their growth by a third on the way (base64).',
    'Postfix with message_size_limit at its default of 10240000 bytes, room for about 7 MB of files in base64, at the receiver or at your own relay.',
    'Gmail: message, header or number of attachments above what Google takes.',
    'Servers with qmail and control/databytes: sorry, that message size exceeds my databytes limit (#5.3.4).',
    'Exchange: a receive connector, a send connector or the organization has a lower limit than the mailbox.',
  ],
  fixes: [
    'Take the attachment out and send a download link; that works with every receiver.',
    'Compare the size of your message with the SIZE line: openssl s_client -starttls smtp to the MX, then EHLO.',
    'See who refused: if the reply comes from your own relay, raise message_size_limit (Postfix, Exim) or databytes (qmail).',
    'In Postfix keep mailbox_size_limit and virtual_mailbox_limit above message_size_limit, or at 0 for no limit; a lower number stops all local delivery.',
    'Stop bounces from carrying the whole message back: bounce_size_limit in Postfix, bounce_return_size_limit in Exim.',
  ],
  questions: [
    {
      q: 'What size is safe to send to anyone?',
      a: 'There is no promise. RFC 5321 asks servers to take at least 64K octets. In practice 10 MB after encoding passes nearly everywhere, 20 MB at the large providers.',
    },
    {
      q: 'Is 452 4.3.1 the same?',
      a: 'No. There the server is short of disk space at the moment, and the message may pass later without any change.',
    },
    {
      q: 'Why did a forwarded message fail and the original not?',
      a: 'The next host has a lower limit, or the forwarder added headers and wrapped the mail once more. The person who gets the bounce is the original sender.',
    },
  ],
  related: ['552', '5.2.3', '4.3.1', '452', '5.7.16'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.4',
    'https://www.rfc-editor.org/rfc/rfc1870',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.3.1.7',
    'https://www.postfix.org/postconf.5.html#message_size_limit',
    'https://support.google.com/a/answer/3726730',
  ],
};
