/**
 * The server's log on stderr. What reads it may be gone, blocked, or a full disk: then lines are dropped and counted, and
 * the server goes on.
 */
import { fstatSync, writeSync } from 'node:fs';

export const logLimits = { waitingBytes: 256 * 1024 } as const;

const STDERR = 2;

export interface LogOutput {
  /** Lines are written once a turn of the loop: line by line is costly. */
  write(line: string): void;
  /** Called with each number of lines that were dropped. */
  onDropped(callback: (lines: number) => void): void;
}

/** `told` makes the line that says how many are missing, once lines can be written again. */
export function logOutput(told: (dropped: number) => string): LogOutput {
  const writeText = fstatSync(STDERR).isFile() ? toFile() : toPipe();
  let lines: string[] = [];
  let dropped = 0;
  let count = (_lines: number): void => {};

  function flush(): void {
    if (lines.length === 0) return;
    const missing = dropped === 0 ? [] : [told(dropped)];
    if (writeText([...missing, ...lines, ''].join('\n'))) dropped = 0;
    else {
      dropped += lines.length;
      count(lines.length);
    }
    lines = [];
  }
  process.on('exit', flush);
  return {
    write(line) {
      if (lines.length === 0) setImmediate(flush);
      lines.push(line);
    },
    onDropped(callback) {
      count = callback;
    },
  };
}

/** Not by the stream, which is of no use any more after its first error; a disk has room again. */
function toFile(): (text: string) => boolean {
  /** The last line that was begun has no end. */
  let isBroken = false;
  return (text) => {
    const whole = Buffer.from(isBroken ? `\n${text}` : text);
    let rest = whole;
    try {
      while (rest.length > 0) rest = rest.subarray(writeSync(STDERR, rest));
      isBroken = false;
      return true;
    } catch {
      // Not ignored: its lines are counted.
      isBroken ||= rest.length < whole.length;
      return false;
    }
  };
}

/** What a blocked reader leaves waiting is kept in memory, up to a limit. */
function toPipe(): (text: string) => boolean {
  let isGone = false;
  process.stderr.on('error', () => {
    isGone = true;
  });
  return (text) => {
    if (isGone || process.stderr.writableLength + text.length > logLimits.waitingBytes) return false;
    process.stderr.write(text);
    return true;
  };
}

/** Whoever read the start message need not stay. */
export function outliveReaders(): void {
  process.stdout.removeAllListeners('error');
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ENOSPC') throw error;
  });
}
