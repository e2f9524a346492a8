/** What a provider's own list and ours do not share: the provider's is read page by page, and only its hashes are kept. */
import { isPseudonym } from '../core/pseudonym.ts';
import { HOUR, MINUTE } from '../core/time.ts';
import { type Ask, type Given, type Item, type ProviderList, Refusal } from '../lists/list.ts';
import type { EntryQuery, EntryRow, SourceRow } from '../store/store.ts';
import { formatOf } from './import-formats.ts';
import { planRow } from './import-row.ts';
import { isOverridden } from './list.ts';
import { NameSet } from './name-set.ts';
import { jsonRow } from './rows.ts';
import { aTurn } from './runtime.ts';
import type { Services } from './services.ts';
import { isDecidedHere } from './write-back-plan.ts';

export const driftLimits = {
  /** What is younger may be under way from one list to the other. */
  settled: HOUR,
  /** Addresses told of each list. */
  samples: 10,
  /** One comparison; a list that takes longer is not compared. */
  duration: 50 * MINUTE,
} as const;

/** Items that are looked up at a time. */
const CHUNK = 1_000;
const PAGE = 1_000;

export interface Drift {
  readonly there: number;
  readonly only_there: number;
  readonly only_here: number;
  readonly samples: { readonly only_there: readonly string[]; readonly only_here: readonly string[] };
}

/** `store`, `list` and `policies` of the services; addresses are told as they are kept. */
type Deps = Pick<Services, 'store' | 'list' | 'policies' | 'runtime' | 'settings'>;

interface Compared {
  readonly source: SourceRow;
  readonly list: ProviderList;
  readonly ask: Ask;
  readonly given: Given;
  /** Ours is written back: then all that was decided here is to be there, and else what this source reported. */
  readonly isWritten: boolean;
}

export async function compareLists(deps: Deps, compared: Compared): Promise<Drift> {
  const { source, list, ask, given } = compared;
  const nameOf = (address: string) => deps.settings.pepper?.nameOf(source.tenant, address) ?? address;
  const began = deps.runtime.now();
  const deadline = performance.now() + driftLimits.duration;
  const there = new NameSet();
  const onlyThere = counter();
  for await (const items of list.pages(ask, given)) {
    if (performance.now() > deadline) throw new Refusal(408, 'took too long');
    for (let from = 0; from < items.length; from += CHUNK) {
      const blocked = (await blockedOf(deps, source.tenant, items.slice(from, from + CHUNK), began)).filter(
        ({ address }) => there.add(nameOf(address)),
      );
      const settled = blocked.flatMap(({ address, isSettled }) => (isSettled ? [address] : []));
      for (const { address, suppressed } of await deps.list.check(source.tenant, settled, null))
        if (suppressed === false) onlyThere.add(nameOf(address));
    }
  }
  const onlyHere = counter();
  const told = new NameSet();
  for await (const rows of entriesOf(deps, compared)) {
    const missing = rows.filter((row) => isExpected(row, compared, began) && !there.has(row.address));
    const standing = await deps.store.check(
      source.tenant,
      missing.map(({ address }) => address),
      began,
    );
    for (const row of missing)
      if (!isOverridden(row, standing.get(row.address)?.allowedUntil ?? null) && told.add(row.address))
        onlyHere.add(row.address);
  }
  return {
    there: there.size,
    only_there: onlyThere.count(),
    only_here: onlyHere.count(),
    samples: { only_there: onlyThere.samples(), only_here: onlyHere.samples() },
  };
}

/** Items that keep somebody off: one that speaks of a fault of the sender does not. */
export async function blockedOf(
  { policies }: Pick<Deps, 'policies'>,
  tenant: string,
  items: readonly Item[],
  now: number,
): Promise<readonly { readonly address: string; readonly isSettled: boolean }[]> {
  const policy = await policies.of(tenant);
  return items.flatMap((item) => {
    const row = jsonRow(0, item);
    const fields = row.ok ? formatOf(Object.keys(row.fields)).read(row.fields) : null;
    const planned = fields?.ok === true ? planRow(policy, 0, fields.value, now) : null;
    if (planned?.ok !== true || planned.value.address.startsWith('@')) return [];
    const { address, act } = planned.value;
    // One without a date is as of now.
    return [{ address, isSettled: act.at === now || act.at <= now - driftLimits.settled }];
  });
}

async function* entriesOf(
  { store, runtime }: Deps,
  { source: { tenant, provider }, isWritten }: Compared,
): AsyncGenerator<readonly EntryRow[]> {
  let after: EntryQuery['after'] = null;
  do {
    const page = await store.entries(
      tenant,
      {
        ...(isWritten ? {} : { provider }),
        states: ['active', 'held'],
        order: 'address',
        limit: PAGE,
        after,
      },
      runtime.now(),
    );
    yield page.rows;
    after = page.next;
    await aTurn(runtime);
  } while (after !== null);
}

/** Providers list nobody for what may pass. */
function isExpected(row: EntryRow, { source, isWritten }: Compared, now: number): boolean {
  if (row.address.startsWith('@') || isPseudonym(row.address)) return false;
  if (row.created_at > now - driftLimits.settled) return false;
  if (row.source_id === source.id && row.reason !== 'soft-bounce') return true;
  return isWritten && isDecidedHere(row, source);
}

function counter() {
  let count = 0;
  const samples: string[] = [];
  return {
    add(address: string): void {
      count += 1;
      if (samples.length < driftLimits.samples) samples.push(address);
    },
    count: () => count,
    samples: () => samples.toSorted(),
  };
}
