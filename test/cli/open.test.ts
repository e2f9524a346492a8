import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { type Config, readConfig } from '../../src/config.ts';
import type { Missing } from '../../src/database.ts';
import { secretFileOf } from '../../src/database-file.ts';
import { open } from '../../src/open.ts';
import { fileOf } from '../file-of.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-open-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const configOf = (name: string, env: Record<string, string> = {}): Config => {
  const config = readConfig({ MAILSTOP_DATABASE_URL: `file:${join(folder, name)}`, ...env });
  if (!config.ok) throw new Error(config.error.join('; '));
  return config.value;
};
const opened = (config: Config, missing: Missing = 'create') => open(config, { missing, log: () => {} });

/** A database with one source, whose secrets are sealed with `secret`. */
async function withSource(config: Config): Promise<void> {
  const { services } = await opened(config);
  const row = {
    id: 'generic_x',
    tenant: 'default',
    provider: 'generic',
    name: 'x',
    stream: null,
    streams: '{}',
    secrets: await services.seal.seal('{"keys":["k"],"basicAuth":[],"topicArns":[]}'),
    public_url: null,
    allow_unsigned: 0,
    require_sha256: 0,
    recipient_tag: 0,
    trust: null,
    disabled: 0,
    last_event_at: null,
    silent_since: null,
    rejected_since: null,
    skewed_since: null,
    unmapped_since: null,
    unreadable_since: null,
    unsubscribed_since: null,
    paused_at: null,
    secrets_at: null,
    created_at: 1,
    updated_at: 1,
  };
  await services.store.configure({ put: 'source', row }, null);
  await services.close();
}

describe('a first start', () => {
  it('makes the folder, the database and a secret that only its owner may read', async () => {
    const config = configOf('deep/er/mailstop.db');
    const { services, database, secretFile } = await opened(config);
    await services.close();
    expect(database.migrated.length).toBeGreaterThan(0);
    expect(secretFile).toBe(secretFileOf(fileOf(config)));
    expect(statSync(secretFile ?? '').mode & 0o777).toBe(0o600);
    expect(readFileSync(secretFile ?? '', 'utf8').trim()).toMatch(/^[A-Za-z0-9]{48}$/);
    expect(readdirSync(join(folder, 'deep/er')).sort()).toEqual(['mailstop.db', 'mailstop.db.secret']);
  });

  it('keeps its secret and applies nothing the second time', async () => {
    const config = configOf('a.db');
    await (await opened(config)).services.close();
    const secret = readFileSync(secretFileOf(fileOf(config)), 'utf8');
    const { services, database } = await opened(config);
    await services.close();
    expect(database.migrated).toEqual([]);
    expect(readFileSync(secretFileOf(fileOf(config)), 'utf8')).toBe(secret);
  });

  it('writes no secret where MAILSTOP_SECRET is set', async () => {
    const config = configOf('a.db', { MAILSTOP_SECRET: 's'.repeat(32) });
    const { services, secretFile } = await opened(config);
    await services.close();
    expect(secretFile).toBeNull();
    expect(existsSync(secretFileOf(fileOf(config)))).toBe(false);
  });

  it('may happen in two processes at once: both work on one database', async () => {
    const config = configOf('a.db');
    const both = await Promise.all([opened(config), opened(config)]);
    for (const { services } of both) expect(await services.store.tenants()).toHaveLength(1);
    for (const { services } of both) await services.close();
  });

  it('works on nothing at all for commands that need no list', async () => {
    const { services } = await opened(configOf('a.db'), 'in-memory');
    expect(await services.store.tenants()).toHaveLength(1);
    await services.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('T117 the database is durable after a start and after a restart', async () => {
  const config = configOf('a.db');
  for (let i = 0; i < 2; i++) {
    const { services, database } = await opened(config);
    const pragma = async (name: string) =>
      (await database.driver.rows({ sql: `pragma ${name}`, params: [] }))[0]?.[0];
    expect(await pragma('journal_mode')).toBe('wal');
    expect(await pragma('synchronous')).toBe(2);
    expect(await pragma('foreign_keys')).toBe(1);
    expect(await pragma('busy_timeout')).toBeLessThanOrEqual(250);
    await services.close();
  }
});

describe('what is in the way is told in one sentence, and left as it is', () => {
  const refused = async (config: Config, missing: Missing = 'create'): Promise<string> => {
    try {
      await (await opened(config, missing)).services.close();
    } catch (error) {
      expect(error).toMatchObject({ name: 'StartError' });
      const message = error instanceof Error ? error.message : '';
      expect(message).not.toContain('\n');
      return message;
    }
    throw new Error('it was opened');
  };

  it('T101 a list whose addresses are hashed, without its pepper or with another', async () => {
    const hashed = configOf('a.db', { MAILSTOP_PEPPER: 'p'.repeat(32) });
    for (let i = 0; i < 2; i++) await (await opened(hashed)).services.close();
    expect(await refused(configOf('a.db'))).toMatch(/a\.db: .* MAILSTOP_PEPPER is not set; set it to/);
    expect(await refused(configOf('a.db', { MAILSTOP_PEPPER: 'q'.repeat(32) }))).toContain('is not the one');
    await (await opened(hashed)).services.close();
  });

  it('T101 a pepper for a list that was begun without one', async () => {
    await withSource(configOf('a.db'));
    const refusal = await refused(configOf('a.db', { MAILSTOP_PEPPER: 'p'.repeat(32) }));
    expect(refusal).toContain('begin with a new database and import the list there');
    await (await opened(configOf('a.db'))).services.close();
  });

  it('F17 a directory', async () => {
    mkdirSync(join(folder, 'a.db'));
    expect(await refused(configOf('a.db'))).toContain('is a directory');
  });

  it('F17 an empty file', async () => {
    writeFileSync(join(folder, 'a.db'), '');
    expect(await refused(configOf('a.db'))).toContain('is empty');
    expect(statSync(join(folder, 'a.db')).size).toBe(0);
  });

  it('F17 a text file', async () => {
    writeFileSync(join(folder, 'a.db'), 'this is no database, however long it may be. '.repeat(50));
    expect(await refused(configOf('a.db'))).toContain('is not a SQLite database');
  });

  it("F17 another program's database", async () => {
    const db = new Database(join(folder, 'a.db'));
    db.exec('create table theirs (x)');
    db.close();
    expect(await refused(configOf('a.db'))).toContain('some other program');
  });

  it('F17 a database of a newer version', async () => {
    const config = configOf('a.db');
    const { services, database } = await opened(config);
    await database.driver.transact([
      { sql: 'insert into d1_migrations (name) values (?)', params: ['9999_later.sql'] },
    ]);
    await services.close();
    expect(await refused(config)).toContain('newer Mailstop (9999_later.sql)');
  });

  it('a file where a folder should be', async () => {
    writeFileSync(join(folder, 'a'), 'x');
    expect(await refused(configOf('a/b.db'))).toContain('below something that is no folder');
  });

  it('something that is no file', async () => {
    symlinkSync('/dev/null', join(folder, 'a.db'));
    expect(await refused(configOf('a.db'))).toContain('is not a file');
  });

  it('a missing database, for commands that only read: an empty list would answer "send"', async () => {
    expect(await refused(configOf('a.db'), 'refuse')).toContain('there is no database at');
    expect(readdirSync(folder)).toEqual([]);
  });

  // Root may read everything; the rule is tested where the tests run as somebody else.
  test.skipIf(process.getuid?.() === 0)('F10 a file of somebody else', async () => {
    const config = configOf('a.db');
    await (await opened(config)).services.close();
    chmodSync(fileOf(config), 0);
    expect(await refused(config)).toContain('may not be read and written by this user');
  });

  it('a secret that is gone while sources are sealed with it', async () => {
    const config = configOf('a.db');
    await withSource(config);
    rmSync(secretFileOf(fileOf(config)));
    expect(await refused(config)).toContain('put it back');
    expect(existsSync(secretFileOf(fileOf(config)))).toBe(false);
  });

  it('another secret than the one that sealed the sources', async () => {
    await withSource(configOf('a.db', { MAILSTOP_SECRET: 'a'.repeat(32) }));
    expect(await refused(configOf('a.db', { MAILSTOP_SECRET: 'b'.repeat(32) }))).toContain(
      'another MAILSTOP_SECRET',
    );
  });

  it('a secret file that was cut off', async () => {
    const config = configOf('a.db');
    await (await opened(config)).services.close();
    writeFileSync(secretFileOf(fileOf(config)), 'short\n');
    expect(await refused(config)).toContain('holds no secret');
  });
});

test('F11 a lock that another process holds is waited for', async () => {
  const config = configOf('a.db');
  await (await opened(config)).services.close();
  const other = new Database(fileOf(config));
  other.exec('begin immediate');
  const message = await opened(config).then(
    () => 'opened',
    (error: Error) => error.message,
  );
  other.exec('rollback');
  other.close();
  expect(message).toContain('is locked by another process');
  await (await opened(config)).services.close();
}, 15_000);
