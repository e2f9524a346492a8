/**
 * One rule about a reply's words. Rules are data, tried in order, the first match wins. A pattern sees the text
 * as `plain` makes it. Gaps are bounded (`.{0,40}`), so that no text of 4 KiB can make a pattern slow.
 */
import type { Category } from '../taxonomy.ts';

export interface TextRule {
  /** Stable; stored with the event as `text:<id>`. */
  readonly id: string;
  readonly category: Category;
  readonly pattern: RegExp;
  /** Holds only beside these codes. */
  readonly when?: {
    readonly code?: RegExp;
    readonly enhanced?: RegExp;
  };
  /** General words: an exact code of one receiver knows better. */
  readonly general?: true;
  readonly why: string;
  /** Who says so: a page of the receiver, or the server software. */
  readonly source: string;
  /** Replies of our own making, code first, that this rule must be the one to catch. */
  readonly examples: readonly string[];
}

/** What one receiver, gateway or mail server says in words and numbers of its own, by what it publishes. */
export interface Receiver {
  /** As it calls itself. */
  readonly name: string;
  /** Whether a reply could be of it: words or marks that stand in each reply its rules know. Sees what patterns see. */
  readonly gate: RegExp;
  /** Before all general rules, in this order. */
  readonly rules: readonly TextRule[];
}

/** Phrases, one a line, as one pattern. */
export const anyOf = (...phrases: readonly RegExp[]): RegExp =>
  new RegExp(phrases.map(({ source }) => `(?:${source})`).join('|'), 'u');

/** Words longer than this prove nothing more. */
const MAX_TEXT = 4096;

/**
 * Lower case on one line, without what varies or could be anybody's words: addresses become `@`, and enhanced
 * codes and the marks of continued lines go.
 */
export function plain(text: string): string {
  // Each reply is asked about twice in a row.
  if (text !== last.text) last = { text, plain: plainOf(text) };
  return last.plain;
}

let last = { text: '', plain: '' };

const plainOf = (text: string): string =>
  text
    .slice(0, MAX_TEXT)
    .toLowerCase()
    .replace(/^\s*(?:[el]?smtp|x-[\w-]{1,30}) ?;/, ' ')
    .replace(/[’‘`]/g, "'")
    .replace(/(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![.\d])/g, ' ')
    .replace(/(?<!\d)[245]\d\d-/g, ' ')
    // Words of East Asia stand beside it without a blank.
    .replace(
      /[^\s<>"'(),;:[\]@\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]{1,64}@[^\s<>"'(),;:[\]@\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]{1,255}/g,
      '@',
    )
    .replace(/<\s*@\s*>/g, '@')
    .replace(/\s+/g, ' ')
    .trim();
