/** Filters of a list: from the query, or from the cursor that was made with them. */
import type { z } from 'zod';
import type { Place } from './cursor.ts';
import { type Problem, refuse } from './problem.ts';

/** The query as it was written, which is what a cursor keeps. */
export const given = (request: Pick<Request, 'url'>, without: readonly string[]): Record<string, string> => {
  const { searchParams } = new URL(request.url);
  return Object.fromEntries(
    [...searchParams.keys()]
      .filter((name) => !without.includes(name))
      .map((name) => [name, searchParams.getAll(name).join(',')]),
  );
};

/** A cursor is anyone's text: its filters are checked like those of a query. Absent ones are left out. */
export function filtersOf<S extends z.ZodObject>(
  schema: S,
  { filters }: Place,
): Defined<z.output<S>> | Problem {
  const parsed = schema.safeParse(filters);
  if (!parsed.success) return refuse(400, 'The cursor is damaged; start again without it.');
  return Object.fromEntries(
    Object.entries(parsed.data).filter(([, value]) => value !== undefined),
  ) as Defined<z.output<S>>;
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> } extends infer U
  ? { [K in keyof U]: U[K] }
  : never;
