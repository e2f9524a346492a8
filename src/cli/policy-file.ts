/** A policy as a file: YAML, or JSON, which is YAML too. Knows on which line each part of it stands. */
import { isMap, isNode, LineCounter, parseDocument, stringify } from 'yaml';
import { usage } from './failure.ts';
import { clean, paint } from './output.ts';

export interface Document {
  readonly rules: readonly { readonly id: string; readonly [name: string]: unknown }[];
  readonly streams: Readonly<Record<string, string>>;
  readonly matrix: Readonly<Record<string, readonly string[]>>;
  readonly tests: readonly unknown[];
}

export interface Read {
  readonly value: unknown;
  lineOf(path: readonly (string | number)[]): number;
}

export function read(text: string, file: string): Read {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core' });
  const [first] = document.errors;
  if (first !== undefined) {
    const { line, col } = lines.linePos(first.pos[0]);
    throw usage(`${clean(file)}:${line}:${col}: this is no YAML: ${clean(first.message)}`);
  }
  // Aliases that unfold without end are refused by the library beyond a hundred.
  return {
    value: document.toJS() ?? {},
    lineOf(path) {
      // The nearest part that is there: a field that is missing is told where its rule begins.
      for (let length = path.length; length >= 0; length--) {
        const at = path.slice(0, length);
        const parent = document.getIn(at.slice(0, -1), true);
        const key = isMap(parent)
          ? parent.items.find((pair) => isNode(pair.key) && String(pair.key) === String(at.at(-1)))?.key
          : null;
        const node = isNode(key) ? key : document.getIn(at, true);
        if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
      }
      return 1;
    },
  };
}

/** The line of a JSON pointer, and the rule that it is in. */
export function whereIs(document: Read, pointer: string): { line: number; rule: string | null } {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  const rules = (document.value as { rules?: unknown }).rules;
  const rule: unknown = path[0] === 'rules' && Array.isArray(rules) ? rules[Number(path[1])] : null;
  const id = typeof rule === 'object' && rule !== null && 'id' in rule ? String(rule.id) : null;
  return { line: document.lineOf(path), rule: id };
}

const head = `# Rules are tried in order, and the first that matches decides. Your own come before the default ones; a rule with
# the id of a default one takes its place. Default rules may be left out: they hold all the same.
#   mailstop policy check FILE    are the rules and cases right?
#   mailstop policy diff FILE     what would change?
#   mailstop policy set FILE      activate it
`;

export const written = ({ rules, streams, matrix, tests }: Document): string =>
  `${head}${stringify({ rules, streams, matrix, tests }, { lineWidth: 110, aliasDuplicateObjects: false }).trimEnd()}`;

/** What one document says and the other does not, rule by rule. */
export function differences(before: Document, after: Document): string {
  const parts: string[] = [];
  const say = (what: string, a: unknown, b: unknown) => {
    const [from, to] = [a, b].map((value) =>
      value === undefined ? [] : stringify(value, { lineWidth: 110 }).trimEnd().split('\n'),
    );
    if (JSON.stringify(from) === JSON.stringify(to)) return;
    const gone = (from ?? [])
      .filter((line) => !(to ?? []).includes(line))
      .map((line) => paint('red', `- ${clean(line)}`));
    const come = (to ?? [])
      .filter((line) => !(from ?? []).includes(line))
      .map((line) => paint('green', `+ ${clean(line)}`));
    parts.push([paint('bold', what), ...gone, ...come].join('\n'));
  };
  const ids = new Set([...after.rules, ...before.rules].map(({ id }) => id));
  for (const id of ids) {
    const of = (document: Document) => document.rules.find((rule) => rule.id === id);
    say(`rule ${id}`, of(before), of(after));
  }
  say('streams', before.streams, after.streams);
  say('matrix', before.matrix, after.matrix);
  say('tests', before.tests, after.tests);
  return parts.join('\n\n');
}
