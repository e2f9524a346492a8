/** A request as it came, and what became of it: what the API tells of it, to the same scope. */
import { ask } from '../ask.ts';
import { type Kept, Receipt, type Replayed } from '../pages/receipt.tsx';
import { page, queryOf, type Render, seeOther, type Visit } from '../visit.ts';

const EVENTS_SHOWN = 100;

export const receipt: Render = (visit) => receiptPage(visit, null);

async function receiptPage(visit: Visit, problem: string | null): ReturnType<Render> {
  const { services, caller, request, params } = visit;
  const asked = await ask<Kept>(visit, 'get', '/v1/receipts/:id', { params });
  if (!asked.ok) return asked.problem;
  const kept = asked.body;
  const at = Date.parse(kept.received_at);
  const [events, source] = [
    await services.store.events(caller.tenant, {
      receiptId: kept.id,
      from: at,
      to: at + 1,
      limit: EVENTS_SHOWN,
      after: null,
    }),
    await services.store.source(kept.source_id),
  ];
  return page(
    <Receipt
      caller={caller}
      kept={kept}
      source={source?.tenant === caller.tenant ? source : null}
      events={events.rows.toReversed()}
      hasMore={events.next !== null}
      done={doneOf(queryOf(request).get('done'))}
      problem={problem}
    />,
    problem === null ? 200 : 409,
  );
}

/** Numbers alone, so that nobody can put a sentence on the page by a link. */
function doneOf(text: string | null): Replayed | null {
  const [, accepted, duplicates, ignored, quarantined] =
    /^(\d{1,6})-(\d{1,6})-(\d{1,6})-(\d{1,6})$/.exec(text ?? '')?.map(Number) ?? [];
  if (accepted === undefined || duplicates === undefined || ignored === undefined) return null;
  return { accepted, duplicates, ignored, quarantined: quarantined ?? 0 };
}

export const readReceiptAgain: Render = async (visit) => {
  const { params } = visit;
  const done = await ask<Replayed & { readonly why: string | null }>(
    visit,
    'post',
    '/v1/receipts/:id/replay',
    { params },
  );
  if (!done.ok) return receiptPage(visit, done.problem.detail);
  const { accepted, duplicates, ignored, quarantined, why } = done.body;
  if (why !== null) return receiptPage(visit, `It still cannot be read: ${why}.`);
  return seeOther(`/receipts/${params.id}?done=${[accepted, duplicates, ignored, quarantined].join('-')}`);
};
