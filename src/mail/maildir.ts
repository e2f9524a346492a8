/**
 * A Maildir folder: what a mail server delivers into `new` is taken in, and moved to `cur` once it is durable. A
 * stop at any point loses nothing, and what was taken in but not moved comes again as a duplicate.
 * https://cr.yp.to/proto/maildir.html
 */
import { type FSWatcher, statSync, watch } from 'node:fs';
import { readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Log } from '../app/log.ts';
import { SECOND } from '../core/time.ts';
import { StartError } from '../database.ts';
import { type Door, mailLimits, type OpenDoor, type Take, takerFor } from './door.ts';

export const maildirLimits = {
  /** Where the system does not tell of new files, or is not heard. */
  sweep: 30 * SECOND,
  /** After something could not be stored: twice as long each time, up to a sweep. */
  firstRetry: SECOND,
  /** Taken in together. */
  files: 64,
  bytes: 16 * 1024 * 1024,
} as const;

/** Seen: nobody needs to read it any more. */
const READ = ':2,S';

export const maildir =
  (source: string, folder: string): OpenDoor =>
  async (services, log) => {
    const flag = `--maildir ${source}=${folder}`;
    for (const name of ['new', 'cur'])
      if (statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() !== true)
        throw new StartError(`${flag}: that is no Maildir, for it has no folder ${name}`);
    return keepTaking(await takerFor(services, source, flag), folder, log);
  };

function keepTaking(take: Take, folder: string, log: Log): Door {
  const stopping = new AbortController();
  let news = new AbortController();
  /** Told of once; an operator must look at them. */
  const tooLarge = new Set<string>();

  const run = async () => {
    let retry: number = maildirLimits.firstRetry;
    while (!stopping.signal.aborted) {
      news = new AbortController();
      const isDone = await sweep().catch((error: unknown) => {
        log('warn', 'a Maildir cannot be read; trying again', { error: nameOf(error) });
        return false;
      });
      if (isDone) await pause(maildirLimits.sweep, AbortSignal.any([stopping.signal, news.signal]));
      else await pause(retry, stopping.signal);
      retry = isDone ? maildirLimits.firstRetry : Math.min(2 * retry, maildirLimits.sweep);
    }
  };

  /** False where something is left that must be tried again. */
  const sweep = async (): Promise<boolean> => {
    // Names begin with the time of delivery.
    const names = (await readdir(join(folder, 'new'))).filter((name) => !tooLarge.has(name)).sort();
    for await (const group of groupsOf(names)) {
      if (stopping.signal.aborted) return true;
      const taken = await Promise.all(group.map(takeFile));
      if (taken.includes(false)) return false;
    }
    return true;
  };

  async function* groupsOf(names: readonly string[]): AsyncGenerator<string[]> {
    let group: string[] = [];
    let bytes = 0;
    for (const name of names) {
      const { size } = await stat(join(folder, 'new', name));
      if (size > mailLimits.messageBytes) {
        tooLarge.add(name);
        log('warn', 'a message in a Maildir is larger than 50 MiB, and stays there');
        continue;
      }
      if (group.length > 0 && (group.length >= maildirLimits.files || bytes + size > maildirLimits.bytes)) {
        yield group;
        group = [];
        bytes = 0;
      }
      group.push(name);
      bytes += size;
    }
    if (group.length > 0) yield group;
  }

  const takeFile = async (name: string): Promise<boolean> => {
    const taken = await take(await readFile(join(folder, 'new', name)));
    if (!taken.ok) {
      log('warn', 'a message in a Maildir cannot be stored now; trying again', { why: taken.error });
      return false;
    }
    await rename(join(folder, 'new', name), join(folder, 'cur', `${name.replace(/:.*$/s, '')}${READ}`));
    log('info', 'took in a message from a Maildir', { ...taken.value });
    return true;
  };

  const watcher = watchOrSweep(join(folder, 'new'), () => news.abort());
  const running = run();
  return {
    stop() {
      watcher?.close();
      stopping.abort();
      return running;
    },
  };
}

/** Where watching is not possible, as on some network disks, the sweep finds what comes. */
function watchOrSweep(folder: string, onChange: () => void): FSWatcher | null {
  try {
    return watch(folder, { persistent: false }, onChange).on('error', onChange);
  } catch {
    return null;
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  setTimeout(ms, undefined, { signal }).catch(() => {}); // an abort is what ends it sooner

const nameOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
