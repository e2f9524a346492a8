/**
 * Writes a database file anew, without what was deleted, on a thread of its own: reads go on meanwhile, writes cannot.
 * sqlite.org/lang_vacuum.html
 */
import { setTimeout as pause } from 'node:timers/promises';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

export interface Compaction {
  /** From here on the file can be written again. */
  readonly written: Promise<void>;
  /** Neither the file nor its log holds what was deleted. */
  readonly done: Promise<void>;
}

type Said =
  | { readonly type: 'written' | 'done' }
  | { readonly type: 'failed'; readonly message: string; readonly code: string };

/** Another process may write, or read an old state, for so long. */
const PATIENCE = 60_000;
const BETWEEN = 100;

export function compactFile(file: string): Compaction {
  const [written, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const fail = (error: unknown) => {
    written.reject(error);
    done.reject(error);
  };
  // Whoever waits for the first hears of it.
  done.promise.catch(() => {});
  const worker = new Worker(new URL(import.meta.url), { workerData: { compacts: file } });
  worker.on('message', (said: Said) => {
    if (said.type === 'failed') fail(Object.assign(new Error(said.message), { code: said.code }));
    else if (said.type === 'written') written.resolve();
    else done.resolve();
  });
  worker.once('error', fail);
  worker.once('exit', () => fail(new Error('the thread that writes the database anew ended early')));
  return { written: written.promise, done: done.promise };
}

async function run(file: string, say: (said: Said) => void): Promise<void> {
  const db = new Database(file);
  try {
    db.pragma('synchronous = FULL');
    db.pragma(`busy_timeout = ${PATIENCE}`);
    // Writing back can wait for it, and hinders nobody.
    db.pragma('wal_autocheckpoint = 0');
    db.exec('vacuum');
    say({ type: 'written' });
    db.pragma('wal_checkpoint(PASSIVE)');
    // While it waits for readers nobody writes: it waits outside.
    db.pragma('busy_timeout = 0');
    const end = performance.now() + PATIENCE;
    const isBusy = () => db.pragma('wal_checkpoint(TRUNCATE)', { simple: true }) !== 0;
    while (isBusy()) {
      if (performance.now() > end)
        throw new Error('a program keeps an old state of the database open; end it');
      await pause(BETWEEN);
    }
    say({ type: 'done' });
  } catch (error) {
    // Of an error only the message would come across.
    const { message, code = '' } = error as Error & { code?: string };
    say({ type: 'failed', message, code });
  } finally {
    db.close();
  }
}

// The build may put other threads into the same file.
if (!isMainThread && typeof workerData?.compacts === 'string')
  await run(workerData.compacts, (said) => parentPort?.postMessage(said));
