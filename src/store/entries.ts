/** Pages of the list, each in the order of an index. Of a long list the text of a query is built thousands of times: by hand. */

import type { EntryState } from '../core/event.ts';
import { isCategory, isOurFault, ourBlames } from '../core/taxonomy.ts';
import type { Driver, Value } from './driver.ts';
import { entryRows } from './entry-rows.ts';
import { type EntryQuery, type EntryRow, LOOKED_AT, type Page, type Store } from './store.ts';

export function entriesOf(driver: Driver): Pick<Store, 'entries' | 'search' | 'newest'> {
  const ask = (what: string, ...parts: readonly Part[]): Promise<unknown[][]> =>
    driver.rows({
      sql: `select ${what} from suppressions where ${parts.map(([text]) => text).join('')}`,
      params: parts.flatMap(([, ...params]) => params),
    });

  /** So many entries behind a place: the condition, and the place where they end; null = with the last one. */
  const partOf = async (way: Way, tenant: string, after: Place, query: EntryQuery) => {
    const { q } = query;
    const begun: Part[] = [
      ['tenant = ?', tenant],
      ...(after === null ? prefixFrom(q) : placeIn(way, way.behind, after)),
      ...narrowed(query),
    ];
    const last: Part = [` order by ${way.order} limit 1 offset ${LOOKED_AT - 1}`];
    const [found] = await ask(way.columns.join(', '), ...begun, ...prefixTo(q), last);
    const end = (found as Place | undefined) ?? null;
    // Of two ends SQLite reads to the one that it likes, and that would be the far one.
    return { where: [...begun, ...(end === null ? prefixTo(q) : placeIn(way, way.upTo, end))], end };
  };

  return {
    async entries(tenant, query, now) {
      const way = ways[query.order ?? 'time'];
      const rows = await ask(
        COLUMNS,
        ['tenant = ?', tenant],
        ...placeIn(way, way.behind, query.after),
        ...prefixFrom(query.q),
        ...prefixTo(query.q),
        ...fitting(query, now),
        [` order by ${way.order} limit ?`, query.limit + 1],
      );
      return pageOf(rows, query, way);
    },

    async search(tenant, query, now) {
      const way = ways[query.q === undefined ? (query.order ?? 'time') : 'address'];
      const part = await partOf(way, tenant, query.after, query);
      const rows = await ask(COLUMNS, ...part.where, ...fitting(query, now), [
        ` order by ${way.order} limit ?`,
        query.limit + 1,
      ]);
      const found = pageOf(rows, query, way);
      return found.next === null ? { rows: found.rows, next: part.end } : found;
    },

    async newest(tenant, query, now) {
      const part = await partOf(ways.address, tenant, query.part ?? null, query);
      const rows = await ask(
        COLUMNS,
        ...part.where,
        ...placeIn(ways.time, '<', query.after),
        ...fitting(query, now),
        // The sign keeps SQLite from reading the whole list in the order of time.
        [` order by +updated_at desc, id desc limit ?`, query.limit + 1],
      );
      return { rows: rows.map(entryRows.read), next: part.end };
    },
  };
}

/** Some SQL, and the values of its marks. */
type Part = readonly [text: string, ...params: Value[]];
type Place = Page<EntryRow>['next'];

const COLUMNS = entryRows.columns('suppressions');

/** By time the newest come first, and what changes moves there; by address nothing moves. */
const ways = {
  time: {
    columns: ['updated_at', 'id'],
    order: 'updated_at desc, id desc',
    behind: '<',
    upTo: '>=',
    key: (row: EntryRow) => [row.updated_at, row.id],
  },
  address: {
    columns: ['address', 'stream', 'reason'],
    order: 'address, stream, reason',
    behind: '>',
    upTo: '<=',
    key: (row: EntryRow) => [row.address, row.stream, row.reason],
  },
} as const;
type Way = (typeof ways)[keyof typeof ways];

/** As one comparison of rows: of an "or" SQLite makes no range, and reads each page from the first row on. */
const placeIn = ({ columns }: Way, than: string, place: Place): Part[] =>
  place === null
    ? []
    : [[` and (${columns.join(', ')}) ${than} (${columns.map(() => '?').join(', ')})`, ...place]];

/** The condition of the index, word for word; the blame follows from the category, so that it leaves nobody out. */
const IS_OURS = ` and blame in (${ourBlames.map((blame) => `'${blame}'`).join(', ')})`;

/** What an index finds; what does not follow from it is picked out of what is looked at. */
function narrowed(query: EntryQuery): Part[] {
  const { q, domain, category, order } = query;
  if (q !== undefined || order === 'address') return [];
  if (domain !== undefined) return [...equal(query, ['domain']), ...between(query)];
  // Of such a category there are few, and they have an index of their own.
  const ours = isCategory(category) && isOurFault(category);
  return [...(ours ? [...equal(query, ['category']), [IS_OURS] as const] : []), ...between(query)];
}

function fitting(query: EntryQuery, now: number): Part[] {
  const lives = '(until is null or until > ?)';
  const texts: Record<EntryState, string> = {
    active: `(state = 'active' and ${lives})`,
    held: `(state = 'held' and ${lives})`,
    expired: `(state <> 'released' and not ${lives})`,
    released: "state = 'released'",
  };
  const { states } = query;
  return [
    [
      ` and (${states.map((state) => texts[state]).join(' or ')})`,
      ...states.filter((state) => state !== 'released').map(() => now),
    ],
    ...equal(query, filtered),
    ...between(query),
  ];
}

/** By names of columns. */
const filtered = [
  'reason',
  'origin',
  'stream',
  'code',
  'enhanced',
  'category',
  'blame',
  'rule',
  'provider',
  'source_id',
  'domain',
] as const;

const equal = (query: EntryQuery, names: readonly (typeof filtered)[number][]): Part[] =>
  names.flatMap((name): Part[] => {
    const value = query[name];
    return value === undefined ? [] : [[` and ${name} = ?`, value]];
  });

const between = ({ from, to }: EntryQuery): Part[] => [
  ...(from === undefined ? [] : [[' and updated_at >= ?', from] as const]),
  ...(to === undefined ? [] : [[' and updated_at < ?', to] as const]),
];

/** A range instead of LIKE: literal, indexed, and safe from D1's limit on pattern length. */
const prefixFrom = (prefix: string | undefined): Part[] =>
  prefix === undefined ? [] : [[' and address >= ?', prefix]];
const prefixTo = (prefix: string | undefined): Part[] =>
  prefix === undefined ? [] : [[' and address < ?', `${prefix}\u{10ffff}`]];

function pageOf(rows: unknown[][], { limit }: EntryQuery, { key }: Way): Page<EntryRow> {
  const shown = rows.slice(0, limit).map(entryRows.read);
  const last = shown.at(-1);
  return { rows: shown, next: rows.length > limit && last !== undefined ? key(last) : null };
}
