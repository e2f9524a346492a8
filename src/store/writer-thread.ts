/**
 * Writes on a thread of its own, so that nobody who asks waits for the disk, and the next batch is judged while one is
 * written. A second thread writes the log back meanwhile: SQLite would do it within a commit, for longer than that takes.
 */
import { isMainThread, type MessagePort, parentPort, Worker, workerData } from 'node:worker_threads';
import Sqlite from 'better-sqlite3';
import type { Statement, Value, Write } from './driver.ts';
import { openDatabase } from './sqlite.ts';
import { codeOf, isLostSync, type Writer, writerOn } from './sqlite-writer.ts';

export const walLimits = {
  /** Pages that wait to be written back; SQLite's own number. */
  waiting: 1_000,
  /** Pages of the log: then a commit stands aside for what is left of it, so that it begins anew. 64 MiB. */
  length: 16_000,
} as const;

type Order =
  | { readonly type: 'transact'; readonly writes: readonly Write[] }
  | { readonly type: 'rows'; readonly statement: Statement }
  | { readonly type: 'emptyLog' | 'close' };

interface Failure {
  readonly message: string;
  readonly code: string;
}
type Said = { readonly rows: Value[][] } | { readonly failed: Failure };

/** Of an error only the message would come across. */
const failureOf = (error: unknown): Failure => ({
  message: error instanceof Error ? error.message : String(error),
  code: codeOf(error),
});
const errorOf = ({ message, code }: Failure): Error => Object.assign(new Error(message), { code });

/** The thread begins with the first write, and keeps the process alive for as long as somebody waits for it. */
export function writeOnThread(file: string): Writer {
  const waiting: { resolve: (rows: Value[][]) => void; reject: (error: Error) => void }[] = [];
  let thread: Worker | null = null;
  function start(): Worker {
    const worker = new Worker(new URL(import.meta.url), { workerData: { writes: file } });
    worker.on('message', (said: Said) => {
      const first = waiting.shift();
      if (waiting.length === 0) worker.unref();
      if ('rows' in said) first?.resolve(said.rows);
      else first?.reject(errorOf(said.failed));
    });
    const end = (error: Error) => {
      if (thread !== worker) return;
      thread = null;
      for (const { reject } of waiting.splice(0)) reject(error);
    };
    worker.once('error', (error) => end(error instanceof Error ? error : new Error(String(error))));
    // What is on its way may be on disk or not: who waits comes again, and is known again.
    worker.once('exit', () =>
      end(errorOf({ message: 'the thread that writes ended', code: 'SQLITE_IOERR' })),
    );
    return worker;
  }
  const ask = (order: Order): Promise<Value[][]> =>
    new Promise((resolve, reject) => {
      thread ??= start();
      if (waiting.length === 0) thread.ref();
      waiting.push({ resolve, reject });
      thread.postMessage(order);
    });
  return {
    transact: async (writes) => void (await ask({ type: 'transact', writes })),
    rows: (statement) => ask({ type: 'rows', statement }),
    emptyLog: async () => void (await ask({ type: 'emptyLog' })),
    close: async () => void (thread === null || (await ask({ type: 'close' }))),
  };
}

/** Looks after the log once a commit is told of: writes it back beside the writer, and what is left of a long one in its place. */
interface Checkpointer {
  look(): void;
  /** Nothing is being written back. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

function checkpointer(file: string, db: Sqlite.Database): Checkpointer {
  let helper: Worker | null = null;
  let work: PromiseWithResolvers<void> | null = null;
  const begin = (): Worker => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { checkpoints: file } });
    return worker.on('message', () => {
      work?.resolve();
      work = null;
    });
  };
  return {
    look() {
      const [state] = db.pragma('wal_checkpoint(NOOP)') as { log: number; checkpointed: number }[];
      if (work !== null || state === undefined) return;
      if (state.log >= walLimits.length) writeBack(db);
      else if (state.log - state.checkpointed >= walLimits.waiting) {
        work = Promise.withResolvers();
        helper ??= begin();
        helper.postMessage('checkpoint');
      }
    },
    idle: async () => work?.promise,
    async close() {
      if (helper === null) return;
      const closed = new Promise((resolve) => helper?.once('exit', resolve));
      helper.postMessage('close');
      await closed;
    },
  };
}

/** Gives way to readers and to the writer. What cannot be written back stays in the log, and after the next commit is tried again. */
function writeBack(db: Sqlite.Database): void {
  try {
    db.pragma('wal_checkpoint(PASSIVE)');
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error;
  }
}

function write(file: string, port: MessagePort): void {
  const db = openDatabase(file);
  db.pragma('wal_autocheckpoint = 0');
  const writer = writerOn(db);
  const log = checkpointer(file, db);
  const follow = async (order: Order): Promise<Value[][]> => {
    switch (order.type) {
      case 'transact':
        await writer.transact(order.writes);
        return [];
      case 'rows':
        return writer.rows(order.statement);
      case 'emptyLog':
        await log.idle();
        await writer.emptyLog();
        return [];
      case 'close':
        await log.close();
        db.close();
        return [];
    }
  };
  /** What stands behind it in the queue must not be written either. */
  let lost: Error | null = null;
  port.on('message', async (order: Order) => {
    const said: Said = await (lost === null ? follow(order) : Promise.reject(lost)).then(
      (rows) => ({ rows }),
      (error: unknown) => ({ failed: failureOf(error) }),
    );
    if ('failed' in said && isLostSync(errorOf(said.failed))) lost = errorOf(said.failed);
    port.postMessage(said);
    if (order.type === 'close') port.close();
    else log.look();
  });
}

function checkpoint(file: string, port: MessagePort): void {
  const db = openDatabase(file);
  port.on('message', (order: 'checkpoint' | 'close') => {
    if (order === 'close') {
      db.close();
      port.close();
      return;
    }
    writeBack(db);
    port.postMessage('done');
  });
}

// The build may put other threads into the same file.
if (!isMainThread && parentPort !== null) {
  if (typeof workerData?.writes === 'string') write(workerData.writes, parentPort);
  if (typeof workerData?.checkpoints === 'string') checkpoint(workerData.checkpoints, parentPort);
}
