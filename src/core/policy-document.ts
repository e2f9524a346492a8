/**
 * What a tenant sets of the policy: rules of its own, tried before the default ones; default rules changed in
 * their place; classes of streams; cells of the matrix; and the cases that must hold before it is activated. Pure.
 */
import { defaultMatrix, defaultPolicy, defaultRules } from './default-policy.ts';
import type { Action, Kind, Reply, Retry } from './event.ts';
import { actionOf, judgeReply } from './judge-reply.ts';
import type { Matrix, Policy, Rule, StreamClass } from './policy.ts';
import { contradictionIn, precededBy } from './rule-reach.ts';
import type { Category } from './taxonomy.ts';

export interface PolicyTest {
  readonly name?: string;
  readonly reply: Reply;
  readonly kind: Kind;
  readonly address: string;
  readonly provider: string | null;
  readonly expect: {
    readonly rule?: string;
    readonly action?: Action;
    readonly retry?: Retry;
    readonly category?: Category | null;
  };
}

export interface PolicyDocument {
  readonly rules: readonly Rule[];
  readonly streams: Readonly<Record<string, StreamClass>>;
  readonly matrix: Partial<Matrix>;
  readonly tests: readonly PolicyTest[];
  /** Why this version was made. */
  readonly why?: string;
}

export const emptyDocument: PolicyDocument = { rules: [], streams: {}, matrix: {}, tests: [] };

const isDefault = (rule: Rule): boolean => defaultRules.some(({ id }) => id === rule.id);

/** `revision`: which version of the tenant's document it is; 0 = none. */
export function compile(document: PolicyDocument, revision: number): Policy {
  const changed = new Map(document.rules.filter(isDefault).map((rule) => [rule.id, rule]));
  return {
    version: revision === 0 ? defaultPolicy.version : `${defaultPolicy.version}+${revision}`,
    revision,
    rules: [
      ...document.rules.filter((rule) => !isDefault(rule)),
      ...defaultRules.map((rule) => changed.get(rule.id) ?? rule),
    ],
    streams: document.streams,
    matrix: { ...defaultMatrix, ...document.matrix },
  };
}

/** Less what says the same as the default policy, so that an upgrade of that reaches everything else. */
export const differing = (document: PolicyDocument): PolicyDocument => ({
  ...document,
  rules: document.rules.filter((rule) => {
    const known = defaultRules.find(({ id }) => id === rule.id);
    return known === undefined || !isSame(known, rule);
  }),
  matrix: Object.fromEntries(
    Object.entries(document.matrix).filter(
      ([name, classes]) => !isSame(defaultMatrix[name as keyof Matrix], classes),
    ),
  ),
});

/** The same content, whatever the order of its keys. */
export const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

export interface Fault {
  readonly path: readonly (string | number)[];
  readonly detail: string;
}

/** Everything that keeps a document from being activated: order, reach, and its own cases. */
export function faultsOf(document: PolicyDocument): Fault[] {
  return [...faultsOfOrder(document.rules), ...faultsOfReach(document), ...faultsOfTests(document)];
}

function faultsOfOrder(rules: readonly Rule[]): Fault[] {
  const faults: Fault[] = [];
  const seen = new Set<string>();
  let last: { place: number; id: string } | null = null;
  for (const [i, rule] of rules.entries()) {
    if (seen.has(rule.id))
      faults.push({ path: ['rules', i, 'id'], detail: `there are two rules "${rule.id}"` });
    seen.add(rule.id);
    const place = defaultRules.findIndex(({ id }) => id === rule.id);
    if (place === -1 && last !== null)
      faults.push({
        path: ['rules', i],
        detail: `rule "${rule.id}" stands behind the default rule "${last.id}", but your own rules are tried before all default ones: move it up`,
      });
    if (place !== -1 && last !== null && place < last.place)
      faults.push({
        path: ['rules', i],
        detail: `rule "${rule.id}" comes before "${last.id}" in the default policy and keeps its place: swap them`,
      });
    if (place !== -1) last = { place, id: rule.id };
  }
  return faults;
}

function faultsOfReach(document: PolicyDocument): Fault[] {
  const { rules } = compile(document, 0);
  return document.rules.flatMap((rule, i): Fault[] => {
    const contradiction = contradictionIn(rule.when);
    if (contradiction !== null)
      return [{ path: ['rules', i, 'when'], detail: `rule "${rule.id}" can never match: ${contradiction}` }];
    // The default rules themselves may be overtaken: that is what a rule above them is for.
    if (isDefault(rule)) return [];
    const place = rules.indexOf(rule);
    const earlier = precededBy(rule, rules.slice(0, place));
    return earlier === null
      ? []
      : [
          {
            path: ['rules', i],
            detail: `rule "${rule.id}" can never match: "${earlier.id}" before it matches all that it does; move it up, or narrow the other`,
          },
        ];
  });
}

function faultsOfTests(document: PolicyDocument): Fault[] {
  const policy = compile(document, 0);
  return document.tests.flatMap(({ expect, name, ...given }, i) => {
    const { found, rule } = judgeReply(policy, given);
    const got = { rule: rule.id, action: actionOf(rule), retry: rule.retry, category: found.category };
    return (Object.keys(expect) as (keyof typeof got)[])
      .filter((key) => expect[key] !== undefined && expect[key] !== got[key])
      .map((key) => ({
        path: ['tests', i, 'expect', key],
        detail: `case ${name === undefined ? i + 1 : `"${name}"`} expects ${key} ${expect[key]}, but it is ${got[key]} (rule "${got.rule}", ${got.action})`,
      }));
  });
}

/** What a person should know before activating it, though it is allowed. */
export function warningsOf(document: PolicyDocument): string[] {
  const { rules } = compile(document, 0);
  const own = document.rules.filter((rule) => !isDefault(rule));
  const weakened = ['504', '504-as-5.5.4'].filter(
    (id) => rules.find((rule) => rule.id === id)?.then.do !== 'suppress',
  );
  return [
    ...defaultRules.flatMap((rule) => {
      const before = precededBy(rule, own);
      return before === null
        ? []
        : [
            `the default rule "${rule.id}" decides nothing any more: "${before.id}" matches all that it would`,
          ];
    }),
    ...weakened.map((id) => `rule "${id}" no longer suppresses: 504 is hard and permanent by default`),
  ];
}
