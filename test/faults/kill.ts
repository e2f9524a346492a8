/**
 * kill -9 under load: what was acknowledged must be there afterwards, once.
 *
 *   npm run faults -- [--kills 20] [--seed 1]
 *
 * A client notes an event only after it has read a whole 200. After each kill the server starts again on the same
 * file, and the notes are held against it: every noted event recorded exactly once, its address blocked, nothing
 * recorded that was never sent, integrity_check ok. `--ack-first` is the negative control: the client notes events
 * before they are answered, as a server would that answers before it commits; it must find losses.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { api, type Running, start } from './server.ts';

const KEY = 'fault-harness-shared-key-0123456789';
const CLIENTS = 16;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    'ack-first': { type: 'boolean', default: false },
  },
});
const kills = Number(values.kills);

/** Mulberry32: a printed seed repeats the run's moments. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

async function load(
  server: Running,
  path: string,
  next: () => number,
  noted: Set<number>,
  sent: Set<number>,
  stopped: () => boolean,
): Promise<void> {
  while (!stopped()) {
    const id = next();
    sent.add(id);
    if (values['ack-first']) noted.add(id);
    const answered = await fetch(server.url + path, {
      method: 'POST',
      headers: { 'x-mailstop-key': KEY, 'content-type': 'application/json' },
      body: JSON.stringify({
        recipient: `person${id}@example.com`,
        event: 'bounce',
        id: `event-${id}`,
        message_id: `m${id}`,
        text: '550 5.1.1 user unknown',
      }),
    })
      .then(
        async (answer) =>
          answer.status === 200 && ((await answer.json()) as { accepted: number }).accepted === 1,
      )
      .catch(() => false);
    if (answered) noted.add(id);
  }
}

function audit(file: string, noted: ReadonlySet<number>, sent: ReadonlySet<number>): string[] {
  const db = new Database(file);
  const wrong: string[] = [];
  const rows = db
    .prepare('select provider_event_id as id, count(*) as times from events group by 1')
    .all() as { id: string; times: number }[];
  const recorded = new Map(rows.map((row) => [Number(row.id.slice(6)), row.times]));
  const blocked = new Set(
    db.prepare("select address from suppressions where state = 'active'").pluck().all() as string[],
  );
  const lost = [...noted].filter((id) => !recorded.has(id));
  if (lost.length > 0) wrong.push(`${lost.length} acknowledged events lost`);
  const twice = [...recorded].filter(([, times]) => times !== 1);
  if (twice.length > 0) wrong.push(`${twice.length} events recorded more than once`);
  if ([...recorded.keys()].some((id) => !sent.has(id))) wrong.push('an event that was never sent');
  if ([...recorded.keys()].some((id) => !blocked.has(`person${id}@example.com`)))
    wrong.push('a recorded bounce that does not block');
  const integrity = db.pragma('integrity_check', { simple: true });
  if (integrity !== 'ok') wrong.push(`integrity_check: ${integrity}`);
  db.close();
  return wrong;
}

const folder = mkdtempSync(join(tmpdir(), 'mailstop-faults-'));
const file = join(folder, 'mailstop.db');
const port = 20_000 + Math.floor(random(Number(values.seed) + process.pid)() * 20_000);
const moment = random(Number(values.seed));
const noted = new Set<number>();
const sent = new Set<number>();
let id = 0;
let failures = 0;

let server = await start(file, port);
const { url } = await api<{ url: string }>(server.url, '/v1/sources', {
  provider: 'generic',
  name: 'faults',
  secrets: { keys: [KEY] },
});
const path = new URL(url).pathname;
for (let kill = 1; kill <= kills; kill++) {
  let stopped = false;
  const running = server;
  const clients = Array.from({ length: CLIENTS }, () =>
    load(
      running,
      path,
      () => id++,
      noted,
      sent,
      () => stopped,
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 50 + moment() * 450));
  await server.kill();
  stopped = true;
  await Promise.all(clients);
  server = await start(file, port);
  const wrong = audit(file, noted, sent);
  failures += wrong.length;
  process.stdout.write(
    `kill ${String(kill).padStart(3)}: ${noted.size} acknowledged of ${sent.size} sent: ${wrong.length === 0 ? 'all there, once' : wrong.join('; ')}\n`,
  );
}
await server.kill();
rmSync(folder, { recursive: true, force: true });

const verdict =
  failures === 0
    ? `0 of ${noted.size} acknowledged events lost in ${kills} kills (seed ${values.seed})`
    : `${failures} failures in ${kills} kills (seed ${values.seed})`;
process.stdout.write(`${verdict}\n`);
process.exitCode = failures === 0 ? 0 : 1;
