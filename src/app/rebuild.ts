/** Proves that the list is the fold of its facts: folds every address anew, and holds the result against what is stored. Writes nothing. */
import { fold } from '../core/fold.ts';
import type { Policy } from '../core/policy.ts';
import { type AddressRow, type EntryRow, type History, keyOf, type Store } from '../store/store.ts';
import { type Desk, entryRow } from './judged-rows.ts';
import type { Policies } from './policies.ts';
import { differingFields } from './refold.ts';

export interface Rebuilt {
  readonly addresses: number;
  readonly entries: number;
  readonly differences: readonly Difference[];
  /** Where to go on; null = that was all. */
  readonly next: string | null;
}

export interface Difference {
  readonly address: string;
  readonly stream: string;
  readonly reason: string;
  /** `missing`: the facts say so and it is not stored; `left-over`: it is stored and no fact says so. */
  readonly what: 'missing' | 'left-over' | 'differs';
  /** Columns that are not what the facts say. */
  readonly fields: readonly string[];
}

const BATCH = 1_000;
/** Facts and entries are read one after another, and what is written between makes them differ: looked at again. */
const LOOKS = 3;

interface Deps {
  readonly store: Store;
  readonly policies: Policies;
}

/** The addresses after the given one. */
export async function rebuild(deps: Deps, tenant: string, after: string): Promise<Rebuilt> {
  const { store } = deps;
  const rows = await store.addressesAfter(tenant, after, BATCH);
  const looked = await look(deps, tenant, rows);
  let differing = looked.differing;
  for (let looks = 1; differing.size > 0 && looks < LOOKS; looks++) {
    const known = await store.known({ digests: [], nonces: [], addresses: [...differing.keys()] });
    differing = (await look(deps, tenant, [...known.addresses.values()])).differing;
  }
  const last = rows.at(-1);
  return {
    addresses: rows.length,
    entries: looked.entries,
    differences: [...differing.values()].flat(),
    next: last === undefined || rows.length < BATCH ? null : last.address,
  };
}

interface Looked {
  readonly entries: number;
  readonly differing: ReadonlyMap<AddressRow, readonly Difference[]>;
}

async function look({ store, policies }: Deps, tenant: string, rows: readonly AddressRow[]): Promise<Looked> {
  const [policy, histories] = await Promise.all([policies.of(tenant), store.histories(rows)]);
  const differing = new Map<AddressRow, readonly Difference[]>();
  let entries = 0;
  for (const row of rows) {
    const history = histories.get(keyOf(row)) ?? { events: [], acts: [], entries: [] };
    entries += history.entries.length;
    const differences = differencesOf(policy, row, history);
    if (differences.length > 0) differing.set(row, differences);
  }
  return { entries, differing };
}

function differencesOf(policy: Policy, row: AddressRow, history: History): Difference[] {
  const scope = row.address.startsWith('@') ? 'domain' : 'address';
  const folded = fold(policy, { ...history, marks: row.marks }, scope);
  const stored = new Map(history.entries.map((entry) => [nameOf(entry), entry]));
  const differences: Difference[] = [];
  const tell = (of: Pick<EntryRow, 'stream' | 'reason'>, what: Difference['what'], fields: string[] = []) =>
    differences.push({ address: row.address, stream: of.stream, reason: of.reason, what, fields });
  for (const entry of folded.entries) {
    const before = stored.get(nameOf(entry));
    stored.delete(nameOf(entry));
    if (before === undefined) tell(entry, 'missing');
    else {
      // What a released entry was is told as it was then: a late delivery does not change the past's words.
      const isGone = before.state === 'released' && entry.state === 'released';
      const fields = isGone ? [] : differingFields(before, entryRow(row, entry, before, policy, desk));
      if (fields.length > 0) tell(entry, 'differs', fields);
    }
  }
  // What a late fact has taken back is kept as released.
  for (const entry of stored.values()) if (entry.state !== 'released') tell(entry, 'left-over');
  return differences;
}

const nameOf = ({ stream, reason }: Pick<EntryRow, 'stream' | 'reason'>): string => `${stream} ${reason}`;

/** Ids and times of rows are those of the stored ones. */
const desk: Pick<Desk, 'newId' | 'now'> = { newId: () => '', now: 0 };
