/** iCloud Mail (icloud.com, me.com, mac.com). https://support.apple.com/102322 */
import { anyOf, type Receiver } from '../rule.ts';

const SOURCE = 'https://support.apple.com/102322';

export const apple: Receiver = {
  name: 'Apple iCloud',
  gate: /\[(?:cs|hm)\w?\d{1,2}\]|\b(?:me|icloud)\.com\b|support\.apple\.com|recipient no longer on server|illegal alias/,
  rules: [
    {
      id: 'apple-authentication',
      category: 'auth-failure',
      pattern: anyOf(/\[hme1\]/),
      why: 'Neither SPF nor DKIM vouches for the message.',
      source: SOURCE,
      examples: [
        '554 5.7.1 [HME1] This message was blocked for failing both SPF and DKIM authentication checks',
      ],
    },
    {
      id: 'apple-policy',
      category: 'policy-rejected',
      pattern: anyOf(/\[(?:cs|hm)\d\d\]/),
      why: 'Refused by iCloud’s local policy: mostly content or reputation, and it does not say which.',
      source: SOURCE,
      examples: [
        '550 5.7.1 [CS01] Message rejected due to local policy. See https://support.apple.com/HT204137',
      ],
    },
    {
      id: 'apple-not-accepting',
      category: 'ip-blocked',
      pattern: anyOf(/(?:me|icloud)\.com esmtp not accepting connections/),
      when: { code: /^5/ },
      why: 'Said at the greeting to hosts of which iCloud takes no mail.',
      source: SOURCE,
      examples: ['554 mx01p00im-smtpin001.me.com ESMTP not accepting connections'],
    },
    {
      id: 'apple-rate',
      category: 'rate-limited',
      pattern: anyOf(/deferred due to excessive volume/),
      why: 'Too much mail for one mailbox or from one sender.',
      source: SOURCE,
      examples: [
        '421 4.7.1 Messages to <a@icloud.com> deferred due to excessive volume. Try again later - https://support.apple.com/HT204137',
      ],
    },
    {
      id: 'apple-unknown',
      category: 'mailbox-unknown',
      pattern: anyOf(/recipient no longer on server|unknown or illegal alias/),
      why: 'The mailbox is gone, or never was.',
      source: SOURCE,
      examples: [
        '550 5.1.6 recipient no longer on server: a@icloud.com',
        '550 5.1.1 unknown or illegal alias: a@icloud.com',
      ],
    },
  ],
};
