/** Sources that were heard regularly and are not any more: told once, and once more when they are heard again. Asked by the hour. */
import { isSilent, silence } from '../core/silence.ts';
import { DAY, SECOND, toRfc3339 } from '../core/time.ts';
import type { SourceRow } from '../store/store.ts';
import type { Services } from './services.ts';
import { shortId } from './sources.ts';

const LOOKED_BACK = 28 * DAY;
/** Of several servers that come at the same time one listens; the others see what it wrote, an hour later. */
const TURN = 50 * SECOND;

export async function listenForSilence(services: Pick<Services, 'store' | 'runtime' | 'log'>): Promise<void> {
  const now = services.runtime.now();
  if (!(await services.store.takeTurn('silence', now, now + TURN))) return;
  for (const { id } of await services.store.tenants()) await listenAt(services, id);
}

async function listenAt(
  { store, runtime, log }: Pick<Services, 'store' | 'runtime' | 'log'>,
  tenant: string,
): Promise<void> {
  const now = runtime.now();
  const sources = (await store.sources(tenant)).filter(
    ({ disabled, last_event_at }) => disabled === 0 && last_event_at !== null,
  );
  // The weeks before are read only where somebody may be silent.
  const isDoubtful = ({ last_event_at, silent_since }: SourceRow) =>
    silent_since !== null || now - (last_event_at ?? now) > silence.least;
  if (!sources.some(isDoubtful)) return;
  const heard = await store.statistics(tenant, now - LOOKED_BACK, now, ['hour', 'provider']);
  for (const source of sources) {
    const hours = heard.flatMap(({ key: [hour, provider] }) =>
      provider === source.provider && typeof hour === 'number' ? [hour] : [],
    );
    const { last_event_at: lastAt, silent_since: since } = source;
    // What was usual is forgotten by and by; an event alone ends the silence.
    const silent = since === null ? isSilent(lastAt ?? now, hours, now) : (lastAt ?? 0) <= since;
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
