/** A real server in a process of its own, to be killed, starved and broken. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { shipped } from './build.ts';

export const ADMIN_KEY = 'fault-harness-admin-key-0123456789abcdef';

export interface StartOptions {
  /** Main file of another build. */
  readonly main?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where its log goes, as a file descriptor; kept in memory for `said` where absent. */
  readonly log?: number;
  /** User to run as. */
  readonly uid?: number;
}

export interface Running {
  readonly url: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Milliseconds until it was ready. */
  readonly startedIn: number;
  /** What it said on stderr: its log. */
  said(): string;
  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void>;
  /** Waits for an end of its own: the exit code, null where a signal was the reason. */
  ended(withinMs: number): Promise<number | null | 'still there'>;
}

/** Throws with what the server said where it does not become ready. */
export async function start(
  databaseFile: string,
  { main = shipped, env = {}, log, uid }: StartOptions = {},
): Promise<Running> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, [main, 'serve'], {
    env: {
      ...process.env,
      PORT: String(port),
      MAILSTOP_DATABASE_URL: `file:${databaseFile}`,
      MAILSTOP_ADMIN_KEY: ADMIN_KEY,
      ...env,
    },
    stdio: ['ignore', 'ignore', log ?? 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  running.add(child);
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  const exited = new Promise<number | null>((resolve) =>
    child.once('close', (code) => {
      running.delete(child);
      resolve(code);
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  const isReady = () =>
    fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null || child.signalCode !== null) {
      await exited;
      throw new NotStarted(said);
    }
    if (performance.now() - began > 15_000) {
      child.kill('SIGKILL');
      throw new NotStarted(`not ready after 15 s: ${said}`);
    }
    await pause(15);
  }
  return {
    url,
    port,
    process: child,
    startedIn: performance.now() - began,
    said: () => said,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    ended: (withinMs) => Promise.race([exited, pause(withinMs).then(() => 'still there' as const)]),
  };
}

const running = new Set<ChildProcess>();

/** What a trial that broke down has left behind. */
export async function killAll(): Promise<void> {
  const gone = [...running].map((child) => new Promise((resolve) => child.once('close', resolve)));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(gone);
}

export class NotStarted extends Error {}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no port')),
      );
    });
  });

export async function api<Answer>(url: string, path: string, body?: unknown): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as Answer;
}
