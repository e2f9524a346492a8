/** Blocking and releasing one address by hand: what the body may hold, and what the answer is. */
import * as z from 'zod';
import type { Block } from '../app/list.ts';
import { type Reason, reasons } from '../core/event.ts';
import type { Call } from './endpoint.ts';
import { listOf, streamOrAll, time, words } from './fields.ts';
import { type Answer, invalid, json, notFound, refuse } from './problem.ts';
import { entryOf } from './shapes.ts';

export const blockInput = z
  .strictObject({
    reason: z.enum(reasons).optional().meta({ description: 'manual unless given' }),
    stream: streamOrAll.optional().meta({ description: '* (all mail) unless given' }),
    note: words(1_000).nullish(),
    until: time.nullish().meta({ description: 'for ever unless given' }),
  })
  .optional();

const why = words(1_000, 'must say why');

export const releaseQuery = z.strictObject({
  stream: streamOrAll.optional().meta({ description: 'all streams unless given' }),
  why: why.optional().meta({ description: 'needed here or in the body' }),
  reasons: listOf(reasons).optional().meta({ description: 'hard-bounce,soft-bounce,manual unless given' }),
});

export const releaseInput = z
  .strictObject({
    stream: streamOrAll.optional(),
    why: why.optional(),
    reasons: z.array(z.enum(reasons)).min(1).optional(),
    evidence: z
      .strictObject({ text: words(4_000, 'must say what shows consent'), at: time })
      .optional()
      .meta({ description: 'of consent; needed for a complaint or unsubscribe, and newer than it' }),
  })
  .optional();

type Edit = Pick<Call, 'services' | 'caller'>;

export async function block(
  { services, caller }: Edit,
  address: string,
  given: NonNullable<z.output<typeof blockInput>>,
): Promise<Answer> {
  const now = services.runtime.now();
  if (given.until !== undefined && given.until !== null && given.until <= now)
    return invalid('/until', 'must be in the future');
  const wanted: Block = {
    address,
    reason: given.reason ?? 'manual',
    stream: given.stream ?? '*',
    note: given.note ?? null,
    until: given.until ?? null,
  };
  const { entry, created } = await services.list.block(caller, wanted);
  return json(entryOf(entry, now), created ? 201 : 200);
}

const byDefault: readonly Reason[] = ['hard-bounce', 'soft-bounce', 'manual'];
const needConsent: readonly Reason[] = ['complaint', 'unsubscribe'];

interface ReleaseOrder {
  readonly stream?: string | undefined;
  readonly why?: string | undefined;
  readonly reasons?: readonly Reason[] | undefined;
  readonly evidence?: { readonly text: string; readonly at: number } | undefined;
}

export async function release(
  { services, caller }: Edit,
  address: string,
  order: ReleaseOrder,
): Promise<Answer> {
  const now = services.runtime.now();
  if (order.why === undefined) return invalid('/why', 'is required: say why, for the audit');
  if (order.evidence !== undefined && order.evidence.at > now)
    return invalid('/evidence/at', 'must not be in the future');
  const stream = order.stream ?? null;
  const named = order.reasons ?? byDefault;
  const done = await services.list.release(caller, {
    address,
    reasons: named,
    stream,
    why: order.why,
    evidence: order.evidence ?? null,
  });
  if (done.ok && done.value.entries.length > 0)
    return json({ id: done.value.id, released: done.value.entries.map((row) => entryOf(row, now)) });
  if (done.ok) return refuse(409, 'Nothing was released: what stands was reported after it.');
  if (done.error === 'evidence-too-old')
    return refuse(409, 'Nothing was released: the evidence is older than what stands.');
  if (done.error === 'evidence-needed')
    return refuse(
      409,
      'A complaint or unsubscribe is released only with "evidence": {"text", "at"} of consent, newer than it.',
    );
  const others = (await services.store.check(caller.tenant, [address], now)).get(address)?.entries ?? [];
  const consent = others.find(
    (row) =>
      row.address === address &&
      needConsent.includes(row.reason) &&
      !named.includes(row.reason) &&
      (stream === null || row.stream === stream),
  );
  if (consent !== undefined) {
    return refuse(
      409,
      `What stands is a${consent.reason === 'complaint' ? ' complaint' : 'n unsubscribe'}: name it in "reasons", and give "evidence": {"text", "at"} of consent.`,
    );
  }
  return notFound('Nothing of these reasons stands against this address.');
}
