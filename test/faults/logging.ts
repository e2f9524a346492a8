/** Nobody reads the log any more, or its disk is full: the server goes on, and counts what it could not say. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fill, mount, repeat, umount } from './broken-disk.ts';
import { mutants } from './build.ts';
import { type Fault, newSite, type Outcome, type Trial } from './fault.ts';
import { type Ledger, startLoad } from './load.ts';
import { compare } from './oracle.ts';
import { until } from './outgoing.ts';
import { ADMIN_KEY, type Running } from './server.ts';

/** Where the log held it up, it would never answer. */
const ANSWER_WITHIN = 8_000;
const OFTEN = 400;

interface Log {
  /** Where the server writes it. */
  readonly handle: number;
  break(): void;
  /** Null: it stays broken. What was written since is then in the file. */
  readonly mend: (() => string) | null;
  end(): void;
}

/** A pipe, at whose other end a shell does what it is told. */
function pipe(
  folder: string,
  name: string,
  script: string,
): { handle: number; reader: ChildProcess; path: string } {
  const path = join(folder, name);
  const made = spawnSync('mkfifo', [path], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`mkfifo: ${made.stderr}`);
  const reader = spawn('sh', ['-c', script, path], { stdio: 'ignore' });
  return { handle: openSync(path, 'w'), reader, path };
}

type Logs = Readonly<Record<string, (folder: string) => Log>>;

const logs: Logs = {
  'a reader that is gone'(folder) {
    const { handle, reader } = pipe(folder, 'gone', 'exec cat <"$0" >/dev/null');
    const end = () => void reader.kill('SIGKILL');
    return { handle, break: end, mend: null, end };
  },
  'a reader that reads nothing, then all'(folder) {
    const script = 'exec 3<"$0"; while [ ! -e "$0.go" ]; do sleep 0.05; done; exec cat <&3 >"$0.read"';
    const { handle, reader, path } = pipe(folder, 'blocked', script);
    return {
      handle,
      break: () => {},
      mend() {
        writeFileSync(`${path}.go`, '');
        return `${path}.read`;
      },
      end: () => void reader.kill('SIGKILL'),
    };
  },
  'a device that is full': () => ({
    handle: openSync('/dev/full', 'w'),
    break: () => {},
    mend: null,
    end: () => {},
  }),
};

export const logLost: Fault = {
  id: 'F36',
  title: 'the log is read by nobody, blocked, or goes to a device that is full',
  needs: [],
  rounds: { short: 1, long: 5 },
  control: { title: mutants.diesOfItsLog.title, mutant: mutants.diesOfItsLog, rounds: 1 },
  run: (trial) => withEach(trial, logs),
};

const files: Logs = {
  'a file on a full disk, then with space again'(folder) {
    const root = join(folder, 'small');
    mkdirSync(root);
    mount('-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', root);
    const [path, ballast] = [join(root, 'mailstop.log'), join(root, 'ballast')];
    return {
      handle: openSync(path, 'a'),
      break: () => fill(ballast),
      mend() {
        rmSync(ballast);
        return path;
      },
      // Its file is open until it has ended.
      end: () => umount('-l', root),
    };
  },
};

export const logDiskFull: Fault = {
  id: 'F36',
  title: 'the log is a file on a full disk, then there is space again',
  needs: ['root'],
  rounds: { short: 1, long: 5 },
  control: { title: mutants.diesOfItsFullLog.title, mutant: mutants.diesOfItsFullLog, rounds: 1 },
  run: (trial) => withEach(trial, files),
};

const withEach = (trial: Trial, of: Logs): Promise<Outcome> =>
  repeat(trial, async (folder) => {
    const problems: string[] = [];
    let total: Ledger | null = null;
    let dropped = 0;
    for (const [what, open] of Object.entries(of)) {
      const log = open(folder);
      try {
        const found = await withLog(trial, join(folder, what.replaceAll(/\W+/g, '-')), log);
        problems.push(...found.problems.map((problem) => `${what}: ${problem}`));
        dropped += found.dropped;
        total = found.ledger;
      } finally {
        log.end();
        closeSync(log.handle);
      }
      if (problems.length > 0) break;
    }
    return { problems, ledger: total as Ledger, note: `${dropped} lines dropped` };
  });

async function withLog(
  trial: Trial,
  folder: string,
  log: Log,
): Promise<{ problems: string[]; ledger: Ledger; dropped: number }> {
  const problems: string[] = [];
  const { file, path, ledger, server } = await newSite(trial, folder, { log: log.handle });
  log.break();
  const load = startLoad(server, path, ledger);
  // What fills the log fastest: a line for each request.
  await until(async () => {
    await askOften(server);
    return (await droppedBy(server)) !== 0;
  }, 20_000);
  await load.stop();
  const dropped = await droppedBy(server);
  if (dropped === null) problems.push('it is not there any more');
  else if (dropped === 0) problems.push('it says of no line that it is missing');
  if ((ledger.answers.get(503) ?? 0) > 0) problems.push('somebody was told to come again');
  if (dropped !== null) {
    if (log.mend !== null) {
      const read = log.mend();
      const isTold = async () => {
        await askOften(server);
        return existsSync(read) && readFileSync(read, 'utf8').includes('lines of the log were dropped');
      };
      if (!(await until(isTold, 3_000)))
        problems.push('the log does not say afterwards that lines are missing');
    }
    problems.push(...(await compare(server.url, file, ledger)));
  }
  await server.kill();
  return { problems, ledger, dropped: dropped ?? 0 };
}

/** Over one connection: all that is wanted is a line of the log for each. */
function askOften(server: Running): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => {
      const ask = 'GET /healthz HTTP/1.1\r\nHost: mailstop\r\n';
      socket.write(`${`${ask}\r\n`.repeat(OFTEN - 1)}${ask}Connection: close\r\n\r\n`);
    });
    socket.setTimeout(ANSWER_WITHIN, () => socket.destroy());
    socket.resume();
    // A server that is gone is found by what is asked next.
    socket.on('error', () => {});
    socket.once('close', () => resolve());
  });
}

/** Null where it does not answer. */
async function droppedBy(server: Running): Promise<number | null> {
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const answer = await fetch(`${server.url}/metrics`, {
    headers,
    signal: AbortSignal.timeout(ANSWER_WITHIN),
  }).catch(() => null);
  if (answer === null) return null;
  return Number(/^mailstop_log_lines_dropped_total (\d+)$/m.exec(await answer.text())?.[1] ?? 0);
}
