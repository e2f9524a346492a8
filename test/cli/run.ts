/** The built command line: stdout, stderr and exit code apart. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

export const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

/** Nothing of the caller's own configuration reaches the command. */
export const environment = (env: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  ...env,
});

export const start = (args: readonly string[], { env = {}, cwd }: Given = {}) =>
  spawn(process.execPath, [main, ...args], {
    env: environment(env),
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });

/** Commands that have shown here that they begin and end as processes do. */
const seen = new Set<string>();
let isBusy = false;

/**
 * A process of its own for the first of each command, and for what runs beside another; in this process otherwise, since
 * to start one takes most of the time of a command.
 */
export async function run(args: readonly string[], given: Given = {}): Promise<Ran> {
  const command = args.slice(0, args.slice(0, 2).findLastIndex((arg) => /^[a-z-]+$/.test(arg)) + 1).join(' ');
  if (isBusy || !seen.has(command)) {
    seen.add(command);
    return runApart(args, given);
  }
  isBusy = true;
  try {
    return await runHere(args, given);
  } finally {
    isBusy = false;
  }
}

export function runApart(args: readonly string[], given: Given = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = start(args, given);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.end(given.stdin ?? '');
  });
}

type Program = { readonly run: (args: readonly string[]) => Promise<number> };
let program: Promise<Program> | null = null;

/** The built program, which main.js loads by a name that changes with what it holds. */
const loadProgram = (): Promise<Program> => {
  const [, name] = /import\("(\.\/program-[^"]+)"\)/.exec(readFileSync(main, 'utf8')) ?? [];
  if (name === undefined) throw new Error('dist/cli/main.js loads no program');
  return import(new URL(name, `file://${main}`).href);
};

async function runHere(args: readonly string[], { env, stdin = '', cwd }: Given): Promise<Ran> {
  program ??= loadProgram();
  const { run: main } = await program;
  const [stdout, stderr] = [new Collected(), new Collected()];
  const before = { env: process.env, cwd: process.cwd(), exitCode: process.exitCode };
  const streams = ['stdout', 'stderr', 'stdin'].map(
    (name) => [name, Object.getOwnPropertyDescriptor(process, name) ?? {}] as const,
  );
  const put = (name: string, value: unknown) =>
    Object.defineProperty(process, name, { value, configurable: true, enumerable: true });
  try {
    process.env = environment(env);
    process.exitCode = undefined;
    if (cwd !== undefined) process.chdir(cwd);
    put('stdout', stdout);
    put('stderr', stderr);
    put('stdin', Readable.from(stdin === '' ? [] : [Buffer.from(stdin)]));
    const code = await main(args);
    return { code, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    for (const [name, descriptor] of streams) Object.defineProperty(process, name, descriptor);
    process.env = before.env;
    process.exitCode = before.exitCode;
    process.chdir(before.cwd);
  }
}

/** What was written, as a pipe would take it. */
class Collected extends Writable {
  readonly #chunks: Buffer[] = [];
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }
  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
