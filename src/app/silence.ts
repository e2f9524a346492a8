/** Sources that were heard regularly and are not any more: told once, and once more when they are heard again. Asked by the hour. */
import { isSilent, silence } from '../core/silence.ts';
import { SECOND, toRfc3339 } from '../core/time.ts';
import type { SourceRow } from '../store/store.ts';
import type { Services } from './services.ts';
import { shortId } from './sources.ts';

/** Of several servers that come at the same time one listens; the others see what it wrote, an hour later. */
const TURN = 50 * SECOND;

type Deps = Pick<Services, 'store' | 'runtime' | 'log' | 'tally'>;

export async function listenForSilence(deps: Deps): Promise<void> {
  const { store, runtime, tally } = deps;
  await tally.flush();
  const now = runtime.now();
  if (!(await store.takeTurn('silence', now, now + TURN))) return;
  for (const { id } of await store.tenants()) await listenAt(deps, id, now);
}

async function listenAt({ store, log }: Deps, tenant: string, now: number): Promise<void> {
  // The weeks before are read only where somebody may be silent, or may be so no more.
  const doubtful = (await store.sources(tenant)).flatMap((source) => {
    const { disabled, last_event_at: lastAt, silent_since: since } = source;
    return disabled === 0 && lastAt !== null && (since !== null || now - lastAt > silence.least)
      ? [{ source, lastAt, since }]
      : [];
  });
  const ids = doubtful.map(({ source }) => source.id);
  const counted = await store.sourceHours(tenant, ids, now - silence.memory);
  const heard = Map.groupBy(
    counted.filter(({ items }) => items > 0),
    ({ source_id }) => source_id,
  );
  for (const { source, lastAt, since } of doubtful) {
    const hours = (heard.get(source.id) ?? []).map(({ hour }) => hour);
    // What was usual is forgotten by and by; an event alone ends the silence.
    const silent = since === null ? isSilent(lastAt, hours, now) : lastAt <= since;
    if (silent === (since !== null)) continue;
    await store.configure(
      [
        { note: 'source', id: source.id, silent_since: silent ? now : null },
        { put: 'notice', row: noticeOf(source, silent, now) },
      ],
      null,
    );
    if (silent) log('warn', 'a source is silent', { source: shortId(source), provider: source.provider });
  }
}

const noticeOf = ({ tenant, id, provider, name, last_event_at }: SourceRow, silent: boolean, at: number) => ({
  tenant,
  at,
  type: silent ? 'source.silent' : 'source.heard',
  data: JSON.stringify({
    id,
    provider,
    name,
    last_event_at: last_event_at === null ? null : toRfc3339(last_event_at),
  }),
});
