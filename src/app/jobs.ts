/** What moves the list: a request from a provider, acts of people, and another policy. */
import type { MailEvent } from '../core/event.ts';
import type { Act } from '../core/facts.ts';
import type { Policy } from '../core/policy.ts';
import type { EntryRow, ReceiptRow, Redecided } from '../store/store.ts';
import type { KnownThen } from './facts-at.ts';

export interface Intake {
  readonly type: 'intake';
  readonly receipt: ReceiptRow;
  /** `isNamed`: the report has an id or a time of its own, so that the same again is a redelivery. */
  readonly events: readonly {
    readonly event: MailEvent;
    readonly digest: string;
    readonly isNamed: boolean;
  }[];
  readonly ignored: readonly { readonly label: string; readonly known: boolean }[];
  readonly unreadable: readonly {
    readonly item: number;
    readonly why: string;
    readonly raw: string;
    readonly digest: string;
  }[];
  readonly bind: { readonly nonce: string; readonly digest: string } | null;
  readonly provider: string;
  /**
   * `begins`: its source is paused, so that nothing but the receipt is stored. `ends`: the receipt is stored already,
   * and is taken in now as if it had just come.
   */
  readonly wait?: 'begins' | 'ends';
}

export interface IntakeCounts {
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly quarantined: number;
}

/** `replayed`: the signature's nonce came before with another body. */
export type IntakeResult =
  | { readonly type: 'intake'; readonly counts: IntakeCounts }
  | { readonly type: 'replayed' };

export interface Edit {
  readonly type: 'edit';
  readonly tenant: string;
  /** `batch`: what was done together, and may be taken back together. */
  readonly acts: readonly { readonly address: string; readonly act: Act; readonly batch?: string }[];
  /** null for what belongs to a batch that is audited as a whole. */
  readonly audit: AuditNote | null;
  /**
   * What of it is done, by what is known then: nobody else writes between. Asked anew in each try; all of it unless
   * given.
   */
  readonly atCommit?: (of: (address: string) => KnownNow, policy: Policy) => Pick<Edit, 'acts' | 'audit'>;
}

export interface KnownNow extends KnownThen {
  readonly allowedUntil: number | null;
}

export interface AuditNote {
  readonly tenant: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What of it was done, and the entries that changed, as they are now and as they were (null = new). */
export interface EditResult {
  readonly type: 'edit';
  readonly acts: Edit['acts'];
  readonly changed: readonly { readonly before: EntryRow | null; readonly after: EntryRow }[];
}

/** Decides these addresses, or whole domains, anew from what is kept of them. */
export interface Redecide {
  readonly type: 'redecide';
  readonly tenant: string;
  readonly addresses: readonly string[];
  /** null where it is not about another policy. */
  readonly progress: Redecided | null;
}

export interface RedecideResult {
  readonly type: 'redecide';
  readonly changed: EditResult['changed'];
}

export type Job = Intake | Edit | Redecide;
export type JobResult = IntakeResult | EditResult | RedecideResult;

export const tenantOf = (job: Job): string => (job.type === 'intake' ? job.receipt.tenant : job.tenant);
