/** Bounce mail by the command line: return paths, and the program that a mail server pipes messages into. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../src/store/sqlite.ts';
import { bounceMail } from '../bounce-mail.ts';
import { run } from './run.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let folder = '';
let file = '';
let env: Record<string, string> = {};
let source = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-mail-'));
  file = join(folder, 'a.db');
  env = { MAILSTOP_DATABASE_URL: `file:${file}` };
  const made = await run(['source', 'add', 'dsn', '--trust', 'full', '--json'], { env });
  source = JSON.parse(made.stdout).id;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const isSuppressed = async (address: string) => (await run(['check', address], { env })).code === 3;

describe('mailstop ingest', () => {
  it('takes a message from a pipe, once', async () => {
    const stdin = bounceMail({ recipient: 'ann@example.com' });
    expect(await run(['ingest'], { env, stdin })).toMatchObject({ code: 0, stdout: '1 event taken in\n' });
    const again = await run(['ingest'], { env, stdin });
    expect(again).toMatchObject({ code: 0, stdout: '0 events taken in, 1 known\n' });
    expect(await isSuppressed('ann@example.com')).toBe(true);
  });

  it('takes files, an mbox among them, and adds up what became of them', async () => {
    const [one, many, odd] = ['one.eml', 'many.mbox', 'odd.eml'].map((name) => join(folder, name));
    writeFileSync(String(one), bounceMail({ recipient: 'one@example.com' }));
    const mails = ['two', 'three'].map((name) => bounceMail({ recipient: `${name}@example.com` }));
    writeFileSync(
      String(many),
      mails.map((mail) => `From mailer-daemon Thu Jan  1 00:00:00 2026\n${mail}\n`).join(''),
    );
    writeFileSync(String(odd), 'Subject: hello\n\nNo bounce at all.\n');
    const ran = await run(['ingest', '--json', '--source', source, String(one), String(many), String(odd)], {
      env,
    });
    expect(JSON.parse(ran.stdout)).toEqual({ accepted: 3, duplicates: 0, ignored: 0, quarantined: 1 });
    expect(await isSuppressed('three@example.com')).toBe(true);
  });

  it('loses nothing when a mail server starts many at once', async () => {
    const names = Array.from({ length: 12 }, (_, i) => `many${i}@example.com`);
    const ran = await Promise.all(
      names.map((recipient) => run(['ingest'], { env, stdin: bounceMail({ recipient }) })),
    );
    expect(ran.map(({ code, stderr }) => `${code} ${stderr}`)).toEqual(names.map(() => '0 '));
    const checked = await run(['check', ...names, '--json'], { env });
    const { results } = JSON.parse(checked.stdout);
    expect(results.filter((result: { suppressed: boolean }) => result.suppressed)).toHaveLength(names.length);
  });

  it('tells the mail server to come again while another holds the database', async () => {
    const db = openDatabase(file);
    db.exec('begin immediate');
    try {
      const ran = await run(['ingest'], { env, stdin: bounceMail({ recipient: 'later@example.com' }) });
      expect(ran.code, ran.stderr).toBe(75);
      expect(ran.stderr).not.toContain('later@example.com');
    } finally {
      db.exec('rollback');
      db.close();
    }
    expect(await isSuppressed('later@example.com')).toBe(false);
  });

  it.each<[string, string[], Record<string, string>, string]>([
    ['an unknown source', ['--source', 'dsn_0123456789012345678901'], {}, 'source'],
    ['no database', [], { MAILSTOP_DATABASE_URL: 'file:/nowhere/a.db' }, '/nowhere/a.db'],
    ['a broken environment', [], { MAILSTOP_SECRET: 'short' }, 'MAILSTOP_SECRET'],
    ['a file that is not there', ['/nowhere/bounce.eml'], {}, '/nowhere/bounce.eml'],
  ])('keeps the mail waiting for %s', async (_title, args, more, words) => {
    const ran = await run(['ingest', ...args], { env: { ...env, ...more }, stdin: bounceMail({}) });
    expect(ran.code, ran.stderr).toBe(75);
    expect(ran.stderr).toContain(words);
  });

  it('asks which source is meant where there are several', async () => {
    const other = { MAILSTOP_DATABASE_URL: `file:${join(folder, 'two.db')}` };
    const ingest = () => run(['ingest'], { env: other, stdin: bounceMail({}) });
    await run(['source', 'add', 'generic'], { env: other });
    expect(await ingest()).toMatchObject({ code: 75, stderr: expect.stringContaining('source add dsn') });
    for (const name of ['a', 'b']) await run(['source', 'add', 'dsn', '--name', name], { env: other });
    expect(await ingest()).toMatchObject({ code: 75, stderr: expect.stringContaining('--source') });
  });
});

describe('mailstop tag', () => {
  it('makes the tag of one address, lines for many, and shows the key', async () => {
    const one = await run(['tag', 'ann@example.com'], { env });
    expect(one.stdout).toMatch(/^[a-z2-7]{16}\n$/);
    const many = await run(['tag'], { env, stdin: 'ann@example.com\nnobody\n' });
    expect(many).toMatchObject({
      code: 1,
      stdout: `ann@example.com\t${one.stdout}nobody\tinvalid-address\n`,
    });
    const shown = JSON.parse((await run(['tag', '--show-key', '--json'], { env })).stdout);
    expect(shown).toEqual({ name: 'mailstop_tag', key: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('is asked for by a source until it is told not to', async () => {
    const tagless = await run(['source', 'add', 'generic', '--recipient-tag', '--json'], { env });
    const { id, recipient_tag } = JSON.parse(tagless.stdout);
    expect(recipient_tag).toBe(true);
    const bounced = JSON.stringify({
      recipient: 'tag@example.com',
      event: 'bounce',
      text: '550 5.1.1 unknown',
    });
    await run(['ingest', '--source', id], { env, stdin: bounced });
    expect(await isSuppressed('tag@example.com')).toBe(false);
    await run(['source', 'change', id, '--no-recipient-tag'], { env });
    const again = bounced.replace('unknown', 'no such user');
    await run(['ingest', '--source', id], { env, stdin: again });
    expect(await isSuppressed('tag@example.com')).toBe(true);
  });
});

describe('mailstop verp', () => {
  it('makes the return path of one address, and lines for many', async () => {
    const one = await run(['verp', 'ann@example.com', '--return-path', 'bounces@example.org'], { env });
    expect(one.stdout).toMatch(/^bounces\+[a-z2-7]{16}=ann=example\.com@example\.org\n$/);
    const stdin = 'ann@example.com\nnobody\n';
    const many = await run(['verp', '--return-path', 'bounces@example.org'], { env, stdin });
    expect(many).toMatchObject({
      code: 1,
      stdout: `ann@example.com\t${one.stdout}nobody\tinvalid-address\n`,
    });
    const asJson = await run(['verp', '--json', '--return-path', 'b@example.org'], { env, stdin });
    expect(
      asJson.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { address: 'ann@example.com', error: null },
      { address: 'nobody', return_path: null },
    ]);
  });

  it('needs to know where bounces go', async () => {
    expect(await run(['verp', 'ann@example.com'], { env })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('return_path must be an address'),
    });
    const site = { ...env, MAILSTOP_PUBLIC_URL: 'https://mail.example.org' };
    expect((await run(['verp', 'ann@example.com'], { env: site })).stdout).toContain('@mail.example.org\n');
  });

  it('makes what a bounce is proven by', async () => {
    const made = await run(['source', 'add', 'dsn', '--trust', 'proven', '--json'], { env });
    const strict = JSON.parse(made.stdout).id;
    const path = (
      await run(['verp', 'eve@example.com', '--return-path', 'b@example.org'], { env })
    ).stdout.trim();
    await run(['ingest', '--source', strict], { env, stdin: bounceMail({ recipient: 'eve@example.com' }) });
    expect(await isSuppressed('eve@example.com')).toBe(false);
    await run(['ingest', '--source', strict], {
      env,
      stdin: bounceMail({ recipient: 'eve@example.com', to: path }),
    });
    expect(await isSuppressed('eve@example.com')).toBe(true);
  });
});
