/** One address, and its release. */
import { gatherStory } from '../../app/gather-story.ts';
import { canonicalAddress } from '../../core/address.ts';
import { Address, NoAddress } from '../pages/address.tsx';
import { page, queryOf, type Render, seeOther, type Visit } from '../visit.ts';

/** Of one address, the last. */
const EVENTS_SHOWN = 200;

export const address: Render = ({ services, caller, request }) =>
  addressPage({ services, caller }, queryOf(request).get('address') ?? '', null);

async function addressPage(
  { services, caller }: Pick<Visit, 'services' | 'caller'>,
  given: string,
  problem: string | null,
): Promise<Response> {
  const read = canonicalAddress(given);
  if (!read.ok)
    return page(<NoAddress caller={caller} given={given} problem={read.error} />, given === '' ? 200 : 422);
  const story = await gatherStory(services, caller.tenant, read.value, EVENTS_SHOWN);
  return page(
    <Address caller={caller} story={story} now={services.runtime.now()} problem={problem} />,
    problem === null ? 200 : 409,
  );
}

export const releaseAddress: Render = async ({ services, caller, form }) => {
  const read = canonicalAddress(form.get('address') ?? '');
  const why = (form.get('why') ?? '').trim();
  if (!read.ok || why === '') return null;
  const done = await services.list.release(caller, {
    address: read.value,
    reasons: ['hard-bounce', 'soft-bounce', 'manual'],
    stream: null,
    why: why.slice(0, 1_000),
    evidence: null,
  });
  if (!done.ok)
    return addressPage(
      { services, caller },
      read.value,
      'Nothing that can be released so stands against it.',
    );
  return seeOther(`/address?address=${encodeURIComponent(read.value)}`);
};
