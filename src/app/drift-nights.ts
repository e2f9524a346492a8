/**
 * Each night the list of every source that gives access to its provider's own is compared with it, at an hour of its own.
 * The last report is kept, and told where it is another than the one before. What fails is tried again the next night.
 */
import { DAY, HOUR, MINUTE, toRfc3339 } from '../core/time.ts';
import { Refusal } from '../lists/list.ts';
import { providerLists } from '../lists/registry.ts';
import type { Configuration, SourceDriftRow, SourceListRow, SourceRow } from '../store/store.ts';
import { compareLists, type Drift, driftLimits } from './drift.ts';
import { createPace, type Pace } from './outbox.ts';
import { askOver, LONGEST_WAIT, patient, refusalWords, sleep, type Wait } from './provider-ask.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { Services } from './services.ts';
import { shortId } from './sources.ts';

export const nightLimits = {
  /** From midnight UTC on. */
  length: 6 * HOUR,
  /** Of several servers one begins, and notes at once that the source's hour has come. */
  turn: MINUTE,
  /** Lists at a time, each with its pages and hashes in memory. */
  atOnce: 2,
  /** Who asks to wait longer is asked the next night. */
  wait: LONGEST_WAIT,
} as const;

export interface DriftNights {
  /** Begins with those whose hour has come. */
  begin(pace: Pace): Promise<void>;
  /** The same, and waits until it is done. */
  compare(): Promise<void>;
  /** When the source is compared next, where nobody has noted it yet. */
  nextOf(id: string): number;
}

type Deps = Pick<Services, 'store' | 'runtime' | 'list' | 'policies' | 'settings' | 'writeBack' | 'log'> & {
  readonly pseudonyms: Pseudonyms;
};

export function createDriftNights(deps: Deps, wait: Wait = sleep): DriftNights {
  const { store, runtime, log } = deps;
  const nextOf = (id: string): number => {
    const now = runtime.now();
    const hour = Number.parseInt(runtime.sha256(id).slice(0, 8), 16) % nightLimits.length;
    const tonight = now - (now % DAY) + hour;
    return tonight > now ? tonight : tonight + DAY;
  };

  const begin: DriftNights['begin'] = async (pace) => {
    const due = await store.dueSourceDrifts(runtime.now());
    for (const { tenant, id } of due.filter(({ drift }) => drift === null)) {
      const row: SourceDriftRow = { tenant, id, next_at: nextOf(id), ...unknown };
      await store.configure({ put: 'source-drift', row }, null);
    }
    await pace.begin(
      due.filter(({ drift }) => drift !== null),
      (row) =>
        compareOne(row).catch((error: unknown) =>
          log('error', 'a list could not be compared with its provider’s', {
            source: shortId(row),
            error: error instanceof Error ? error.name : 'unknown',
          }),
        ),
    );
  };

  return {
    begin,
    nextOf,
    async compare() {
      const pace = createPace(nightLimits.atOnce);
      await begin(pace);
      await pace.idle();
    },
  };

  async function compareOne({ tenant, id }: Pick<SourceListRow, 'tenant' | 'id'>): Promise<void> {
    const now = runtime.now();
    if (!(await store.takeTurn(`drift ${id}`, now, now + nightLimits.turn))) return;
    const [before, access, source] = [
      await store.sourceDrift(tenant, id),
      await store.sourceList(tenant, id),
      await store.source(id),
    ];
    // Who waited for its turn may find that another has done it.
    if (before === null || before.next_at > now || access === null) return;
    const list = source === null ? undefined : providerLists.get(source.provider);
    const note = (more: Partial<SourceDriftRow>, told: readonly Configuration[] = []) =>
      store.configure(
        [{ note: 'source-drift', row: { tenant, id, next_at: nextOf(id), ...more } }, ...told],
        null,
      );
    if (source === null || source.tenant !== tenant || source.disabled === 1 || list === undefined) {
      await note({});
      return;
    }
    // Where this server ends in the middle that stands, and nobody begins again before the next night.
    await note({ failed_at: now, error: 'It did not come to an end.' });
    const deadline = performance.now() + driftLimits.duration;
    const compared = {
      source,
      list,
      given: await deps.writeBack.open(access),
      ask: patient(askOver(runtime.outbound), wait, deadline, runtime.now),
      isWritten: access.write_back === 1,
    };
    let found: Drift;
    try {
      found = await compareLists(deps, compared);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // What the provider said may hold addresses: here stands what kind of answer it was.
      await note({ failed_at: runtime.now(), error: refusalWords(error.status, 'read') });
      return;
    }
    const { samples, ...counts } = found;
    const kept = JSON.stringify({
      only_there: await withoutErased(tenant, samples.only_there),
      only_here: await withoutErased(tenant, samples.only_here),
    });
    // Gone meanwhile, with its report: nobody is told of it.
    if ((await store.sourceDrift(tenant, id)) === null) return;
    const isNews = counts.only_there !== before.only_there || counts.only_here !== before.only_here;
    await note(
      { ...counts, samples: kept, compared_at: runtime.now(), failed_at: null, error: null },
      isNews ? [noticeOf(source, counts, before, runtime.now())] : [],
    );
  }

  /** Somebody who was erased here is named by no report, whatever the provider keeps. */
  async function withoutErased(tenant: string, addresses: readonly string[]): Promise<readonly string[]> {
    const names = new Map(addresses.map((address) => [address, deps.pseudonyms.of(tenant, address)]));
    const erased = await store.erased(tenant, [...names.values()]);
    return addresses.filter((address) => !erased.has(names.get(address) ?? ''));
  }
}

const unknown = {
  compared_at: null,
  there: 0,
  only_there: 0,
  only_here: 0,
  samples: '{"only_there":[],"only_here":[]}',
  failed_at: null,
  error: null,
};

type Counts = Omit<Drift, 'samples'>;

/** Counts alone: whom they are about is read where one may read addresses. */
const noticeOf = (
  { tenant, id, provider, name }: SourceRow,
  { there, only_there, only_here }: Counts,
  before: Counts,
  at: number,
): Configuration => ({
  put: 'notice',
  row: {
    tenant,
    at,
    type: 'source.drift',
    data: JSON.stringify({
      id,
      provider,
      name,
      compared_at: toRfc3339(at),
      there,
      only_there,
      only_here,
      before: { only_there: before.only_there, only_here: before.only_here },
    }),
  },
});
