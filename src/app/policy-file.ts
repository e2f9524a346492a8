/** A policy as text: YAML, or JSON, which is YAML too. Knows on which line each part of it stands. */
import { isMap, isNode, LineCounter, parseDocument, stringify } from 'yaml';
import { err, ok, type Result } from '../core/result.ts';

export interface PolicyText {
  readonly rules: readonly { readonly id: string; readonly [name: string]: unknown }[];
  readonly streams: Readonly<Record<string, string>>;
  readonly matrix: Readonly<Record<string, readonly string[]>>;
  readonly tests: readonly unknown[];
}

export interface ReadText {
  readonly value: unknown;
  lineOf(path: readonly (string | number)[]): number;
}

/** Where it is no YAML at all: the place, and what is wrong there. */
export interface Unreadable {
  readonly line: number;
  readonly column: number;
  readonly detail: string;
}

export function readPolicyText(text: string): Result<ReadText, Unreadable> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core' });
  const [first] = document.errors;
  if (first !== undefined) {
    const { line, col } = lines.linePos(first.pos[0]);
    return err({ line, column: col, detail: first.message });
  }
  // Aliases that unfold without end are refused by the library beyond a hundred.
  return ok({
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
  });
}

/** A fault that the API tells by a JSON pointer: its line, and the rule and field it is about where its words do not say so. */
export function faultAt(
  document: ReadText,
  { pointer, detail }: { readonly pointer: string; readonly detail: string },
): { readonly line: number; readonly words: string } {
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  // A simulation has the document in a field.
  if (path[0] === 'policy') path.shift();
  const rules = (document.value as { rules?: unknown }).rules;
  const rule: unknown = path[0] === 'rules' && Array.isArray(rules) ? rules[Number(path[1])] : null;
  const id = typeof rule === 'object' && rule !== null && 'id' in rule ? String(rule.id) : null;
  const field = path.slice(2).join('.');
  const place = id === null || detail.includes(`"${id}"`) ? '' : `rule "${id}", ${field} `;
  return { line: document.lineOf(path), words: place + detail };
}

export const policyText = ({ rules, streams, matrix, tests }: PolicyText): string =>
  stringify({ rules, streams, matrix, tests }, { lineWidth: 110, aliasDuplicateObjects: false }).trimEnd();

export interface Difference {
  /** `rule 504`, `streams`, … */
  readonly what: string;
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

/** What one document says and the other does not, rule by rule. */
export function differences(before: PolicyText, after: PolicyText): readonly Difference[] {
  const compared = (what: string, a: unknown, b: unknown): Difference[] => {
    const [from = [], to = []] = [a, b].map((value) =>
      value === undefined ? [] : stringify(value, { lineWidth: 110 }).trimEnd().split('\n'),
    );
    const gone = from.filter((line) => !to.includes(line));
    const come = to.filter((line) => !from.includes(line));
    // The same lines in another order say the same.
    return gone.length + come.length === 0 ? [] : [{ what, gone, come }];
  };
  const ids = new Set([...after.rules, ...before.rules].map(({ id }) => id));
  return [
    ...[...ids].flatMap((id) => {
      const of = (document: PolicyText) => document.rules.find((rule) => rule.id === id);
      return compared(`rule ${id}`, of(before), of(after));
    }),
    ...compared('streams', before.streams, after.streams),
    ...compared('matrix', before.matrix, after.matrix),
    ...compared('tests', before.tests, after.tests),
  ];
}
