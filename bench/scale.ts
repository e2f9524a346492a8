/**
 * What a list costs as it grows: bytes, rows and time, on an empty database of either engine.
 *
 *   npm run scale -- [--database file:/tmp/scale.db] [--events 10000,100000,1000000]
 *
 * Events go the whole way but for HTTP over a socket: batches of 100 posted to the app in this process. One in twenty is a
 * duplicate, one in ten of an address that was there before, and kinds are mixed as a sender sees them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Config, readDatabaseUrl } from '../src/config.ts';
import { createApp } from '../src/http/app.ts';
import { type Opened, open } from '../src/open.ts';

const KEY = 'scale-key-of-more-than-32-characters-00';
const SHARED = 'scale-shared-key-0123456789';
const BATCH = 100;
const AT_ONCE = 4;

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: `file:/tmp/mailstop-scale-${process.pid}.db` },
    events: { type: 'string', default: '10000,100000,1000000' },
  },
});

interface Size {
  readonly rows: Readonly<Record<string, number>>;
  readonly bytes: number;
}

const tables = [
  'receipts',
  'seen',
  'events',
  'addresses',
  'suppressions',
  'changes',
  'stats',
  'code_stats',
  'list_stats',
  'rule_counts',
  'domain_facts',
  'unmapped',
] as const;

async function main(): Promise<void> {
  const address = readDatabaseUrl(values.database);
  if (!address.ok) throw new Error(`--database ${address.error}`);
  const config: Config = {
    port: 0,
    database: address.value,
    adminKey: KEY,
    publicUrl: null,
    mxResolver: null,
    secret: 'scale-secret-of-more-than-32-characters',
    pepper: null,
    alerts: null,
  };
  const opened = await open(config, { missing: 'create', log: () => {} });
  const app = createApp(opened.services);
  const ask = (path: string, body: unknown, headers: Record<string, string>) =>
    app.fetch(
      new Request(`http://localhost${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    );
  const asAdmin = { authorization: `Bearer ${KEY}` };
  const made = (await (
    await ask('/v1/sources', { provider: 'generic', name: 'scale', secrets: { keys: [SHARED] } }, asAdmin)
  ).json()) as { url: string };
  const { pathname } = new URL(made.url);

  print([
    'engine',
    'events',
    'seconds',
    'events/s',
    'bytes',
    'bytes/event',
    'rows/event',
    'written/event',
    'check 1',
    'check 1,000',
  ]);
  let done = 0;
  const totals: string[] = [];
  for (const goal of values.events.split(',').map(Number)) {
    const from = done;
    const writtenBefore = await writtenOf(opened);
    const began = performance.now();
    const worker = async (): Promise<void> => {
      while (done < goal) {
        const first = done;
        done += BATCH;
        const items = Array.from({ length: BATCH }, (_, i) => item(first + i));
        for (;;) {
          const answer = await ask(pathname, items, { 'x-mailstop-key': SHARED });
          if (answer.status === 200) break;
          if (answer.status !== 503)
            throw new Error(`a batch answered ${answer.status}: ${await answer.text()}`);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const seconds = (performance.now() - began) / 1000;
    const written = (await writtenOf(opened)) - writtenBefore;
    const size = await sizeOf(opened);
    const rows = Object.values(size.rows).reduce((sum, count) => sum + count, 0);
    const one = await median(200, () => ask('/v1/check', { addresses: [addressOf(random(done))] }, asAdmin));
    const many = await median(20, () =>
      ask(
        '/v1/check',
        { addresses: Array.from({ length: 1_000 }, () => addressOf(random(done * 2))) },
        asAdmin,
      ),
    );
    print([
      address.value.kind,
      done.toLocaleString('en'),
      seconds.toFixed(1),
      ((done - from) / seconds).toFixed(0),
      size.bytes.toLocaleString('en'),
      (size.bytes / done).toFixed(0),
      (rows / done).toFixed(2),
      (written / (done - from)).toFixed(0),
      `${one.toFixed(2)} ms`,
      `${many.toFixed(1)} ms`,
    ]);
    totals.push(
      `${done.toLocaleString('en')}: ${Object.entries(size.rows)
        .map(([table, count]) => `${table} ${count.toLocaleString('en')}`)
        .join(', ')}`,
    );
  }
  process.stdout.write(`\nRows after\n${totals.join('\n')}\n`);
  await opened.services.close();
}

const print = (cells: readonly string[]): void =>
  void process.stdout.write(`${cells.map((cell) => cell.padStart(15)).join('')}\n`);

/** Repeatable, so that two engines get the same list. */
let seed = 42;
function random(below: number): number {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % Math.max(1, below);
}

const addressOf = (number: number): string =>
  `person${number}@${number % 7 === 0 ? `company${number % 5_000}.example` : `isp${number % 20}.example`}`;

const kinds = [
  { event: 'bounce', text: '550 5.1.1 user unknown' },
  { event: 'bounce', text: '452 4.2.2 mailbox full' },
  { event: 'bounce', text: '550 5.7.1 blocked by policy' },
  { event: 'complaint' },
  { event: 'unsubscribe' },
  { event: 'delivery' },
];

const item = (number: number) => ({
  recipient: addressOf(number % 10 === 9 ? random(number) : number),
  ...kinds[number % kinds.length],
  id: `scale-${number % 20 === 19 ? number - 1 : number}`,
  message_id: `m${number}`,
});

async function sizeOf({ database }: Opened): Promise<Size> {
  const count = async (sql: string) => Number((await database.driver.rows({ sql, params: [] }))[0]?.[0]);
  const rows: Record<string, number> = {};
  for (const table of tables) rows[table] = await count(`select count(*) from ${table}`);
  const isFile = database.backup !== null;
  const bytes = isFile
    ? (await count('pragma page_count')) * (await count('pragma page_size'))
    : await count('select pg_database_size(current_database())');
  return { rows, bytes };
}

/** Bytes written so far: what this process gave to the disk for a file, the log of PostgreSQL else. NaN where there is no /proc. */
async function writtenOf({ database }: Opened): Promise<number> {
  if (database.backup === null) {
    const [row] = await database.driver.rows({
      sql: "select pg_current_wal_lsn() - '0/0'::pg_lsn",
      params: [],
    });
    return Number(row?.[0]);
  }
  if (!existsSync('/proc/self/io')) return Number.NaN;
  return Number(/^write_bytes: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}

async function median(times: number, ask: () => Response | Promise<Response>): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < times; i++) {
    const began = performance.now();
    await (await ask()).text();
    took.push(performance.now() - began);
  }
  return took.toSorted((a, b) => a - b)[times >> 1] ?? Number.NaN;
}

await main();
