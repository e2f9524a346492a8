/** The labels in the providers' tables, read from their source: adapters keep their tables to themselves. */
import { existsSync, readFileSync } from 'node:fs';

export type Form = 'keys' | 'pairs' | 'words';

const urlOf = (file: string): URL => new URL(`../../src/providers/${file}.ts`, import.meta.url);
const sourceOf = (file: string): string => readFileSync(urlOf(file), 'utf8').replace(/ \/\/ .*$/gm, '');

/** From the line that begins a constant to the one that closes it. */
function constant(file: string, name: string): string {
  const lines = sourceOf(file).split('\n');
  const from = lines.findIndex((line) => new RegExp(`^(?:export )?const ${name}\\b`).test(line));
  if (from === -1) throw new Error(`${file}.ts has no constant ${name} any more`);
  const length = lines
    .slice(from)
    .findIndex((line, i) => /;$/.test(line) && (i === 0 || /^[\]})]/.test(line)));
  return lines.slice(from, from + length + 1).join('\n');
}

const patterns: Readonly<Record<Form, RegExp>> = {
  keys: /^ {2}(?:'([^']+)'|([\w$]+))[:(]/gm,
  pairs: /^ {2}\['([^']+)'/gm,
  words: /'([^']+)'/g,
};

export function labelsOf(file: string, name: string, form: Form): string[] {
  const text = constant(file, name);
  const pattern = form === 'keys' && !text.includes('\n') ? /[{,] (?:'([^']+)'|(\w+)):/g : patterns[form];
  const labels = [...text.matchAll(pattern)].map(([, quoted, bare]) => quoted ?? bare ?? '');
  const words = form === 'words' ? labels.flatMap((one) => one.split(/ (?=[a-z_]+(?: |$))/)) : labels;
  const found = words.filter((one) => one.trim() !== '');
  if (found.length === 0) throw new Error(`${file}.ts: ${name} has no labels of this form`);
  return found;
}

/** Tables that hold no labels. */
const besides = [
  'generic TEXTS',
  'dsn statusTypes',
  'dsn returnedTypes',
  'postmark BY_TYPE',
  'postmark BY_CODE',
];

/** Tables in a provider's files that are not among those told. */
export function untold(provider: string, told: readonly string[]): string[] {
  const files = [provider, `labels/${provider}`].filter((file) => existsSync(urlOf(file)));
  const tables = /^(?:export )?const (\w+)(?:: ([^=]*?))? = (new (?:Map|Set)\b|\[|\{|$)?/gm;
  return files.flatMap((file) =>
    [...sourceOf(file).matchAll(tables)]
      .filter(
        ([, , type = '', value = '']) =>
          /\b(?:Table|Record|readonly)\b/.test(type) || /^(?:new|\[)/.test(value),
      )
      .map(([, name]) => `${file} ${name}`)
      .filter((name) => !told.includes(name) && !besides.includes(name)),
  );
}
