/** Yandex, whose words for its own users read as a policy. https://yandex.com/support/mail/bounces/yandex.html */
import { anyOf, type Receiver } from '../rule.ts';

const SOURCE = 'https://yandex.com/support/mail/bounces/yandex.html';

export const yandex: Receiver = {
  name: 'Yandex',
  gate: /rejection on the target address|spam statistics/,
  rules: [
    {
      id: 'yandex-account-blocked',
      category: 'mailbox-disabled',
      pattern: anyOf(/policy rejection on the target address/),
      why: 'The recipient’s account is blocked for a breach of the terms.',
      source: SOURCE,
      examples: ['550 5.7.1 Policy rejection on the target address 1701700000-Ab1'],
    },
    {
      id: 'yandex-ip',
      category: 'ip-blocked',
      pattern: anyOf(/blocked (?:by|using) (?:\w{1,24} )?spam statistics/),
      why: 'For 24 hours nothing is taken from an IP that sends only spam.',
      source: SOURCE,
      examples: ['554 5.7.1 Blocked by spam statistics - see https://feedback.yandex.com/?ip=192.0.2.1'],
    },
  ],
};
