/**
 * GMX, WEB.DE, mail.com and 1&1, who quote the standard’s phrase, then the cause, then a page of their own. Where no
 * cause stands, the phrase is meant. https://postmaster.gmx.net/en/error-messages
 */
import { anyOf, type Receiver } from '../rule.ts';

const SOURCE = 'https://postmaster.gmx.net/en/error-messages';

export const unitedInternet: Receiver = {
  name: 'United Internet',
  gate: /postmaster\.(?:gmx|web|mail|1and1|kundenserver)\.|nemesis esmtp/,
  rules: [
    {
      id: 'united-internet-sender-domain',
      category: 'sender-rejected',
      pattern: anyOf(/invalid dns mx or a(?:\/aaaa)? resource record/),
      why: 'The sender’s domain has no host that takes mail.',
      source: SOURCE,
      examples: [
        '550-Requested action not taken: mailbox unavailable 550-invalid DNS MX or A/AAAA resource record 550 For explanation visit https://postmaster.gmx.net/en/case?c=r0103',
      ],
    },
    {
      id: 'united-internet-unknown',
      category: 'mailbox-unknown',
      pattern: anyOf(/action not taken: mailbox unavailable (?:550 )?for explanation/),
      why: 'The mailbox does not exist: no other cause is given.',
      source: SOURCE,
      examples: [
        '550-Requested action not taken: mailbox unavailable 550 For explanation visit https://postmaster.web.de/en/case?c=r0101',
      ],
    },
  ],
};
