import type { Page } from '../page.ts';

export const page: Page = {
  example:
    '556 5.1.10 <a@example.org>: Recipient address rejected: Domain example.org does not accept mail (nullMX)',
  meaning:
    'The domain of the recipient has declared in DNS that it takes no mail: a null MX, one record with a lone dot as host. It is your own relay that says so, after a look into DNS. No server of that domain was asked, and there is none to ask.',
  playsOut: [
    'An application sends RCPT TO with an address of that domain to its own relay.',
    'The relay asks DNS for the MX and gets 0 and a dot (RFC 7505).',
    'Postfix with reject_unknown_recipient_domain refuses with 556 5.1.10. Without that rule it accepts, then bounces with dsn=5.1.0 and (nullMX) in the text.',
    'No connection goes out, and there is no queue and no retry.',
    'Mailstop takes it as strong evidence of a dead domain: for ever, or 30 days first for an address that got mail within the last 90 days.',
  ],
  softOrHard:
    'Hard. It is the owner’s own statement and holds for all addresses of the domain. It could be withdrawn only by publishing a real MX, which is why a living address gets 30 days before the end.',
  causes: [
    'A domain that serves a web site only. Its owner set a null MX so that spam and backscatter stay away.',
    'A reserved or test domain in your data: example.com and its siblings publish one.',
    'A parked typo domain, one letter away from a large provider.',
    'A subdomain taken for the main one: www.example.com or shop.example.com after the @.',
    'A zone template of the hosting company that put in a null MX without the owner’s knowledge.',
  ],
  fixes: [
    'Run dig +short MX for the domain: 0 and a dot confirms it, and the address cannot work. Correct the spelling or drop it.',
    'Test MX at sign-up, and refuse addresses on domains with a null MX then and there.',
    'Clear test data out of live lists; use mailboxes of your own domain for trials.',
    'If the domain is yours and should get mail, put real MX records in its place, wait for the TTL, then release the addresses.',
    'If other resolvers show a proper MX, the one on your relay is stale or wrong: flush its cache.',
  ],
  questions: [
    {
      q: 'Can the person behind it be reached?',
      a: 'Not under this domain. Look for the intended one, for instance the same name without www, or ask by another channel.',
    },
    {
      q: 'How does 556 differ from 521?',
      a: '521 is said by the host itself, on its port 25. 556 is said by a server in between that knows the domain takes no mail.',
    },
    {
      q: 'What if my own sender domain has a null MX?',
      a: 'Receivers may refuse your mail for it, with 550 5.7.27. A domain that sends should also be able to get its bounces.',
    },
    {
      q: 'Why 30 days and not for ever at once?',
      a: 'Only for addresses that had a delivery lately. Someone may be in the middle of a DNS change, and mail to them worked last month.',
    },
  ],
  related: ['521', '550', '5.1.10', '5.1.2', '5.7.27', '5.4.4'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc7504',
    'https://www.rfc-editor.org/rfc/rfc7505',
    'https://www.postfix.org/postconf.5.html#reject_unknown_recipient_domain',
  ],
};
