/** Stdout and stderr that cannot be written. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { environment, main, type Ran, run } from './run.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

/** Takes nothing, as a disk that is full. Linux has it. */
const FULL = '/dev/full';

let folder = '';
let env: Record<string, string> = {};
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-output-'));
  env = { MAILSTOP_DATABASE_URL: `file:${join(folder, 'a.db')}` };
  await run(['add', 'ann@example.com'], { env });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The other stream is collected. */
function runInto(full: 'stdout' | 'stderr', args: readonly string[], stdin = ''): Promise<Ran> {
  const fd = openSync(FULL, 'w');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      env: environment(env),
      stdio: ['pipe', full === 'stdout' ? fd : 'pipe', full === 'stderr' ? fd : 'pipe'],
    });
    const told = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        told[name] += text;
      });
    child.once('error', reject);
    child.once('close', (code) => {
      closeSync(fd);
      resolve({ code, ...told });
    });
    child.stdin?.end(stdin);
  });
}

describe.skipIf(!existsSync(FULL))('where there is no room', () => {
  it.each([
    ['export', ''],
    ['list', ''],
    ['list --json', ''],
    ['check ann@example.com', ''],
    ['check', 'ann@example.com\n'],
    ['scrub', 'bob@example.com\n'],
    ['explain 504', ''],
    ['explain --help', ''],
    ['--version', ''],
  ])('"mailstop %s" fails with one sentence', async (line, stdin) => {
    const { code, stderr } = await runInto('stdout', line.split(' '), stdin);
    expect(stderr).toMatch(/^mailstop: cannot write to stdout \(ENOSPC: no space left on device.*\)\n$/);
    expect(code).toBe(1);
  });

  it('for what a command says beside its data, it still does its work', async () => {
    const { code, stdout } = await runInto('stderr', ['add', 'eve@example.com']);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('eve@example.com') });
    expect((await runInto('stderr', ['add'])).code).toBe(2);
  });
});
