/**
 * A copy of the built server with one deliberate fault in it: the negative control of a fault test, which must find
 * it. The text to be replaced must be there exactly once, so that a control cannot go stale unseen.
 */
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('../../', import.meta.url));

export interface Mutant {
  /** What is wrong with it, in a few words. */
  readonly title: string;
  /** Below dist/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** The server as it is shipped. */
export const shipped = join(project, 'dist/cli/main.js');

/** Path of the mutant's main file. */
export function build(folder: string, { file, from, to }: Mutant): string {
  const copy = mkdtempSync(join(folder, 'mutant-'));
  for (const part of ['dist', 'migrations', 'package.json'])
    cpSync(join(project, part), join(copy, part), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  const path = join(copy, 'dist', file);
  const parts = readFileSync(path, 'utf8').split(from);
  if (parts.length !== 2) throw new Error(`${file} holds ${JSON.stringify(from)} ${parts.length - 1} times`);
  writeFileSync(path, parts.join(to));
  return join(copy, 'dist/cli/main.js');
}

const answered = `{ type: 'intake', counts: { accepted: job.events.length, duplicates: 0, ignored: job.ignored.length, quarantined: job.unreadable.length } }`;
const submit = 'const result = await committer.submit(job);';

export const mutants = {
  answersFirst: {
    title: 'commit moved after the answer',
    file: 'app/ingest.js',
    from: submit,
    to: `committer.submit(job).catch(() => {}); const result = ${answered};`,
  },
  answersAnyway: {
    title: 'a failed commit answered with 200',
    file: 'app/ingest.js',
    from: submit,
    to: `const result = await committer.submit(job).catch(() => (${answered}));`,
  },
  diesAfterCommit: {
    title: 'killed between commit and answer',
    file: 'app/ingest.js',
    from: submit,
    to: `${submit} process.kill(process.pid, 'SIGKILL'); await new Promise(() => {});`,
  },
  syncsSeldom: {
    title: 'synchronous=NORMAL',
    file: 'store/sqlite.js',
    from: 'synchronous = FULL',
    to: 'synchronous = NORMAL',
  },
  waitsForLocks: {
    title: 'busy_timeout=5000',
    file: 'store/sqlite.js',
    from: 'busy_timeout = 250',
    to: 'busy_timeout = 5000',
  },
  livesOn: {
    title: 'a failed fsync taken for a passing trouble',
    file: 'store/sqlite.js',
    from: 'if (isLostSync(error)) {',
    to: 'if (false) {',
  },
  believesAll: {
    title: 'verification off',
    file: 'app/origin.js',
    from: 'export async function verifyOrigin(source, request, io) {',
    to: 'export async function verifyOrigin(source, request, io) { return { ok: true, value: {} };',
  },
  takesAll: {
    title: 'no limit of requests at once',
    file: 'http/webhooks.js',
    from: 'if (room.requests >= intakeLimits.requests)',
    to: 'if (false)',
  },
  knowsNothingAgain: {
    title: 'a redelivery taken for something new',
    file: 'app/ingest.js',
    from: 'digest: digestOf(identityOf(event.value, item.event.at)),',
    to: 'digest: digestOf(id),',
  },
  fillsIn: {
    title: 'a body that broke off taken for whole',
    file: 'http/body.js',
    from: 'new Uint8Array(await request.arrayBuffer())',
    to: `new Uint8Array(await request.arrayBuffer().catch(() => new TextEncoder().encode('{"recipient":"ghost@example.com","event":"complaint","id":"event-0"}')))`,
  },
} as const satisfies Record<string, Mutant>;
