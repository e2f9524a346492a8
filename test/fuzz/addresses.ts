/** Mangled and random addresses through the one canonicalizer: total, quick, idempotent, and never somebody else's. */
import { canonicalAddress } from '../../src/core/address.ts';
import { type Random, randomFrom } from './random.ts';
import { SLOW_MS } from './requests.ts';

const VICTIM = 'victim.kim@example.com';

export interface FuzzedAddresses {
  addresses: number;
  readable: number;
  slowest: number;
  readonly findings: string[];
}

const marks = [
  '\0',
  '\u200b',
  '\u202e',
  '\u212a',
  '\u0131',
  '\u017f',
  'ｖ',
  'а',
  '①',
  '%70',
  '。',
  '.',
  '..',
  '@',
  ' ',
  '\t',
  '<',
  '>',
  '"',
  '\\',
  ',',
  ';',
  '(c)',
  '=?utf-8?q?=41?=',
  'xn--',
  '\ud800',
  '\u0301',
  'İ',
  '+tag',
  '[127.0.0.1]',
  '☃',
  '\ufeff',
];

const bends: readonly ((text: string, random: Random) => string)[] = [
  (text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(marks) + text.slice(at + random.below(2));
  },
  (text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + String.fromCodePoint(random.below(0xd800)) + text.slice(at);
  },
  (text) => text.toUpperCase(),
  (text) => `"${text.slice(0, text.indexOf('@'))}"${text.slice(text.indexOf('@'))}`,
  (text) => `<${text}>`,
  (text) => `"A, B" <${text}>`,
  (text) => `${text}.`,
  (text) => `${text},${text}`,
  (text) => text.normalize('NFD'),
  (text) => text.repeat(20),
  (text, random) => text.slice(random.below(text.length + 1)),
];

/** What everybody would call the same address: case of ASCII letters, blanks, brackets, a name before, quotes, a last dot. */
const isVictim = (text: string): boolean => {
  const bare = text
    .replace(/^ +| +$/g, '')
    .replace(/^(?:"(?:[^"\\]|\\.)*" *|[^"<>@,;:\\()[\]]*)<([^<>]*)>$/, '$1')
    .trim();
  const [, quotedLocal, host] = /^"((?:[^"\\]|\\.)*)"@(.*)$/s.exec(bare) ?? [];
  const plain = quotedLocal === undefined ? bare : `${quotedLocal.replace(/\\(.)/gs, '$1')}@${host}`;
  return plain.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/\.$/, '') === VICTIM;
};

export function fuzzAddresses(count: number, seed: number): FuzzedAddresses {
  const random = randomFrom(seed);
  const all: FuzzedAddresses = { addresses: count, readable: 0, slowest: 0, findings: [] };
  const say = (text: string, what: string) =>
    all.findings.push(`seed ${seed}: ${JSON.stringify(text)} ${what}`);
  for (let i = 0; i < count && all.findings.length < 20; i++) {
    let text = random.pick([VICTIM, 'münchen@münchen.de', 'a@b.example', '"x y"@example.org']);
    for (let n = random.below(4); n > 0; n--) text = random.pick(bends)(text, random);
    const began = performance.now();
    const read = canonicalAddress(text);
    let took = performance.now() - began;
    if (took > SLOW_MS) {
      const again = performance.now();
      canonicalAddress(text);
      took = Math.min(took, performance.now() - again);
    }
    all.slowest = Math.max(all.slowest, took);
    if (took > SLOW_MS) say(text, `took ${Math.round(took)} ms`);
    if (!read.ok) continue;
    all.readable += 1;
    const again = canonicalAddress(read.value);
    if (!again.ok || again.value !== read.value)
      say(text, `gives ${read.value}, which gives ${again.ok ? again.value : 'nothing'}`);
    if (read.value === VICTIM && !isVictim(text)) say(text, `became ${VICTIM}`);
    if (!/@[a-z0-9_.-]+$/.test(read.value)) say(text, `gives a domain that is not plain: ${read.value}`);
  }
  return all;
}
