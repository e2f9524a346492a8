/** PostgreSQL answers each hot question out of an index: its plan reads no table that grows from end to end. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectPostgres, postgresDriver } from '../../src/store/postgres.ts';
import { numbered } from '../../src/store/statements.ts';
import { fill, growing, hotReads } from '../store/plans.ts';
import { createDatabases, type Databases } from './databases.ts';

let databases: Databases;
let pool: ReturnType<typeof connectPostgres>;
beforeAll(async () => {
  databases = await createDatabases();
  pool = connectPostgres(await databases.make(), 2);
  await fill(postgresDriver(pool));
  await pool.query('analyze');
}, 60_000);
afterAll(async () => {
  await pool.end();
  await databases.close();
});

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly Node[];
}

async function scansIn(sql: string, params: readonly unknown[]): Promise<string[]> {
  const { rows } = await pool.query(`explain (format json) ${numbered(sql)}`, [...params]);
  const found: string[] = [];
  const visit = (node: Node): void => {
    const table = node['Relation Name'] ?? '';
    if (node['Node Type'] === 'Seq Scan' && (growing as readonly string[]).includes(table)) found.push(table);
    node.Plans?.forEach(visit);
  };
  visit(rows[0]['QUERY PLAN'][0].Plan);
  return found;
}

it('is answered by PostgreSQL out of an index, each question of a hot path', async () => {
  const asked = await hotReads(postgresDriver(pool));
  expect(asked.length).toBeGreaterThan(18);
  const slow = [];
  for (const [what, { sql, params }] of asked)
    for (const table of await scansIn(sql, params)) slow.push(`${what}: all of ${table}`);
  expect(slow).toEqual([]);
});

it('control: a question without an index is found out, though the connection would rather not scan', async () => {
  expect(await scansIn('select * from events where text = ?', ['x'])).toEqual(['events']);
});
