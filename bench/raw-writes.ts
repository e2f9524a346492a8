/** The limit of the disk: a loop that writes the rows of real batches to the same tables, and nothing else. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createServices } from '../src/app/services.ts';
import { openDatabase } from '../src/database.ts';
import { createApp } from '../src/http/app.ts';
import { nodeRuntime } from '../src/node-runtime.ts';
import type { Driver, Write } from '../src/store/driver.ts';
import { createStore } from '../src/store/sql.ts';
import { openDatabase as openSqlite } from '../src/store/sqlite.ts';
import { insertSql } from '../src/store/statements.ts';
import { sendgridBatch } from './load.ts';
import type { Settings } from './machine.ts';

const KEY = 'bench-admin-key-of-more-than-32-characters';
const BATCHES = 400;
const AT_ONCE = 4;

/** Events a second. Row by row with prepared statements, which is faster than one statement over JSON. */
export async function rawWrites(
  { folder }: Settings,
  file: string,
  prefix: string,
  privateKey: string,
  publicKey: string,
): Promise<number> {
  const recorded = await record(join(folder, `${prefix}.db`), prefix, privateKey, publicKey);
  const db = openSqlite(file);
  try {
    const prepared = new Map<string, ReturnType<typeof db.prepare>>();
    const prepare = (sql: string) => {
      const known = prepared.get(sql) ?? db.prepare(sql);
      prepared.set(sql, known);
      return known;
    };
    const runAll = db.transaction((writes: readonly Write[]) => {
      for (const write of writes) {
        const statement = prepare('into' in write ? insertSql(write) : write.sql);
        for (const params of 'into' in write ? write.rows : [write.params]) statement.run(...params);
      }
    });
    const began = performance.now();
    for (const writes of recorded) runAll.immediate(writes);
    return (BATCHES * 100) / ((performance.now() - began) / 1000);
  } finally {
    db.close();
  }
}

/** What the whole server writes for such batches, transaction by transaction. */
async function record(
  file: string,
  prefix: string,
  privateKey: string,
  publicKey: string,
): Promise<Write[][]> {
  const { driver } = await openDatabase({ kind: 'file', file }, { missing: 'create' });
  const recorded: Write[][] = [];
  const recording: Driver = {
    ...driver,
    transact(writes) {
      recorded.push([...writes]);
      return driver.transact(writes);
    },
  };
  const runtime = nodeRuntime();
  const services = await createServices({
    settings: { adminKeyHash: runtime.sha256(KEY), publicUrl: null, secret: KEY, pepper: null },
    store: createStore(recording),
    runtime,
    log: () => {},
    fetchCertificate: async () => {
      throw new Error('nobody needs a certificate here');
    },
  });
  const app = createApp(services);
  const post = async (path: string, headers: Record<string, string>, body: string): Promise<unknown> => {
    const answer = await app.fetch(new Request(`http://localhost${path}`, { method: 'POST', headers, body }));
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
    return answer.json();
  };
  const { url } = (await post(
    '/v1/sources',
    { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    JSON.stringify({ provider: 'sendgrid', name: 'raw', secrets: { keys: [publicKey] } }),
  )) as { url: string };
  const { pathname } = new URL(url);
  recorded.length = 0;
  for (let batch = 0; batch < BATCHES; batch += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, i) => {
        const { headers, body } = sendgridBatch(prefix, batch + i, privateKey);
        return post(pathname, headers, body);
      }),
    );
  }
  await services.close();
  rmSync(file, { force: true });
  return recorded;
}
