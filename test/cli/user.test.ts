/** `mailstop user`: a password comes from a prompt or stdin, never from an argument, and is told nowhere. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { run } from './run.ts';

const WORD = 'correct horse battery';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-user-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const user = (args: readonly string[], stdin = '') =>
  run(['user', ...args], { env: { MAILSTOP_DATABASE_URL: `file:${folder}/m.db` }, stdin });

it('a user is added with the password on stdin, listed, and removed', { timeout: 60_000 }, async () => {
  const added = await user(['add', 'ann', '--role', 'read'], `${WORD}\n`);
  expect([added.code, added.stdout, added.stderr]).toEqual([
    0,
    '',
    expect.stringContaining('ann may sign in'),
  ]);
  const listed = await user(['list', '--json']);
  expect(JSON.parse(listed.stdout).data).toMatchObject([{ name: 'ann', role: 'read' }]);
  expect(added.stderr + listed.stdout + listed.stderr).not.toMatch(/horse|scrypt/);
  expect((await user(['remove', 'ann'])).code).toBe(0);
  expect((await user(['remove', 'ann'])).stderr).toContain('There is no user of this name');
});

it('a password as an argument, none, and a short one are refused', { timeout: 60_000 }, async () => {
  expect((await user(['add', 'ann', WORD, '--role', 'read'])).code).toBe(2);
  const none = await user(['add', 'ann', '--role', 'read']);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('there is no password on stdin')]);
  const short = await user(['add', 'ann', '--role', 'read'], 'short\n');
  expect(short.stderr).toContain('must have 12 characters or more');
});
