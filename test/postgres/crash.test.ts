/** F29 A PostgreSQL of our own that is killed, stopped and started again under load. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectPostgres } from '../../src/store/postgres.ts';
import { build, mutants, shipped } from '../faults/build.ts';
import { itemOf, moreThan, newLedger, post, sourceFor, startLoad } from '../faults/load.ts';
import { compareAll } from '../faults/oracle.ts';
import { api, killAll, pause, start } from '../faults/server.ts';
import { createPostgres, type PostgresServer } from './server.ts';

let postgres: PostgresServer;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-crash-'));
  postgres = await createPostgres();
  await postgres.start();
}, 30_000);
afterAll(async () => {
  await killAll();
  await postgres.remove();
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

async function newDatabase(name: string): Promise<string> {
  const pool = connectPostgres(postgres.url, 1);
  await pool.query(`create database ${name}`);
  await pool.end();
  return postgres.url.replace(/[^/]+$/, name);
}

/** Load, and PostgreSQL ends in the midst of it and comes back, as often as told; what is wrong then. */
async function trial(url: string, rounds: number, main: string): Promise<string[]> {
  const env = { MAILSTOP_DATABASE_URL: url, MAILSTOP_SECRET: 'secret-of-the-crash-0123456789abcdef' };
  const server = await start('', { main, env });
  const path = new URL((await api<{ url: string }>(server.url, '/v1/sources', sourceFor)).url).pathname;
  const ledger = newLedger();
  const load = startLoad(server, path, ledger);
  for (let round = 0; round < rounds; round++) {
    await pause(500);
    if (round === 1) await postgres.stop();
    else await postgres.kill();
    await pause(300);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await postgres.start();
    const back = performance.now();
    const number = 1_000_000 + round;
    ledger.sent.add(number);
    while ((await post(server.url + path, itemOf(number))).status !== 200) await pause(50);
    expect(performance.now() - back).toBeLessThan(5_000);
  }
  await moreThan(100, ledger);
  await load.stop();
  await pause(200);
  const pool = connectPostgres(url, 1);
  const read = async (sql: string) => (await pool.query({ text: sql, rowMode: 'array' })).rows;
  const wrong = await compareAll(server.url, read, ledger);
  await pool.end();
  await server.kill();
  return wrong;
}

test('F29 PostgreSQL dies and returns three times under load: nothing answered is lost, and writing goes on within 5 s', async () => {
  const wrong = await trial(await newDatabase('whole'), 3, shipped);
  expect(wrong).toEqual([]);
}, 120_000);

test('F29 control: a server that answers before the commit is found out', async () => {
  const wrong = await trial(await newDatabase('hasty'), 1, await build(folder, mutants.answersFirst));
  expect(wrong.join('; ')).toContain('lost');
}, 60_000);
