/**
 * A list of any length in parts of whole rows, each an import of its own: a server gives a request 15 seconds
 * and 100 MiB, and an import that breaks off goes on from where it was.
 */
import type { Readable } from 'node:stream';
import { headLines, MAX_ROW, textsOf } from '../app/rows.ts';

export interface Part {
  /** UTF-8, whatever the input is. */
  readonly text: Buffer;
  /** Bytes of it that are new. */
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
    // The first part carries the header itself; the others get it again, with what stands before it.
    if (header === null) header = quoted ? headOf(rows) : Buffer.alloc(0);
    const repeated = first ? Buffer.alloc(0) : header;
    const lineOffset = line - linesIn(repeated);
    line += linesIn(rows);
    return { text: Buffer.concat([repeated, rows]), bytes: rows.length, lineOffset };
  };
  for await (const text of textsOf(input)) {
    held = Buffer.concat([held, Buffer.from(text)]);
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
function headOf(rows: Buffer): Buffer {
  let end = 0;
  for (let left = headLines(rows.toString('utf8', 0, 2 * MAX_ROW)); left > 0 && end < rows.length; left--)
    end = rows.indexOf(NEWLINE, end) + 1 || rows.length;
  return rows.subarray(0, end);
}

function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
