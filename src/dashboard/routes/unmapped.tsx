/** What no rule knew, and a rule for it. */
import { patternFault } from '../../app/pattern-cost.ts';
import { writtenDocument } from '../../app/policy-document.ts';
import { currentPolicy } from '../../http/policy-edits.ts';
import { providerOf } from '../../providers/registry.ts';
import type { UnmappedRow } from '../../store/store.ts';
import { ask } from '../ask.ts';
import { type Named, NameReply, outcomes, type Previewed, UnmappedPage } from '../pages/unmapped.tsx';
import { problemWords } from '../problem-words.ts';
import { page, queryOf, type Render, seeOther, type Visit } from '../visit.ts';

const SHOWN = 200;

export const unmapped: Render = async ({ services, caller, request }) => {
  const [rows, { document }] = [
    await services.store.unmapped(caller.tenant, SHOWN),
    await currentPolicy(services, caller.tenant),
  ];
  const rules = document.rules.flatMap(({ id, when: { text, provider } }) =>
    text === undefined ? [] : [{ id, provider, pattern: new RegExp(text, 'iu') }],
  );
  const ruleOf = (row: UnmappedRow): string | null =>
    rules.find(
      ({ provider, pattern }) =>
        row.kind === 'template' && (provider?.includes(row.provider) ?? true) && pattern.test(row.sample),
    )?.id ?? null;
  return page(
    <UnmappedPage
      caller={caller}
      found={rows.map((row) => ({ row, rule: ruleOf(row), isKnown: isKnown(row) }))}
      named={namedOf(queryOf(request).get('named'))}
    />,
  );
};

/** Whether the adapter of today has the label, by itself or as the beginning of longer ones. */
const isKnown = ({ kind, provider, name }: UnmappedRow): boolean =>
  kind === 'label' &&
  Object.keys(providerOf(provider)?.labels ?? {}).some(
    (label) => label === name || label.startsWith(`${name}/`),
  );

/** Numbers alone, so that nobody can put a sentence on the page by a link. */
function namedOf(text: string | null): Named | null {
  const [, suppressed, released, changed] =
    /^(\d{1,7})-(\d{1,7})-(\d{1,7})$/.exec(text ?? '')?.map(Number) ?? [];
  return suppressed === undefined || released === undefined || changed === undefined
    ? null
    : { suppressed, released, changed };
}

/** The one that a form or a link means. */
export async function unmappedRow(
  { services, caller }: Visit,
  of: URLSearchParams,
): Promise<UnmappedRow | null> {
  const rows = await services.store.unmapped(caller.tenant, 1_000);
  const wanted = of.get('kind') ?? 'template';
  const isIt = ({ kind, provider, name }: UnmappedRow) =>
    kind === wanted && provider === of.get('provider') && name === of.get('reply');
  return rows.find(isIt) ?? null;
}

const replyOf = async (visit: Visit, of: URLSearchParams): Promise<UnmappedRow | null> => {
  const row = await unmappedRow(visit, of);
  return row?.kind === 'template' ? row : null;
};

export const nameReply: Render = async (visit) => {
  const row = await replyOf(visit, queryOf(visit.request));
  if (row === null) return null;
  return page(<NameReply caller={visit.caller} row={row} form={startOf(row)} problems={[]} preview={null} />);
};

const masked = /<(?:address|ip|url|id)>/;
const literally = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** Its words, with anything in place of what is masked; the longest run of them where that could take for ever. */
function patternOf(template: string): string {
  const runs = template.split(masked).map(literally);
  const whole = runs.join('\\S{1,80}');
  if (patternFault(whole) === null) return whole;
  return runs.reduce((longest, run) => (run.length > longest.length ? run : longest)).trim();
}

function startOf({ name, provider }: UnmappedRow): URLSearchParams {
  const text = patternOf(name);
  const words =
    name
      .toLowerCase()
      .replace(/<\w+>/g, '')
      .match(/[a-z]{3,}/g) ?? [];
  return new URLSearchParams({
    text,
    rule: [provider, ...words.slice(0, 4)].join('-').slice(0, 64),
    then: 'suppress',
  });
}

const thenOf = { suppress: { do: 'suppress' }, strike: { do: 'strike', days: 3 }, note: 'note' } as const;

export const activateRule: Render = async (visit) => {
  const { form, services, caller } = visit;
  const row = await replyOf(visit, form);
  const then = form.get('then') ?? '';
  const what = form.get('do');
  if (row === null || !Object.hasOwn(outcomes, then) || (what !== 'preview' && what !== 'activate'))
    return null;
  const { document } = await currentPolicy(services, caller.tenant);
  const written = writtenDocument(document) as { rules?: readonly unknown[] };
  const show = (problems: readonly string[], preview: Previewed | null) =>
    page(
      <NameReply caller={caller} row={row} form={form} problems={problems} preview={preview} />,
      problems.length === 0 ? 200 : 422,
    );
  const id = (form.get('rule') ?? '').trim();
  if (document.rules.some((rule) => rule.id === id))
    return show([`There is a rule “${id}” already; choose another id.`], null);
  const rule = {
    id,
    why: (form.get('why') ?? '').trim(),
    when: { provider: row.provider, text: form.get('text') ?? '' },
    then: thenOf[then as keyof typeof thenOf],
  };
  const json = { ...written, rules: [rule, ...(written.rules ?? [])] };
  // What it changes is told after it is in force as well.
  const shown = await ask<{ preview?: Previewed }>(visit, 'put', '/v1/policy', {
    json,
    query: { dry_run: 'true' },
  });
  if (!shown.ok) return show(problemWords(shown.problem), null);
  const { preview = null } = shown.body;
  if (what === 'preview') return show([], preview);
  const made = await ask(visit, 'put', '/v1/policy', { json });
  if (!made.ok) return show(problemWords(made.problem), null);
  const isWhole = preview !== null && preview.next_cursor === null;
  const { suppressed = 0, released = 0, changed = 0 } = preview ?? {};
  return seeOther(isWhole ? `/unmapped?named=${suppressed}-${released}-${changed}` : '/unmapped');
};
