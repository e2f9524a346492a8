/** What no rule knew, and a rule for it. */
import { patternFault } from '../../app/pattern-cost.ts';
import { writtenDocument } from '../../app/policy-document.ts';
import { currentPolicy } from '../../http/policy-edits.ts';
import type { UnmappedRow } from '../../store/store.ts';
import { ask } from '../ask.ts';
import { NameReply, outcomes, type Previewed, UnmappedPage } from '../pages/unmapped.tsx';
import { problemWords } from '../problem-words.ts';
import { page, queryOf, type Render, seeOther, type Visit } from '../visit.ts';

const SHOWN = 200;

export const unmapped: Render = async ({ services, caller }) => {
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
  return page(<UnmappedPage caller={caller} found={rows.map((row) => ({ row, rule: ruleOf(row) }))} />);
};

async function replyOf({ services, caller }: Visit, of: URLSearchParams): Promise<UnmappedRow | null> {
  const rows = await services.store.unmapped(caller.tenant, 1_000);
  const isIt = ({ kind, provider, name }: UnmappedRow) =>
    kind === 'template' && provider === of.get('provider') && name === of.get('reply');
  return rows.find(isIt) ?? null;
}

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
  const asked = await ask<{ preview?: Previewed }>(visit, 'put', '/v1/policy', {
    json: { ...written, rules: [rule, ...(written.rules ?? [])] },
    query: what === 'preview' ? { dry_run: 'true' } : {},
  });
  if (!asked.ok) return show(problemWords(asked.problem), null);
  return what === 'preview' ? show([], asked.body.preview ?? null) : seeOther('/unmapped');
};
