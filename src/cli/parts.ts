/**
 * A list of any length in parts of whole rows, each an import of its own: a server gives a request 15 seconds
 * and 100 MiB, and an import that breaks off goes on from where it was.
 */
import type { Readable } from 'node:stream';

export interface Part {
  readonly text: Buffer;
  /** Bytes of the input that it took. */
  readonly bytes: number;
  /** To be added to a line number within the part. */
  readonly lineOffset: number;
}

const NEWLINE = 0x0a;
const QUOTE = 0x22;
/** A quote that is never closed would hide every line end; beyond so many parts it is taken for a stray one. */
const PATIENCE = 8;

export async function* parts(
  input: Readable,
  format: 'csv' | 'ndjson',
  size = 512 * 1024,
): AsyncGenerator<Part> {
  const quoted = format === 'csv';
  let held: Buffer = Buffer.alloc(0);
  let header: Buffer | null = null;
  let line = 0;
  const part = (rows: Buffer): Part => {
    const first = header === null;
    // The first part carries the header itself; the others get it again, so their first row is on line 2.
    if (header === null) header = quoted ? headerOf(rows) : Buffer.alloc(0);
    const repeated = first ? Buffer.alloc(0) : header;
    const lineOffset = line - (repeated.length > 0 ? 1 : 0);
    line += linesIn(rows);
    return { text: Buffer.concat([repeated, rows]), bytes: rows.length, lineOffset };
  };
  for await (const chunk of input) {
    held = Buffer.concat([held, Buffer.from(chunk)]);
    while (held.length >= size) {
      const end =
        endOfRows(held, size, quoted) ||
        (held.length >= size * PATIENCE ? endOfRows(held, held.length, false) : 0);
      if (end === 0) break;
      yield part(held.subarray(0, end));
      held = held.subarray(end);
    }
  }
  if (held.length > 0) yield part(held);
}

/** Behind the last line end outside quotes; the first one beyond `size` where there is none before; 0 = none at all. */
function endOfRows(bytes: Buffer, size: number, quoted: boolean): number {
  let end = 0;
  let inside = false;
  for (let i = 0; i < bytes.length; i++) {
    if (quoted && bytes[i] === QUOTE) inside = !inside;
    if (bytes[i] !== NEWLINE || inside) continue;
    if (i >= size && end > 0) return end;
    end = i + 1;
    if (i >= size) return end;
  }
  return end;
}

/** Empty where the first line is an address already. */
function headerOf(rows: Buffer): Buffer {
  const end = endOfRows(rows, 0, true);
  const first = rows.subarray(0, end);
  return /(^|[^a-z])(address|e-?mail|e-?mail ?address|recipient)([^a-z@]|$)/i.test(first.toString('utf8')) &&
    !first.includes('@')
    ? first
    : Buffer.alloc(0);
}

function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
