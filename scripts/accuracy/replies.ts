/** What the classifier makes of single replies: rows of text, replyCode, source, category, blame and verdict. */
import { readFileSync } from 'node:fs';
import { classify } from '../../src/core/classify.ts';
import { readReply } from '../../src/core/smtp.ts';
import { matchWords, plain } from '../../src/core/text-rules/index.ts';
import type { Judged, Label } from './judged.ts';

interface Row extends Label {
  readonly text: string;
  readonly replyCode: string;
  readonly source: string;
}

/** As `POST /v1/classify` takes them: the text alone, as a final failure. */
export function judgeReplies(file: string): Judged[] {
  return readRows<Row>(file).map((label) => {
    const reply = readReply({ text: label.text });
    const found = classify({ kind: 'bounce', reply });
    return { text: label.text, code: label.replyCode, receiver: receiverOf(label), label, found };
  });
}

export const readRows = <R>(file: string): R[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): R => JSON.parse(line));

/** The last two names of the first host in the text, else where the row comes from, without its number. */
function receiverOf({ text, source }: Row): string {
  const host = /(?<![\w@])(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,10}\b/i.exec(text)?.[0].toLowerCase();
  return host?.split('.').slice(-2).join('.') ?? source.replace(/\d+|#.*$/g, '');
}

/** Microseconds for one reply, the median over all rows and rounds: the rules about words alone, and from text to verdict. */
export function measureReplies(
  file: string,
  rounds: number,
): { readonly words: number; readonly whole: number; readonly perSecond: number } {
  const texts = readRows<Row>(file).map(({ text }) => text);
  const replies = texts.map((text) => readReply({ text }));
  const run = (one: (i: number) => void): number[] => {
    const times: number[] = [];
    for (let round = 0; round < 2 * rounds; round++)
      for (let i = 0; i < texts.length; i++) {
        const began = performance.now();
        one(i);
        if (round >= rounds) times.push((performance.now() - began) * 1_000); // the first half warms up
      }
    return times;
  };
  const words = run((i) => {
    const { text, code, enhanced } = replies[i] ?? { text: null, code: null, enhanced: null };
    matchWords(plain(text ?? ''), { code, enhanced });
  });
  const whole = run((i) => classify({ kind: 'bounce', reply: readReply({ text: texts[i] ?? '' }) }));
  const sum = whole.reduce((total, one) => total + one, 0);
  return { words: median(words), whole: median(whole), perSecond: (whole.length / sum) * 1_000_000 };
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
