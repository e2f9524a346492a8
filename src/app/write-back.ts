/**
 * The list written back to providers' own lists, by sources that opted in: at least once, in the order of each address,
 * behind a place in the list's log (docs/decisions/0012). Not the change is written but what holds of the address now,
 * so that a repetition changes nothing. What came of it is a fact of the address, by which `listed_at` follows.
 */

import { isPseudonym } from '../core/pseudonym.ts';
import { DAY } from '../core/time.ts';
import { type Ask, type Given, type ListWriting, type NotTaken, Refusal } from '../lists/list.ts';
import { providerLists } from '../lists/registry.ts';
import {
  type EntryKey,
  keyOf,
  type SourceListRow,
  type SourceRow,
  type Store,
  type WriteBackProgress,
} from '../store/store.ts';
import type { Committer } from './commit.ts';
import type { Log } from './log.ts';
import { afterFailure, type Outbox, outboxLimits, outboxOf } from './outbox.ts';
import type { Policies } from './policies.ts';
import { askOver, refusalWords } from './provider-ask.ts';
import { type ProviderNames, readNames } from './provider-names.ts';
import type { Runtime } from './runtime.ts';
import type { Seal } from './seal.ts';
import { shortId } from './sources.ts';
import { type Task, taskOf } from './write-back-plan.ts';

export interface WriteBack extends Outbox {
  seal(access: Given): Promise<string>;
  open(row: Pick<SourceListRow, 'access'>): Promise<Given>;
}

interface Deps {
  readonly store: Store;
  readonly committer: Committer;
  readonly policies: Policies;
  readonly runtime: Runtime;
  readonly seal: Seal;
  readonly log: Log;
}

type Place = Pick<SourceListRow, 'changes_to' | 'expired_to' | 'expired_after' | 'push_to'>;

interface Part {
  readonly addresses: readonly string[];
  /** Once they are done. */
  readonly place: Place;
  /** Of the list as it stands. */
  readonly isPush?: true;
}

interface Writing {
  readonly source: Pick<SourceRow, 'tenant' | 'id' | 'provider'>;
  readonly list: ListWriting;
  readonly ask: Ask;
  readonly given: Given;
}

interface Result {
  readonly address: string;
  readonly what: 'added' | 'removed' | 'refused';
  readonly why: string | null;
}

/** In the audit and in an address's story. */
const ACTOR = 'write-back';

export function createWriteBack({ store, committer, policies, runtime, seal, log }: Deps): WriteBack {
  /** The lists of sources with a push under way. A server that has stopped meanwhile reads them again. */
  const read = new Map<string, ProviderNames | null>();
  const open: WriteBack['open'] = async ({ access }) => JSON.parse(await seal.open(access));
  return {
    seal: (access) => seal.seal(JSON.stringify(access)),
    open,
    ...outboxOf(
      () => store.dueSourceLists(runtime.now()),
      bringUp,
      (row, error) => log('error', 'a list could not be written back to', { source: shortId(row), error }),
    ),
  };

  async function bringUp(row: SourceListRow): Promise<void> {
    const { tenant, id } = row;
    let place: Place = row;
    let part = await partAfter(store, tenant, place, runtime.now());
    if (part === null || !(await store.claimSourceList(row, runtime.now() + outboxLimits.lease))) return;
    const source = await store.source(id);
    const list = source === null ? undefined : providerLists.get(source.provider);
    if (source === null || source.tenant !== tenant || list?.write === undefined) return;
    const access = { ask: askOver(runtime.outbound), given: await open(row) };
    const writing = { source, list: list.write, ...access };
    const note = (more: Omit<WriteBackProgress, 'tenant' | 'id'>) =>
      store.configure({ note: 'source-list', row: { tenant, id, ...moved(row, place), ...more } }, null);
    const counts = { added: row.added, removed: row.removed, refused: row.refused };
    let failing: Pick<SourceListRow, 'attempts' | 'failing_since'> = row;
    let began = performance.now();
    let renewed = began;
    const renew = async (ms: number) => {
      if (ms === 0 && performance.now() < renewed + outboxLimits.turn) return;
      renewed = performance.now();
      await note({ ...counts, next_at: runtime.now() + ms + outboxLimits.lease });
    };
    while (part !== null) {
      const { isPush } = part;
      let reads = false;
      try {
        if (isPush && (place.push_to === PUSH_FROM || !read.has(id))) {
          reads = true;
          read.set(id, await readNames({ policies, runtime }, { tenant, list, ...access, going: renew }));
          reads = false;
          // What others have to wait for is the writing.
          began = performance.now();
        }
        for await (const results of write(writing, part.addresses, isPush ? (read.get(id) ?? null) : null)) {
          await record(writing.source, results);
          for (const { what } of results) counts[what] += 1;
          // A limit is met again and again: who takes some each time does not fail for days.
          failing = { attempts: 0, failing_since: null };
          await renew(0);
        }
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        await note({ ...counts, ...failureOf(row, failing, error, reads ? 'read' : 'change') });
        return;
      }
      place = part.place;
      if (place.push_to === null) read.delete(id);
      failing = { attempts: 0, failing_since: null };
      const now = runtime.now();
      // The place is kept after each part, and the lease is renewed.
      const isOver = performance.now() > began + outboxLimits.turn;
      await note({
        ...counts,
        ...failing,
        last_at: now,
        last_error: null,
        next_at: isOver ? now : now + outboxLimits.lease,
      });
      if (isOver) return;
      part = await partAfter(store, tenant, place, now);
    }
    await note({ next_at: runtime.now() });
  }

  /** A batch of results after the other, so that each is on disk before the next is asked for. */
  async function* write(
    writing: Writing,
    addresses: readonly string[],
    there: ProviderNames | null,
  ): AsyncGenerator<readonly Result[]> {
    const { source, list, ask, given } = writing;
    const keys = addresses.map((address) => ({ tenant: source.tenant, address }));
    const histories = await store.histories(keys);
    const tasks = keys.flatMap((key): { address: string; task: Task }[] => {
      const history = histories.get(keyOf(key));
      const seen = there === null ? null : { at: there.at, on: there.has(key.address) };
      const task = history === undefined ? null : taskOf(history, source, runtime.now(), seen);
      return task === null ? [] : [{ address: key.address, task }];
    });
    const adds = tasks.flatMap(({ address, task }) =>
      task.do === 'add' ? [{ address, reason: task.reason }] : [],
    );
    for (let from = 0; from < adds.length; from += list.atOnce)
      yield* taken('added', adds.slice(from, from + list.atOnce), (rows) => list.add(ask, given, rows));
    for (const { address, task } of tasks)
      if (task.do === 'lift')
        yield* taken('removed', [{ address }], async () => {
          await list.lift(ask, given, address, task.ours);
          return [];
        });
  }

  async function record(
    { tenant, id, provider }: Writing['source'],
    results: readonly Result[],
  ): Promise<void> {
    const at = runtime.now();
    const count = (of: Result['what']) => results.filter(({ what }) => what === of).length;
    await committer.submit({
      type: 'edit',
      tenant,
      acts: results.map(({ address, what, why }) => ({
        address,
        act: {
          id: runtime.newId('act', at),
          kind: 'written',
          at,
          actor: ACTOR,
          provider,
          sourceId: id,
          what,
          why,
        },
      })),
      audit: {
        tenant,
        actor: ACTOR,
        action: 'source.write_back',
        subject: id,
        detail: { added: count('added'), removed: count('removed'), refused: count('refused') },
      },
    });
  }

  function failureOf(
    row: SourceListRow,
    failing: Pick<SourceListRow, 'attempts' | 'failing_since'>,
    refusal: Refusal,
    to: 'read' | 'change',
  ): Omit<WriteBackProgress, 'tenant' | 'id'> {
    const { next, isOver } = afterFailure(failing, runtime.now(), refusal.retryAfter);
    // What the provider said may hold addresses: here stands what kind of answer it was.
    const last_error = refusalWords(refusal.status, to);
    if (!isOver) return { ...next, last_error };
    log('warn', 'a list is not written back to any more', { source: shortId(row) });
    const why = `Nothing could be written for ${outboxLimits.patience / DAY} days.`;
    return { ...next, last_error, write_back: 0, why };
  }
}

/** Statuses that speak of the key, of the path or of the moment, and of no address. */
const ofNoAddress = new Set([401, 402, 403, 404, 405, 407, 408, 425, 429]);
const isOfAddress = ({ status }: Refusal): boolean =>
  status >= 400 && status < 500 && !ofNoAddress.has(status);

/** All at once, and where that is refused for an address among them, each alone: it is told, and keeps nobody else. */
async function* taken<Row extends { readonly address: string }>(
  what: 'added' | 'removed',
  rows: readonly Row[],
  take: (some: readonly Row[]) => Promise<readonly NotTaken[]>,
): AsyncGenerator<readonly Result[]> {
  let refused: readonly NotTaken[];
  try {
    refused = await take(rows);
  } catch (error) {
    if (!(error instanceof Refusal) || !isOfAddress(error)) throw error;
    if (rows.length > 1) {
      for (const row of rows) yield* taken(what, [row], take);
      return;
    }
    refused = rows.map(({ address }) => ({ address, why: error.message }));
  }
  yield rows.map(({ address }): Result => {
    const no = refused.find((one) => one.address === address);
    return no === undefined ? { address, what, why: null } : { address, what: 'refused', why: no.why };
  });
}

/** What the run itself has moved: a push that was asked for meanwhile stays asked for. */
const moved = (row: Place, { changes_to, expired_to, expired_after, push_to }: Place): Partial<Place> =>
  Object.fromEntries(
    Object.entries({ changes_to, expired_to, expired_after, push_to }).filter(
      ([name, value]) => value !== row[name as keyof Place],
    ),
  );

/** The next addresses: of changes, then of what ran out, then of the list as it stands, where somebody asked for it. */
async function partAfter(store: Store, tenant: string, place: Place, now: number): Promise<Part | null> {
  const { page } = outboxLimits;
  const changes = await store.changesAfter(tenant, place.changes_to, page);
  const last = changes.at(-1);
  if (last !== undefined)
    return { addresses: addressesOf(changes), place: { ...place, changes_to: last.seq } };
  const ranOut = await store.ranOut(tenant, place, now, page);
  const end = ranOut.at(-1);
  if (end !== undefined)
    return {
      addresses: addressesOf(ranOut),
      place: { ...place, expired_to: end.until ?? now, expired_after: end.id },
    };
  if (place.push_to === null) return null;
  const rows = await store.standing(tenant, JSON.parse(place.push_to) as EntryKey, page, now);
  const to = rows.at(-1);
  return {
    isPush: true,
    addresses: addressesOf(rows),
    place: { ...place, push_to: to === undefined ? null : keyText([to.address, to.stream, to.reason]) },
  };
}

const keyText = (key: EntryKey): string => JSON.stringify(key);

/** Where the list as it stands begins. */
export const PUSH_FROM = keyText(['', '', '']);

/** Providers have no rows for whole domains, and nobody can tell them of an erased address. */
const addressesOf = (rows: readonly { readonly address: string }[]): readonly string[] => [
  ...new Set(rows.map(({ address }) => address).filter((one) => !one.startsWith('@') && !isPseudonym(one))),
];
