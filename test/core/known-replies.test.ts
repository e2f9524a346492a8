/** Replies as servers word them, a line each with what they mean, written down apart from the rules. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { classify } from '../../src/core/classify.ts';
import { readReply } from '../../src/core/smtp.ts';
import { categories } from '../../src/core/taxonomy.ts';

const known = readFileSync(new URL('./known-replies.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => {
    const at = line.indexOf('|');
    return { category: line.slice(0, at), text: line.slice(at + 1) };
  });

describe('known replies', () => {
  test.each(known)('$category: $text', ({ category, text }) => {
    expect(classify({ kind: 'bounce', reply: readReply({ text }) }).category).toBe(category);
  });

  test('none of the sender’s own faults suppresses an address, save 504', () => {
    const suppressed = known.filter(({ text }) => {
      const { blame, verdict } = classify({ kind: 'bounce', reply: readReply({ text }) });
      return ['sender', 'content'].includes(blame) && verdict === 'suppress' && !/^504/.test(text);
    });
    expect(suppressed).toEqual([]);
  });

  test('are of every category that a reply may have', () => {
    const without = new Set(['unknown', 'complaint', 'delivered']);
    const missing = Object.keys(categories).filter((one) => !known.some(({ category }) => category === one));
    expect(missing.filter((one) => !without.has(one))).toEqual([]);
  });
});
