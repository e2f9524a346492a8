/** The catalogue of codes, for everybody. */
import type { Services } from '../../app/services.ts';
import { lookupCode } from '../../core/codes/catalogue.ts';
import { DAY } from '../../core/time.ts';
import type { Caller } from '../../http/auth.ts';
import { Code, CodeIndex } from '../pages/codes.tsx';
import { page, queryOf } from '../visit.ts';

export const codes = ({ caller, request }: { caller: Caller | null; request: Request }): Response => {
  const query = queryOf(request);
  return page(<CodeIndex caller={caller} q={query.get('q') ?? ''} category={query.get('category') ?? ''} />);
};

export async function code(
  services: Services,
  caller: Caller | null,
  given: string,
): Promise<Response | null> {
  const entry = lookupCode(given);
  if (entry === null) return null;
  const traffic =
    caller === null || entry.type === 'enhanced'
      ? null
      : await trafficOf(services, caller.tenant, entry.code);
  return page(<Code caller={caller} entry={entry} traffic={traffic} />);
}

async function trafficOf({ store, runtime }: Services, tenant: string, of: string) {
  const now = runtime.now();
  const rows = await store.statistics(tenant, now - 30 * DAY, now + 1, ['code', 'domain']);
  const own = rows.filter(({ key }) => key[0] === of).sort((a, b) => b.count - a.count);
  return {
    events: own.reduce((sum, { count }) => sum + count, 0),
    receivers: own.slice(0, 5).map(({ key, count }) => ({ name: String(key[1]), count })),
  };
}
