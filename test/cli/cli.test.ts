import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test, vi } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { openDatabase } from '../../src/store/sqlite.ts';
import { run, start } from './run.ts';

// Each command is a process of its own, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const ADMIN_KEY = 'cli-test-admin-key-0123456789abcdefgh';
const packageJson = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

let folder = '';
let env: Record<string, string> = {};
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-cli-'));
  env = { MAILSTOP_DATABASE_URL: `file:${join(folder, 'a.db')}` };
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fresh = (): { env: Record<string, string>; file: string } => {
  const file = join(mkdtempSync(join(folder, 'fresh-')), 'a.db');
  return { env: { MAILSTOP_DATABASE_URL: `file:${file}` }, file };
};
/** A command that must work, on the database of this file. */
async function works(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(args, { env });
  expect({ args, code, stderr }).toMatchObject({ code: 0 });
  return stdout;
}
const json = async (...args: string[]) => JSON.parse(await works(...args, '--json'));

describe.concurrent('help', () => {
  it('lists every command with its summary, and examples, on stdout', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const name of [
      'serve',
      'migrate',
      'demo',
      'check',
      'list',
      'add',
      'release',
      'import',
      'export',
      'explain',
      'classify',
      'why',
      'source',
      'key',
      'tenant',
      'replay',
      'unmapped',
      'audit',
      'doctor',
    ]) {
      expect(stdout).toMatch(new RegExp(`^  ${name} .*[a-z]`, 'm'));
    }
    expect(stdout).toContain('mailstop explain 504');
  });

  test.each([['check'], ['release'], ['source', 'add'], ['key', 'create'], ['serve'], ['explain']])(
    '%s teaches with an example or its environment',
    async (...args) => {
      const { code, stdout } = await run([...args, '--help']);
      expect(code).toBe(0);
      expect(stdout).toMatch(/Examples:|Options:/);
      expect(stdout).toContain('--json');
    },
  );

  it('prints the version', async () => {
    expect((await run(['--version'])).stdout).toBe(`${packageJson.version}\n`);
  });
});

/** What each command that works on no list from elsewhere needs to be called at all. */
const operandsOf = (command: string): readonly string[] =>
  command === 'copy'
    ? ['--from', 'file:a.db', '--to', 'file:b.db']
    : ['backup', 'restore', 'filter check'].includes(command)
      ? ['some.file']
      : [];

describe.concurrent('wrong usage is one clear sentence on stderr and exit code 2', () => {
  test.each([
    [['chekc', 'a@example.com'], "unknown command 'chekc'; did you mean check?"],
    [['source', 'lst'], "unknown command 'lst'; did you mean list?"],
    [['list', '--reson', 'x'], "unknown option '--reson'; did you mean --reason?"],
    [['add'], "missing required argument 'address'"],
    [['add', 'a@example.com', 'b@example.com'], 'too many arguments'],
    [['release', 'a@example.com'], "required option '--why <text>' not specified"],
    [['release', '--why', 'x'], 'name an address, or select entries with --code'],
    [
      ['release', 'a@example.com', '--code', '504', '--why', 'x'],
      'an address and a selection do not go together',
    ],
    [['check', 'a@example.com', '--url', 'http://localhost:1'], '--url needs --key'],
    [
      ['check', 'a@example.com', '--url', 'localhost:1', '--key', 'k'],
      '--url must be the address of a server',
    ],
    [
      ['check', 'a@example.com', '--url', 'http://localhost:1', '--key', 'k', '--tenant', 't'],
      '--tenant is for the local database',
    ],
    [['source', 'add', 'generic', '--key', 'mine'], 'a source’s own is --secret'],
    ...[
      ['migrate', 'the server brings its own database up to date when it starts'],
      ['serve', 'it is the server'],
      ['demo', 'it works on a database of its own'],
      ['backup', 'mailstop copy --from URL --from-key KEY --to file:backup.db'],
      ['restore', 'mailstop copy --from file:BACKUP --to URL --to-key KEY'],
      ['copy', '--from and --to'],
      ['alert test', 'it mails from here'],
      ['filter check', 'it asks a file'],
    ].flatMap(([words = '', sentence = '']): [string[], string][] => [
      [[...words.split(' '), ...operandsOf(words), '--url', 'http://localhost:1', '--key', 'k'], sentence],
      [[...words.split(' '), ...operandsOf(words), '--tenant', 't'], sentence],
      [['--url', 'http://localhost:1', ...words.split(' '), ...operandsOf(words)], sentence],
    ]),
    [['import', 'no-such-file.csv'], 'there is no file "no-such-file.csv"'],
    [['import', '-'], 'say what stdin is with --format csv or --format ndjson'],
    [['import', 'list.json'], `jq -c '.[]' "list.json" | mailstop import --format ndjson -`],
    [['import', 'list.xlsx'], '"list.xlsx" is a spreadsheet; save it as CSV (UTF-8) first'],
    [['export', '--format', 'xml'], "argument 'xml' is invalid"],
  ])('%j', async (args, sentence) => {
    const { code, stdout, stderr } = await run(args, { env });
    expect(stderr).toContain(sentence);
    expect(stderr).toMatch(/^mailstop: .*\n$/);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  it('names every problem of the environment at once', async () => {
    const { code, stderr } = await run(['list'], { env: { PORT: 'x', MAILSTOP_SECRET: 'short' } });
    expect(code).toBe(2);
    expect(stderr).toMatch(/PORT must be[\s\S]*MAILSTOP_SECRET must have/);
    expect(stderr).not.toContain('short');
  });
});

describe.concurrent('without a database', () => {
  it('explains 504, and leaves nothing behind', async () => {
    const { env, file } = fresh();
    const { code, stdout, stderr } = await run(['explain', '504'], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^504 {2}.*RFC 5321/);
    expect(stdout).toMatch(/Severity +medium/);
    expect(stdout).toMatch(/Category +protocol/);
    expect(stdout).toMatch(/Action +suppress/);
    expect(stdout).not.toContain('\u001b');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expect(readdirSync(join(file, '..'))).toEqual([]);
  });

  it('explains a reply as JSON and as Markdown', async () => {
    const { env } = fresh();
    const reply = '550 5.1.1 user unknown';
    expect(JSON.parse((await run(['explain', reply, '--json'], { env })).stdout)).toMatchObject({
      code: '550',
      enhanced: '5.1.1',
      category: 'mailbox-unknown',
      action: 'suppress',
    });
    expect((await run(['explain', reply, '--markdown'], { env })).stdout).toMatch(
      /^> 550 5\.1\.1 user unknown\n[\s\S]*\| Category \| mailbox-unknown \|/,
    );
  });

  it('fails on a code that nobody has', async () => {
    const { code, stdout, stderr } = await run(['explain', '999'], { env: fresh().env });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^mailstop: .*\n$/);
  });

  it('classifies lines of stdin in order, one object a line', async () => {
    const { stdout, stderr } = await run(['classify', '-', '--json'], {
      env: fresh().env,
      stdin: '452 4.2.2 mailbox full\r\n\n504 5.5.4 no\n',
    });
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ reply, category }) => [reply, category])).toEqual([
      ['452 4.2.2 mailbox full', 'mailbox-full'],
      ['504 5.5.4 no', 'protocol'],
    ]);
    expect(stderr).toBe('retry: 1, suppress: 1\n');
  });

  it('classifies a file, and refuses one beside replies', async () => {
    const { env } = fresh();
    const file = join(mkdtempSync(join(folder, 'replies-')), 'replies.txt');
    writeFileSync(file, '550 5.1.1 user unknown\n421 4.7.0 too many connections\n');
    const { stdout, stderr } = await run(['classify', '--file', file], { env });
    expect(stdout.split('\n').map((line) => line.split('\t').slice(0, 3).join(' '))).toEqual([
      'suppress mailbox-unknown suppress',
      'retry rate-limited note',
      '',
    ]);
    expect(stderr).toBe('suppress: 1, retry: 1\n');
    expect((await run(['classify', '--file', file, '550'], { env })).code).toBe(2);
  });

  it('does not let a reply steer the terminal', async () => {
    const { stdout } = await run(['explain', '550 5.1.1 \u001b[2Juser \u001b]0;x\u0007unknown'], {
      env: fresh().env,
    });
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });

  test.each([['check', 'a@example.com'], ['list'], ['export'], ['why', 'a@example.com'], ['doctor']])(
    '%s fails rather than answer from an empty list',
    async (...args) => {
      const { env, file } = fresh();
      const { code, stdout, stderr } = await run(args, { env });
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(`there is no database at ${file}`);
      expect(readdirSync(join(file, '..'))).toEqual([]);
    },
  );
});

describe('the list', () => {
  it('is asked, changed and told, with exit code 3 for suppressed', async () => {
    expect(await works('migrate')).toMatch(/^0001_.*\.sql\n/);
    expect(await works('migrate')).toBe('');
    expect((await run(['check', 'ann@example.com'], { env })).code).toBe(0);
    await works('add', 'Ann@Example.com', '--note', 'asked by phone');
    const suppressed = await run(['check', 'ann@example.com', 'bob@example.com'], { env });
    expect(suppressed.code).toBe(3);
    expect(suppressed.stdout).toMatch(/^ann@example\.com +no +manual/m);
    expect(suppressed.stdout).toMatch(/^bob@example\.com +yes/m);
    expect(suppressed.stderr).toBe('');
    expect((await json('list')).data).toMatchObject([
      { address: 'ann@example.com', reason: 'manual', note: 'asked by phone' },
    ]);
    expect(await works('why', 'ann@example.com')).toMatch(
      /^ann@example\.com is suppressed: no mail at all\.[\s\S]*An entry by hand, on the list since/,
    );
    expect((await json('release', 'ann@example.com', '--why', 'a test')).released).toMatchObject([
      { state: 'released' },
    ]);
    expect((await run(['check', 'ann@example.com'], { env })).code).toBe(0);
    expect(await works('why', 'ann@example.com')).toMatch(/cli +.*a test/);
    expect(await works('audit')).toMatch(/suppression\.release/);
  });

  it('releases by selection, after a look', async () => {
    await works('add', 'first@one.test');
    await works('add', 'second@two.test');
    const selection = ['release', '--reason', 'manual', '--domain', 'one.test', '--why', 'a test'];
    expect(await json(...selection, '--dry-run')).toMatchObject({ dry_run: true, matched: 1, released: 0 });
    expect((await run(['check', 'first@one.test'], { env })).code).toBe(3);
    expect(await json(...selection)).toMatchObject({ matched: 1, released: 1 });
    expect((await run(['check', 'first@one.test'], { env })).code).toBe(0);
    expect((await run(['check', 'second@two.test'], { env })).code).toBe(3);
  });

  it('takes a release back', async () => {
    await works('add', 'back@one.test');
    const { id } = await json('release', 'back@one.test', '--why', 'a test');
    expect((await run(['check', 'back@one.test'], { env })).code).toBe(0);
    expect(await json('release', '--undo', id, '--why', 'not so')).toMatchObject({ restored: 1 });
    expect((await run(['check', 'back@one.test'], { env })).code).toBe(3);
    expect(await run(['release', '--undo', id, '--why', 'not so'], { env })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('taken back before'),
    });
  });

  it('says of a file that is no backup which one it is, and what to give', async () => {
    const place = mkdtempSync(join(folder, 'restore-'));
    const at = { env: { MAILSTOP_DATABASE_URL: `file:${join(place, 'new', 'mailstop.db')}` } };
    const junk = join(place, 'junk.db');
    for (const [text, why] of [
      ['junk', 'is not a SQLite database'],
      ['', 'is empty, so it is no database'],
    ] as const) {
      writeFileSync(junk, text);
      const { code, stderr } = await run(['restore', junk], at);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining(`${junk} ${why}; give a file that mailstop backup has made`),
      ]);
      expect(stderr).not.toMatch(/\.restore-|MAILSTOP_DATABASE_URL/);
    }
    expect((await run(['restore', place], at)).stderr).toContain(`${place} is no file`);
  });

  it('T095 an address that cannot be read is never a yes', async () => {
    const { code, stdout } = await run(['check', 'nonsense', '--json'], { env });
    expect(code).toBe(1);
    expect(JSON.parse(stdout).results).toMatchObject([
      { address: 'nonsense', suppressed: null, error: 'invalid-address' },
    ]);
  });

  it('takes any number of addresses on stdin', async () => {
    await works('add', 'last@example.com');
    const addresses = [
      ...Array.from({ length: 2_500 }, (_, i) => `person${i}@example.com`),
      'last@example.com',
    ];
    const { code, stdout } = await run(['check', '--json'], { env, stdin: addresses.join('\n') });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ address }) => address)).toEqual(addresses);
    expect(lines.filter(({ suppressed }) => suppressed)).toHaveLength(1);
    expect(code).toBe(3);
  });

  it('refuses what is no address as wrong usage', async () => {
    const { code, stderr } = await run(['add', 'nonsense'], { env });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^mailstop: .*address.*\n$/);
  });

  it('releases a complaint only with evidence', async () => {
    await works('add', 'eve@example.com', '--reason', 'complaint');
    expect(
      (await run(['release', 'eve@example.com', '--reasons', 'complaint', '--why', 'x'], { env })).code,
    ).toBe(1);
    expect(
      (
        await run(
          ['release', 'eve@example.com', '--reasons', 'complaint', '--why', 'x', '--evidence', 'form'],
          { env },
        )
      ).code,
    ).toBe(2);
    await works(
      'release',
      'eve@example.com',
      '--reasons',
      'complaint',
      '--why',
      'x',
      '--evidence',
      'form /join',
      '--evidence-at',
      new Date().toISOString(),
    );
  });
});

describe('sources, keys and tenants', () => {
  it('makes a source with a secret of its own, and switches it', async () => {
    const { code, stdout, stderr } = await run(['source', 'add', 'generic', '--name', 'try it'], { env });
    expect(code).toBe(0);
    const id = /generic_[A-Za-z0-9]{22}/.exec(stdout)?.[0] ?? '';
    expect(stdout).toContain(`http://localhost:8787/webhooks/${id}`);
    expect(stdout).toMatch(/secret +[A-Za-z0-9]{43}/);
    expect(stderr).toContain('curl -s http://localhost:8787/webhooks/');
    const tested = await run(['source', 'test', id], { env });
    expect(tested.code, tested.stderr).toBe(0);
    expect(tested.stdout).toMatch(/200 +bounce +550 5\.1\.1 +all +dead +suppress/);
    expect(tested.stderr).toContain('proven by the secret of the source');
    await works('source', 'change', id, '--secret', 'another-secret-of-mine', '--map', 'news=newsletter');
    expect(await json('source', 'show', id)).toMatchObject({ streams: { news: 'newsletter' } });
    expect((await run(['source', 'change', id], { env })).code).toBe(2);
    expect(await json('source', 'pause', id)).toMatchObject({ id, paused_at: expect.any(String) });
    expect((await run(['source', 'show', id], { env })).stdout).toMatch(/state +paused/);
    expect(await json('source', 'resume', id)).toMatchObject({ id, paused_at: null, waiting: 0 });
    expect(await json('source', 'disable', id)).toMatchObject({ id, disabled: true });
    expect(await json('source', 'enable', id)).toMatchObject({ id, disabled: false });
    expect((await json('source', 'list')).data.map((one: { id: string }) => one.id)).toContain(id);
    await works('source', 'remove', id);
    expect((await run(['source', 'show', id], { env })).code).toBe(1);
  });

  it('tells by the doctor which alarms of a source are open, and what to do', async () => {
    const { env, file } = fresh();
    expect((await run(['migrate'], { env })).code).toBe(0);
    const made = await run(['source', 'add', 'generic', '--name', 'Shop', '--json'], { env });
    const { id } = JSON.parse(made.stdout);
    const since = Date.parse('2026-11-20T08:30:00Z');
    const db = openDatabase(file);
    db.prepare('update sources set rejected_since = ?, unreadable_since = ?, allow_unsigned = 1').run(
      since,
      since,
    );
    db.close();
    const { code, stdout } = await run(['doctor', '--json'], { env });
    expect(code).toBe(0);
    const told = JSON.parse(stdout).findings.filter(({ about }: { about: string }) => about === 'source');
    expect(told).toEqual([
      { about: 'source', state: 'warning', detail: expect.stringContaining(' is unsigned: ') },
      {
        about: 'source',
        state: 'warning',
        detail: expect.stringContaining('Shop is refused for want of proof since 2026-11-20 08:30 UTC: '),
      },
      {
        about: 'source',
        state: 'warning',
        detail: expect.stringContaining('Shop sends what cannot be read since 2026-11-20 08:30 UTC: '),
      },
    ]);
    expect(told[1].detail).toContain(`mailstop source change ${id} --secret -`);
  });

  it('takes a secret from stdin, and tells what a provider needs', async () => {
    const given = await run(['source', 'add', 'mailgun', '--secret', '-', '--json'], {
      env,
      stdin: 'key-0123456789abcdef0123456789abcdef\n',
    });
    expect(JSON.parse(given.stdout)).toMatchObject({ provider: 'mailgun', unsigned: false });
    expect(given.stdout).not.toContain('key-0123456789');
    const missing = await run(['source', 'add', 'sendgrid'], { env });
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain('/secrets/keys');
    const unknown = await run(['source', 'add', 'sendgird'], { env });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('sendgrid');
  });

  it('keeps tenants apart', async () => {
    await works('tenant', 'create', 'shop', '--name', 'The shop');
    expect((await json('tenant', 'list')).data.map((one: { id: string }) => one.id)).toEqual([
      'default',
      'shop',
    ]);
    await works('add', 'zoe@example.com', '--tenant', 'shop');
    expect((await run(['check', 'zoe@example.com', '--tenant', 'shop'], { env })).code).toBe(3);
    expect((await run(['check', 'zoe@example.com'], { env })).code).toBe(0);
    const unknown = await run(['list', '--tenant', 'nobody'], { env });
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('there is no tenant "nobody"');
  });

  it('makes a key that is shown once, and revokes it', async () => {
    const made = await json('key', 'create', '--name', 'sender', '--scopes', 'check,read');
    expect(made).toMatchObject({
      name: 'sender',
      scopes: ['check', 'read'],
      key: expect.stringMatching(/^msk_/),
    });
    const list = await works('key', 'list');
    expect(list).toContain(made.id);
    expect(list).not.toContain(made.key);
    await works('key', 'revoke', made.id);
    expect(await works('key', 'list', '--json')).not.toContain(made.id);
  });
});

describe('a running server', () => {
  let server: RunningServer;
  let remote: string[] = [];
  beforeAll(async () => {
    const config = readConfig({
      MAILSTOP_DATABASE_URL: `file:${join(folder, 'remote.db')}`,
      MAILSTOP_ADMIN_KEY: ADMIN_KEY,
      PORT: '0',
    });
    if (!config.ok) throw new Error(config.error.join());
    server = await startServer({ ...config.value, port: 0 }, { log: () => {}, host: '127.0.0.1' });
    remote = ['--url', server.url.replace('localhost', '127.0.0.1'), '--key', ADMIN_KEY];
  });
  afterAll(() => server.stop());

  it('is reached with --url and --key as the local list is', async () => {
    await works('add', 'far@example.com', ...remote);
    expect((await run(['check', 'far@example.com', ...remote], { env: {} })).code).toBe(3);
    expect((await run(['check', 'far@example.com'], { env })).code).toBe(0);
    expect(await works('why', 'far@example.com', ...remote)).toContain('suppressed');
    expect((await json('explain', '504', ...remote)).action).toBe('suppress');
  });

  it('takes the key from MAILSTOP_KEY', async () => {
    expect(
      (await run(['check', 'far@example.com', ...remote.slice(0, 2)], { env: { MAILSTOP_KEY: ADMIN_KEY } }))
        .code,
    ).toBe(3);
  });

  it('takes what every command takes before the command as well as after it', async () => {
    const asked = await run([...remote, '--json', 'check', 'far@example.com'], { env: {} });
    expect(asked.stderr).toBe('');
    expect(JSON.parse(asked.stdout).results[0]).toMatchObject({ suppressed: true });
    expect(asked.code).toBe(3);
    const [, url = '', , key = ''] = remote;
    const between = await run([`--url=${url}`, 'source', `--key=${key}`, 'list', '--json'], { env: {} });
    expect(JSON.parse(between.stdout)).toEqual({ data: [], next_cursor: null });
    await works('tenant', 'create', 'before');
    await works('--tenant', 'before', 'add', 'hers@example.com');
    expect((await run(['check', 'hers@example.com', '--tenant', 'before'], { env })).code).toBe(3);
    expect((await run(['check', 'hers@example.com'], { env })).code).toBe(0);
    expect(await works('--json', 'explain', '--help')).toContain('Usage: mailstop explain');
  });

  it('tells that a key is wrong, and that nobody is there', async () => {
    const wrong = await run(['list', ...remote.slice(0, 2), '--key', 'msk_wrong'], {});
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(/^mailstop: .*key.*\n$/);
    const nobody = await run(['list', '--url', 'http://127.0.0.1:9', '--key', 'k'], {});
    expect(nobody.code).toBe(1);
    expect(nobody.stderr).toMatch(/^mailstop: cannot reach http:\/\/127\.0\.0\.1:9 .*\n$/);
  });

  it.each([
    ['copy', ['copy', '--from', 'http://127.0.0.1:9', '--from-key', 'k', '--to', 'file:copied.db']],
    [
      'follow',
      ['follow', '--once', '--to', 'http://127.0.0.1:9', '--to-key', 'k', '--position', 'place.json'],
    ],
  ])('tells of the other side of %s, too, that nobody is there', async (_what, args) => {
    await works('add', 'near@example.com');
    const nobody = await run(args, { env, cwd: folder });
    expect(nobody.code).toBe(1);
    expect(nobody.stderr).toMatch(/mailstop: cannot reach http:\/\/127\.0\.0\.1:9 /);
  });
});

describe('serve', () => {
  /** What a first start says, and what it leaves running. */
  async function served(given: Record<string, string>, cwd: string) {
    const child = start(['serve'], { env: { PORT: '0', ...given }, cwd });
    let stdout = '';
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    await new Promise<void>((resolve, reject) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
        if (stdout.includes('Next, in another terminal')) setTimeout(resolve, 100);
      });
      child.once('exit', () => reject(new Error(stderr)));
    });
    const stop = () =>
      new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
        child.kill('SIGINT');
      });
    return { stdout, log: () => stderr, stop };
  }

  it('shows the admin key once, keeps only its hash, and names the secret', async () => {
    const cwd = mkdtempSync(join(folder, 'serve-'));
    const first = await served({}, cwd);
    const key = /msk_[A-Za-z0-9_-]+/.exec(first.stdout)?.[0] ?? '';
    const url = /http:\/\/localhost:\d+/.exec(first.stdout)?.[0] ?? '';
    expect(first.stdout).toContain(join(cwd, 'data/mailstop.db.secret'));
    expect(first.stdout).toContain(`${url}/docs`);
    expect((await fetch(`${url}/v1/sources`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(
      200,
    );
    // The next thing to type, as it is printed.
    const next =
      /npx mailstop (source add generic --name "try it" --url \S+)/
        .exec(first.stdout)?.[1]
        ?.replace('"try it"', 'try-it')
        .split(' ') ?? [];
    const added = await run(next, { env: { MAILSTOP_KEY: key } });
    expect(added.stdout).toContain(`${url}/webhooks/generic_`);
    await first.stop();
    for (const line of first.log().trim().split('\n'))
      expect(Object.keys(JSON.parse(line))).toContain('message');
    expect(first.log()).not.toContain(key);
    for (const file of readdirSync(join(cwd, 'data')))
      expect(readFileSync(join(cwd, 'data', file), 'latin1')).not.toContain(key);

    const second = await served({}, cwd);
    expect(second.stdout).not.toContain('msk_');
    await second.stop();
  });

  it('uses MAILSTOP_ADMIN_KEY as it is, and prints neither it nor the secret', async () => {
    const cwd = mkdtempSync(join(folder, 'serve-'));
    const secret = 'cli-test-secret-0123456789abcdefghij';
    const server = await served({ MAILSTOP_ADMIN_KEY: ADMIN_KEY, MAILSTOP_SECRET: secret }, cwd);
    const url = /http:\/\/localhost:\d+/.exec(server.stdout)?.[0] ?? '';
    expect(
      (await fetch(`${url}/v1/keys`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } })).status,
    ).toBe(200);
    await server.stop();
    expect(server.stdout + server.log()).not.toMatch(new RegExp(`msk_|${ADMIN_KEY}|${secret}`));
    expect(readdirSync(join(cwd, 'data'))).toEqual(['mailstop.db', 'mailstop.db.witness']);
  });

  it('refuses to start on what is no database, in one sentence', async () => {
    const file = join(folder, 'no.db');
    writeFileSync(file, 'no database at all, not even close to one. '.repeat(40));
    const { code, stdout, stderr } = await run(['serve'], {
      env: { MAILSTOP_DATABASE_URL: `file:${file}`, PORT: '0' },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^mailstop: .*is not a SQLite database.*\n$/);
  });

  it('names the Node that it needs as package.json does', () => {
    const main = readFileSync(new URL('../../src/cli/main.ts', import.meta.url), 'utf8');
    const [major, minor] = packageJson.engines.node.replace('>=', '').split('.');
    expect(main).toContain(`OLDEST_NODE = [${major}, ${minor}]`);
  });
});

describe('demo', () => {
  it('sends signed webhooks of every provider, shows what became of them, and cleans up', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('mailstop-demo-'));
    const { code, stdout, stderr } = await run(['demo'], {});
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const provider of [
      'amazon-ses',
      'dsn',
      'generic',
      'mailgun',
      'postmark',
      'resend',
      'sendgrid',
      'sparkpost',
    ]) {
      expect(stdout).toMatch(new RegExp(`^${provider} +bounce `, 'm'));
    }
    expect(stdout).toMatch(/504 5\.5\.4 +protocol +504 +suppress +no$/m);
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('mailstop-demo-'))).toEqual(before);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
  });
});

describe.concurrent('lists in and out', () => {
  it('imports what it exports, as CSV and as NDJSON', async () => {
    for (const format of ['csv', 'ndjson']) {
      const from = fresh();
      const to = fresh();
      const file = `${from.file}.${format}`;
      for (const address of ['ann@example.com', 'bob@example.com'])
        expect((await run(['add', address, '--note', 'a "note", with\nlines'], from)).code).toBe(0);
      expect((await run(['export', '--format', format, '-o', file], from)).code).toBe(0);
      const imported = await run(['import', file, '--json'], to);
      expect({ code: imported.code, report: JSON.parse(imported.stdout) }).toEqual({
        code: 0,
        report: {
          format: 'own',
          by_reason: { manual: 2 },
          added: 2,
          unchanged: 0,
          skipped: 0,
          unreadable: 0,
          errors: [],
        },
      });
      expect((await run(['check', 'ann@example.com'], to)).code).toBe(3);
      expect(
        JSON.parse(
          (
            await run(['import', '-', '--format', format, '--json'], {
              ...to,
              stdin: readFileSync(file, 'utf8'),
            })
          ).stdout,
        ),
      ).toMatchObject({ added: 0, unchanged: 2 });
    }
  });

  it('imports a list in parts, and names skipped rows by their line in the file', async () => {
    const { env, file } = fresh();
    const rows = Array.from({ length: 20_000 }, (_, i) =>
      i === 19_997 ? 'nonsense,manual' : `person-number-${i}@example.com,manual`,
    );
    writeFileSync(`${file}.csv`, `address,reason\n${rows.join('\n')}\n`);
    const { code, stdout, stderr } = await run(['import', `${file}.csv`], { env });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^19999 /m);
    expect(stderr).toMatch(/^19,999 added, .*1 row skipped\.\n$/);
    const exported = await run(['export', '--format', 'ndjson'], { env });
    expect(exported.stdout.trim().split('\n')).toHaveLength(19_999);
  });

  it('takes an import for done where rows were skipped because they ask for nothing', async () => {
    const { env, file } = fresh();
    writeFileSync(
      `${file}.csv`,
      'address,status,code,text\nann@example.com,active,,\nbob@example.com,,550,5.7.1 block list (S3150)\neve@example.com,,,\n',
    );
    const { code, stdout, stderr } = await run(['import', `${file}.csv`], { env });
    expect(stdout).toMatch(/^2 .*mail is welcome.*\n3 .*blocks nobody/m);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: '1 added, 0 on the list already, 2 rows skipped.\n',
    });
  });
});
