/** Everything from one database or server to another, and the proof that it arrived: counts and checksums of both. */
import { createHash, type Hash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { lineOf, readLine } from '../app/dump.ts';
import { linesOf } from '../app/rows.ts';
import { readDatabaseUrl } from '../config.ts';
import { openDatabase } from '../database.ts';
import { createStore } from '../store/sql.ts';
import type { DumpPlace } from '../store/store.ts';
import { clientAt } from './client.ts';
import { Failure, Unreachable, usage } from './failure.ts';
import { clean } from './output.ts';
import { progress } from './progress.ts';

/** Where rows come from or go to. */
export interface End {
  /** For people; never with a password. */
  readonly name: string;
  /** Rows as lines, after the given place. */
  lines(after: DumpPlace | null): AsyncIterable<string>;
  /** The place of the last row; null where nothing is there. */
  last(): Promise<DumpPlace | null>;
  put(lines: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Rows of a table, and a hash over their lines in the order of their keys. */
export interface Digest {
  readonly rows: number;
  readonly sha256: string;
}
export type Digests = ReadonlyMap<string, Digest>;

export interface Moved {
  readonly from: Digests;
  readonly to: Digests;
  /** Names of tables that are not the same at both ends. */
  readonly differing: readonly string[];
}

/** `resume`: go on behind the last row of an earlier try; otherwise the target must be empty. */
export async function move(from: End, to: End, resume: boolean): Promise<Moved> {
  const last = await to.last();
  if (last !== null && !resume)
    throw new Failure(
      `${to.name} is not empty; copy into a new database, or go on with a copy that broke off by --resume`,
    );
  await withBar('Copying', (count) => copyBehind(from, to, last, count));
  const digests = [];
  for (const end of [from, to])
    digests.push(await withBar(`Checking ${end.name}`, (count) => digestsOf(end, count)));
  const [before, after] = digests as [Digests, Digests];
  const differing = [...new Set([...before.keys(), ...after.keys()])].filter(
    (table) => before.get(table)?.sha256 !== after.get(table)?.sha256,
  );
  return { from: before, to: after, differing };
}

/** What was sent may have arrived all the same. */
const mayPass = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof Failure && error.status !== null && error.status >= 500);

const WAITS_MS = [250, 1_000, 4_000];

/** A server that fails in between is asked how far it got, and given the rest; not for ever where it gets no further. */
async function copyBehind(
  from: End,
  to: End,
  last: DumpPlace | null,
  count: (rows: number) => void,
): Promise<void> {
  let failures = 0;
  for (;;) {
    try {
      for await (const lines of batched(from.lines(failures === 0 ? last : await to.last()))) {
        await to.put(lines);
        count(lines.length);
        failures = 0;
      }
      return;
    } catch (error) {
      const wait = WAITS_MS[failures++];
      if (!mayPass(error) || wait === undefined) throw error;
      await setTimeout(wait);
    }
  }
}

async function withBar<T>(title: string, work: (count: (rows: number) => void) => Promise<T>): Promise<T> {
  const bar = progress(title, null);
  try {
    return await work((rows) => bar.add(rows));
  } finally {
    bar.stop();
  }
}

async function digestsOf(end: End, count: (rows: number) => void): Promise<Digests> {
  const found = new Map<string, { rows: number; hash: Hash }>();
  for await (const line of end.lines(null)) {
    const table = line.slice(2, line.indexOf('"', 2));
    const digest = found.get(table) ?? { rows: 0, hash: createHash('sha256') };
    found.set(table, digest);
    digest.rows += 1;
    digest.hash.update(line).update('\n');
    if (digest.rows % BATCH === 0) count(BATCH);
  }
  return new Map([...found].map(([table, { rows, hash }]) => [table, { rows, sha256: hash.digest('hex') }]));
}

const BATCH = 1_000;
/** D1 takes each row with bytes as a statement of its own, and a thousand of them a request. */
const BYTES_BATCH = 32;
const BATCH_CHARACTERS = 8 * 1024 * 1024;

async function* batched(lines: AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  let characters = 0;
  let withBytes = 0;
  for await (const line of lines) {
    batch.push(line);
    characters += line.length;
    if (line.startsWith('{"receipt')) withBytes += 1;
    if (batch.length < BATCH && characters < BATCH_CHARACTERS && withBytes < BYTES_BATCH) continue;
    yield batch;
    batch = [];
    characters = 0;
    withBytes = 0;
  }
  if (batch.length > 0) yield batch;
}

/** `url`: `file:…`, `postgres://…`, or the address of a running server, which needs an admin key. */
export async function openEnd(
  url: string,
  key: string | undefined,
  missing: 'create' | 'refuse',
): Promise<End> {
  if (/^https?:/i.test(url)) return serverEnd(url, key);
  const address = readDatabaseUrl(url);
  if (!address.ok)
    throw usage(
      `"${clean(url.replace(/:[^:@/]*@/, ':…@'))}" ${address.error}, or https://… of a running server`,
    );
  const database = await openDatabase(address.value, { missing, patient: true });
  const store = createStore(database.driver);
  return {
    name: database.name,
    async *lines(after) {
      let next = after;
      do {
        const page = await store.dump(next);
        next = page.next;
        for (const row of page.rows) yield lineOf(row);
      } while (next !== null);
    },
    last: () => store.dumpEnd(),
    async put(lines) {
      const rows = lines.map((line) => {
        const read = readLine(line);
        if (!read.ok || read.value.type !== 'row') throw new Failure('the source sent a line that is no row');
        return read.value.row;
      });
      const loaded = await store.load(rows);
      if (loaded !== 'done') throw new Failure(refusals[loaded]);
    },
    close: () => store.close(),
  };
}

const refusals = {
  'not-next': 'the target has rows of another list; copy into a new database',
  'not-ours':
    'the source has a table or a column that this version does not know; upgrade Mailstop here first',
} as const;

/** Rows of one request, so that a Worker stays within its limits. */
const PAGE = 5_000;

function serverEnd(url: string, key: string | undefined): End {
  if (key === undefined || key === '')
    throw usage(
      `${clean(url)} needs an admin key: --from-key or --to-key, or MAILSTOP_KEY in the environment`,
    );
  const { call, ask } = clientAt(url, key);
  return {
    name: new URL(url).host,
    async *lines(after) {
      let next = after;
      do {
        const query = { limit: PAGE, after: next === null ? undefined : JSON.stringify(next) };
        const { body } = await call('GET', '/v1/dump', { query });
        let end: DumpPlace | null | undefined;
        for await (const line of linesOf(
          body as ReadableStream<Uint8Array<ArrayBuffer>>,
          Number.POSITIVE_INFINITY,
        )) {
          if (line?.startsWith('{"end":')) {
            const read = readLine(line);
            if (read.ok && read.value.type === 'end') end = read.value.end.next;
          } else if (line !== null) yield line;
        }
        if (end === undefined) throw new Failure('the server broke off in the middle; go on with --resume');
        next = end;
      } while (next !== null);
    },
    last: async () => (await ask<{ end: DumpPlace | null }>('POST', '/v1/restore')).end,
    async put(lines) {
      const body = new TextEncoder().encode(`${lines.join('\n')}\n`);
      await call('POST', '/v1/restore', { body, headers: { 'content-type': 'application/x-ndjson' } });
    },
    close: async () => {},
  };
}
