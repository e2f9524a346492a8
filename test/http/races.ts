/** Two servers on one database, and the same asked of them at the same moment. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { type Harness, startHarness, type Told } from './harness.ts';

export type Asked = readonly [method: string, path: string, json?: unknown];

/** All of one server, or by turns of both. */
export const ways = ['one server', 'two servers'] as const;
export type Way = (typeof ways)[number];

export const times = (count: number, asked: Asked): Asked[] => Array.from({ length: count }, () => asked);

export function twoServers(given: Parameters<typeof startHarness>[0] = {}) {
  let folder: string;
  let servers: readonly Harness[];
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mailstop-races-'));
    const file = join(folder, 'mailstop.db');
    servers = [await startHarness({ ...given, file }), await startHarness({ ...given, file })];
  });
  afterEach(async () => {
    for (const server of servers) await server.close();
    rmSync(folder, { recursive: true });
  });
  const server = (i: number): Harness => servers[i % servers.length] as Harness;
  const askOf = (of: Harness, [method, path, json]: Asked): Promise<Told> =>
    of.ask(method, path, json === undefined ? {} : { json });
  const together = (way: Way, asked: readonly Asked[]): Promise<Told[]> =>
    Promise.all(asked.map((one, i) => askOf(server(way === 'one server' ? 0 : i), one)));
  return {
    server,
    ask: (...asked: Asked) => askOf(server(0), asked),
    together,
    /** In their order, whoever was told which. */
    statuses: async (way: Way, asked: readonly Asked[]): Promise<number[]> =>
      (await together(way, asked)).map(({ status }) => status).toSorted(),
  };
}
