/** What can go wrong with a message, and whose fault it is. The list is closed; docs/policy.md 8 shows it. */

export type Blame = 'recipient' | 'system' | 'sender' | 'content' | 'unknown' | 'event';
export type Verdict = 'suppress' | 'retry' | 'fix-sender' | 'ignore' | 'unknown';
export type BounceType = 'hard' | 'soft' | 'none';
export type Severity = 'low' | 'medium' | 'high' | 'critical';

interface CategoryFacts {
  readonly blame: Blame;
  /** What a 5xx of this category says of the address; a 4xx says `retry` except for events. */
  readonly verdict: Verdict;
  /** Severity of a 5xx; a 4xx or a deferral is one step lower. */
  readonly severity: Severity;
  /** A 5xx of this category may still pass by itself. */
  readonly soft?: true;
  readonly meaning: string;
}

export const categories = {
  'mailbox-unknown': {
    blame: 'recipient',
    verdict: 'suppress',
    severity: 'high',
    meaning: 'no such mailbox',
  },
  'mailbox-disabled': {
    blame: 'recipient',
    verdict: 'suppress',
    severity: 'high',
    meaning: 'the account is disabled, inactive, expired or suspended',
  },
  'mailbox-moved': {
    blame: 'recipient',
    verdict: 'suppress',
    severity: 'medium',
    meaning: 'moved, and nothing is forwarded',
  },
  'mailbox-full': {
    blame: 'recipient',
    verdict: 'retry',
    severity: 'medium',
    soft: true,
    meaning: 'over quota',
  },
  'address-syntax': {
    blame: 'recipient',
    verdict: 'suppress',
    severity: 'medium',
    meaning: 'a bad or ambiguous address',
  },
  'domain-invalid': {
    blame: 'recipient',
    verdict: 'suppress',
    severity: 'high',
    meaning: 'the domain is missing, has a null MX or accepts no mail',
  },
  'recipient-refused': {
    blame: 'recipient',
    verdict: 'fix-sender',
    severity: 'medium',
    meaning: 'this recipient, group or administrator takes no mail from this sender',
  },
  'system-error': {
    blame: 'system',
    verdict: 'retry',
    severity: 'medium',
    soft: true,
    meaning: 'a local error at the receiver',
  },
  'network-error': {
    blame: 'system',
    verdict: 'retry',
    severity: 'medium',
    soft: true,
    meaning: 'no connection, a timeout, or DNS out for now',
  },
  'routing-error': {
    blame: 'system',
    verdict: 'retry',
    severity: 'medium',
    soft: true,
    meaning: 'a loop, too many hops, or no route',
  },
  expired: {
    blame: 'system',
    verdict: 'retry',
    severity: 'medium',
    soft: true,
    meaning: 'the delivery time ran out',
  },
  'rate-limited': {
    blame: 'sender',
    verdict: 'retry',
    severity: 'medium',
    soft: true,
    meaning: 'too many connections, messages or recipients',
  },
  greylisted: {
    blame: 'system',
    verdict: 'retry',
    severity: 'low',
    soft: true,
    meaning: 'asked to come back later',
  },
  'ip-blocked': {
    blame: 'sender',
    verdict: 'fix-sender',
    severity: 'critical',
    meaning: 'the sending IP is listed, banned or of bad reputation',
  },
  'sender-rejected': {
    blame: 'sender',
    verdict: 'fix-sender',
    severity: 'high',
    meaning: 'the sender address, domain or account is rejected',
  },
  'auth-failure': {
    blame: 'sender',
    verdict: 'fix-sender',
    severity: 'high',
    meaning: 'SPF, DKIM, DMARC or ARC failed',
  },
  'dns-ptr': {
    blame: 'sender',
    verdict: 'fix-sender',
    severity: 'high',
    meaning: 'no PTR, forward and reverse DNS differ, or a bad HELO name',
  },
  'relay-denied': { blame: 'sender', verdict: 'fix-sender', severity: 'high', meaning: 'relaying denied' },
  'policy-rejected': {
    blame: 'sender',
    verdict: 'fix-sender',
    severity: 'medium',
    meaning: 'local policy, no reason given',
  },
  'spam-content': {
    blame: 'content',
    verdict: 'fix-sender',
    severity: 'high',
    meaning: 'the message was judged spam',
  },
  virus: { blame: 'content', verdict: 'fix-sender', severity: 'critical', meaning: 'a virus was found' },
  'content-rejected': {
    blame: 'content',
    verdict: 'fix-sender',
    severity: 'medium',
    meaning: 'format, header, attachment or RFC 5322 compliance',
  },
  'message-too-large': {
    blame: 'content',
    verdict: 'fix-sender',
    severity: 'medium',
    meaning: 'the message or an attachment is too large',
  },
  protocol: {
    blame: 'sender',
    verdict: 'fix-sender',
    severity: 'medium',
    meaning: 'syntax, sequence or an unsupported parameter',
  },
  'smtp-auth-tls': {
    blame: 'sender',
    verdict: 'fix-sender',
    severity: 'medium',
    meaning: 'SMTP AUTH, STARTTLS or TLS is required or failed',
  },
  unknown: {
    blame: 'unknown',
    verdict: 'unknown',
    severity: 'medium',
    meaning: 'neither text nor codes tell',
  },
  suppressed: {
    blame: 'event',
    verdict: 'suppress',
    severity: 'medium',
    meaning: 'the provider did not try: it is on its own list',
  },
  complaint: {
    blame: 'event',
    verdict: 'suppress',
    severity: 'high',
    meaning: 'a spam complaint or an opt-out report',
  },
  'auto-reply': {
    blame: 'event',
    verdict: 'ignore',
    severity: 'low',
    meaning: 'a vacation notice, auto-responder or challenge',
  },
  delivered: { blame: 'event', verdict: 'ignore', severity: 'low', meaning: 'success; not a bounce' },
} as const satisfies Record<string, CategoryFacts>;

export type Category = keyof typeof categories;

export const isCategory = (value: unknown): value is Category =>
  typeof value === 'string' && Object.hasOwn(categories, value);

/** The owner's rule: whatever stands beside a 504. */
export const CATEGORY_OF_504 = 'protocol' satisfies Category;

/** Those to blame for what a sender mends, and then releases all of. */
export const ourBlames: readonly Blame[] = ['sender', 'content'];

export const isOurFault = (category: Category): boolean => ourBlames.includes(categories[category].blame);

/** The facts of a category, widened so that callers need not know which literal they hold. */
export const factsOf = (category: Category): CategoryFacts => categories[category];
