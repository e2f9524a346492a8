/**
 * The PostgreSQL driver: any number of instances on one database. A transaction goes out as one pipeline, so it costs
 * one round trip. https://www.postgresql.org/docs/current/errcodes-appendix.html
 */

import { getTableColumns, getTableName } from 'drizzle-orm';
import pg from 'pg';
import { storable } from '../core/storable.ts';
import { postgresDialect } from './dialect.ts';
import type { Driver, Insert, Value } from './driver.ts';
import { tables } from './schema.ts';
import { numbered } from './statements.ts';
import { Unavailable } from './store.ts';

/** Milliseconds; a server that is slower than this is as good as away, and the provider comes again. */
const STATEMENT_MS = 30_000;
const LOCK_MS = 5_000;
const CONNECT_MS = 5_000;

/** A transaction that met another is run again so often. Rows are locked in the order of their keys, so it is rare. */
const ATTEMPTS = 5;

/** Connections of one instance. A flush takes one; the others answer checks. */
export const POOL = 10;

const INT8 = 20;

/**
 * A plan that is kept may be from when its tables were empty, and then any index seems as good as the right one. Parsing is
 * still done once; planning anew takes a tenth of a millisecond.
 */
const PLANNED_ANEW = '-c plan_cache_mode=force_custom_plan';

export function connectPostgres(url: string, max = POOL): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max,
    pipeline: true,
    application_name: 'mailstop',
    options: PLANNED_ANEW,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    lock_timeout: LOCK_MS,
    idle_in_transaction_session_timeout: STATEMENT_MS,
    keepAlive: true,
    // Times in milliseconds and counts: far below 2^53.
    types: {
      getTypeParser: (type, format) => (type === INT8 ? Number : pg.types.getTypeParser(type, format)),
    },
  } as pg.PoolConfig);
  // A connection that ends fails the queries on it, which is answered for there; one that lies idle is replaced.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** Texts of list queries vary with their filters; the rest is a few dozen. Beyond, a statement is parsed each time. */
const STATEMENTS_KEPT = 500;

const names = new Map<string, string>();

/** Under this name a connection keeps the statement; undefined: it is parsed each time. */
function nameOf(text: string): string | undefined {
  if (!names.has(text) && names.size < STATEMENTS_KEPT) names.set(text, `mailstop_${names.size}`);
  return names.get(text);
}

export function postgresDriver(pool: pg.Pool): Driver {
  const run = (on: pg.Pool | pg.PoolClient, { sql, params }: Pipelined) =>
    on.query({ name: nameOf(sql), text: numbered(sql), values: params.map(parameter), rowMode: 'array' });

  async function together(statements: readonly Pipelined[]): Promise<void> {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const answers = await Promise.allSettled(
        [BEGIN, ...statements, COMMIT].map((statement) => run(client, statement)),
      );
      const failed = answers.find((answer) => answer.status === 'rejected');
      // After a failure COMMIT is a ROLLBACK.
      if (failed !== undefined) throw failed.reason;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError))
        broken = error instanceof Error ? error : new Error(String(error));
      throw error;
    } finally {
      client.release(broken);
    }
  }

  return {
    dialect: postgresDialect,
    isStale,
    async rows(statement) {
      try {
        return (await run(pool, statement)).rows;
      } catch (error) {
        throw meant(error);
      }
    },
    async transact(writes) {
      const statements = writes.flatMap((write) => ('into' in write ? inserting(write) : [write]));
      if (statements.length === 0) return;
      for (let attempt = 1; ; attempt++) {
        try {
          return await together(statements);
        } catch (error) {
          if (attempt === ATTEMPTS || !metAnother.has(codeOf(error))) throw meant(error);
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 20 * attempt));
        }
      }
    },
    close: () => pool.end(),
  };
}

interface Pipelined {
  readonly sql: string;
  readonly params: readonly (Value | readonly Value[])[];
}

const BEGIN: Pipelined = { sql: 'begin', params: [] };
const COMMIT: Pipelined = { sql: 'commit', params: [] };

/** serialization_failure, deadlock_detected: all of it was undone, so it may be run again. */
const metAnother: ReadonlySet<string> = new Set(['40001', '40P01']);

/** Our guards' own code (migrations/postgres), and the keys that may be there once. */
export const STALE = 'MS001';
const UNIQUE_VIOLATION = '23505';
/** A partition has a number behind its name (migrations/postgres/optional). */
const guarded = /^(?:seen|nonces|audit|policies|incidents|tenants)(?:_\d+)?$/;

const isStale = (error: unknown): boolean =>
  error instanceof pg.DatabaseError &&
  (error.code === STALE || (error.code === UNIQUE_VIOLATION && guarded.test(error.table ?? '')));

/**
 * Connections, resources, operators, systems; read-only after a fail-over; and timeouts. What was cut off while it
 * committed may be stored: whoever comes again is then told of a duplicate.
 */
const away = /^(?:08|53|57|58|25006|25P03|55P03)/;

/** Whatever the server did not say itself is of the connection. */
const meant = (error: unknown): unknown =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  (error instanceof pg.DatabaseError && !away.test(codeOf(error)))
    ? error
    : new Unavailable('PostgreSQL does not answer', { cause: error });

const codeOf = (error: unknown): string => (error instanceof pg.DatabaseError ? (error.code ?? '') : '');

const types = { text: 'text', integer: 'bigint', blob: 'bytea' } as const;
type ColumnType = keyof typeof types;

const columnTypes: ReadonlyMap<string, ReadonlyMap<string, ColumnType>> = new Map(
  Object.values(tables).map((table) => [
    getTableName(table),
    new Map(
      Object.values(getTableColumns(table)).map((column) => [column.name, column.getSQLType() as ColumnType]),
    ),
  ]),
);

/** One statement for all rows, with an array for each column. */
function inserting({ into, columns, rows, conflict }: Insert): Pipelined[] {
  const typeOf = (name: string): ColumnType => columnTypes.get(into)?.get(name) ?? 'text';
  const arrays = columns.map((name) => `cast(? as ${types[typeOf(name)]}[])`).join(', ');
  const names = columns.join(', ');
  const insert = `insert into ${into} (${names}) select * from unnest(${arrays}) as given(${names}) ${conflict}`;
  // Whoever follows such a table reads past what is numbered later.
  const isFollowed = into === 'changes' || into === 'notices';
  const inOrder = isFollowed ? rows : rows.toSorted(byKey);
  const params = columns.map((_, i) => inOrder.map((row) => row[i] ?? null));
  return isFollowed
    ? [inTurn(rows.map((row) => String(row[columns.indexOf('tenant')]))), { sql: insert, params }]
    : [{ sql: insert, params }];
}

/** A table's key is its first columns: two writers lock the rows that both want in the same order. */
function byKey(a: readonly Value[], b: readonly Value[]): number {
  for (const [i, left] of a.entries()) {
    const right = b[i] ?? null;
    if (left !== right) return left === null || (right !== null && left < right) ? -1 : 1;
  }
  return 0;
}

/**
 * Held until the commit: of two writers, the one that takes its numbers later also shows them later. Without it a
 * follower could read past a change that is numbered and not yet there.
 */
const inTurn = (tenants: readonly string[]): Pipelined => ({
  sql: `select pg_advisory_xact_lock(${CHANGES_LOCK}, hashtext(tenant)) from unnest(cast(? as text[])) as given(tenant)`,
  params: [[...new Set(tenants)].toSorted()],
});

const CHANGES_LOCK = 0x4d53; // "MS"

const parameter = (value: Value | readonly Value[]): unknown =>
  Array.isArray(value) ? value.map(parameter) : typeof value === 'string' ? storable(value) : value;
