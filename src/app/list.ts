/** The list as people use it: ask, block, release. Every change is a fact with an actor, judged like events are. */
import { canonicalAddress } from '../core/address.ts';
import type { EntryState, Reason } from '../core/event.ts';
import { reasons } from '../core/event.ts';
import { blockedClasses, classOf, type Policy } from '../core/policy.ts';
import type { Result } from '../core/result.ts';
import type { EntryRow, Standing, StandingRow, Store } from '../store/store.ts';
import type { Committer } from './commit.ts';
import { listEdits } from './list-edits.ts';
import type { Policies } from './policies.ts';
import type { Runtime } from './runtime.ts';

export interface CheckResult {
  readonly address: string;
  /** null where the address cannot be read. */
  readonly suppressed: boolean | null;
  readonly reason: Reason | null;
  readonly category: string | null;
  readonly code: string | null;
  readonly until: number | null;
  readonly suppression_id: string | null;
  readonly listed_at: readonly string[];
  /** Until then somebody answers for it: no bounce blocks it. */
  readonly allowed_until: number | null;
  readonly error: 'invalid-address' | null;
}

export interface Block {
  readonly address: string;
  readonly reason: Reason;
  readonly stream: string;
  readonly note: string | null;
  readonly until: number | null;
}

export interface Release {
  readonly address: string;
  readonly reasons: readonly Reason[];
  /** null = all streams. */
  readonly stream: string | null;
  readonly why: string;
  readonly evidence: { readonly text: string; readonly at: number } | null;
}

export type NotReleased = 'nothing-to-release' | 'evidence-needed' | 'evidence-too-old';

/** `id`: by which it is taken back. */
export interface Released {
  readonly id: string;
  readonly entries: readonly EntryRow[];
}

export interface Allowance {
  readonly address: string;
  readonly until: number;
  readonly note: string | null;
}

export interface Who {
  readonly tenant: string;
  /** `key_…`, or `cli`. */
  readonly actor: string;
}

export interface List {
  check(tenant: string, asked: readonly string[], stream: string | null): Promise<CheckResult[]>;
  /** What blocks an address now, hardest to lift first. The address is canonical. */
  blocking(tenant: string, address: string, stream: string | null): Promise<Standing>;
  /** Never suppressed for a bounce until then. */
  allow(who: Who, allowance: Allowance): Promise<void>;
  /** Takes it back: whether there was anything to take back. */
  disallow(who: Who, of: Pick<Allowance, 'address' | 'note'>): Promise<boolean>;
  block(who: Who, block: Block): Promise<{ readonly entry: EntryRow; readonly created: boolean }>;
  /**
   * `evidence-needed`: a complaint or unsubscribe was named without evidence of consent; `evidence-too-old`: with some
   * that is older than all of them. Nothing is kept of either.
   */
  release(who: Who, release: Release): Promise<Result<Released, NotReleased>>;
}

export interface ListDeps {
  readonly store: Store;
  readonly committer: Committer;
  readonly policies: Policies;
  readonly runtime: Runtime;
}

export function createList({ store, committer, policies, runtime }: ListDeps): List {
  const standing = async (tenant: string, addresses: readonly string[], stream: string | null) => {
    const found = await store.check(tenant, addresses, runtime.now());
    // Without a stream every entry counts, and no policy is asked.
    const policy = stream === null ? null : await policies.of(tenant);
    return (address: string) => {
      const at = found.get(address);
      return {
        entries:
          at === undefined
            ? []
            : at.entries
                .filter((entry) => !isOverridden(entry, at.allowedUntil))
                .filter((entry) => policy === null || blocks(policy, entry, stream))
                .sort(byHardness),
        listedAt: at?.listedAt ?? [],
        allowedUntil: at?.allowedUntil ?? null,
      };
    };
  };

  return {
    async check(tenant, asked, stream) {
      const canonical = asked.map((address) => canonicalAddress(address));
      const readable = canonical.flatMap((address) => (address.ok ? [address.value] : []));
      const of = await standing(tenant, readable, stream);
      return asked.map((address, i) => {
        const key = canonical[i];
        return key?.ok === true ? answer(address, of(key.value)) : unreadable(address);
      });
    },

    blocking: async (tenant, address, stream) => (await standing(tenant, [address], stream))(address),

    ...listEdits({ committer, runtime }),
  };
}

/** An allowance overrides bounces of every origin, a 504 too; never a complaint, an unsubscribe or a manual entry. */
export const isOverridden = (entry: Pick<EntryRow, 'reason'>, allowedUntil: number | null): boolean =>
  allowedUntil !== null && (entry.reason === 'hard-bounce' || entry.reason === 'soft-bounce');

/** Whether an entry that stands blocks mail of a stream; without a stream, the strictest answer. */
export function blocks(policy: Policy, entry: StandingRow, stream: string | null): boolean {
  if (stream === null) return true;
  if (entry.stream !== '*' && entry.stream !== stream) return false;
  return blockedClasses(policy, entry).includes(classOf(policy, stream));
}

/** Hardest to lift first: by reason, then the longest. */
export const byHardness = (a: EntryRow, b: EntryRow): number =>
  reasons.indexOf(a.reason) - reasons.indexOf(b.reason) ||
  (b.until ?? Number.POSITIVE_INFINITY) - (a.until ?? Number.POSITIVE_INFINITY) ||
  (a.id < b.id ? -1 : 1);

export const stateOf = (entry: EntryRow, now: number): EntryState =>
  entry.state !== 'released' && entry.until !== null && entry.until <= now ? 'expired' : entry.state;

function answer(address: string, { entries, listedAt, allowedUntil }: Standing): CheckResult {
  const [entry] = entries;
  return {
    address,
    suppressed: entry !== undefined,
    reason: entry?.reason ?? null,
    category: entry?.category ?? null,
    code: entry?.code ?? null,
    until: entry?.until ?? null,
    suppression_id: entry?.id ?? null,
    listed_at: listedAt,
    allowed_until: allowedUntil,
    error: null,
  };
}

const unreadable = (address: string): CheckResult => ({
  address,
  suppressed: null,
  reason: null,
  category: null,
  code: null,
  until: null,
  suppression_id: null,
  listed_at: [],
  allowed_until: null,
  error: 'invalid-address',
});
