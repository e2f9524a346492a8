/** The quarantine, and what is done with what is in it. */

import { textOfBody } from '../../app/receipt.ts';
import { may } from '../../http/auth.ts';
import type { QuarantineRow } from '../../store/store.ts';
import { ask } from '../ask.ts';
import { Quarantine } from '../pages/quarantine.tsx';
import { plural } from '../parts.tsx';
import { page, queryOf, type Render, seeOther, type Visit } from '../visit.ts';

const SHOWN = 20;

/** `after`: of the last row of the page before. */
const placeOf = (text: string | null): string | null => (/^qua_\w{1,40}$/.test(text ?? '') ? text : null);

/** `done` is a word and a number, so that nobody can put a sentence on the page by a link. */
function doneOf(text: string | null): string | null {
  const [, what, number] = /^(read|dropped|still)-(\d{1,4})$/.exec(text ?? '') ?? [];
  if (what === undefined) return null;
  const items = plural(Number(number), 'item');
  if (what === 'dropped') return `Dropped ${items}.`;
  return what === 'read' ? `Read ${items}.` : `Read again; ${items} still cannot be read.`;
}

export const quarantine: Render = (visit) => {
  const query = queryOf(visit.request);
  return quarantinePage(visit, placeOf(query.get('after')), doneOf(query.get('done')), null);
};

async function quarantinePage(
  { services, caller }: Visit,
  place: string | null,
  done: string | null,
  problem: string | null,
): Promise<Response> {
  const { tenant } = caller;
  const { store } = services;
  const { rows, next } = await store.quarantined(tenant, {
    limit: SHOWN,
    after: place === null ? null : [place],
  });
  return page(
    <Quarantine
      caller={caller}
      rows={rows}
      bodies={may(caller, 'admin') ? await bodiesOf(services, rows) : new Map()}
      sources={await store.sources(tenant)}
      place={place}
      next={next === null ? null : String(next[0])}
      done={done}
      problem={problem}
    />,
    problem === null ? 200 : 409,
  );
}

/** To the scope that the API shows them to. */
async function bodiesOf(
  { store, runtime }: Visit['services'],
  rows: readonly QuarantineRow[],
): Promise<ReadonlyMap<string, string>> {
  const bodies = new Map<string, string>();
  for (const { tenant, receipt_id, raw } of rows) {
    const receipt = raw === '' ? await store.receipt(tenant, receipt_id) : null;
    if (receipt === null) continue;
    bodies.set(receipt_id, await textOfBody(runtime, receipt));
  }
  return bodies;
}

export const decideQuarantined: Render = async (visit) => {
  const { form } = visit;
  const ids = form.getAll('id').slice(0, SHOWN);
  const what = form.get('do');
  if (ids.length === 0 || (what !== 'replay' && what !== 'drop')) return null;
  const place = placeOf(form.get('after'));
  let left = 0;
  for (const id of ids) {
    const asked =
      what === 'drop'
        ? await ask(visit, 'delete', '/v1/quarantine/:id', { params: { id } })
        : await ask<{ why: string | null }>(visit, 'post', '/v1/quarantine/:id/replay', { params: { id } });
    if (!asked.ok) return quarantinePage(visit, place, null, asked.problem.detail);
    if (what === 'replay' && (asked.body as { why: string | null }).why !== null) left += 1;
  }
  const done = what === 'drop' ? `dropped-${ids.length}` : left > 0 ? `still-${left}` : `read-${ids.length}`;
  return seeOther(
    `/quarantine?${new URLSearchParams({ ...(place === null ? {} : { after: place }), done })}`,
  );
};
