/** What the list said at an earlier moment: the fold of what was known then, by the policy in force then. */
import { domainOf } from '../core/address.ts';
import { defaultPolicy } from '../core/default-policy.ts';
import { fold } from '../core/fold.ts';
import type { Policy } from '../core/policy.ts';
import { compile } from '../core/policy-document.ts';
import { type EntryRow, keyOf, type Standing, type Store } from '../store/store.ts';
import { factsAt, type KnownThen } from './facts-at.ts';
import { entryRow } from './judged-rows.ts';
import { byHardness, isOverridden } from './list.ts';
import { documentOf } from './policies.ts';

export interface Then extends Standing {
  readonly policy: Policy;
}

/** What blocked the canonical address at that time, entries of its whole domain included, hardest to lift first. */
export async function standingAt(store: Store, tenant: string, address: string, at: number): Promise<Then> {
  const policy = await policyAt(store, tenant, at);
  const keys = [...new Set([address, `@${domainOf(address)}`])].map((key) => ({ tenant, address: key }));
  const known = await factsAt(store, keys, at);
  const entries: EntryRow[] = [];
  let [allowedUntil, listedAt]: [number | null, readonly string[]] = [null, []];
  for (const key of keys) {
    const { facts, entries: stored } = known.get(keyOf(key)) as KnownThen;
    const folded = fold(policy, facts, key.address.startsWith('@') ? 'domain' : 'address');
    for (const entry of folded.entries) {
      const before = stored.find((row) => row.stream === entry.stream && row.reason === entry.reason) ?? null;
      if (entry.state === 'released' || (entry.until !== null && entry.until <= at)) continue;
      entries.push(entryRow(key, entry, before, policy, { newId: () => '', now: at }));
    }
    if (folded.allowedUntil !== null && folded.allowedUntil > at)
      allowedUntil = Math.max(allowedUntil ?? 0, folded.allowedUntil);
    if (key.address === address) listedAt = folded.listedAt;
  }
  return {
    policy,
    entries: entries.filter((entry) => !isOverridden(entry, allowedUntil)).sort(byHardness),
    listedAt,
    allowedUntil,
  };
}

async function policyAt(store: Store, tenant: string, at: number): Promise<Policy> {
  let after: readonly (string | number)[] | null = null;
  do {
    const page = await store.policyVersions(tenant, { limit: 100, after });
    const row = page.rows.find(({ created_at }) => created_at <= at);
    if (row !== undefined) return compile(documentOf(row), row.version);
    after = page.next;
  } while (after !== null);
  return defaultPolicy;
}
