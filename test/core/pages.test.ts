/** The pages of the catalogue: each complete, in one style, saying nothing twice, and of one mind with the policy. */
import { readdirSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { lookupCode } from '../../src/core/codes/catalogue.ts';
import type { Page } from '../../src/core/codes/page.ts';

const folder = new URL('../../src/core/codes/pages/', import.meta.url);
const pages: readonly (readonly [string, Page])[] = await Promise.all(
  readdirSync(folder)
    .map((name) => name.replace(/\.ts$/, ''))
    .sort()
    .map(async (code) => [code, (await import(`${folder}${code}.ts`)).page] as const),
);

const texts = (page: Page): string[] => [
  page.meaning,
  page.softOrHard,
  ...page.playsOut,
  ...page.causes,
  ...page.fixes,
  ...page.questions.flatMap(({ q, a }) => [q, a]),
];

/** How long each part may be, in characters, and how many there are. */
const sizes: readonly (readonly [
  string,
  (page: Page) => readonly string[],
  [number, number],
  [number, number],
])[] = [
  ['meaning', (page) => [page.meaning], [1, 1], [110, 460]],
  ['how it plays out', (page) => page.playsOut, [3, 6], [30, 230]],
  ['soft or hard', (page) => [page.softOrHard], [1, 1], [60, 360]],
  ['causes', (page) => page.causes, [2, 7], [25, 240]],
  ['fixes', (page) => page.fixes, [2, 7], [25, 240]],
  ['questions', (page) => page.questions.map(({ q }) => q), [2, 6], [12, 100]],
  ['answers', (page) => page.questions.map(({ a }) => a), [2, 6], [30, 340]],
  ['related', (page) => page.related, [2, 8], [3, 7]],
  ['sources', (page) => page.sources, [1, 6], [20, 200]],
];

describe.each(pages)('the page of %s', (code, page) => {
  const entry = lookupCode(code);

  it('is of a code of the catalogue, and shown there', () => {
    expect(entry).toMatchObject({ code, meaning: page.meaning, playsOut: page.playsOut });
  });

  test.each(sizes)('has %s of a readable size', (_name, part, [fewest, most], [shortest, longest]) => {
    const items = part(page);
    expect(items.length).toBeGreaterThanOrEqual(fewest);
    expect(items.length).toBeLessThanOrEqual(most);
    for (const item of items) {
      expect(item.length, item).toBeGreaterThanOrEqual(shortest);
      expect(item.length, item).toBeLessThanOrEqual(longest);
    }
  });

  it('is written in whole sentences, with questions that ask', () => {
    for (const { q, a } of page.questions) {
      expect(q).toMatch(/^\p{Lu}.*\?$|^\d.*\?$/u);
      expect(a).toMatch(/[.]$/);
    }
    for (const text of [page.meaning, page.softOrHard, ...page.playsOut, ...page.causes, ...page.fixes]) {
      expect(text).toMatch(/^[\p{Lu}\d]/u);
      expect(text).toMatch(/[.]$/);
    }
  });

  it('uses the words and signs of the others', () => {
    for (const text of texts(page)) {
      expect(text).not.toMatch(/['"“”–—!]|\s{2}|&|\be-mail/);
      expect(text.toLowerCase()).not.toMatch(
        /\b(?:please|simply|just|very|basically|in order to|it is important|note that|make sure|ensure|leverage|utili[sz]e|various|etc)\b/,
      );
    }
  });

  it('has an example with its code', () => {
    const [basic, enhanced] = page.example.split(/[ -]/);
    expect([basic, enhanced]).toContain(code);
    if (entry?.type === 'enhanced') expect(basic?.[0]).toBe(code[0]);
  });

  it('names neighbours that exist, and not itself', () => {
    expect(page.related).not.toContain(code);
    expect(new Set(page.related).size).toBe(page.related.length);
    for (const one of page.related) expect(lookupCode(one), one).not.toBeNull();
  });

  it('cites the standard of the code, and only https addresses', () => {
    for (const source of page.sources) expect(new URL(source).protocol).toBe('https:');
    const numbers = [...(entry?.standard ?? '').matchAll(/RFC (\d+)/g)].map(([, number]) => number);
    if (numbers.length > 0)
      expect(numbers.some((number) => page.sources.some((source) => source.includes(`rfc${number}`)))).toBe(
        true,
      );
  });

  it('says soft of what is soft, and hard of what is hard', () => {
    const first = page.softOrHard.split(/[ ,.:;]/)[0]?.toLowerCase();
    expect(first).toBe(entry?.bounceType === 'none' ? 'neither' : entry?.bounceType);
  });
});

/** Runs of so many words may stand on one page only. */
const RUN = 8;

test('no page says what another says', () => {
  const first = new Map<string, string>();
  const twice: string[] = [];
  for (const [code, page] of pages) {
    const here = new Set<string>();
    for (const text of texts(page)) {
      const words = text.toLowerCase().match(/[\p{L}\d.]+/gu) ?? [];
      for (let i = 0; i + RUN <= words.length; i++) here.add(words.slice(i, i + RUN).join(' '));
    }
    for (const run of here) {
      const other = first.get(run);
      if (other === undefined) first.set(run, code);
      else twice.push(`${other} and ${code}: ${run}`);
    }
  }
  expect(twice).toEqual([]);
});
