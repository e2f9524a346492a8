/** What the classifier makes of single replies: rows of text, replyCode, source, category, blame and verdict. */
import { readFileSync } from 'node:fs';
import { classify } from '../../src/core/classify.ts';
import { readReply } from '../../src/core/smtp.ts';
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
