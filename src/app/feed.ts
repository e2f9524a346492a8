/** Whether the subscription stands by which a provider sends at all: told once when it does not, and once when it does again. */
import { HOUR, MINUTE, toRfc3339 } from '../core/time.ts';
import type { Configuration, SourceRow } from '../store/store.ts';
import type { Services } from './services.ts';
import { shortId } from './sources.ts';

export const feedLimits = {
  /** What comes so soon after the end of a subscription was under way, or is sent again. */
  underWay: HOUR,
} as const;

type Deps = Pick<Services, 'store' | 'runtime' | 'log'>;

export const noteUnsubscribed = (deps: Deps, source: SourceRow): Promise<void> => note(deps, source, false);

export const noteSubscribed = (deps: Deps, source: SourceRow): Promise<void> => note(deps, source, true);

/** A report has come. */
export async function noteHeard(deps: Deps, source: SourceRow): Promise<void> {
  const since = source.unsubscribed_since;
  if (since !== null && deps.runtime.now() > since + feedLimits.underWay) await noteSubscribed(deps, source);
}

async function note({ store, runtime, log }: Deps, source: SourceRow, isSubscribed: boolean): Promise<void> {
  const { tenant, id, provider, name, unsubscribed_since } = source;
  if ((unsubscribed_since === null) === isSubscribed) return;
  // There whoever knows the URL could say so.
  if (!isSubscribed && source.allow_unsigned === 1) return;
  const at = runtime.now();
  // Of several requests at the same time one tells.
  if (!(await store.takeTurn(`feed ${id} ${isSubscribed}`, at, at + MINUTE))) return;
  const told: Configuration = {
    put: 'notice',
    row: {
      tenant,
      at,
      type: isSubscribed ? 'source.subscribed' : 'source.unsubscribed',
      data: JSON.stringify({ id, provider, name, since: toRfc3339(unsubscribed_since ?? at) }),
    },
  };
  await store.configure([{ note: 'source', id, unsubscribed_since: isSubscribed ? null : at }, told], null);
  if (!isSubscribed)
    log('warn', 'a source has an alarm', { source: shortId(source), provider, why: 'unsubscribed' });
}
