import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { csvReader } from '../../src/providers/csv-records.ts';

const read = (...pieces: string[]) => {
  const reader = csvReader();
  return [...pieces.flatMap((piece) => reader.push(piece)), ...reader.end()];
};
const told = (...pieces: string[]) =>
  read(...pieces).map((record) => (record.ok ? [record.line, ...record.cells] : [record.line, record.why]));

const outOfPlace = 'not CSV: a quote out of place';
const notClosed = 'not CSV: a quote that is not closed';

it.each<[string, string, string[][]]>([
  [
    'a comma before what is there as often',
    'a,b;c\nd;e,f',
    [
      ['a', 'b;c'],
      ['d;e', 'f'],
    ],
  ],
  [
    'a semicolon where there are more of them',
    'a;b, c;d\ne;f;g, h',
    [
      ['a', 'b, c', 'd'],
      ['e', 'f', 'g, h'],
    ],
  ],
  [
    'a semicolon where no comma is',
    'a;b\n"c;d";e,f',
    [
      ['a', 'b'],
      ['c;d', 'e,f'],
    ],
  ],
  [
    'a tab where neither is',
    'a\tb\nc;d\te',
    [
      ['a', 'b'],
      ['c;d', 'e'],
    ],
  ],
  [
    'no comma within quotes',
    '"a,b";c\nd;e',
    [
      ['a,b', 'c'],
      ['d', 'e'],
    ],
  ],
  ['a comma where the first line has none of them', 'a\nb;c', [['a'], ['b;c']]],
])('cells are told apart by %s', (_title, text, cells) => {
  const reader = csvReader([',', ';', '\t']);
  const records = [...reader.push(text), ...reader.end()];
  expect(records.map((record) => (record.ok ? record.cells : record.why))).toEqual(cells);
});

describe('records of CSV', () => {
  test.each<[string, string, (string | number)[][]]>([
    [
      'plain cells',
      'a,b\nc,d\n',
      [
        [1, 'a', 'b'],
        [2, 'c', 'd'],
      ],
    ],
    [
      'a last line without an end',
      'a\nb',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'line ends of three systems',
      'a\r\nb\rc\nd',
      [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
        [4, 'd'],
      ],
    ],
    [
      'a byte order mark',
      '\ufeffa\nb',
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'empty lines, which are counted',
      'a\n\n\nb\n',
      [
        [1, 'a'],
        [4, 'b'],
      ],
    ],
    [
      'empty cells',
      ',\n"",""\n',
      [
        [1, '', ''],
        [2, '', ''],
      ],
    ],
    ['quoted commas and quotes', '"a,b","c ""d"""\n', [[1, 'a,b', 'c "d"']]],
    [
      'quoted line breaks',
      'a,"b\r\nc\n\nd"\ne,f\n',
      [
        [1, 'a', 'b\r\nc\n\nd'],
        [5, 'e', 'f'],
      ],
    ],
    [
      'text behind a quote',
      'a,"B" C\nd,e\nf,"g"\n',
      [
        [1, outOfPlace],
        [2, 'd', 'e'],
        [3, 'f', 'g'],
      ],
    ],
    [
      'a quote behind text',
      'a,b"c"\nd,e\n',
      [
        [1, outOfPlace],
        [2, 'd', 'e'],
      ],
    ],
    [
      'a quote behind a space',
      'a, "b"\nd,e\n',
      [
        [1, outOfPlace],
        [2, 'd', 'e'],
      ],
    ],
    [
      'a quote that the next quoted line would close',
      'a,"b\nc,d\n"e",f\n',
      [
        [1, notClosed.replace('that is not closed', 'out of place')],
        [2, 'c', 'd'],
        [3, 'e', 'f'],
      ],
    ],
    [
      'a quote that nothing closes',
      'a,"b\nc,d\ne,f\n',
      [
        [1, notClosed],
        [2, 'c', 'd'],
        [3, 'e', 'f'],
      ],
    ],
    [
      'a quote alone at the end',
      'a\n"',
      [
        [1, 'a'],
        [2, notClosed],
      ],
    ],
  ])('are read with %s', (_, text, records) => {
    expect(told(text)).toEqual(records);
  });

  it('beyond 64 KiB are told, and their neighbours read', () => {
    const long = 'x'.repeat(65_537);
    const why = 'not CSV: longer than 64 KiB';
    expect(told(`a\n${long}\nb\n`)).toEqual([
      [1, 'a'],
      [2, why],
      [3, 'b'],
    ]);
    expect(told('a\n', long, long, '\r', '\nb\n', long)).toEqual([
      [1, 'a'],
      [2, why],
      [3, 'b'],
      [4, why],
    ]);
    const open = `"${'x\n'.repeat(40_000)}`;
    expect(told(`${open}b\n`).slice(0, 2)).toEqual([
      [1, notClosed],
      [2, 'x'],
    ]);
  });

  it('come out the same however the text is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', ',', '"', '\n', '\r'), maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(40)), (whole, places) => {
        const cuts = [
          0,
          ...places.map((place) => Math.min(place, whole.length)).sort((a, b) => a - b),
          whole.length,
        ];
        const pieces = cuts.slice(1).map((end, i) => whole.slice(cuts[i], end));
        expect(read(...pieces)).toEqual(read(whole));
      }),
    );
  });

  it('are what csv-parse reads, where it finds no fault', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', ' '), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
        const text = rows
          .map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','))
          .join('\n');
        const cells = read(text).map((record) => (record.ok ? record.cells : record.why));
        expect(cells).toEqual(rows);
        expect(cells).toEqual(parse(text, { relax_column_count: true }));
      }),
    );
  });
});
