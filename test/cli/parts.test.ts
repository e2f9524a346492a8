import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parts } from '../../src/cli/parts.ts';

/** In chunks that end anywhere. */
const inChunks = (text: string, size: number) => {
  const bytes = Buffer.from(text);
  return Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.subarray(i * size, (i + 1) * size),
    ),
    { objectMode: false },
  );
};
async function partsOf(text: string, format: 'csv' | 'ndjson', size: number, chunk = 7) {
  const all = [];
  for await (const part of parts(inChunks(text, chunk), format, size))
    all.push({ ...part, text: part.text.toString('utf8') });
  return all;
}

describe('a list in parts', () => {
  it('repeats the header, and counts lines as the file does', async () => {
    expect(await partsOf('address,note\na@x.test,1\nb@x.test,2\nc@x.test,3\n', 'csv', 24)).toEqual([
      { text: 'address,note\na@x.test,1\n', bytes: 24, lineOffset: 0 },
      { text: 'address,note\nb@x.test,2\nc@x.test,3\n', bytes: 22, lineOffset: 1 },
    ]);
  });

  it.each([
    ['address'],
    ['name,mail'],
    ['"E-mail address";note'],
    ['sep=;\r\nname;email'],
    ['\r\n\r\nrecipient\tnote'],
    ['"a note\non two lines",email'],
  ])('repeats all that comes before the first row: %j', async (head) => {
    const rows = ['a@x.test\r\n', 'b@x.test\r\n', 'c@x.test\r\n'];
    const all = await partsOf(`${head}\r\n${rows.join('')}`, 'csv', head.length + 2 + 10);
    expect(all[0]?.text.startsWith(`${head}\r\na@x.test`)).toBe(true);
    const [, ...others] = all;
    expect(others.length).toBeGreaterThan(0);
    for (const { text } of others) expect(text.startsWith(`${head}\r\n`)).toBe(true);
    const lineOf = (row: string) =>
      all.flatMap(({ text, lineOffset }) =>
        text.split('\n').flatMap((line, i) => (line.startsWith(row) ? [i + 1 + lineOffset] : [])),
      );
    const headLines = `${head}\n`.split('\n').length - 1;
    expect(['a@', 'b@', 'c@'].map((row) => lineOf(row))).toEqual([
      [headLines + 1],
      [headLines + 2],
      [headLines + 3],
    ]);
  });

  it('is UTF-8, where the file is UTF-16', async () => {
    const bytes = Buffer.from('\ufeffemail;note\na@x.test;für\nb@x.test;\u0a0a\n', 'utf16le');
    const all = [];
    for await (const { text } of parts(Readable.from([bytes], { objectMode: false }), 'csv', 24))
      all.push(text.toString('utf8'));
    expect(all).toEqual(['email;note\n', 'email;note\na@x.test;für\n', 'email;note\nb@x.test;\u0a0a\n']);
  });

  it('needs no header, and no last line end', async () => {
    expect(await partsOf('a@x.test\nb@x.test\nc@x.test', 'csv', 9)).toEqual([
      { text: 'a@x.test\n', bytes: 9, lineOffset: 0 },
      { text: 'b@x.test\n', bytes: 9, lineOffset: 1 },
      { text: 'c@x.test', bytes: 8, lineOffset: 2 },
    ]);
  });

  it('does not cut a cell that holds line ends', async () => {
    const row = 'a@x.test,"one\ntwo ""three""\nfour"\n';
    expect((await partsOf(`address,note\n${row}${row}`, 'csv', 20)).map(({ text }) => text)).toEqual([
      `address,note\n`,
      `address,note\n${row}`,
      `address,note\n${row}`,
    ]);
  });

  it('goes on after a quote that is never closed', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => `p${i}@x.test\n`).join('');
    expect((await partsOf(`a"@x.test\n${rows}`, 'csv', 50)).length).toBeGreaterThan(3);
  });

  it('loses and doubles no row, whatever the sizes', async () => {
    const cell = fc
      .string({ unit: fc.constantFrom('a', ',', '\n', '"', 'ü', ' ') })
      .map((text) => `"${text.replaceAll('"', '""')}"`);
    await fc.assert(
      fc.asyncProperty(
        fc.array(cell, { maxLength: 30 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        async (cells, size, chunk) => {
          const rows = cells.map((one, i) => `p${i}@x.test,${one}\n`);
          const header = 'address,note\n';
          const all = await partsOf(header + rows.join(''), 'csv', size, chunk);
          expect(all.map(({ text }, i) => (i === 0 ? text : text.slice(header.length))).join('')).toBe(
            header + rows.join(''),
          );
          expect(all.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(
            Buffer.byteLength(header + rows.join('')),
          );
        },
      ),
      { numRuns: 200 },
    );
  });
});
