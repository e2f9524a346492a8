import type { Page } from '../page.ts';

export const page: Page = {
  example: '553 5.1.8 <a@www.example.com>... Domain of sender address a@www.example.com does not exist',
  meaning:
    'The receiver looked up the domain of your MAIL FROM in DNS and found nothing that could take a bounce. It refuses mail to which it could not reply. Exchange Online uses the number in another way: your own tenant has been stopped from sending because of spam.',
  playsOut: [
    'MAIL FROM names a domain such as www-data@web01.internal, often without anyone having chosen it.',
    'The receiver asks for MX and A records of that domain; Sendmail does so by default, Postfix with reject_unknown_sender_domain.',
    'DNS says no such name: 553 5.1.8 from Sendmail, 450 4.1.8 from a Postfix with default codes.',
    'Each recipient of the message is refused alike, at each receiver with such a check.',
    'Mailstop makes a note. No address is blocked, for none of them did anything wrong.',
  ],
  softOrHard:
    'Hard for this message and this sender, harmless for the address. Sending again without a change in DNS or in MAIL FROM brings the same refusal; afterwards the same recipients accept it.',
  causes: [
    'A web or cron host that sends as user@hostname, where the host name is not in public DNS.',
    'A bounce domain for VERP or a sending service whose MX record was forgotten or removed.',
    'The sender’s domain has lapsed, or its name servers do not answer.',
    'A misspelt domain in the From setting of an application.',
    'In Microsoft 365: Access denied, bad outbound sender. The account sent suspicious mail and is restricted.',
  ],
  fixes: [
    'Give MAIL FROM a domain with an MX record that accepts bounces, and check it with dig MX from outside your network.',
    'Set myorigin in Postfix, or qualify_domain in Exim, to your public domain instead of the host name.',
    'Rewrite local senders on their way out: smtp_generic_maps in Postfix, MASQUERADE_AS in Sendmail.',
    'With PHP, pass -f and a real address in sendmail_path; web frameworks have a setting for the return path.',
    'In Microsoft 365, secure the account, then take it off the Restricted entities page of the Defender portal.',
  ],
  questions: [
    {
      q: 'Is it about From or about MAIL FROM?',
      a: 'About MAIL FROM, the envelope sender, which ends up in Return-Path. The From line that people see may be perfectly valid.',
    },
    {
      q: 'My domain exists. Why do they say it does not?',
      a: 'Ask for the exact name in the reply: it is often a subdomain. If that resolves too, their resolver may see a broken DNSSEC chain or a slow name server of yours.',
    },
    {
      q: 'What if my domain has a null MX?',
      a: 'Then the code is 5.7.27, and the cure is the same: send from a domain that takes replies (RFC 7505, 4.2).',
    },
  ],
  related: ['553', '4.1.8', '5.1.7', '5.7.27', '5.1.2', '5.7.1'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.2',
    'https://www.rfc-editor.org/rfc/rfc7505#section-4.2',
    'https://www.postfix.org/postconf.5.html#reject_unknown_sender_domain',
    'https://www.postfix.org/postconf.5.html#smtp_generic_maps',
    'https://learn.microsoft.com/defender-office-365/outbound-spam-restore-restricted-users',
  ],
};
