/** What the overview tells, from the counters: the same work for a thousand events and for a billion. */
import type { Services } from '../../app/services.ts';
import { firstFix } from '../../core/codes/catalogue.ts';
import { factsOf, isCategory } from '../../core/taxonomy.ts';
import { DAY, HOUR, toRfc3339 } from '../../core/time.ts';
import type { Counted } from '../../store/store.ts';
import type { Cause, OverviewFacts, Ranked, Span } from '../pages/overview-facts.ts';
import { spans } from '../pages/overview-facts.ts';
import { refusedLately } from '../refused-days.ts';

const shownKinds = ['bounce', 'complaint', 'unsubscribe', 'deferral'] as const;
const failures: Counted['kinds'] = ['bounce', 'reject', 'deferral'];
const TOP = 8;
const CAUSES = 10;
/** Each comes with its body, so few; of more it is said that there are. */
const ITEMS = 20;
/** Deliveries of one receiver are counted in the rows of all: of longer spans there are too many. */
const LONGEST_BY_RECEIVER = 7 * DAY;

interface Counter {
  readonly at: number;
  readonly kind: string;
  readonly code: string;
  readonly enhanced: string;
  readonly category: string;
  readonly count: number;
}

export async function overviewFacts(
  { store, runtime }: Pick<Services, 'store' | 'runtime'>,
  tenant: string,
  span: Span,
): Promise<OverviewFacts> {
  const now = runtime.now();
  const slot = span === '24h' ? HOUR : DAY;
  const from = now - (now % slot) - spans[span] + slot;
  const to = now + 1;
  const lately = Math.max(from, now - LONGEST_BY_RECEIVER);
  const [rows, moves, receivers, complaining, sources, incidents, quarantined, unmapped] = await Promise.all([
    store.statistics(tenant, from, to, ['hour', 'kind', 'code', 'enhanced', 'category']),
    store.moves(tenant, from, to),
    store.receivers(tenant, from, to, { kinds: failures }, TOP),
    store.receivers(tenant, lately, to, { kinds: ['complaint'] }, TOP),
    store.sources(tenant),
    store.incidents(tenant, { open: true, limit: 20, after: null }),
    store.quarantined(tenant, { limit: ITEMS, after: null }),
    store.unmapped(tenant, 1_000),
  ]);
  const counters = rows.map(({ key: [at, kind, code, enhanced, category], count }) => ({
    at: Number(at),
    kind: String(kind),
    code: String(code),
    enhanced: String(enhanced),
    category: String(category),
    count,
  }));
  const ids = sources.map(({ id }) => id);
  const refused = await refusedLately(store, tenant, ids, now);
  const domains = complaining.map(({ domain }) => domain);
  const delivered =
    domains.length === 0
      ? []
      : await store.receivers(tenant, lately, to, { kinds: ['delivery'], domains }, TOP);
  const slots = Array.from({ length: spans[span] / slot }, (_, i) => from + i * slot);
  const failed = counters.filter(({ kind }) => (failures as readonly string[]).includes(kind));
  return {
    span,
    labels: slots.map((at) => toRfc3339(at).slice(...(slot === HOUR ? [11, 16] : [5, 10]))),
    kinds: shownKinds.map((name) => ({
      name: `${name}s`,
      values: bySlot(counters.filter(({ kind }) => kind === name)),
    })),
    moves: (
      [
        ['suppressed', 0],
        ['released', 4],
      ] as const
    ).map(([name, color]) => ({
      name,
      color,
      values: bySlot(moves.map((row) => ({ at: row.hour, count: row[name] }))),
    })),
    totals: sums(counters, ({ kind }) => kind),
    ownBounces: total(counters.filter((one) => one.kind === 'bounce' && causeOf(one) !== null)),
    codes: ranked(failed, ({ code, enhanced }) => code || enhanced),
    categories: ranked(failed, ({ category }) => category),
    receivers: receivers.map(({ domain, count }) => ({ name: domain, count })),
    complaining: complaining.flatMap(({ domain, count }) => {
      const deliveries = delivered.find((one) => one.domain === domain)?.count ?? 0;
      return deliveries === 0 ? [] : [{ name: domain, complaints: count, deliveries }];
    }),
    causes: await causes(failed),
    sources: sources.map((source) => ({
      ...source,
      refused: refused(source.id),
      quarantined: quarantined.rows.filter(({ source_id }) => source_id === source.id).length,
    })),
    incidents: incidents.rows,
    quarantined: { count: quarantined.rows.length, more: quarantined.next !== null },
    unmapped: unmapped.length,
  };

  function bySlot(of: readonly { readonly at: number; readonly count: number }[]): number[] {
    const values = slots.map(() => 0);
    for (const { at, count } of of) {
      const i = Math.floor((at - from) / slot);
      values[i] = (values[i] ?? 0) + count;
    }
    return values;
  }

  async function causes(of: readonly Counter[]): Promise<Cause[]> {
    const found = Map.groupBy(of, causeOf);
    const names = [...found.keys()].filter((name) => name !== null);
    const of504 = (name: string) => (name === '504' ? { code: '504' } : { category: name });
    const told = names.map(async (name): Promise<Cause> => {
      const own = found.get(name) ?? [];
      const [code = ''] = ranked(own, (one) => `${one.code} ${one.enhanced}`).map((one) => one.name);
      const [basic, enhanced] = code.split(' ');
      const reply = { code: basic || null, enhanced: enhanced || null };
      const [at, on] = await Promise.all([
        store.receivers(tenant, from, to, { kinds: failures, ...of504(name) }, 3),
        store.search(
          tenant,
          { ...of504(name), reason: 'hard-bounce', states: ['active', 'held'], limit: 1, after: null },
          now,
        ),
      ]);
      return {
        name,
        count: total(own),
        firstAt: Math.min(...own.map((one) => one.at)),
        lastAt: Math.max(...own.map((one) => one.at)),
        receivers: at.map(({ domain }) => domain),
        code: reply.code ?? reply.enhanced,
        fix: name === '504' ? firstFix({ code: '504', enhanced: null }) : firstFix(reply),
        suppresses: on.rows.length > 0,
      };
    });
    return (await Promise.all(told)).sort((a, b) => b.count - a.count).slice(0, CAUSES);
  }
}

/** Null where the sender is not to blame. */
function causeOf({ code, enhanced, category }: Counter): string | null {
  if (code === '504' || (code === '' && enhanced === '5.5.4')) return '504';
  if (!isCategory(category)) return null;
  const { blame } = factsOf(category);
  return blame === 'sender' || blame === 'content' ? category : null;
}

const total = (rows: readonly { readonly count: number }[]): number =>
  rows.reduce((sum, { count }) => sum + count, 0);

function sums(rows: readonly Counter[], by: (row: Counter) => string): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const row of rows) found[by(row)] = (found[by(row)] ?? 0) + row.count;
  return found;
}

const ranked = (rows: readonly Counter[], by: (row: Counter) => string): Ranked[] =>
  Object.entries(sums(rows, by))
    .filter(([name]) => name !== '')
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, TOP);
