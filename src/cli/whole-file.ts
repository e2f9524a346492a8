/** Files under another name until they are whole, so that nobody takes half a list for the list. */
import { createWriteStream, realpathSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

export interface WholeFile {
  readonly stream: Writable;
  /** Ends it, and gives it its name once it is on disk. */
  finish(): Promise<void>;
  /** What was there before stays. Does nothing after `finish`. */
  discard(): Promise<void>;
}

/** Opened by its name, a file behind them would be cut, and what others write to it overwritten. */
const ours: Readonly<Record<string, Writable>> = {
  '/dev/stdout': process.stdout,
  '/dev/fd/1': process.stdout,
  '/dev/stderr': process.stderr,
  '/dev/fd/2': process.stderr,
};

/** A device or a pipe, such as /dev/null, is written to and stays what it is; a link goes on leading where it led. */
export function wholeFile(file: string): WholeFile {
  const known = ours[resolve(file)];
  if (known !== undefined) return asItIs(known);
  const there = statSync(file, { throwIfNoEntry: false });
  const isFile = there === undefined || there.isFile();
  const place = there?.isFile() ? realpathSync(file) : file;
  const draft = isFile ? `${place}.${process.pid}.part` : place;
  const stream = createWriteStream(draft, { flush: isFile });
  const closed = new Promise<void>((done) => stream.once('close', () => done()));
  return {
    stream,
    async finish() {
      stream.end();
      await finished(stream);
      if (isFile) await rename(draft, place);
    },
    async discard() {
      stream.destroy();
      await closed;
      if (isFile) await rm(draft, { force: true });
    },
  };
}

const asItIs = (stream: Writable): WholeFile => ({
  stream,
  finish: () => new Promise((done, fail) => stream.write('', (error) => (error ? fail(error) : done()))),
  discard: async () => {},
});

export async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  const whole = wholeFile(file);
  try {
    whole.stream.write(bytes);
    await whole.finish();
  } finally {
    await whole.discard();
  }
}
