/** Releases of many: what is meant, shown first, then done together. */
import { undoable } from '../../app/release-undo.ts';
import type { Problem } from '../../http/problem.ts';
import { ask } from '../ask.ts';
import { Release, Released, type ReleasePreview, selectors } from '../pages/release.tsx';
import { page, queryOf, type Render, seeOther, type Visit } from '../visit.ts';

/** The filter as the API takes it, of a query or a form. */
type Filter = Readonly<Record<string, string | readonly string[]>>;

function filterOf(given: URLSearchParams): Filter {
  const addresses = [...new Set(given.getAll('address'))];
  const texts = selectors.flatMap((name) => {
    const value = (given.get(name) ?? '').trim();
    return value === '' ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(texts), ...(addresses.length === 0 ? {} : { addresses }) };
}

const releases = (visit: Visit, filter: Filter, more: object) =>
  ask<ReleasePreview>(visit, 'post', '/v1/releases', { json: { filter, ...more } });

async function previewPage(
  visit: Visit,
  given: URLSearchParams,
  why: string,
  problem: Problem | null,
): Promise<Response> {
  const filter = filterOf(given);
  const shown =
    Object.keys(filter).length === 0
      ? null
      : await releases(visit, filter, { why: 'a preview', dry_run: true });
  const refusal = problem ?? (shown?.ok === false ? shown.problem : null);
  return page(
    <Release
      caller={visit.caller}
      filter={filter}
      preview={shown?.ok === true ? shown.body : null}
      why={why}
      problem={refusal}
    />,
    refusal?.status ?? 200,
  );
}

export const releasePreview: Render = (visit) => previewPage(visit, queryOf(visit.request), '', null);

/** Without a preview, it is to be shown: from the boxes of the list. */
export const releaseSelected: Render = async (visit) => {
  const { form } = visit;
  const preview = form.get('preview');
  const why = (form.get('why') ?? '').trim();
  if (preview === null) return previewPage(visit, form, why, null);
  const done = await releases(visit, filterOf(form), { why, preview });
  if (!done.ok) return previewPage(visit, form, why, done.problem);
  return done.body.id === null ? previewPage(visit, form, why, null) : seeOther(`/release/${done.body.id}`);
};

export const released: Render = (visit) => releasedPage(visit, null);

async function releasedPage(visit: Visit, problem: Problem | null): Promise<Response | null> {
  const { id = '' } = visit.params;
  const { acts, left } = await undoable(visit.services, visit.caller.tenant, id);
  if (acts === 0) return null;
  return page(
    <Released
      caller={visit.caller}
      id={id}
      addresses={new Set(left.map(({ address }) => address)).size}
      over={left.length === 0}
      problem={problem}
    />,
    problem?.status ?? 200,
  );
}

export const undoRelease: Render = async (visit) => {
  const { params, form } = visit;
  const done = await ask(visit, 'post', '/v1/releases/:id/undo', {
    params,
    json: { why: form.get('why') ?? '' },
  });
  return done.ok ? seeOther(`/release/${params.id}`) : releasedPage(visit, done.problem);
};
