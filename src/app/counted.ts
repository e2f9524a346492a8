/** What the ladders had counted at each event of an address: its facts folded anew, by the policy that decided it then. */
import { type Counter, countersOf } from '../core/counters.ts';
import { defaultPolicy } from '../core/default-policy.ts';
import { ownDomain } from '../core/domain.ts';
import type { Policy } from '../core/policy.ts';
import { compile } from '../core/policy-document.ts';
import { type EventRow, keyOf, type Store } from '../store/store.ts';
import { factsAt, type KnownThen } from './facts-at.ts';
import { documentOf } from './policies.ts';

/** Policies that one story is replayed under, newest events first; older events are counted by the last of them. */
const POLICIES_REPLAYED = 8;

/** By event id: of the address, then of its whole domain. By what was known at `at`; null = now. */
export async function countersFor(
  store: Store,
  tenant: string,
  address: string,
  policy: Policy,
  events: readonly EventRow[],
  at: number | null,
): Promise<ReadonlyMap<string, readonly Counter[]>> {
  if (events.length === 0) return new Map();
  const domain = ownDomain(address);
  const names = domain === null || domain === address ? [address] : [address, domain];
  const keys = names.map((name) => ({ tenant, address: name }));
  const known = await factsAt(store, keys, at);
  const versions = [...new Set(events.map((event) => event.policy_version))].slice(0, POLICIES_REPLAYED);
  const replays = new Map(
    await Promise.all(
      versions.map(async (version) => {
        const then = await policyOf(store, tenant, version, policy);
        const counted = keys.map((key) => {
          const { facts } = known.get(keyOf(key)) as KnownThen;
          return countersOf(then, facts, key.address.startsWith('@') ? 'domain' : 'address');
        });
        return [version, counted] as const;
      }),
    ),
  );
  const oldest = replays.get(versions.at(-1) as string) ?? [];
  return new Map(
    events.map(({ id, policy_version }) => [
      id,
      (replays.get(policy_version) ?? oldest).flatMap((counters) => counters.get(id) ?? []),
    ]),
  );
}

/** The policy of that version; the one at hand where this release no longer knows it. */
async function policyOf(store: Store, tenant: string, version: string, atHand: Policy): Promise<Policy> {
  if (version === atHand.version) return atHand;
  if (version === defaultPolicy.version) return defaultPolicy;
  const [base, revision] = version.split('+');
  const row =
    base === defaultPolicy.version && revision !== undefined
      ? await store.policyVersion(tenant, Number(revision))
      : null;
  return row === null ? atHand : compile(documentOf(row), row.version);
}
