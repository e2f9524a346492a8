import { describe, expect, it } from 'vitest';
import { sqliteDialect } from '../../src/store/dialect.ts';
import type { Driver, Statement } from '../../src/store/driver.ts';
import { createStore } from '../../src/store/sql.ts';
import { jsonParameters, jsonStatements } from '../../src/store/statements.ts';
import { addressRow, change, entry, event, plan, quarantined, receipt, stat, T0 } from './rows.ts';

/** What D1 takes: developers.cloudflare.com/d1/platform/limits. */
const d1 = { parameters: 100, sqlBytes: 100_000, parameterBytes: 2_000_000 };

function recording(): { driver: Driver; statements: Statement[] } {
  const statements: Statement[] = [];
  return {
    statements,
    driver: {
      dialect: sqliteDialect,
      isStale: () => false,
      rows: async (statement) => {
        statements.push(statement);
        return [];
      },
      transact: async (all) => {
        statements.push(...all.flatMap((write) => ('into' in write ? jsonStatements(write) : [write])));
      },
      close: async () => {},
    },
  };
}

const bytesOf = (value: Statement['params'][number]): number =>
  typeof value === 'string'
    ? new TextEncoder().encode(value).length
    : value instanceof Uint8Array
      ? value.length
      : 8;

function expectWithinLimits(statements: readonly Statement[]): void {
  for (const { sql, params } of statements) {
    expect(params.length, sql).toBeLessThanOrEqual(d1.parameters);
    expect(sql.length, sql).toBeLessThanOrEqual(d1.sqlBytes);
    expect(Math.max(0, ...params.map(bytesOf)), sql).toBeLessThanOrEqual(d1.parameterBytes);
  }
}

const thousand = Array.from({ length: 1_000 }, (_, i) => i);

describe('T123 a write of a thousand events', () => {
  it('is at most 40 statements, each within the limits of D1', async () => {
    const { driver, statements } = recording();
    await createStore(driver).write(
      plan({
        receipts: [receipt({ body: new Uint8Array(5 * 1_048_576) })],
        seen: thousand.map((i) => ({ tenant: 'default', digest: `${i}`.padStart(32, '0'), forget_at: T0 })),
        events: thousand.map((i) =>
          event({ id: `evt_${i}`, address: `u${i}@example.com`, text: 'x'.repeat(2_000) }),
        ),
        addresses: thousand.map((i) => addressRow({ address: `u${i}@example.com` })),
        entries: thousand.map((i) => entry({ address: `u${i}@example.com` })),
        changes: thousand.map((i) => change({ address: `u${i}@example.com` })),
        stats: thousand.map((i) => stat({ domain: `d${i}.test` })),
      }),
    );
    expect(statements.length).toBeLessThanOrEqual(40);
    expect(statements.length).toBeGreaterThan(6);
    expectWithinLimits(statements);
  });

  it('keeps within them also where every text is as long as it may be, in the widest script', async () => {
    const { driver, statements } = recording();
    await createStore(driver).write(
      plan({
        events: thousand.map((i) => event({ id: `evt_${i}`, text: '漢'.repeat(4_096) })),
        quarantine: thousand
          .slice(0, 100)
          .map((i) => quarantined({ id: `qua_${i}`, raw: '漢'.repeat(65_536) })),
      }),
    );
    expectWithinLimits(statements);
  });
});

describe('T123 a check of ten thousand', () => {
  it('of the longest addresses keeps within the limits of D1', async () => {
    const { driver, statements } = recording();
    const domain = `${`${'d'.repeat(60)}.`.repeat(3)}test`;
    await createStore(driver).check(
      'default',
      Array.from({ length: 10_000 }, (_, i) => `${String(i).padStart(64, 'x')}@${i}.${domain}`),
      T0,
    );
    expect(statements.length).toBeGreaterThan(2);
    expectWithinLimits(statements);
  });
});

describe('JSON parameters', () => {
  it('are none for no rows, and one for a few', () => {
    expect(jsonParameters([])).toEqual([]);
    expect(jsonParameters([['a', 1, null], 'b'])).toEqual(['[["a",1,null],"b"]']);
  });

  it('hold every row once, in order, also one that is too long for all', () => {
    const rows = [['x'.repeat(400_000)], ['y'.repeat(400_000)], ['z'.repeat(900_000)], ['end']];
    const parameters = jsonParameters(rows);
    expect(parameters.flatMap((json) => JSON.parse(json))).toEqual(rows);
    expect(parameters).toHaveLength(4);
  });
});
