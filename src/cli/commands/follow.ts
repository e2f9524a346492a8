import {
  closeSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { Command } from 'commander';
import { isPseudonym } from '../../core/pseudonym.ts';
import { type Client, clientAt, type Shared, withClient } from '../client.ts';
import { Failure, usage } from '../failure.ts';
import { clean, plural, printJson, say } from '../output.ts';
import { examples, optionsOf } from '../program.ts';

/** As GET /v1/changes tells it. */
interface Change {
  readonly seq: number;
  readonly at: string;
  readonly address: string;
  readonly stream: string;
  readonly reason: string;
  readonly state: string;
  readonly until: string | null;
  readonly was: string | null;
}

interface Options extends Shared {
  readonly output?: string;
  readonly to?: string;
  readonly toKey?: string;
  readonly position?: string;
  readonly once?: boolean;
}

type Asking = Pick<Client, 'ask'>;

/** Where changes go: keeps them, and its place with them, before the next are asked for. */
interface Mirror {
  readonly place: number;
  take(changes: readonly Change[], source: Asking): Promise<void>;
  close(): void;
}

const PAGE = 1_000;
const PAUSE = 1_000;

export default function follow(command: Command): void {
  command
    .option(
      '-o, --output <file>',
      'append each change to this file as NDJSON; it goes on where the file ends',
    )
    .option('--to <url>', 'or mirror the list to this server, by imports and releases')
    .option('--to-key <key>', 'an admin key of it (default: MAILSTOP_KEY)')
    .option('--position <file>', 'with --to: where to keep how far it came')
    .option('--once', 'stop when nothing is left, instead of waiting for more')
    .action(async (_given: object, self: Command) => {
      const options = optionsOf<Options>(self);
      const mirror = open(options);
      try {
        const count = await withClient(options, 'refuse', (client) => run(client, mirror, options));
        if (options.json === true) printJson({ changes: count.changes, seq: count.seq });
        else say(`${plural(count.changes, 'change')}, up to ${count.seq}.`);
      } finally {
        mirror.close();
      }
    });
  command.addHelpText(
    'after',
    `
The list is told from its first change on, so a new mirror is whole. Killed at any moment, of either side, it goes on
without losing or doubling anything. Of the lines of a file, the last one of an address, stream and reason holds.

It ends with exit code 1 when a side cannot be reached: let a supervisor (systemd's Restart=on-failure, a container's
restart policy) start it again; it goes on where it was.`,
  );
  examples(command, [
    ['mailstop follow --output changes.ndjson', 'of the local database'],
    [
      'mailstop follow --url https://mail.example.com --to https://standby.example.com --position standby.json',
      'from one server to another',
    ],
  ]);
}

function open({ output, to, toKey = process.env.MAILSTOP_KEY, position }: Options): Mirror {
  if ((output === undefined) === (to === undefined)) throw usage('give either --output or --to');
  if (output !== undefined) return fileMirror(output);
  if (position === undefined) throw usage('--to needs --position, a file that remembers how far it came');
  if (toKey === undefined || toKey === '') throw usage('--to needs an admin key: --to-key, or MAILSTOP_KEY');
  return serverMirror(to ?? '', toKey, position);
}

async function run(
  client: Client,
  mirror: Mirror,
  { once = false }: Options,
): Promise<{ changes: number; seq: number }> {
  let stopping = false;
  const stop = () => {
    stopping = true;
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  let [changes, seq] = [0, mirror.place];
  while (!stopping) {
    const { data } = await client.ask<{ data: Change[] }>('GET', '/v1/changes', {
      query: { after: seq, limit: PAGE },
    });
    const last = data.at(-1);
    if (last !== undefined) {
      await mirror.take(data, client);
      changes += data.length;
      seq = last.seq;
    } else if (once) break;
    else await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return { changes, seq };
}

// --- A file

function fileMirror(file: string): Mirror {
  const descriptor = openSync(file, 'a+');
  const { place, length } = lastLine(file, descriptor);
  // What was broken off in the middle of a line comes again.
  ftruncateSync(descriptor, length);
  return {
    place,
    async take(changes) {
      write(descriptor, `${changes.map((change) => JSON.stringify(change)).join('\n')}\n`, file);
    },
    close: () => closeSync(descriptor),
  };
}

/** All of it, and to the disk: `writeSync` writes what fits on a disk, and says that it was less. */
function write(to: string | number, text: string, file: string): void {
  try {
    writeFileSync(to, text, { flush: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(
      `cannot write to ${clean(file)} (${clean(why)}); started again, it goes on where it was`,
    );
  }
}

/** More than the longest line: an address has 320 characters at most. */
const TAIL = 64 * 1024;

function lastLine(file: string, descriptor: number): { place: number; length: number } {
  const { size } = statSync(file);
  const start = Math.max(0, size - TAIL);
  const tail = Buffer.alloc(size - start);
  readSync(descriptor, tail, 0, tail.length, start);
  const end = tail.lastIndexOf('\n'.charCodeAt(0));
  if (end === -1) {
    if (start > 0) throw new Failure(`${clean(file)} ends in no list of changes; follow into a new file`);
    return { place: 0, length: 0 };
  }
  const line = tail.subarray(0, end).toString().split('\n').at(-1) ?? '';
  return { place: seqIn(line, file), length: start + end + 1 };
}

function seqIn(text: string, file: string): number {
  try {
    const { seq } = JSON.parse(text);
    if (Number.isSafeInteger(seq)) return seq;
  } catch {
    // Told below, like any other content.
  }
  throw new Failure(`${clean(file)} is no file of "mailstop follow"; follow into a new one`);
}

// --- Another server

function serverMirror(url: string, key: string, position: string): Mirror {
  const target = clientAt(url, key);
  let place = 0;
  let isCompared = false;
  if (statSync(position, { throwIfNoEntry: false }) !== undefined)
    place = seqIn(readFileSync(position, 'utf8'), position);
  return {
    place,
    async take(changes, source) {
      if (!isCompared && changes.some(({ address }) => isPseudonym(address))) {
        isCompared = true;
        await compareSecrets(source, target);
      }
      // Of several changes of one entry the last one says it all, and the first one whether it stood before.
      const first = new Map(changes.toReversed().map((one) => [nameOf(one), one]));
      const last = new Map(changes.map((one) => [nameOf(one), one]));
      const standing = [...last.values()].filter(({ state }) => state === 'active' || state === 'held');
      // First of all, so that nobody who stays on the list is off it meanwhile.
      if (standing.length > 0) await importAt(target, standing);
      for (const [name, row] of last)
        if (row.state === 'released') await releaseAt(target, row);
        else if (first.get(name)?.was !== null && (await standsLonger(target, row))) {
          // An import never shortens.
          await releaseAt(target, row);
          await importAt(target, [row]);
        }
      keep(position, changes.at(-1)?.seq ?? place);
    },
    close() {},
  };
}

const nameOf = ({ address, stream, reason }: Change): string => `${address} ${stream} ${reason}`;

async function standsLonger(target: Asking, row: Change): Promise<boolean> {
  if (row.until === null) return false;
  const there = await entryAt(target, row);
  return there !== undefined && (there.until === null || there.until > row.until);
}

/** What stands there of this reason. It is looked for in the list, since an allowance hides what it overrides elsewhere. */
async function entryAt(target: Asking, row: Change): Promise<Change | undefined> {
  const { address, stream, reason } = row;
  const { data } = await target.ask<{ data: readonly Change[] }>('GET', '/v1/suppressions', {
    query: { q: address, stream, reason, limit: PAGE },
  });
  return data.find((entry) => nameOf(entry) === nameOf(row));
}

async function releaseAt(target: Pick<Client, 'call' | 'ask'>, row: Change): Promise<void> {
  const { address, stream, reason } = row;
  const consent = reason === 'complaint' || reason === 'unsubscribe';
  const text = 'It changed on the list that this one follows.';
  await target
    .call('DELETE', `/v1/suppressions/${encodeURIComponent(address)}`, {
      query: { stream },
      json: {
        why: text,
        reasons: [reason],
        ...(consent ? { evidence: { text, at: new Date().toISOString() } } : {}),
      },
    })
    .catch(async (error: unknown) => {
      const status = error instanceof Failure ? error.status : null;
      if (status === 404) return;
      // Where it does not stand but a complaint does, that is what the answer speaks of.
      if (status === 409 && (await entryAt(target, row)) === undefined) return;
      throw error;
    });
}

/** The keys of filters come from what the hashes of erased addresses do: the secret, and the tenant. */
async function compareSecrets(...sides: readonly Asking[]): Promise<void> {
  const keys = await Promise.all(
    sides.map((side) =>
      side.ask<{ key: string }>('GET', '/v1/filter/key').then(
        ({ key }) => key,
        // A key of the API that may not ask so, or hashed addresses: then nobody can tell.
        (error: unknown) => {
          if (error instanceof Failure && (error.status === 403 || error.status === 409)) return null;
          throw error;
        },
      ),
    ),
  );
  if (!keys.includes(null) && new Set(keys).size > 1)
    say(
      'mailstop: the other server has another MAILSTOP_SECRET, or the list is of another tenant there: addresses that were erased here may be written to from there',
    );
}

async function importAt(target: Asking, rows: readonly Change[]): Promise<void> {
  const lines = rows.map(({ address, stream, reason, until }) =>
    JSON.stringify({ address, stream, reason, ...(until === null ? {} : { until }) }),
  );
  const { errors } = await target.ask<{ errors: readonly { detail: string }[] }>(
    'POST',
    '/v1/suppressions/import',
    {
      body: new TextEncoder().encode(`${lines.join('\n')}\n`),
      headers: { 'content-type': 'application/x-ndjson' },
    },
  );
  // Entries run out while we speak of them; nothing else may be left out.
  const wrong = errors.find(({ detail }) => !detail.includes('it ran out'));
  if (wrong !== undefined) throw new Failure(`the other server did not take a row: ${wrong.detail}`);
}

/** Whole or not at all. */
function keep(file: string, seq: number): void {
  write(`${file}.new`, `${JSON.stringify({ seq })}\n`, file);
  renameSync(`${file}.new`, file);
}
