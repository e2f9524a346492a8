/** The list as people look through it: a page costs the same however many entries there are, and however few of them fit. */

import { and, asc, type Column, desc, eq, type SQL, sql } from 'drizzle-orm';
import { type Category, isCategory, isOurFault } from '../core/taxonomy.ts';
import type { Driver, Value } from './driver.ts';
import { beforeKey, entryFilters, entryRows, page, startsWith, typedReads } from './list.ts';
import * as schema from './schema.ts';
import { type EntryQuery, type EntryRow, LOOKED_AT, type Store } from './store.ts';

const { suppressions } = schema;
type Columns = Readonly<Record<keyof EntryRow, Column>>;

export function searchOf(driver: Driver): Pick<Store, 'search'> {
  const db = typedReads(driver);
  return {
    async search(tenant, query, now) {
      const { where, orderOf, key } = wayThrough(tenant, query);
      const looked = db
        .select()
        .from(suppressions)
        .where(where)
        .orderBy(...orderOf(suppressions))
        .limit(LOOKED_AT)
        .as('looked');
      const asked = db
        .select()
        .from(looked)
        .where(and(...entryFilters(query, now, looked)))
        .orderBy(...orderOf(looked))
        .limit(query.limit + 1)
        .toSQL();
      const rows = await driver.rows({ sql: asked.sql, params: asked.params as Value[] });
      const found = page(rows.map(entryRows.read), query, key);
      if (found.next !== null) return found;
      const [last] = await db
        .select()
        .from(suppressions)
        .where(where)
        .orderBy(...orderOf(suppressions))
        .limit(1)
        .offset(LOOKED_AT - 1);
      return { rows: found.rows, next: last === undefined ? null : key(last) };
    },
  };
}

/** An index, the place in it, and its order: what does not follow from these is picked out of what is looked at. */
function wayThrough(tenant: string, query: EntryQuery) {
  const { q, domain, from, to, after } = query;
  const { address, stream, reason, updated_at, id } = suppressions;
  const mine = eq(suppressions.tenant, tenant);
  if (q !== undefined)
    return {
      where: and(
        mine,
        startsWith(q),
        after === null ? undefined : sql`(${address}, ${stream}, ${reason}) > (${join(after)})`,
      ),
      orderOf: (of: Columns) => [asc(of.address), asc(of.stream), asc(of.reason)],
      key: (row: EntryRow) => [row.address, row.stream, row.reason],
    };
  const category = domain === undefined ? ownCause(query) : undefined;
  return {
    where: and(
      mine,
      domain === undefined ? undefined : eq(suppressions.domain, domain),
      category === undefined ? undefined : and(eq(suppressions.category, category), IS_OURS),
      from === undefined ? undefined : sql`${updated_at} >= ${from}`,
      to === undefined ? undefined : sql`${updated_at} < ${to}`,
      after === null ? undefined : beforeKey(updated_at, id, after),
    ),
    orderOf: (of: Columns) => [desc(of.updated_at), desc(of.id)],
    key: (row: EntryRow) => [row.updated_at, row.id],
  };
}

/** As the index has it. */
const IS_OURS = sql`${suppressions.blame} in ('sender', 'content')`;

/** Of such a category there are few, and an index of their own. */
const ownCause = ({ category }: EntryQuery): Category | undefined =>
  isCategory(category) && isOurFault(category) ? category : undefined;

const join = (values: readonly (string | number)[]): SQL =>
  sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  );
