/** The default policy: data only. docs/policy.md tells the reasons in full; first match wins. */
import type { Matrix, Policy, Rule } from './policy.ts';

const failures = ['bounce', 'reject'] as const;
const deadCategories = ['mailbox-unknown', 'mailbox-disabled', 'mailbox-moved', 'address-syntax'] as const;

/** Once for ever; an address known to be alive gets a week first, and a second bounce confirms. */
const dead = { do: 'dead', steps: ['ever'], alive: '7d', apart: '72h', within: '365d' } as const;
/** Three bounces, far apart, before a bare code is believed. */
const doubted = {
  do: 'dead',
  steps: ['7d', '30d', 'ever'],
  alive: null,
  apart: '72h',
  within: '365d',
} as const;
/** Like a lapsed name that may come back (redemption lasts 30 days): longer each time, never for ever. */
const deadDomain = {
  addresses: 3,
  days: 2,
  apart: '24h',
  within: '365d',
  steps: ['30d', '90d', '180d'],
} as const;
const soft = { do: 'strike', within: '90d', steps: ['7d', '30d', '90d'], from: 0 } as const;
const note = { do: 'note' } as const;

export const defaultRules: readonly Rule[] = [
  {
    id: 'hearsay',
    why: 'Nobody is suppressed by a guess: it is not certain whom this is about, or nothing proves it.',
    when: { hearsay: true },
    then: note,
    retry: 'later',
  },
  {
    id: '504',
    why: 'The owner’s rule: 504 Command Parameter Not Implemented (RFC 5321) is hard and permanent. Suppress, do not retry; fix the sender, then release all entries of that cause.',
    when: { kind: ['bounce', 'deferral', 'reject'], code: '504' },
    then: { do: 'suppress', reason: 'hard-bounce', for: 'ever' },
    retry: 'no',
  },
  {
    id: '504-as-5.5.4',
    why: '5.5.4 with no basic code beside it is a 504.',
    when: { kind: ['bounce', 'deferral', 'reject'], code: 'none', enhanced: '5.5.4' },
    then: { do: 'suppress', reason: 'hard-bounce', for: 'ever' },
    retry: 'no',
  },
  {
    id: 'listed-complaint',
    why: 'The provider keeps the address on its own list for a complaint: mirrored.',
    when: { kind: failures, category: ['suppressed'], listedFor: ['complaint'] },
    then: { do: 'suppress', reason: 'complaint', for: 'ever', origin: 'provider' },
    retry: 'no',
  },
  {
    id: 'listed-unsubscribe',
    why: 'The provider keeps the address on its own list for an unsubscribe: mirrored.',
    when: { kind: failures, category: ['suppressed'], listedFor: ['unsubscribe'] },
    then: { do: 'suppress', reason: 'unsubscribe', for: 'ever', origin: 'provider' },
    retry: 'no',
  },
  {
    id: 'listed-bounce',
    why: 'The provider did not try, because of an earlier bounce: mirrored for 14 days, renewed by each such report, never a new failure.',
    when: { kind: failures, category: ['suppressed'] },
    then: { do: 'suppress', reason: 'hard-bounce', for: '14d', origin: 'provider' },
    retry: 'no',
  },
  {
    id: 'feedback-only',
    why: 'A virus, not-spam or authentication report says nothing against the address.',
    when: { kind: ['complaint'], feedback: ['virus', 'not-spam', 'auth-failure'] },
    then: note,
    retry: 'no',
  },
  {
    id: 'opt-out',
    why: 'An opt-out report of the older feedback drafts is an unsubscribe.',
    when: { kind: ['complaint'], feedback: ['opt-out'] },
    then: { do: 'suppress', reason: 'unsubscribe', for: 'ever' },
    retry: 'no',
  },
  {
    id: 'complaint',
    why: 'Somebody called it spam: for ever, until there is evidence of consent.',
    when: { kind: ['complaint'] },
    then: { do: 'suppress', reason: 'complaint', for: 'ever' },
    retry: 'no',
  },
  {
    id: 'unsubscribe',
    why: 'The person asked for no more of this stream.',
    when: { kind: ['unsubscribe'] },
    then: { do: 'suppress', reason: 'unsubscribe', for: 'ever' },
    retry: 'no',
  },
  {
    id: 'resubscribe',
    why: 'Lifts an earlier unsubscribe of exactly that scope, and nothing else.',
    when: { kind: ['resubscribe'] },
    then: { do: 'release' },
    retry: 'no',
  },
  {
    id: 'delivery',
    why: 'Proof of life: lifts soft, expiring and held entries; never a complaint, unsubscribe, manual entry or 504.',
    when: { kind: ['delivery'] },
    then: { do: 'release' },
    retry: 'no',
  },
  {
    id: 'deferral',
    why: 'The provider still tries.',
    when: { kind: ['deferral'] },
    then: note,
    retry: 'later',
  },
  {
    id: 'not-a-failure',
    why: 'An auto-reply, a challenge or a success report.',
    when: { category: ['auto-reply', 'delivered'] },
    then: note,
    retry: 'later',
  },
  {
    id: 'new-owner',
    why: '5.7.17 says that the mailbox has a new owner (RFC 7293): no mail of the old one may reach them.',
    when: { kind: failures, enhanced: '5.7.17' },
    then: { ...dead, alive: null },
    retry: 'no',
  },
  {
    id: 'new-domain-owner',
    why: '5.7.18 says that the domain has a new owner (RFC 7293): no mail of the old one may reach them.',
    when: { kind: failures, enhanced: '5.7.18' },
    then: { ...dead, alive: null },
    retry: 'no',
  },
  {
    id: 'null-mx-556',
    why: '556 says that the domain takes no mail and never will (RFC 7504, RFC 7505): two addresses are enough to block it.',
    when: { kind: failures, category: ['domain-invalid'], class: 5, strength: 'strong', code: '556' },
    then: { ...dead, alive: '30d' },
    domain: { ...deadDomain, addresses: 2 },
    retry: 'no',
  },
  {
    id: 'null-mx',
    why: 'The domain publishes a null MX (RFC 7505): it says itself that it takes no mail, so two addresses are enough to block it.',
    when: {
      kind: failures,
      category: ['domain-invalid'],
      class: 5,
      strength: 'strong',
      text: 'null ?mx',
    },
    then: { ...dead, alive: '30d' },
    domain: { ...deadDomain, addresses: 2 },
    retry: 'no',
  },
  {
    id: 'dead-domain',
    why: 'The domain takes no mail. A cut or lapsed domain may come back within 30 days; three addresses on two days block the whole domain for a while, never for ever.',
    when: { kind: failures, category: ['domain-invalid'], class: 5, strength: 'strong' },
    then: { ...dead, alive: '30d' },
    domain: deadDomain,
    retry: 'no',
  },
  {
    id: 'dead',
    why: 'The address is dead, and the words or the code say so clearly.',
    when: { kind: failures, category: deadCategories, class: 5, strength: 'strong' },
    then: dead,
    retry: 'no',
  },
  {
    id: 'dead-doubted',
    why: 'Dead by a code or label that often lies: a week, a month, then for ever.',
    when: { kind: failures, category: [...deadCategories, 'domain-invalid'], class: 5, strength: 'weak' },
    then: doubted,
    retry: 'no',
  },
  {
    id: 'full-and-inactive',
    why: 'Gmail says that the account is out of storage, or over quota, and inactive: a month at once.',
    when: {
      kind: failures,
      category: ['mailbox-full'],
      text: '(?:out of storage(?: space)?|over quota) and inactive',
    },
    then: { ...soft, days: 1, from: 1 },
    retry: 'later',
  },
  {
    id: 'recipient-soft',
    why: 'About this recipient, and it may pass: three days of it within 90 suppress for a while, never for ever.',
    when: { kind: failures, category: ['mailbox-full'] },
    then: { ...soft, days: 3 },
    retry: 'later',
  },
  {
    id: 'recipient-soft-4xx',
    why: 'A 4xx about the recipient is never final proof.',
    when: { kind: failures, category: deadCategories, class: 4 },
    then: { ...soft, days: 3 },
    retry: 'later',
  },
  {
    id: 'recipient-refused',
    why: 'This person or their administrator takes no mail from this sender.',
    when: { kind: ['bounce'], category: ['recipient-refused'], class: 5 },
    then: { ...soft, days: 3 },
    retry: 'later',
  },
  {
    id: 'recipient-refused-4xx',
    why: 'Refused for now.',
    when: { kind: ['bounce'], category: ['recipient-refused'], class: 4 },
    then: note,
    retry: 'later',
  },
  {
    id: 'not-tried',
    why: 'The provider did not try, and not because of the address: content, account, quota or template.',
    when: { kind: ['reject'] },
    then: note,
    retry: 'after-fix',
  },
  {
    id: 'system-soft',
    why: 'The receiver’s systems, or nothing that anyone could read: six days of it within 90 outlast any queue.',
    when: {
      kind: ['bounce'],
      category: [
        'system-error',
        'network-error',
        'routing-error',
        'expired',
        'unknown',
        'domain-invalid',
        ...deadCategories,
      ],
    },
    then: { ...soft, days: 6 },
    retry: 'later',
  },
  {
    id: 'our-fault-later',
    why: 'Our volume or our patience, not the address.',
    when: { kind: ['bounce'], category: ['rate-limited', 'greylisted'] },
    then: note,
    retry: 'later',
  },
  {
    id: 'our-fault-4xx',
    why: 'The sender’s or the message’s fault, for now: the address stays good.',
    when: { kind: ['bounce'], class: 4 },
    then: note,
    retry: 'later',
  },
  {
    id: 'our-fault',
    why: 'The sender’s or the message’s fault: stop, fix, and the address stays good.',
    when: {},
    then: note,
    retry: 'after-fix',
  },
];

export const defaultMatrix: Matrix = {
  'hard-bounce': ['marketing', 'transactional', 'security'],
  'hard-bounce-doubtful': ['marketing', 'transactional'],
  'soft-bounce': ['marketing', 'transactional'],
  complaint: ['marketing', 'transactional'],
  unsubscribe: ['marketing'],
  manual: ['marketing', 'transactional', 'security'],
};

export const defaultPolicy: Policy = {
  version: 'default-1',
  revision: 0,
  rules: defaultRules,
  streams: {},
  matrix: defaultMatrix,
};
