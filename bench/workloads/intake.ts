/** Webhooks: verified, parsed, judged, and durable before they are answered. */
import { generateKeyPairSync } from 'node:crypto';
import { ADMIN_KEY, api, pause, type Running } from '../../test/faults/server.ts';
import { type Load, load } from '../load.ts';
import { bareServer, median, pidOf, type Settings, startServer, watchMemory } from '../machine.ts';
import { rawWrites } from '../raw-writes.ts';
import type { Line } from '../table.ts';

const KEY = 'bench-shared-key-0123456789';
const ROUNDS = 3;

export async function* intake(settings: Settings): AsyncGenerator<Line> {
  for (const entries of settings.sizes) {
    yield await singles(settings, entries);
    yield await batches(settings, entries);
  }
}

async function singles(settings: Settings, entries: number): Promise<Line> {
  const server = await startServer(settings, await settings.databaseOf(entries));
  const bare = await bareServer();
  try {
    const path = await sourceOf(server, 'postmark', { keys: [KEY] });
    const headers = { 'content-type': 'application/json', 'x-mailstop-key': KEY };
    const peak = watchMemory(pidOf(server));
    const run = (url: string, to: string) =>
      load({
        url,
        path: to,
        headers,
        connections: 64,
        seconds: settings.seconds,
        what: { kind: 'postmark', prefix: unique() },
      });
    const [ours, limit] = await inTurns(
      () => run(server.url, path),
      () => run(bare.url, '/webhook'),
    );
    await beCalm(server);
    return {
      workload: 'single webhooks, 64 connections, proven and durable',
      entries,
      value: ours.perSecond,
      unit: 'requests/s',
      limit: { name: 'bare Hono reads and parses the same', value: limit.perSecond },
      floor: 0.35,
      p50: ours.p50,
      p99: ours.p99,
      ...memory(peak()),
    };
  } finally {
    bare.stop();
    await server.kill();
  }
}

async function batches(settings: Settings, entries: number): Promise<Line> {
  const file = await settings.databaseOf(entries);
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const publicText = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const ours: Load[] = [];
  const limits: number[] = [];
  let peak: number | undefined;
  for (let round = 0; round < ROUNDS; round++) {
    const server = await startServer(settings, file);
    try {
      const path = await sourceOf(server, 'sendgrid', { keys: [publicText] });
      const watched = watchMemory(pidOf(server));
      const run = async () =>
        sound(
          await load({
            url: server.url,
            path,
            headers: {},
            connections: 4,
            seconds: settings.seconds,
            what: { kind: 'sendgrid', prefix: unique(), privateKey: pem },
          }),
        );
      // The first of it runs while the code is still being compiled.
      await run();
      ours.push(await run());
      await beCalm(server);
      peak = watched();
    } finally {
      await server.kill();
    }
    limits.push(await rawWrites(settings, file, unique(), pem, publicText));
  }
  const middle = ours.toSorted((a, b) => a.perSecond - b.perSecond)[ROUNDS >> 1] as Load;
  return {
    workload: 'signed SendGrid batches of 100, 4 connections',
    entries,
    value: middle.perSecond * 100,
    unit: 'events/s',
    limit: { name: 'a loop that writes the same rows to the same tables', value: median(limits) },
    floor: 0.6,
    p50: middle.p50,
    p99: middle.p99,
    ...memory(peak),
  };
}

/**
 * Both by turns, so that what disturbs the machine disturbs both; the middle one of each. A first turn, in which the code
 * is still being compiled, is not counted.
 */
export async function inTurns(a: () => Promise<Load>, b: () => Promise<Load>): Promise<[Load, Load]> {
  const loads: [Load[], Load[]] = [[], []];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [side, run] of [a, b].entries()) {
      const result = sound(await run());
      if (round > 0) loads[side]?.push(result);
      await pause(200);
    }
  }
  return loads.map((side) => side.toSorted((x, y) => x.perSecond - y.perSecond)[ROUNDS >> 1]) as [Load, Load];
}

/** Holding what an outage lists is work that another line would measure. */
async function beCalm(server: Running): Promise<void> {
  const { data } = await api<{ data: unknown[] }>(server.url, '/v1/incidents');
  if (data.length > 0) throw new Error('the guard took the load for an outage');
}

/** A fast wrong answer is no result. */
function sound(result: Load): Load {
  if (result.failed > 0 || result.requests === 0)
    throw new Error(
      `${result.failed} of ${result.requests} answers were wrong: ${JSON.stringify(result.statuses)}`,
    );
  return result;
}

export const memory = (peak: number | undefined) => (peak === undefined ? {} : { peak });

let serial = 0;
export const unique = (): string => `b${Date.now().toString(36)}x${serial++}x`;

async function sourceOf(server: Running, provider: string, secrets: object): Promise<string> {
  const { url } = await api<{ url: string }>(server.url, '/v1/sources', {
    provider,
    name: unique(),
    secrets,
  });
  return new URL(url).pathname;
}

export const asAdmin = { authorization: `Bearer ${ADMIN_KEY}` };
