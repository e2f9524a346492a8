/**
 * What a database file held when it was last looked at, kept beside it. SQLite starts without a word on a file whose log
 * (`-wal`) was left behind, cut off or damaged, and on an older copy: then acknowledged events are missing.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type Sqlite from 'better-sqlite3';
import * as z from 'zod';
import { type Finding, finding } from './database.ts';

const shape = z.object({
  /** The highest number ever given to a change of the list, and to a row of the audit. */
  changes: z.int(),
  audit: z.int(),
  /** Once the database was found behind: what was missing. Stays until the operator deletes the file. */
  behind: z.object({ changes: z.int(), audit: z.int(), at: z.string() }).optional(),
});
type Witness = z.infer<typeof shape>;

export const witnessOf = (databaseFile: string): string => `${databaseFile}.witness`;

/** Compares the database with its witness; a finding where it holds less. Null where there is nothing to say. */
export function testify(db: Sqlite.Database, file: string, now: Date): Finding | null {
  const known = read(file);
  if (known === null) return null;
  const { changes, audit } = headOf(db);
  const lost = { changes: Math.max(0, known.changes - changes), audit: Math.max(0, known.audit - audit) };
  const isBehind = lost.changes > 0 || lost.audit > 0;
  const behind = isBehind ? { ...lost, at: now.toISOString() } : known.behind;
  if (behind === undefined) return null;
  if (isBehind) write(file, { changes, audit, behind });
  return finding(
    'witness',
    'failure',
    `on ${behind.at.slice(0, 16).replace('T', ' ')} the database held less than before: ${behind.changes} changes of the list and ${behind.audit} rows of the audit are missing. Its -wal file was left behind or damaged, or an older copy took its place: stop the server and put the right files back, or restore a backup; have providers send again what came since. To go on with what is there, delete ${witnessOf(file)}`,
  );
}

/** Cheap, and not synced: a witness that is a second late still tells of all before. */
export function remember(db: Sqlite.Database, file: string): void {
  const known = read(file);
  const { changes, audit } = headOf(db);
  if (known !== null && known.changes >= changes && known.audit >= audit) return;
  write(file, { ...known, changes, audit });
}

function headOf(db: Sqlite.Database): { changes: number; audit: number } {
  const number = (sql: string): number => (db.prepare(sql).pluck().get() as number | null | undefined) ?? 0;
  return {
    // AUTOINCREMENT never gives a number twice, whatever was deleted since.
    changes: number("select seq from sqlite_sequence where name = 'changes'"),
    audit: number('select max(seq) from audit'),
  };
}

/** Null where there is none, or none that can be read: then there is nothing to hold the database to. */
function read(file: string): Witness | null {
  try {
    return shape.parse(JSON.parse(readFileSync(witnessOf(file), 'utf8')));
  } catch {
    return null;
  }
}

function write(file: string, witness: Witness): void {
  const draft = `${witnessOf(file)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(witness)}\n`, { mode: 0o600 });
  renameSync(draft, witnessOf(file));
}
