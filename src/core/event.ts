/** The words of Mailstop, once. Pure types: no I/O, no clock. */
import type { Blame, BounceType, Category, Severity, Verdict } from './taxonomy.ts';

export const kinds = [
  'bounce', // the provider gave up on this recipient, hard or soft
  'deferral', // it still tries
  'reject', // it did not try
  'complaint', // the recipient, or their mailbox provider for them, called it spam
  'unsubscribe',
  'resubscribe',
  'delivery', // the receiver took the message: no promise that it will not bounce later
] as const;
export type Kind = (typeof kinds)[number];

/** `reported`: a field of the provider's; `parsed`: read from text; `inferred`: from the provider's label. */
export type ReplySource = 'reported' | 'parsed' | 'inferred';

/** A reply in SMTP's three parts: basic code (RFC 5321), enhanced code (RFC 3463), text. */
export interface Reply {
  readonly code: string | null; // "550"
  readonly enhanced: string | null; // "5.1.1"
  readonly text: string | null; // the server's words, at most 4 KiB
  readonly source: ReplySource | null; // null where there is no code at all
}

/** How much a final failure proves about the address (docs/policy.md 1). */
export type Strength = 'strong' | 'weak' | 'none';

/** RFC 5965 feedback types, and `opt-out` of the older drafts. */
export type FeedbackType = 'abuse' | 'fraud' | 'virus' | 'not-spam' | 'auth-failure' | 'opt-out' | 'other';

/** What a provider's list says when it refuses to try: why the address is on it. */
export type ListedFor = 'bounce' | 'complaint' | 'unsubscribe';

/**
 * What a provider's label says by itself, when nothing better is known: one row of an adapter's table.
 * `proof: 'cause'` = the label names what is wrong with the address; `'hard'` = it says no more than
 * "permanent".
 */
export interface LabelMeaning {
  readonly kind: Kind;
  readonly code?: string;
  readonly enhanced?: string;
  readonly category?: Category;
  readonly proof?: 'cause' | 'hard';
  readonly feedback?: FeedbackType;
  readonly listedFor?: ListedFor;
}

/** One item of a provider's request about one recipient, as the adapter read it; not yet judged. */
export interface ProviderEvent {
  readonly meaning: LabelMeaning;
  /** As received. Anything but one address goes to quarantine. */
  readonly recipient: unknown;
  /** Epoch ms by the provider's clock; null where it gave none. */
  readonly at: number | null;
  /** When the message was sent, where the provider says. A release bars failures of older messages. */
  readonly sentAt?: number | null;
  /** Fields the provider reports; codes hidden in `text` are found by the core. */
  readonly reply: {
    readonly code?: string | number | null;
    readonly enhanced?: string | null;
    readonly text?: string | null;
  };
  /** The provider's words for it, verbatim: `bounce/blocked`, `Permanent/General`. */
  readonly providerType: string;
  readonly eventId: string | null;
  /** The provider's name for the message. */
  readonly messageId: string | null;
  /** The message's own Message-ID (RFC 5322), where it differs from `messageId` and the provider tells it. */
  readonly rfcMessageId?: string | null;
  /** The provider's group, topic, list or message stream. */
  readonly group?: string | null;
  /** Our own stream, where the sender of the request speaks our words. */
  readonly stream?: string | null;
  readonly tags?: readonly string[];
  /** What the sender attached so that whoever sends it back is known to have the message. */
  readonly recipientTag?: string;
  /** true: the provider now keeps the address on its own list; false: it took it off. */
  readonly listed?: boolean;
  /** The provider cannot say which of several recipients it was: recorded, never acted on. */
  readonly ambiguous?: boolean;
  /** false for bounce mail, which anyone can send. */
  readonly proven?: boolean;
  /**
   * Of bounce mail: the addresses this report was sent to (To, Delivered-To, X-Original-To, Envelope-To), and those
   * the returned original was sent from (Return-Path, X-Envelope-From/Sender): where a keyed return path would
   * stand. At most 16.
   */
  readonly returnPaths?: readonly string[];
}

/** One normalized, classified fact about one recipient. */
export interface MailEvent {
  readonly id: string; // evt_…
  readonly tenant: string;
  readonly sourceId: string;
  readonly receiptId: string;
  readonly provider: string;
  readonly kind: Kind;
  readonly address: string; // canonical
  readonly at: number; // epoch ms, at most five minutes after receivedAt
  readonly receivedAt: number;
  readonly sentAt: number | null;
  readonly stream: string; // '*' = all mail
  /** The provider's group, topic, list or message stream. */
  readonly group: string | null;
  readonly smtp: Reply;
  readonly category: Category | null; // null for unsubscribe and resubscribe
  readonly blame: Blame;
  readonly bounceType: BounceType;
  readonly severity: Severity | null;
  readonly verdict: Verdict;
  readonly strength: Strength;
  /** The classifier's rule, and the words or codes that decided. */
  readonly classifiedBy: string;
  readonly messageId: string | null;
  readonly rfcMessageId: string | null;
  readonly providerEventId: string | null;
  readonly providerType: string;
  readonly feedback: FeedbackType | null;
  readonly listedFor: ListedFor | null;
  readonly listed: boolean | null;
  /** Recorded and shown, never acted on: who it was is not certain, or an unproven report where only proof counts. */
  readonly hearsay: boolean;
  readonly proven: boolean;
  readonly tags: readonly string[];
}

export const reasons = ['complaint', 'unsubscribe', 'manual', 'hard-bounce', 'soft-bounce'] as const; // hardest to lift first
export type Reason = (typeof reasons)[number];
export type Origin = 'event' | 'manual' | 'import' | 'provider';
export type EntryState = 'active' | 'held' | 'expired' | 'released';
export type Action = 'suppress' | 'strike' | 'note' | 'release';
/** Speaks of the message, where the action speaks of the address. */
export type Retry = 'no' | 'later' | 'after-fix';

/** What the policy did with one event. `until` is null where it is for ever or nothing is blocked. */
export interface Decision {
  readonly rule: string;
  readonly action: Action;
  readonly retry: Retry;
  readonly until: number | null;
  readonly policyVersion: string;
}
