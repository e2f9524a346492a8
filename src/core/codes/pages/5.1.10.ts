import type { Page } from '../page.ts';

export const page: Page = {
  example:
    '556 5.1.10 <a@example.com>: Recipient address rejected: Domain example.com does not accept mail (nullMX)',
  meaning:
    'Two different statements share this number. By RFC 7505 it means that the domain publishes a null MX, so no address there can get mail; the basic code is then 556. Exchange uses 550 5.1.10 for one recipient that it cannot find in its directory, with words that start with RESOLVER.ADR.',
  playsOut: [
    'Null MX: the relay looks up the domain and finds one MX record with preference 0 and a single dot as host.',
    'It does not connect anywhere, and answers 556 5.1.10 to your RCPT TO or sends a bounce.',
    'Exchange: RCPT TO may well get its 250; later the resolver searches the directory and finds no such proxy address.',
    'The non-delivery report says 550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup.',
    'Mailstop files 556 under dead domain and 550 under unknown mailbox. Both are strong evidence, and the address is suppressed.',
  ],
  softOrHard:
    'Hard in both readings. A null MX is a deliberate notice by the owner of the domain; a directory miss at Exchange is final as well. What differs is the reach: with 556 all addresses of the domain are out, with 550 this one only.',
  causes: [
    'A directory miss at Microsoft 365 or Exchange Server: account deleted, alias removed, licence removed long ago.',
    'A parked, web-only or test domain with a null MX. example.com itself has one, so test data ends up here.',
    'A misspelt domain whose owner keeps mail out by a null MX.',
    'Hybrid Exchange: the mailbox is in the cloud, and the server on site has no mail user with that address.',
  ],
  fixes: [
    'Look at the basic code: 556 is about the whole domain, 550 with RESOLVER.ADR about one mailbox at Exchange.',
    'For 556, confirm with dig MX: the answer 0 and a dot ends the matter. Correct the domain, or give the address up.',
    'For 550, verify the spelling with the person; nothing that you change on your side makes Exchange find them.',
    'If it is your own tenant, search all proxy addresses with Get-Recipient, and run Entra Connect for accounts kept on site.',
    'If you run the domain and want mail, delete the null MX and publish real ones.',
  ],
  questions: [
    {
      q: 'Why does Exchange not use 5.1.1?',
      a: 'It did in older versions, as 550 5.1.1 RESOLVER.ADR.RecipNotFound. Microsoft chose 5.1.10 later, and the number also became the null MX one.',
    },
    {
      q: 'And 550 5.1.10 without any text?',
      a: 'Mailstop takes 550 as Microsoft’s use: an unknown mailbox. RFC 7505 pairs its code with 556.',
    },
    {
      q: 'Why did my message to a@example.com fail?',
      a: 'That domain is reserved for documentation and has a null MX. For tests use a mailbox on a domain that you own.',
    },
    {
      q: 'Is a null MX the same as no MX?',
      a: 'No. Without any MX, senders fall back to the A record (RFC 5321, 5.1). The null MX forbids this fallback.',
    },
  ],
  related: ['556', '550', '5.1.1', '5.1.2', '5.4.1', '5.7.27', '5.1.0'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc7505#section-3',
    'https://www.rfc-editor.org/rfc/rfc7504',
    'https://www.postfix.org/postconf.5.html#reject_unknown_recipient_domain',
    'https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online',
  ],
};
