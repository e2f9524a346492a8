/** Asking the list: the check before each send, and pages of entries, events and statistics. */
import { and, asc, desc, eq, getTableColumns, gte, lt, or, type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import type { Dialect } from './dialect.ts';
import type { Driver, Value } from './driver.ts';
import * as schema from './schema.ts';
import { jsonParameters, rowsOf } from './statements.ts';
import type {
  EntryQuery,
  EntryRow,
  EventQuery,
  Page,
  PageRequest,
  Standing,
  StatDimension,
  Store,
} from './store.ts';

const { suppressions, events, acts, changes, stats, unmapped } = schema;
const HOUR = 3_600_000;

const entryRows = rowsOf(suppressions);
/** On the path of each send, so not built anew each time. */
const textsOf = ({ askedTexts, lookUp }: Dialect) => ({
  entries: `select ${entryRows.columns('s')}
    from ${askedTexts} ${lookUp('suppressions', 's', 's.tenant = ? and s.address = asked.value')}
    where s.state <> 'released' and (s.until is null or s.until > ?)`,
  standing: `select address, stream, reason, origin, state, until from suppressions
    where tenant = ? and (address, stream, reason) > (?, ?, ?) and state <> 'released' and (until is null or until > ?)
    order by address, stream, reason limit ?`,
  lastChange: 'select max(seq) from changes where tenant = ?',
  noted: `select a.address, a.listed_at, a.allowed_until
    from ${askedTexts} ${lookUp('addresses', 'a', 'a.tenant = ? and a.address = asked.value')}
    where a.listed_at is not null or a.allowed_until is not null`,
});

type List = Pick<
  Store,
  | 'check'
  | 'entries'
  | 'standing'
  | 'events'
  | 'acts'
  | 'changesAfter'
  | 'lastChange'
  | 'statistics'
  | 'unmapped'
>;

/** drizzle's typed reads over our driver, the same for all engines. */
export const typedReads = (driver: Driver) =>
  drizzle(async (text, params) => ({ rows: await driver.rows({ sql: text, params: params as Value[] }) }));

export function listOf(driver: Driver): List {
  const db = typedReads(driver);
  const texts = textsOf(driver.dialect);
  return {
    async check(tenant, asked, now) {
      const keys = [
        ...new Set(asked.flatMap((address) => [address, address.slice(address.lastIndexOf('@'))])),
      ];
      const found = new Map<
        string,
        { entries: EntryRow[]; listedAt: string[]; allowedUntil: number | null }
      >();
      const of = (address: string) => {
        const known = found.get(address) ?? { entries: [], listedAt: [], allowedUntil: null };
        found.set(address, known);
        return known;
      };
      for (const json of jsonParameters(keys)) {
        for (const row of await driver.rows({ sql: texts.entries, params: [json, tenant, now] })) {
          const entry = entryRows.read(row);
          of(entry.address).entries.push(entry);
        }
        for (const [address, listed, until] of await driver.rows({
          sql: texts.noted,
          params: [json, tenant],
        })) {
          const noted = of(address as string);
          if (listed !== null) noted.listedAt.push(...JSON.parse(listed as string));
          if (until !== null && (until as number) > now) noted.allowedUntil = until as number;
        }
      }
      return withDomains(asked, found);
    },

    async entries(tenant, query, now) {
      const after =
        query.after === null ? undefined : beforeKey(suppressions.updated_at, suppressions.id, query.after);
      const rows = await db
        .select()
        .from(suppressions)
        .where(and(eq(suppressions.tenant, tenant), after, ...entryFilters(query, now)))
        .orderBy(desc(suppressions.updated_at), desc(suppressions.id))
        .limit(query.limit + 1);
      return page(rows, query, (row) => [row.updated_at, row.id]);
    },

    async standing(tenant, after, limit, now) {
      const rows = await driver.rows({ sql: texts.standing, params: [tenant, ...after, now, limit] });
      return rows.map(([address, stream, reason, origin, state, until]) => ({
        address: address as string,
        stream: stream as string,
        reason: reason as EntryRow['reason'],
        origin: origin as EntryRow['origin'],
        state: state as EntryRow['state'],
        until: until as number | null,
      }));
    },

    async lastChange(tenant) {
      const [row] = await driver.rows({ sql: texts.lastChange, params: [tenant] });
      return (row?.[0] as number | null | undefined) ?? 0;
    },

    async events(tenant, query) {
      const after = query.after === null ? undefined : lt(events.id, String(query.after[0]));
      const rows = await db
        .select()
        .from(events)
        .where(and(eq(events.tenant, tenant), after, ...eventFilters(query)))
        .orderBy(desc(events.id))
        .limit(query.limit + 1);
      return page(rows, query, (row) => [row.id]);
    },

    acts: (tenant, address) =>
      db
        .select()
        .from(acts)
        .where(and(eq(acts.tenant, tenant), eq(acts.address, address)))
        .orderBy(desc(acts.at), desc(acts.id)),

    changesAfter: (tenant, seq, limit) =>
      db
        .select()
        .from(changes)
        .where(and(eq(changes.tenant, tenant), sql`${changes.seq} > ${seq}`))
        .orderBy(asc(changes.seq))
        .limit(limit),

    async statistics(tenant, from, to, by) {
      const keys = by.map((name) => dimensions[name]);
      const rows = await db
        .select({
          count: sql<number>`cast(sum(${stats.count}) as bigint)`,
          ...Object.fromEntries(keys.map((key, i) => [`key${i}`, key])),
        })
        .from(stats)
        .where(and(eq(stats.tenant, tenant), gte(stats.hour, from - (from % HOUR)), lt(stats.hour, to)))
        .groupBy(...keys)
        .orderBy(...keys);
      return rows
        .map(({ count, ...key }) => ({ key: Object.values(key) as (string | number)[], count: count ?? 0 }))
        .filter((row) => row.count > 0);
    },

    unmapped: (tenant, limit) =>
      db
        .select()
        .from(unmapped)
        .where(eq(unmapped.tenant, tenant))
        .orderBy(desc(unmapped.count), asc(unmapped.name))
        .limit(limit),
  };
}

/** What stands against an address: its own entries, and those of its whole domain (kept under `@domain`). */
function withDomains(
  asked: readonly string[],
  found: ReadonlyMap<string, Standing>,
): ReadonlyMap<string, Standing> {
  const standing = new Map<string, Standing>();
  for (const address of asked) {
    const own = found.get(address);
    const domain = found.get(address.slice(address.lastIndexOf('@')));
    if (own === undefined && domain === undefined) continue;
    standing.set(address, {
      entries: [...(own?.entries ?? []), ...(domain === own ? [] : (domain?.entries ?? []))],
      listedAt: own?.listedAt ?? [],
      allowedUntil: later(own?.allowedUntil ?? null, domain?.allowedUntil ?? null),
    });
  }
  return standing;
}

const later = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

const dimensions: Record<StatDimension, SQL> = {
  hour: sql`${stats.hour}`,
  day: sql`${stats.hour} - ${stats.hour} % 86400000`,
  kind: sql`${stats.kind}`,
  code: sql`${stats.code}`,
  category: sql`${stats.category}`,
  provider: sql`${stats.provider}`,
  domain: sql`${stats.domain}`,
};

const beforeKey = (
  time: typeof suppressions.updated_at,
  id: typeof suppressions.id,
  after: readonly (string | number)[],
) => or(lt(time, Number(after[0])), and(eq(time, Number(after[0])), lt(id, String(after[1]))));

function entryFilters(query: EntryQuery, now: number): (SQL | undefined)[] {
  const { state, until } = suppressions;
  const lives = sql`(${until} is null or ${until} > ${now})`;
  const states: Record<EntryQuery['states'][number], SQL> = {
    active: sql`(${state} = 'active' and ${lives})`,
    held: sql`(${state} = 'held' and ${lives})`,
    expired: sql`(${state} <> 'released' and not ${lives})`,
    released: sql`${state} = 'released'`,
  };
  return [
    or(...query.states.map((name) => states[name])),
    ...equal(suppressions, query, [
      'reason',
      'origin',
      'stream',
      'code',
      'enhanced',
      'category',
      'provider',
      'domain',
    ]),
    query.from === undefined ? undefined : gte(suppressions.updated_at, query.from),
    query.to === undefined ? undefined : lt(suppressions.updated_at, query.to),
    query.q === undefined ? undefined : startsWith(query.q),
  ];
}

/** A range instead of LIKE: literal, indexed, and safe from D1's limit on pattern length. */
const startsWith = (prefix: string) =>
  sql`${suppressions.address} >= ${prefix} and ${suppressions.address} < ${`${prefix}\u{10ffff}`}`;

function eventFilters(query: EventQuery): (SQL | undefined)[] {
  return [
    ...equal(events, { ...query, source_id: query.sourceId }, [
      'address',
      'kind',
      'source_id',
      'provider',
      'code',
      'enhanced',
      'category',
      'domain',
      'stream',
    ]),
    query.from === undefined ? undefined : gte(events.received_at, query.from),
    query.to === undefined ? undefined : lt(events.received_at, query.to),
  ];
}

function equal(table: typeof suppressions | typeof events, query: object, names: readonly string[]): SQL[] {
  const columns: Record<string, SQL.Aliased | unknown> = getTableColumns(table);
  const given = new Map(Object.entries(query));
  return names
    .filter((name) => given.get(name) !== undefined)
    .map((name) => sql`${columns[name]} = ${given.get(name)}`);
}

export function page<Row>(
  rows: readonly Row[],
  request: PageRequest,
  key: (row: Row) => readonly (string | number)[],
): Page<Row> {
  const shown = rows.slice(0, request.limit);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > request.limit && last !== undefined ? key(last) : null };
}
