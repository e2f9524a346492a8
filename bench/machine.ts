/** Servers, children and memory: what several workloads need of the machine. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, pause, type Running, start } from '../test/faults/server.ts';

export interface Settings {
  /** Of each measurement. */
  readonly seconds: number;
  /** Sizes of the list, the smallest first. */
  readonly sizes: readonly number[];
  /** The database with so many entries. It is made where it is missing, and grows as it is measured. */
  databaseOf(entries: number): Promise<string>;
  /** A folder that is gone afterwards. */
  readonly folder: string;
}

/** A server whose log goes to a file, as a service's does: a pipe would have to be read here meanwhile. */
export async function startServer({ folder }: Settings, file: string): Promise<Running> {
  const log = openSync(join(folder, 'log'), 'a');
  try {
    return await start(file, { log });
  } finally {
    closeSync(log);
  }
}

/** Forgets the peak so far; does nothing where there is no /proc. */
export function watchMemory(pid: number): () => number | undefined {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    return () => undefined;
  }
  return () => peakNow(pid);
}

/** MiB; undefined where the process has just ended, or there is no /proc. */
function peakNow(pid: number): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
}

export const pidOf = ({ process: { pid } }: Running): number => pid ?? 0;

export async function bareServer(env: Record<string, string> = {}): Promise<{ url: string; stop(): void }> {
  const port = await freePort();
  const child = spawn(process.execPath, [fileURLToPath(new URL('bare-server.ts', import.meta.url))], {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${url}/constant/x`).then(
      () => true,
      () => false,
    ))
  )
    await pause(20);
  return { url, stop: () => child.kill() };
}

export interface Ended {
  readonly seconds: number;
  /** MiB; undefined where there is no /proc. */
  readonly peak: number | undefined;
  readonly stdout: string;
}

/** Runs a command to its end, with its memory watched from outside. */
export async function timed(
  command: string,
  args: readonly string[],
  { env = {}, stdin }: { readonly env?: Readonly<Record<string, string>>; readonly stdin?: string } = {},
): Promise<Ended> {
  const began = performance.now();
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(stdin);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  let peak: number | undefined;
  const watching = setInterval(() => {
    const now = peakNow(child.pid ?? 0);
    if (now !== undefined) peak = now;
  }, 20);
  const code = await ended(child);
  clearInterval(watching);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${stderr.slice(-500)}`);
  return { seconds: (performance.now() - began) / 1000, peak, stdout };
}

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });

/** The median: a noisy neighbour spoils one of three. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
