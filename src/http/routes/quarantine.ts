/** What was proven but could not be read: shown, read again after an update, or dropped. */
import * as z from 'zod';
import { configure } from '../../app/configure.ts';
import type { IntakeCounts } from '../../app/jobs.ts';
import { textOfBody } from '../../app/receipt.ts';
import { may } from '../auth.ts';
import { isProblem, pageOf, paging, placeOf } from '../cursor.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { type Answer, json, noContent, notFound, type Problem, refuse } from '../problem.ts';
import { readReceipt } from '../replaying.ts';
import { listing } from '../shapes.ts';
import { quarantinedOf, quarantineShape } from '../shapes-setup.ts';

const tag = 'Quarantine';
const params = z.object({ id: z.string() });
const missing = { 404: { description: 'none of this id' } };
const replayShape = z.object({
  accepted: z.int(),
  duplicates: z.int(),
  ignored: z.int(),
  quarantined: z.int(),
  why: z
    .string()
    .nullable()
    .meta({ description: 'why it still cannot be read; null = it was read, and left the quarantine' }),
});

export const quarantineEndpoints: readonly Endpoint[] = [
  endpoint({
    tag,
    method: 'get',
    path: '/v1/quarantine',
    summary: 'List what could not be read',
    scope: 'read',
    query: z.strictObject(paging),
    answers: { 200: { description: 'newest first', schema: listing(quarantineShape) } },
    async handle({ services, caller, query }) {
      const place = placeOf('quarantine', query);
      if (isProblem(place)) return place;
      return json(
        pageOf(
          'quarantine',
          place,
          await services.store.quarantined(caller.tenant, place.request),
          quarantinedOf,
        ),
      );
    },
  }),
  endpoint({
    tag,
    method: 'get',
    path: '/v1/quarantine/:id',
    summary: 'Show one',
    description:
      'Of what could not be read as a whole, admin keys are shown the body, as long as it is kept.',
    scope: 'read',
    params,
    answers: { 200: { description: 'it', schema: quarantineShape }, ...missing },
    async handle({ services, caller, params: { id } }) {
      const row = await services.store.quarantinedItem(caller.tenant, id);
      if (row === null) return unknown();
      const isBody = row.raw === '' && may(caller, 'admin');
      const receipt = isBody ? await services.store.receipt(caller.tenant, row.receipt_id) : null;
      const raw = receipt === null ? row.raw : await textOfBody(services.runtime, receipt);
      return json(quarantinedOf({ ...row, raw }));
    },
  }),
  endpoint({
    tag,
    method: 'post',
    path: '/v1/quarantine/:id/replay',
    summary: 'Read one again',
    description: 'From the request as it came. What was taken in before counts as a duplicate.',
    scope: 'write',
    params,
    answers: {
      200: { description: 'what became of it', schema: replayShape },
      ...missing,
      409: { description: 'its source or its request is gone, or its source is paused' },
    },
    handle: (call) => replay(call, call.params.id),
  }),
  endpoint({
    tag,
    method: 'delete',
    path: '/v1/quarantine/:id',
    summary: 'Drop one',
    scope: 'admin',
    params,
    answers: { 204: { description: 'gone' }, ...missing },
    async handle(call) {
      const dropped = await drop(call, call.params.id, 'quarantine.drop');
      return dropped === null ? unknown() : noContent();
    },
  }),
];

const unknown = (): Problem => notFound('There is nothing of this id in quarantine.');
type Any = Pick<Call, 'services' | 'caller' | 'request'>;

const drop = (
  { services, caller: { tenant, actor } }: Any,
  id: string,
  action: string,
): Promise<true | null> =>
  configure(services, async () => {
    const row = await services.store.quarantinedItem(tenant, id);
    if (row === null) return null;
    const { source_id, receipt_id, item, why } = row;
    const note = { tenant, actor, action, subject: id, detail: { source_id, receipt_id, item, why } };
    return { change: { drop: 'quarantine', tenant, id }, note, value: true };
  });

async function replay(call: Any, id: string): Promise<Answer> {
  const { services, caller } = call;
  const row = await services.store.quarantinedItem(caller.tenant, id);
  if (row === null) return unknown();
  const receipt = await services.store.receipt(caller.tenant, row.receipt_id);
  if (receipt === null)
    return refuse(409, 'The request it came in has been deleted by age; it can only be dropped.');
  const again = await readReceipt(call, receipt, row.item === -1 ? null : row.item);
  if (!again.ok)
    return again.error.type === 'unreadable'
      ? still(again.error.why)
      : refuse(
          409,
          again.error.type === 'gone'
            ? 'Its source is gone; it can only be dropped.'
            : 'Its source is paused; resume it first.',
        );
  const { job, items } = again.value;
  const unread = job.unreadable.find(({ item }) => row.item !== -1 || item === -1);
  if (unread !== undefined || items === 0)
    return still(unread?.why ?? 'the request holds no such item any more');
  const result = await services.committer.submit(job);
  const counts: IntakeCounts = result.type === 'intake' ? result.counts : nothing;
  await drop(call, id, 'quarantine.replay');
  return json({ ...counts, why: null });
}

const nothing: IntakeCounts = { accepted: 0, duplicates: 0, ignored: 0, quarantined: 0 };
const still = (why: string): Answer => json({ ...nothing, quarantined: 1, why });
