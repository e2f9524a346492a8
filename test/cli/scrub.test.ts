import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningServer, startServer } from '../../src/server.ts';
import { configOf } from '../config-of.ts';
import { run } from './run.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ADMIN_KEY = 'scrub-test-admin-key-0123456789abcdef';
let folder = '';
let env: Record<string, string> = {};
const at = (name: string) => join(folder, name);
const linesOf = (name: string) => readFileSync(at(name), 'utf8').trimEnd().split('\n');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-scrub-'));
  env = { MAILSTOP_DATABASE_URL: `file:${at('a.db')}` };
  const suppressed = Array.from({ length: 500 }, (_, i) => `person${i * 100}@example.com`).join('\n');
  expect(await run(['import', '-', '--format', 'csv'], { env, stdin: suppressed })).toMatchObject({
    code: 0,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('scrub', () => {
  const short = [
    'person1@example.com',
    'Person100@example.com',
    'nonsense',
    'person1@example.com',
    'jörg@example.com',
  ];

  it('keeps the lines that may be sent to, in their order, and says why of the others', async () => {
    const ran = await run(['scrub', '--removed', at('why.csv')], { env, stdin: short.join('\n') });
    expect(ran).toMatchObject({ code: 0, stderr: '3 kept, 2 removed.\n' });
    expect(ran.stdout).toBe('person1@example.com\nperson1@example.com\njörg@example.com\n');
    expect(linesOf('why.csv')).toEqual([
      '"address","reason","category","code","until"',
      '"Person100@example.com","manual","","",""',
      '"nonsense","invalid-address","","",""',
    ]);
  });

  it('and check take lists as Windows writes them, with a mark before the first line and in UTF-16', async () => {
    const marked = '\ufeffperson1@example.com\r\nPerson100@example.com\r\n';
    const scrubbed = await run(['scrub'], { env, stdin: marked });
    expect(scrubbed).toMatchObject({
      stdout: 'person1@example.com\n',
      stderr: '1 kept, 1 removed (--removed FILE tells why).\n',
    });
    const checked = await run(['check', '-'], { env, stdin: marked });
    expect(checked.stdout).toMatch(/^yes\tperson1@example.com\t/);
    writeFileSync(at('wide.txt'), marked, 'utf16le');
    expect(await run(['scrub', at('wide.txt')], { env })).toMatchObject({ stdout: 'person1@example.com\n' });
  });

  it('of a long list goes by a filter, which it keeps and brings up to date, and removes the same', async () => {
    const long = Array.from({ length: 50_000 }, (_, i) => `person${i}@example.com`);
    writeFileSync(at('long.txt'), [...long, 'nonsense'].join('\r\n'));
    const args = [
      'scrub',
      at('long.txt'),
      '--kept',
      at('kept.txt'),
      '--removed',
      at('removed.csv'),
      '--json',
    ];
    const scrubbed = async () => JSON.parse((await run(args, { env })).stdout);
    expect(await scrubbed()).toEqual({ kept: 49_500, removed: 501 });
    expect(existsSync(at('a.db.filter'))).toBe(true);
    const made = readFileSync(at('a.db.filter'));
    expect(linesOf('kept.txt')).toEqual(long.filter((_, i) => i % 100 !== 0));
    expect(linesOf('removed.csv')).toHaveLength(502);

    await run(['add', 'person777@example.com'], { env });
    await run(['release', 'person100@example.com', '--why', 'a mistake'], { env });
    expect(await scrubbed()).toEqual({ kept: 49_500, removed: 501 });
    expect(linesOf('kept.txt')).not.toContain('person777@example.com');
    expect(linesOf('kept.txt')).toContain('person100@example.com');
    expect(readFileSync(at('a.db.filter'))).toEqual(made);

    writeFileSync(at('a.db.filter'), made.subarray(0, 100));
    expect(await scrubbed()).toEqual({ kept: 49_500, removed: 501 });
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('leaves no half file where it fails, and says what is wrong', async () => {
    const there = await run(['scrub', at('nothing.txt')], { env });
    expect(there).toMatchObject({ code: 2, stderr: expect.stringContaining('there is no file') });
    const kept = await run(['scrub', '--kept', at('no/such/folder')], { env, stdin: short.join('\n') });
    expect(kept).toMatchObject({ code: 1, stderr: expect.stringContaining('cannot write') });
    const stream = await run(['scrub', '--stream', 'no good', '--kept', at('x.txt')], {
      env,
      stdin: short.join('\n'),
    });
    expect(stream.code).toBe(2);
    expect(existsSync(at('x.txt'))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('filter', () => {
  it('is built, and asked with its key and without a server', async () => {
    const built = await run(['filter', 'build', at('list.filter'), '--bits', '16'], { env });
    expect(built).toMatchObject({ code: 0, stdout: expect.stringMatching(/entries +50[01]\n/) });
    const key = (await run(['filter', 'key'], { env })).stdout.trim();
    const nowhere = { MAILSTOP_DATABASE_URL: `file:${at('nowhere.db')}`, MAILSTOP_FILTER_KEY: key };
    const asked = await run(['filter', 'check', at('list.filter')], {
      env: nowhere,
      stdin: 'person200@example.com\nperson201@example.com\n',
    });
    expect(asked).toMatchObject({
      code: 3,
      stdout: 'ask\tperson200@example.com\nyes\tperson201@example.com\n',
    });
    const free = await run(['filter', 'check', at('list.filter'), 'person201@example.com'], { env: nowhere });
    expect(free.code).toBe(0);
    const wrong = await run(['filter', 'check', at('list.filter'), 'a@b.example', '--filter-key', 'msf_x'], {
      env,
    });
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining('a filter key is msf_') });
    const keyless = await run(['filter', 'check', at('list.filter'), 'a@b.example'], { env });
    expect(keyless).toMatchObject({ code: 2, stderr: expect.stringContaining('MAILSTOP_FILTER_KEY') });
  });

  it('and scrub go by a running server as well, which makes filters on a thread of its own', async () => {
    const server: RunningServer = await startServer(configOf(at('a.db'), ADMIN_KEY), {
      log: () => {},
      host: '127.0.0.1',
    });
    try {
      const remote = ['--url', server.url, '--key', ADMIN_KEY];
      const [here, there] = await Promise.all([
        run(['filter', 'build', at('here.filter'), '--json'], { env }),
        run(['filter', 'build', at('there.filter'), '--json', ...remote]),
      ]);
      const about = ({ stdout }: { stdout: string }) => ({ ...JSON.parse(stdout), file: '', built_at: '' });
      expect(about(there)).toEqual(about(here));
      const scrubbed = await run(
        [
          'scrub',
          at('long.txt'),
          '--kept',
          at('kept.txt'),
          '--filter',
          at('mine.filter'),
          '--json',
          ...remote,
        ],
        {},
      );
      expect(JSON.parse(scrubbed.stdout)).toEqual({ kept: 49_500, removed: 501 });
      expect(existsSync(at('mine.filter'))).toBe(true);
    } finally {
      await server.stop();
    }
  });
});
