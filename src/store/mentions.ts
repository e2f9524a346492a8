/** Texts of rows about one person that may name another. No index finds them: they are looked through, part by part. */
import type { Driver } from './driver.ts';
import type { Store } from './store.ts';

interface Place {
  readonly table: 'events' | 'acts' | 'suppressions';
  /** Behind the tenant, what its primary key begins with. */
  readonly order: 'id' | 'address';
  readonly texts: readonly string[];
}

const places: readonly Place[] = [
  {
    table: 'events',
    order: 'id',
    texts: [
      'text',
      'tags',
      'message_id',
      'rfc_message_id',
      'provider_event_id',
      'provider_type',
      'provider_group',
    ],
  },
  { table: 'acts', order: 'id', texts: ['detail'] },
  { table: 'suppressions', order: 'address', texts: ['note'] },
];

/** Rows of one part: so few that others wait for some milliseconds. */
const PART = 2_000;

export function mentionsOf(driver: Driver): Pick<Store, 'mentions' | 'rewriteTexts'> {
  return {
    async mentions(tenant, address, held, at) {
      const { table: number, after } = at ?? { table: 0, after: '' };
      const { table, order, texts } = places[number] as Place;
      const behind = `from ${table} where tenant = ? and ${order} > ?`;
      const [found] = await driver.rows({
        sql: `select ${order} ${behind} order by ${order} limit 1 offset ${PART - 1}`,
        params: [tenant, after],
      });
      const end = found === undefined ? null : String(found[0]);
      const all = `lower(${texts.map((column) => `coalesce(${column}, '')`).join(" || ' ' || ")})`;
      const rows = await driver.rows({
        sql: `select id, address, ${texts.join(', ')} ${behind}${end === null ? '' : ` and ${order} <= ?`} and address <> ?${held.map(() => ` and ${driver.dialect.holds(all)}`).join('')} order by ${order}`,
        params: [tenant, after, ...(end === null ? [] : [end]), address, ...held],
      });
      const isLast = end === null && number === places.length - 1;
      return {
        rows: rows.map(([id, of, ...values]) => ({
          table,
          id: String(id),
          address: String(of),
          texts: Object.fromEntries(texts.map((column, i) => [column, values[i] as string | null])),
        })),
        next: isLast ? null : end === null ? { table: number + 1, after: '' } : { table: number, after: end },
      };
    },

    rewriteTexts: (tenant, rows) =>
      driver.transact(
        rows.map(({ table, id, address, texts }) => ({
          sql: `update ${table} set ${Object.keys(texts)
            .map((column) => `${column} = ?`)
            .join(', ')} where tenant = ? and id = ? and address = ?`,
          params: [...Object.values(texts), tenant, id, address],
        })),
      ),
  };
}
