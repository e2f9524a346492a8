/** Pages: an opaque cursor that carries the sort key of the last row and the filters it was made with. */
import * as z from 'zod';
import { fromBase64, utf8 } from '../providers/verify/bytes.ts';
import type { Page, PageRequest } from '../store/store.ts';
import { type Problem, refuse } from './problem.ts';

export const paging = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .optional()
    .meta({ description: 'rows on a page; 50 unless given', example: 50 }),
  cursor: z
    .string()
    .max(8_192)
    .optional()
    .meta({ description: 'next_cursor of the page before; carries its filters' }),
} as const;

const DEFAULT_LIMIT = 50;

const content = z.strictObject({
  list: z.string(),
  filters: z.record(z.string(), z.string()),
  after: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .max(3),
});

/** What the sort keys of a list are; of all others, one text. */
const keys: Readonly<Record<string, readonly ('number' | 'string')[]>> = {
  suppressions: ['number', 'string'],
  audit: ['number'],
  'policy-versions': ['number'],
};

const isKey = (list: string, after: readonly (string | number)[]): boolean => {
  const types = keys[list] ?? ['string'];
  return (
    after.length === types.length &&
    after.every(
      (value, i) => typeof value === types[i] && (typeof value === 'string' || Number.isSafeInteger(value)),
    )
  );
};

export interface Place {
  readonly request: PageRequest;
  /** The filters in force: given, or the cursor's. */
  readonly filters: Readonly<Record<string, string>>;
}

/**
 * Where a page starts. A cursor of another list, or beside filters that are not its own, is refused: the
 * pages would not belong together.
 */
export function placeOf(
  list: string,
  query: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
  given: Readonly<Record<string, string | undefined>> = {},
): Place | Problem {
  const filters = Object.fromEntries(
    Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const limit = query.limit ?? DEFAULT_LIMIT;
  if (query.cursor === undefined) return { request: { limit, after: null }, filters };
  const cursor = decode(query.cursor);
  if (cursor === null || cursor.list !== list || !isKey(list, cursor.after)) {
    return refuse(400, 'The cursor is not one of this list; start again without it.');
  }
  const differs = Object.keys(filters).find((name) => filters[name] !== cursor.filters[name]);
  if (differs !== undefined) {
    return refuse(
      400,
      `The cursor was made with another "${differs}"; leave the filters out, or start again without the cursor.`,
    );
  }
  return { request: { limit, after: cursor.after }, filters: cursor.filters };
}

export const isProblem = (value: object): value is Problem => 'type' in value && value.type === 'problem';

export const pageOf = <Row>(
  list: string,
  place: Place,
  page: Page<Row>,
  show: (row: Row) => unknown,
): { data: unknown[]; next_cursor: string | null } => ({
  data: page.rows.map(show),
  next_cursor: cursorOf(list, place, page.next),
});

/** Null after the last page. */
export const cursorOf = (list: string, { filters }: Place, next: Page<unknown>['next']): string | null =>
  next === null ? null : encode({ list, filters: { ...filters }, after: [...next] });

/** A page of what is in memory anyway: a few sources or keys, by id; the code catalogue, in its own order. */
export function slice<Row>(
  rows: readonly Row[],
  idOf: (row: Row) => string,
  { limit, after }: PageRequest,
): Page<Row> {
  const start = after === null ? 0 : placeAfter(rows.map(idOf), String(after[0]));
  const shown = rows.slice(start, start + limit);
  const last = shown.at(-1);
  return { rows: shown, next: last !== undefined && start + limit < rows.length ? [idOf(last)] : null };
}

/** Where the row itself is gone since, the next by id. */
function placeAfter(ids: readonly string[], last: string): number {
  const at = ids.indexOf(last);
  if (at !== -1) return at + 1;
  const next = ids.findIndex((id) => id > last);
  return next === -1 ? ids.length : next;
}

const encode = (cursor: z.infer<typeof content>): string => {
  const bytes = utf8(JSON.stringify(cursor));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
};

function decode(text: string): z.infer<typeof content> | null {
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/');
  const bytes = fromBase64(base64.padEnd(Math.ceil(base64.length / 4) * 4, '='), 10_000);
  if (bytes === null) return null;
  try {
    return content.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}
