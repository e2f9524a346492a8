/** The Cloudflare D1 driver: a batch is atomic, and nothing interactive exists. */
import { sqliteDialect } from './dialect.ts';
import type { Driver, Statement } from './driver.ts';
import { isClash, jsonStatements } from './statements.ts';

/** The part of D1's binding that we use, so that no Cloudflare package is needed to run on Node. */
export interface D1Binding {
  prepare(sql: string): D1Prepared;
  batch(statements: D1Prepared[]): Promise<unknown>;
  withSession?(constraint: 'first-primary'): D1Session;
}

export type D1Session = Pick<D1Binding, 'prepare' | 'batch'>;

export interface D1Prepared {
  bind(...params: unknown[]): D1Prepared;
  raw(): Promise<unknown[][]>;
}

export function d1Driver(d1: D1Binding): Driver {
  // A replica may be behind by any time, and would then say that a suppressed address is free to send to.
  const primary = (): D1Session => d1.withSession?.('first-primary') ?? d1;
  const bound = (session: D1Session, { sql, params }: Statement) => session.prepare(sql).bind(...params);
  return {
    dialect: sqliteDialect,
    isStale: isClash,
    rows: (statement) => bound(primary(), statement).raw(),
    async transact(writes) {
      const session = primary();
      const statements = writes.flatMap((write) => ('into' in write ? jsonStatements(write) : [write]));
      if (statements.length > 0)
        await session.batch(statements.map((statement) => bound(session, statement)));
    },
    async close() {},
  };
}
