/** Asking the list: the check before each send, what stands, and pages of events. */

import { and, asc, type Column, desc, eq, gt, gte, lt, type SQL, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import { idsFrom } from '../core/ids.ts';
import type { Dialect } from './dialect.ts';
import type { Driver, Value } from './driver.ts';
import { entryRows } from './entry-rows.ts';
import * as schema from './schema.ts';
import { jsonParameters, rowsOf } from './statements.ts';
import type { EntryRow, EventQuery, Page, PageRequest, Standing, Store } from './store.ts';

const { events, acts, changes, unmapped } = schema;

const eventRows = rowsOf(events);
/**
 * On the path of each send, so not built anew each time. Each entry's address has a row in `addresses`, a third as large,
 * and most that are asked for have neither. The cast: SQLite plans a statement again for each run where a bare parameter
 * is compared in a join, which costs five times the lookup.
 */
const textsOf = ({ askedTexts, lookUp, lookUpAny }: Dialect) => ({
  check: `select a.address, a.listed_at, a.allowed_until, ${entryRows.columns('s')}
    from ${askedTexts} ${lookUp('addresses', 'a', 'a.tenant = cast(? as text) and a.address = asked.value')}
    ${lookUpAny('suppressions', 's', "s.tenant = a.tenant and s.address = a.address and s.state <> 'released' and (s.until is null or s.until > ?)")}`,
  standing: `select address, stream, reason, origin, state, until from suppressions
    where tenant = ? and (address, stream, reason) > (?, ?, ?) and state <> 'released' and (until is null or until > ?)
    order by address, stream, reason limit ?`,
  lastChange: 'select max(seq) from changes where tenant = ?',
});

interface Found extends Standing {
  readonly entries: EntryRow[];
}

type List = Pick<
  Store,
  'check' | 'standing' | 'events' | 'acts' | 'batch' | 'changesAfter' | 'lastChange' | 'unmapped'
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
      const found = new Map<string, Found>();
      for (const json of jsonParameters(keys)) {
        for (const row of await driver.rows({ sql: texts.check, params: [json, tenant, now] })) {
          const [address, listed, until, ...entry] = row as [
            string,
            string | null,
            number | null,
            ...unknown[],
          ];
          const at: Found = found.get(address) ?? {
            entries: [],
            listedAt: listed === null ? [] : JSON.parse(listed),
            allowedUntil: until !== null && until > now ? until : null,
          };
          found.set(address, at);
          if (entry[0] !== null) at.entries.push(entryRows.read(entry));
        }
      }
      return withDomains(asked, found);
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
      const asked = db
        .select()
        .from(events)
        .where(and(eq(events.tenant, tenant), after, ...eventFilters(query)))
        .orderBy(desc(events.id))
        .limit(query.limit + 1)
        .toSQL();
      // Of one address they are few: SQLite would read everybody's in their order, to spare itself the sorting.
      const along = query.address === undefined ? '' : driver.dialect.along('events_address');
      const rows = await driver.rows({
        sql: asked.sql.replace('from "events"', (from) => from + along),
        params: asked.params as Value[],
      });
      return page(rows.map(eventRows.read), query, (row) => [row.id]);
    },

    acts: (tenant, address) =>
      db
        .select()
        .from(acts)
        .where(and(eq(acts.tenant, tenant), eq(acts.address, address)))
        .orderBy(desc(acts.at), desc(acts.id)),

    batch: (tenant, batch, after, limit) =>
      db
        .select()
        .from(acts)
        .where(and(eq(acts.tenant, tenant), eq(acts.batch, batch), gt(acts.id, after)))
        .orderBy(asc(acts.id))
        .limit(limit),

    changesAfter: (tenant, seq, limit) =>
      db
        .select()
        .from(changes)
        .where(and(eq(changes.tenant, tenant), sql`${changes.seq} > ${seq}`))
        .orderBy(asc(changes.seq))
        .limit(limit),

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
    const entries = [...(own?.entries ?? []), ...(domain === own ? [] : (domain?.entries ?? []))];
    const listedAt = own?.listedAt ?? [];
    const allowedUntil = later(own?.allowedUntil ?? null, domain?.allowedUntil ?? null);
    if (entries.length + listedAt.length > 0 || allowedUntil !== null)
      standing.set(address, { entries, listedAt, allowedUntil });
  }
  return standing;
}

const later = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

function eventFilters(query: EventQuery): (SQL | undefined)[] {
  return [
    ...equal(events, { ...query, source_id: query.sourceId, receipt_id: query.receiptId }, [
      'address',
      'kind',
      'source_id',
      'receipt_id',
      'provider',
      'code',
      'enhanced',
      'category',
      'domain',
      'stream',
    ]),
    query.from === undefined ? undefined : gte(events.received_at, query.from),
    query.to === undefined ? undefined : lt(events.received_at, query.to),
    // An id begins with the time of its receipt: so that no more is read than there is in that time.
    query.from === undefined ? undefined : gte(events.id, idsFrom('evt', query.from)),
    query.to === undefined ? undefined : lt(events.id, idsFrom('evt', query.to)),
  ];
}

function equal(table: object, query: object, names: readonly string[]): SQL[] {
  const columns = table as Readonly<Record<string, Column>>;
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
