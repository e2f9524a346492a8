/** Looks at what is counted of each source: an alarm is told once when it opens and once when it is over. Asked by the minute. */
import {
  type AlarmState,
  alarmEnds,
  alarmLimits,
  type CountedKind,
  countedKinds,
  judgeAlarm,
  mayBeAlarming,
  recentFrom,
} from '../core/alarms.ts';
import { SECOND, toRfc3339 } from '../core/time.ts';
import type { Configuration, SourceHourRow, SourceRow } from '../store/store.ts';
import type { Services } from './services.ts';
import { shortId } from './sources.ts';

/** Of several servers one looks; a little less than the minute after which it looks again. */
const TURN = 50 * SECOND;

type Deps = Pick<Services, 'store' | 'runtime' | 'log' | 'tally'>;

export async function watchSources(deps: Deps): Promise<void> {
  const { store, runtime, tally } = deps;
  await tally.flush();
  const now = runtime.now();
  if (!(await store.takeTurn('alarms', now, now + TURN))) return;
  const recent = Map.groupBy(await store.hoursSince(recentFrom(now)), ({ source_id }) => source_id);
  const alarming = new Map((await store.alarmingSources()).map((source) => [source.id, source]));
  for (const [id, hours] of recent) {
    // The weeks before are read only where something may be wrong.
    if (alarming.has(id) || !countedKinds.some((kind) => mayBeAlarming(kind, hours))) continue;
    const source = await store.source(id);
    if (source !== null) alarming.set(id, source);
  }
  for (const source of alarming.values()) if (source.disabled === 0) await judgeSource(deps, source, now);
}

async function judgeSource({ store, log }: Deps, source: SourceRow, now: number): Promise<void> {
  const hours: readonly SourceHourRow[] = await store.sourceHours(
    source.tenant,
    [source.id],
    now - alarmLimits.memory,
  );
  const changes = countedKinds.flatMap((kind): Configuration[] => {
    const since = source[`${kind}_since`];
    const state = judgeAlarm(kind, hours, since, now);
    if (state.isOpen === (since !== null)) return [];
    if (state.isOpen)
      log('warn', 'a source has an alarm', {
        source: shortId(source),
        provider: source.provider,
        why: kind,
      });
    return [
      { note: 'source', id: source.id, [`${kind}_since`]: state.isOpen ? now : null },
      { put: 'notice', row: noticeOf(source, kind, state, since ?? now, now) },
    ];
  });
  if (changes.length > 0) await store.configure(changes, null);
}

const noticeOf = (
  { tenant, id, provider, name }: SourceRow,
  kind: CountedKind,
  { isOpen, allSince, count, usual }: AlarmState,
  since: number,
  at: number,
) => ({
  tenant,
  at,
  type: `source.${isOpen ? kind : alarmEnds[kind]}`,
  data: JSON.stringify({
    id,
    provider,
    name,
    since: toRfc3339(since),
    ...(isOpen ? { count, usual, all_since: allSince === null ? null : toRfc3339(allSince) } : {}),
  }),
});
