/** Which rules can ever decide anything: contradictions inside a rule, and rules that an earlier one always precedes. Pure. */
import type { Kind } from './event.ts';
import type { Rule, When } from './policy.ts';

const failures: readonly Kind[] = ['bounce', 'deferral', 'reject'];
/** Unsubscribes and resubscribes have no category at all. */
const uncategorized: readonly Kind[] = ['unsubscribe', 'resubscribe'];

/** Why no event can fulfil all conditions of a rule; null where one can. */
export function contradictionIn({
  kind,
  code,
  enhanced,
  category,
  feedback,
  listedFor,
  ...when
}: When): string | null {
  const only = (allowed: readonly Kind[]) => kind?.every((one) => allowed.includes(one)) ?? false;
  const never = (allowed: readonly Kind[]) =>
    kind !== undefined && !kind.some((one) => allowed.includes(one));
  if (
    code !== undefined &&
    code !== 'none' &&
    when.class !== undefined &&
    /^[45]/.test(code) &&
    Number(code[0]) !== when.class
  )
    return `code ${code} is never of class ${when.class}`;
  if (
    code === 'none' &&
    enhanced !== undefined &&
    when.class !== undefined &&
    /^[45]/.test(enhanced) &&
    Number(enhanced[0]) !== when.class
  )
    return `an enhanced code ${enhanced} alone is never of class ${when.class}`;
  if (category !== undefined && only(uncategorized)) return 'unsubscribes and resubscribes have no category';
  if (category?.every((one) => one === 'complaint') && never(['complaint']))
    return 'only kind complaint has category complaint';
  if (category !== undefined && !category.includes('complaint') && only(['complaint']))
    return 'kind complaint has only category complaint';
  if (category?.every((one) => one === 'suppressed') && never(failures))
    return 'only failures have category suppressed';
  if (category !== undefined && !category.includes('delivered') && only(['delivery']))
    return 'kind delivery has only category delivered';
  if (feedback !== undefined && never(['complaint'])) return 'only kind complaint has a feedback type';
  if (listedFor !== undefined && never(failures))
    return 'only failures say for what a provider lists an address';
  if (when.strength !== undefined && when.strength !== 'none' && never(['bounce', 'reject']))
    return 'only final failures are strong or weak';
  if (when.strength !== undefined && when.strength !== 'none' && when.class === 4)
    return 'a 4xx is neither strong nor weak';
  return null;
}

/** The earlier rule that matches whatever this one matches; null where something is left for it. */
export const precededBy = (rule: Rule, earlier: readonly Rule[]): Rule | null =>
  earlier.find((one) => covers(one, rule)) ?? null;

/** Whether every event that fulfils `narrow` fulfils `wide`: each condition of `wide` follows from one of `narrow`. */
function covers({ when: wide, then }: Rule, { when: narrow }: Rule): boolean {
  return (
    within(wide.kind, narrow.kind) &&
    within(wide.category, narrow.category) &&
    within(wide.provider, narrow.provider) &&
    within(wide.receiver, narrow.receiver) &&
    within(wide.feedback, narrow.feedback) &&
    within(wide.listedFor, narrow.listedFor) &&
    pattern(wide.code, narrow.code) &&
    pattern(wide.enhanced, narrow.enhanced) &&
    (wide.class === undefined || wide.class === narrow.class || narrow.code?.[0] === String(wide.class)) &&
    (wide.strength === undefined || wide.strength === narrow.strength) &&
    (wide.text === undefined || wide.text === narrow.text) &&
    (wide.hearsay === true ? narrow.hearsay === true : narrow.hearsay !== true || then.do === 'note')
  );
}

const within = (wide: readonly string[] | undefined, narrow: readonly string[] | undefined): boolean =>
  wide === undefined || (narrow?.every((one) => wide.includes(one)) ?? false);

/** `5xx` covers `550`, `5.7.x` covers `5.7.1`. */
function pattern(wide: string | undefined, narrow: string | undefined): boolean {
  if (wide === undefined) return true;
  if (narrow === undefined) return false;
  const [a, b] = wide.includes('.') ? [wide.split('.'), narrow.split('.')] : [[...wide], [...narrow]];
  return a.length === b.length && a.every((part, i) => part === 'x' || part === b[i]);
}
