import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migrate, migrations } from '../../src/store/migrate.ts';
import { openDatabase } from '../../src/store/sqlite.ts';

const names = migrations().map((migration) => migration.name);
const later = { name: '9001_later.sql', sql: 'create table later (id text)' };

let folder: string;
let file: string;
const opened: Database.Database[] = [];

const open = (): Database.Database => {
  const db = openDatabase(file);
  opened.push(db);
  return db;
};
const namesIn = (db: Database.Database) =>
  db.prepare('select name from d1_migrations order by id').pluck().all();
const tablesIn = (db: Database.Database) =>
  db
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name")
    .pluck()
    .all();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'migrate-'));
  file = join(folder, 'list.db');
});
afterEach(() => {
  for (const db of opened.splice(0)) db.close();
  rmSync(folder, { recursive: true });
});

describe('migrate', () => {
  it('makes a new file ready', () => {
    const db = open();
    expect(migrate(db)).toEqual(names);
    expect(namesIn(db)).toEqual(names);
    expect(db.prepare('select id from tenants').pluck().all()).toEqual(['default']);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  });

  it('has nothing to do the second time', () => {
    const db = open();
    migrate(db);
    const before = db.prepare('select * from sqlite_master').all();
    expect(migrate(db)).toEqual([]);
    expect(db.prepare('select * from sqlite_master').all()).toEqual(before);
  });

  it('adds what is new to a database of the version before, and keeps what is in it', () => {
    const db = open();
    migrate(db);
    db.prepare("insert into seen values ('default', 'd1', 1)").run();
    expect(migrate(db, [...migrations(), later])).toEqual(['9001_later.sql']);
    expect(namesIn(db)).toEqual([...names, '9001_later.sql']);
    expect(db.prepare('select count(*) from seen').pluck().get()).toBe(1);
  });

  it('looks for hashes that came from a server which erased their addresses', () => {
    const before = migrations().filter(({ name }) => name < '0018');
    const db = open();
    migrate(db, before);
    const columns = db.pragma('table_info(suppressions)') as { name: string; type: string; notnull: 0 | 1 }[];
    const put = (row: Record<string, unknown>) => {
      const values = columns.map(
        ({ name, type, notnull }) => row[name] ?? (notnull === 0 ? null : type === 'TEXT' ? 'x' : 1),
      );
      db.prepare(`insert into suppressions (${columns.map(({ name }) => name).join(', ')})
        values (${columns.map(() => '?').join(', ')})`).run(values);
    };
    const common = { tenant: 'default', state: 'active', domain: 'erased.invalid' };
    put({ ...common, id: 'sup_1', address: 'there@erased.invalid', reason: 'complaint' });
    put({ ...common, id: 'sup_2', address: 'there@erased.invalid', reason: 'manual' });
    put({ ...common, id: 'sup_3', address: 'here@erased.invalid', reason: 'manual' });
    put({ ...common, id: 'sup_4', address: 'ann@example.com', domain: 'example.com', reason: 'manual' });
    db.prepare("insert into erasures values ('default', 'here@erased.invalid', '01', 5)").run();
    expect(migrate(db)).toContain('0018_erased_elsewhere.sql');
    expect(db.prepare('select pseudonym, filter_hash from erasures order by 1').raw().all()).toEqual([
      ['here@erased.invalid', '01'],
      ['there@erased.invalid', ''],
    ]);
  });

  it('T121 is done once, whoever comes first of eight processes', async () => {
    const script = `
      import { migrate } from ${JSON.stringify(pathToFileURL(fileURLToPath(new URL('../../src/store/migrate.ts', import.meta.url))))};
      import { openDatabase } from ${JSON.stringify(pathToFileURL(fileURLToPath(new URL('../../src/store/sqlite.ts', import.meta.url))))};
      const db = openDatabase(process.argv[1]);
      // As the operator's patience: a start waits for the one before it.
      db.pragma('busy_timeout = 20000');
      process.stdout.write(JSON.stringify(migrate(db)));
      db.close();`;
    // The switch to WAL needs the file alone, so it is there before they come.
    open();
    const run = promisify(execFile);
    const outputs = await Promise.all(
      Array.from({ length: 8 }, () =>
        run(process.execPath, ['--input-type=module', '--eval', script, file], {
          env: { ...process.env, NODE_OPTIONS: '' },
        }),
      ),
    );
    expect(outputs.map(({ stdout }) => JSON.parse(stdout)).filter((applied) => applied.length > 0)).toEqual([
      names,
    ]);
    expect(namesIn(open())).toEqual(names);
  }, 60_000);

  it('T122 refuses a database that a newer version made, and says what to do', () => {
    const db = open();
    migrate(db, [...migrations(), later]);
    expect(() => migrate(db)).toThrow(
      'the database was made by a newer Mailstop (9001_later.sql); install that version, or restore an older backup',
    );
    expect(namesIn(db)).toEqual([...names, '9001_later.sql']);
  });

  it('refuses the database of another program, and leaves it as it was', () => {
    const db = open();
    db.exec('create table customers (id integer)');
    expect(() => migrate(db)).toThrow('belongs to some other program');
    expect(tablesIn(db)).toEqual(['customers']);
  });

  it('goes on with the books that wrangler kept', () => {
    const db = open();
    // As wrangler makes its table, and as D1 leaves one of its own in an export.
    db.exec(
      `CREATE TABLE d1_migrations(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL);`,
    );
    for (const { name, sql } of migrations()) {
      db.exec(sql);
      db.prepare('insert into d1_migrations (name) values (?)').run(name);
    }
    expect(migrate(db)).toEqual([]);
    expect(migrate(db, [...migrations(), later])).toEqual(['9001_later.sql']);
  });

  it('T122 leaves nothing of a migration that fails, nor of those before it in the same run', () => {
    const db = open();
    migrate(db);
    const before = tablesIn(db);
    const broken = {
      name: '9002_broken.sql',
      sql: 'create table half (id text); insert into nowhere values (1);',
    };
    expect(() => migrate(db, [...migrations(), later, broken])).toThrow('no such table: nowhere');
    expect(tablesIn(db)).toEqual(before);
    expect(namesIn(db)).toEqual(names);
    expect(migrate(db, [...migrations(), later])).toEqual(['9001_later.sql']);
  });

  it('leaves a new file empty where the first migration fails', () => {
    const db = open();
    expect(() =>
      migrate(db, [{ name: '0001_broken.sql', sql: 'create table half (id text); nonsense;' }]),
    ).toThrow();
    expect(tablesIn(db)).toEqual([]);
    expect(migrate(db)).toEqual(names);
  });

  it('reads the files in the order of their numbers, each named once', () => {
    expect(names.length).toBeGreaterThan(0);
    expect(names).toEqual(names.toSorted());
    expect(names.map((name) => name.slice(0, 4))).toEqual(
      names.map((_, i) => String(i + 1).padStart(4, '0')),
    );
  });

  it('needs no transaction of its own, since wrangler and we put one around it', () => {
    for (const { name, sql } of migrations())
      expect(sql.replace(/--.*$/gm, ''), name).not.toMatch(
        /^\s*(begin transaction|begin;|commit|rollback|pragma|attach|vacuum)\b/im,
      );
  });
});
