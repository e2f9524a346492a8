/** Questions before each send: one address, a thousand, and how that grows with the list. */
import Database from 'better-sqlite3';
import { ADMIN_KEY } from '../../test/faults/server.ts';
import { asked, load } from '../load.ts';
import { bareServer, median, pidOf, type Settings, startServer, watchMemory } from '../machine.ts';
import type { Line } from '../table.ts';
import { asAdmin, inTurns, memory } from './intake.ts';

export async function* asking(settings: Settings): AsyncGenerator<Line> {
  const costs = new Map<string, number>();
  for (const entries of settings.sizes) {
    for await (const line of atSize(settings, entries)) {
      yield line;
      const first = costs.get(line.workload);
      if (first === undefined) costs.set(line.workload, line.value);
      else if (line.floor !== null)
        yield {
          workload: `… beside itself on the smallest list`,
          entries,
          value: line.value,
          unit: line.unit,
          limit: { name: `the same at ${settings.sizes[0]?.toLocaleString('en')}`, value: first },
          floor: line.workload.startsWith('POST') ? 1 / 2 : 1 / 1.5,
        };
    }
  }
}

async function* atSize(settings: Settings, entries: number): AsyncGenerator<Line> {
  const file = await settings.databaseOf(entries);
  const server = await startServer(settings, file);
  const bare = await bareServer({ DATABASE: file, KEY: ADMIN_KEY });
  try {
    const peak = watchMemory(pidOf(server));
    for (const hit of [true, false]) {
      const run = (url: string, path: string) =>
        load({
          url,
          path,
          headers: asAdmin,
          connections: 64,
          seconds: settings.seconds,
          what: { kind: 'lookup', entries, hit },
        });
      const [ours, limit] = await inTurns(
        () => run(server.url, '/v1/suppressions'),
        () => run(bare.url, '/lookup'),
      );
      const line = {
        workload: `GET /v1/suppressions/{address}, ${hit ? 'hit' : 'miss'}`,
        entries,
        value: ours.perSecond,
        unit: 'requests/s',
        p50: ours.p50,
        p99: ours.p99,
        ...memory(peak()),
      };
      yield {
        ...line,
        limit: { name: 'Hono: same key check, one read, same JSON', value: limit.perSecond },
        floor: 0.8,
      };
    }
    const constant = await load({
      url: bare.url,
      path: '/constant/a@example.com',
      headers: asAdmin,
      connections: 64,
      seconds: settings.seconds,
      what: { kind: 'constant' },
    });
    yield {
      workload: 'bare Hono answers a constant, for comparison',
      entries: null,
      value: constant.perSecond,
      unit: 'requests/s',
      limit: null,
      floor: null,
      p50: constant.p50,
      p99: constant.p99,
    };
    const headers = { ...asAdmin, 'content-type': 'application/json' };
    const checks = [];
    const loops = [];
    for (let round = 0; round < 3; round++) {
      checks.push(
        await load({
          url: server.url,
          path: '/v1/check',
          headers,
          connections: 4,
          seconds: settings.seconds,
          what: { kind: 'check', entries },
        }),
      );
      loops.push(pointLookups(file, entries, settings.seconds));
    }
    const check = checks.toSorted((a, b) => a.perSecond - b.perSecond)[1] as (typeof checks)[number];
    yield {
      workload: 'POST /v1/check of 1,000 addresses, 4 connections',
      entries,
      value: check.perSecond * 1_000,
      unit: 'addresses/s',
      limit: { name: 'prepared point lookups in a loop', value: median(loops) },
      floor: 0.6,
      p50: check.p50,
      p99: check.p99,
      ...memory(peak()),
    };
  } finally {
    bare.stop();
    await server.kill();
  }
}

/** Addresses a second: no HTTP, no JSON, one prepared read for each. */
function pointLookups(file: string, entries: number, seconds: number): number {
  const db = new Database(file, { readonly: true });
  const find = db.prepare(
    "select stream, reason, category, code, until, id from suppressions where tenant = 'default' and address = ? and state <> 'released'",
  );
  let looked = 0;
  let spent = 0;
  for (let from = 0; spent < seconds * 1000; from++) {
    const addresses = asked(from, entries);
    const began = performance.now();
    for (const address of addresses) find.all(address);
    spent += performance.now() - began;
    looked += addresses.length;
  }
  db.close();
  return looked / (spent / 1000);
}
