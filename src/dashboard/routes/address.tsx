/** One address, and what is done about it by hand. */
import { gatherStory } from '../../app/gather-story.ts';
import { canonicalAddress } from '../../core/address.ts';
import type { Problem } from '../../http/problem.ts';
import { ask } from '../ask.ts';
import { Address, NoAddress } from '../pages/address.tsx';
import { page, queryOf, type Render, seeOther, type Visit } from '../visit.ts';
import { block, typedIn } from './suppressions.tsx';

/** Of one address, the last. */
const EVENTS_SHOWN = 200;

export const address: Render = (visit) =>
  addressPage(visit, queryOf(visit.request).get('address') ?? '', null);

async function addressPage(
  { services, caller, form }: Visit,
  given: string,
  problem: Problem | null,
): Promise<Response> {
  const read = canonicalAddress(given);
  if (!read.ok)
    return page(<NoAddress caller={caller} given={given} problem={read.error} />, given === '' ? 200 : 422);
  const story = await gatherStory(services, caller.tenant, read.value, EVENTS_SHOWN);
  return page(
    <Address caller={caller} story={story} now={services.runtime.now()} problem={problem} typed={form} />,
    problem?.status ?? 200,
  );
}

/** Back to the address where it was done, else the page again with what is against it. */
async function answered(visit: Visit, problem: Problem | null): Promise<Response> {
  const given = visit.form.get('address') ?? '';
  return problem === null
    ? seeOther(`/address?address=${encodeURIComponent(given)}`)
    : addressPage(visit, given, problem);
}

export const releaseAddress: Render = async (visit) => {
  const why = (visit.form.get('why') ?? '').trim();
  if (!canonicalAddress(visit.form.get('address') ?? '').ok || why === '') return null;
  const done = await ask(visit, 'delete', '/v1/suppressions/:address', {
    params: { address: visit.form.get('address') ?? '' },
    json: { why },
  });
  // What is not there is a state of the list, not of the page.
  const problem = done.ok
    ? null
    : done.problem.status === 404
      ? { ...done.problem, status: 409 }
      : done.problem;
  return answered(visit, problem);
};

export const blockFromAddress: Render = async (visit) =>
  answered(visit, await block(visit, typedIn(visit.form)));

/** Somebody answers for it; `do` = `stop`: not any more. */
export const allowAddress: Render = async (visit) => {
  const { form } = visit;
  const asked = { params: { address: form.get('address') ?? '' } };
  const note = (form.get('note') ?? '').trim();
  const until = (form.get('until') ?? '').trim();
  const done =
    form.get('do') === 'stop'
      ? await ask(visit, 'delete', '/v1/allowed/:address', { ...asked, query: { why: note } })
      : await ask(visit, 'put', '/v1/allowed/:address', {
          ...asked,
          json: { note: note || null, ...(until === '' ? {} : { until }) },
        });
  return answered(visit, done.ok ? null : done.problem);
};
