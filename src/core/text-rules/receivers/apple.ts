/**
 * iCloud Mail (icloud.com, me.com, mac.com). Its own refusals carry a mark in brackets.
 * https://support.apple.com/102322
 */
import { anyOf, type Receiver } from '../rule.ts';

const SOURCE = 'https://support.apple.com/102322';

export const apple: Receiver = {
  name: 'Apple iCloud',
  gate: /\[(?:cs|hm)\d\d\]/,
  rules: [
    {
      id: 'apple-policy',
      category: 'policy-rejected',
      pattern: anyOf(/\[cs01\]/),
      why: 'Refused by iCloud’s local policy: mostly the content or the reputation of the sender, and it does not say which.',
      source: SOURCE,
      examples: [
        '550 5.7.1 [CS01] Message rejected due to local policy. Please visit https://support.apple.com/en-us/HT204137',
      ],
    },
  ],
};
