import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Command } from 'commander';
import { openDatabase, StartError } from '../../database.ts';
import { secretFileOf } from '../../database-file.ts';
import { configOrFail } from '../client.ts';
import { Failure } from '../failure.ts';
import { move, openEnd } from '../moving.ts';
import { printJson, say } from '../output.ts';
import { examples, optionsOf } from '../program.ts';

export default function restore(command: Command): void {
  command.argument('<file>', 'a backup').action(async (given: string, _options: object, self: Command) => {
    const { database: target } = configOrFail();
    const file = resolve(given);
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) throw new Failure(`there is no ${file}`);
    if (!found.isFile()) throw new Failure(`${file} is no file; give one that mailstop backup has made`);
    const place =
      target.kind === 'file' ? await restoreFile(file, target.file) : await restorePostgres(file, target.url);
    if (optionsOf(self).json === true) return printJson({ from: file, to: place });
    say(`${place} is what ${file} was.`);
  });
  command.addHelpText(
    'after',
    '\nNever over a list that is there: stop the server and move its files away first. The backup stays as it is.',
  );
  examples(command, [['mailstop restore /backup/mailstop-2026-11-27.db', 'make ./data/mailstop.db from it']]);
}

/** A copy, found whole and brought up to date, so that the backup itself is never touched. */
async function withCopy<T>(file: string, folder: string, work: (copy: string) => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place = mkdtempSync(join(folder, '.restore-'));
  try {
    const copy = join(place, 'mailstop.db');
    copyFileSync(file, copy);
    const database = await openDatabase({ kind: 'file', file: copy }, { missing: 'refuse' }).catch(
      (error) => {
        throw ofBackup(error, copy, file);
      },
    );
    const wrong = (await database.inspect()).filter(
      ({ state, about }) => state === 'failure' && about !== 'disk',
    );
    await database.driver.close();
    if (wrong.length > 0)
      throw new Failure(
        `${file} is no good backup: ${wrong.map(({ detail }) => detail.replace(copy, 'it')).join('; ')}`,
      );
    return await work(copy);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Of the file that was given, and with advice for whoever gave it: a server's is about its own database. */
function ofBackup(error: unknown, copy: string, file: string): unknown {
  if (!(error instanceof StartError)) return error;
  const told = error.message.replaceAll(copy, file);
  return new Failure(told.replace(/; (point|restore) .*/, '; give a file that mailstop backup has made'));
}

function restoreFile(file: string, target: string): Promise<string> {
  const secret = secretFileOf(target);
  for (const path of [target, `${target}-wal`, secret])
    if (existsSync(path))
      throw new Failure(
        `${path} is there, and no list is overwritten; stop the server, move it away, then restore`,
      );
  return withCopy(file, dirname(target), async (copy) => {
    if (existsSync(secretFileOf(file))) copyFileSync(secretFileOf(file), secret, constants.COPYFILE_EXCL);
    linkSync(copy, target);
    return target;
  });
}

function restorePostgres(file: string, url: string): Promise<string> {
  return withCopy(file, dirname(file), async (copy) => {
    const source = await openEnd(`file:${copy}`, undefined, 'refuse');
    const target = await openEnd(url, undefined, 'create');
    try {
      const { differing } = await move(source, target, false);
      if (differing.length > 0)
        throw new Failure(`${differing.join(', ')} did not arrive as they were; restore into a new database`);
      return target.name;
    } finally {
      await target.close();
      await source.close();
    }
  });
}
