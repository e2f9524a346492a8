/**
 * Another policy decides the list anew, from the facts that are kept: batch by batch, so that requests find room
 * between, and each batch durable together with how far it came, so that a stop loses nothing. A preview does the
 * same for addresses and writes nothing; whole domains that would newly be accused it names.
 */
import type { Policy } from '../core/policy.ts';
import {
  type AddressKey,
  type DomainFactRow,
  type EntryRow,
  keyOf,
  type PolicyRow,
  type Store,
} from '../store/store.ts';
import type { Committer } from './commit.ts';
import { stateOf } from './list.ts';
import { type Changed, foldAll } from './refold.ts';
import { aTurn, type Runtime } from './runtime.ts';
import { sift } from './sift.ts';

const BATCH = 500;
/** Of each kind, in one preview. */
const SAMPLES = 10;

/** How another policy would decide. */
export interface Moved {
  /** Free before, blocked after. */
  suppressed: number;
  released: number;
  /** Blocked before and after, for another reason or time. */
  changed: number;
}

export const groupings = ['code', 'receiver', 'rule'] as const;
export type Grouping = (typeof groupings)[number];

/** Values of one grouping that are told apart; what more there are count as `(others)`. */
const VALUES = 1_000;
const OTHERS = '(others)';

export interface Preview extends Moved {
  addresses: number;
  /** Events that were decided again. */
  events: number;
  readonly by: Readonly<Record<Grouping, Map<string, Moved>>>;
  /** Whole domains that these rules speak against and the ones before did not. Not folded here: their facts are all over the list. */
  readonly domains: Set<string>;
  readonly samples: { readonly before: EntryRow | null; readonly after: EntryRow }[];
  /** Where to go on; null = that was all. */
  next: string | null;
}

export interface Redecider {
  /** Goes on for so many ms at least; how many addresses were decided, and whether that was all. */
  run(tenant: string, ms: number): Promise<{ readonly addresses: number; readonly done: boolean }>;
  /** `since`: only addresses of which something was reported from then on; null = all. */
  preview(
    tenant: string,
    policy: Policy,
    from: { readonly after: string; readonly since: number | null },
    ms: number,
  ): Promise<Preview>;
  /** What was left over, of all tenants; goes on until it is done or stopped. */
  finish(): Promise<void>;
  stop(): Promise<void>;
}

interface Deps {
  readonly store: Store;
  readonly committer: Committer;
  readonly runtime: Pick<Runtime, 'now' | 'newId' | 'defer'>;
}

export function createRedecider({ store, committer, runtime }: Deps): Redecider {
  let stopping = false;
  let finishing: Promise<void> = Promise.resolve();

  /** Addresses first, then whole domains, whose facts the addresses may have added. */
  async function batchAfter(
    tenant: string,
    after: string,
  ): Promise<{ addresses: readonly string[]; to: string | null }> {
    const addresses = await store.factAddresses(tenant, after, BATCH);
    const last = addresses.at(-1);
    if (addresses.length === BATCH && last !== undefined) return { addresses, to: last };
    return { addresses, to: after.startsWith('@') ? null : '@' };
  }

  async function step(row: PolicyRow, from: string): Promise<{ addresses: number; to: string | null }> {
    const { tenant, version } = row;
    const { addresses, to } = await batchAfter(tenant, from);
    await committer.submit({ type: 'redecide', tenant, addresses, progress: { tenant, version, to } });
    return { addresses: addresses.length, to };
  }

  async function run(tenant: string, ms: number): Promise<{ addresses: number; done: boolean }> {
    const until = performance.now() + ms;
    let addresses = 0;
    while (!stopping) {
      const row = await store.policy(tenant);
      if (row === null || row.redecided_to === null) return { addresses, done: true };
      const batch = await step(row, row.redecided_to);
      addresses += batch.addresses;
      if (performance.now() >= until) return { addresses, done: batch.to === null };
      await aTurn(runtime);
    }
    return { addresses, done: false };
  }

  /** What keeps one tenant from it does not keep the others. */
  async function finishAll(): Promise<void> {
    const failures: unknown[] = [];
    for (const { tenant } of await store.unfinishedPolicies())
      await run(tenant, Number.POSITIVE_INFINITY).catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw failures[0];
  }

  return {
    run,
    finish() {
      finishing = finishing.catch(() => undefined).then(finishAll);
      return finishing;
    },
    async stop() {
      stopping = true;
      await finishing.catch(() => undefined);
    },

    async preview(tenant, policy, { after, since }, ms) {
      const until = performance.now() + ms;
      const preview: Preview = {
        addresses: 0,
        events: 0,
        suppressed: 0,
        released: 0,
        changed: 0,
        by: { code: new Map(), receiver: new Map(), rule: new Map() },
        domains: new Set(),
        samples: [],
        next: after,
      };
      const samples = { suppressed: 0, released: 0, changed: 0 };
      do {
        await aTurn(runtime);
        const { addresses, to } = await batchAfter(tenant, preview.next ?? '');
        preview.next = to;
        const { changes, accused, looked, events } = await changesOf(tenant, policy, addresses, since);
        preview.addresses += looked;
        preview.events += events;
        for (const domain of accused) preview.domains.add(domain);
        for (const change of changes) {
          const kind = kindOf(change, runtime.now());
          if (kind === null) continue;
          preview[kind] += 1;
          tell(preview.by, change, kind);
          if (samples[kind]++ < SAMPLES) preview.samples.push(change);
        }
      } while (preview.next !== null && performance.now() < until);
      return preview;
    },
  };

  async function changesOf(
    tenant: string,
    policy: Policy,
    named: readonly string[],
    since: number | null,
  ): Promise<{ changes: Changed[]; accused: string[]; looked: number; events: number }> {
    const all = named.map((address) => ({ tenant, address }));
    const [histories, uncounted] = [await store.histories(all), await store.uncounted(all)];
    const eventsOf = (key: AddressKey) => [
      ...(histories.get(keyOf(key))?.events ?? []),
      ...(uncounted.get(keyOf(key)) ?? []),
    ];
    const keys = since === null ? all : all.filter((key) => eventsOf(key).some(({ at }) => at >= since));
    const addresses = keys.map(({ address }) => address);
    const known = await store.known({ digests: [], nonces: [], addresses: keys });
    const jobs = [
      { type: 'redecide', tenant, addresses, progress: { tenant, version: 0, to: null } },
    ] as const;
    const sifted = sift(jobs, known, () => policy, runtime.now());
    const { changed, domainFacts } = foldAll(jobs, sifted, {
      known,
      histories,
      uncounted,
      policyOf: () => policy,
      now: runtime.now(),
      newId: runtime.newId,
    });
    return {
      changes: keys.flatMap((key) => changed.get(keyOf(key)) ?? []),
      accused: await newlyAccused(domainFacts),
      looked: keys.length,
      events: keys.reduce((sum, key) => sum + eventsOf(key).length, 0),
    };
  }

  async function newlyAccused(facts: readonly DomainFactRow[]): Promise<string[]> {
    const keys = [
      ...new Map(facts.map(({ tenant, domain }) => [domain, { tenant, address: domain }])).values(),
    ];
    const known = await store.histories(keys);
    return keys
      .filter((key) => (known.get(keyOf(key))?.events.length ?? 0) === 0)
      .map(({ address }) => address.slice(1));
  }
}

function tell(by: Preview['by'], { before, after }: Changed, kind: keyof Moved): void {
  const row = kind === 'released' ? (before ?? after) : after;
  const values = {
    code: row.code ?? row.enhanced ?? 'none',
    receiver: row.address.slice(row.address.lastIndexOf('@') + 1),
    rule: row.rule ?? 'none',
  };
  for (const grouping of groupings) {
    const known = by[grouping];
    const value = known.has(values[grouping]) || known.size < VALUES ? values[grouping] : OTHERS;
    const moved = known.get(value) ?? { suppressed: 0, released: 0, changed: 0 };
    moved[kind] += 1;
    known.set(value, moved);
  }
}

function kindOf({ before, after }: Changed, now: number): keyof Moved | null {
  const blocks = (row: EntryRow | null) => row !== null && ['active', 'held'].includes(stateOf(row, now));
  const [was, is] = [blocks(before), blocks(after)];
  if (was && is) return 'changed';
  return was ? 'released' : is ? 'suppressed' : null;
}
