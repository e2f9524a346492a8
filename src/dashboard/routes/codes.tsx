/** The catalogue of codes, for everybody. */
import type { Services } from '../../app/services.ts';
import { type CodeEntry, lookupCode } from '../../core/codes/catalogue.ts';
import { idsFrom } from '../../core/ids.ts';
import { DAY, HOUR } from '../../core/time.ts';
import { type Caller, may } from '../../http/auth.ts';
import type { Counted } from '../../store/store.ts';
import { Code, type Traffic } from '../pages/code.tsx';
import { CodeIndex } from '../pages/codes.tsx';
import { page, queryOf } from '../visit.ts';

const failures: Counted['kinds'] = ['bounce', 'reject', 'deferral'];
const DAYS = 30;
const RECEIVERS = 5;
const ADDRESSES = 8;

export const codes = ({ caller, request }: { caller: Caller | null; request: Request }): Response => {
  const query = queryOf(request);
  const given = (name: string) => (query.get(name) ?? '').trim();
  return page(
    <CodeIndex
      caller={caller}
      q={given('q')}
      category={given('category')}
      digit={given('class')}
      type={given('type')}
    />,
  );
};

export async function code(
  services: Services,
  caller: Caller | null,
  given: string,
): Promise<Response | null> {
  const entry = lookupCode(given);
  if (entry === null) return null;
  const traffic =
    caller !== null && may(caller, 'read') ? await trafficOf(services, caller.tenant, entry) : null;
  return page(<Code caller={caller} entry={entry} traffic={traffic} />);
}

async function trafficOf(
  { store, runtime }: Services,
  tenant: string,
  { code: of, type }: CodeEntry,
): Promise<Traffic> {
  const now = runtime.now();
  const from = now - (now % DAY) - (DAYS - 1) * DAY;
  const same = type === 'basic' ? { code: of } : { enhanced: of };
  const name = type === 'basic' ? 'code' : 'enhanced';
  const rows = (await store.statistics(tenant, from, now + 1, ['hour', 'kind', name])).filter(
    ({ key }) => key[2] === of,
  );
  const days = Array.from({ length: DAYS }, () => 0);
  for (const { key, count } of rows) {
    const day = Math.floor((Number(key[0]) - from) / DAY);
    days[day] = (days[day] ?? 0) + count;
  }
  const failed = rows.filter(({ key }) => (failures as readonly unknown[]).includes(key[1]));
  const lastHour = Math.max(...failed.map(({ key }) => Number(key[0])));
  const [receivers, last] =
    failed.length === 0
      ? [[], []]
      : await Promise.all([
          store.receivers(tenant, from, now + 1, { kinds: failures, ...same }, RECEIVERS),
          lastIn(lastHour),
        ]);
  return { events: rows.reduce((sum, { count }) => sum + count, 0), days, receivers, last };

  /** No index has the code: of the last hour that has it, the events are read, and no others. */
  async function lastIn(hour: number): Promise<Traffic['last']> {
    const { rows: found } = await store.events(tenant, {
      ...same,
      from: hour,
      limit: ADDRESSES,
      after: [idsFrom('evt', hour + HOUR)],
    });
    return found.map(({ address, at }) => ({ address, at }));
  }
}
