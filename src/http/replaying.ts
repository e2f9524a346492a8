/** A kept request, read again by the adapters of today. */
import { jobOf } from '../app/ingest.ts';
import type { Intake } from '../app/jobs.ts';
import { requestOf } from '../app/receipt.ts';
import type { Source } from '../app/sources.ts';
import { vettedItems } from '../app/vetted-items.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Item, RawRequest } from '../providers/adapter.ts';
import { sha256, toHex } from '../providers/verify/bytes.ts';
import type { ReceiptRow } from '../store/store.ts';
import type { Call } from './endpoint.ts';
import { find } from './source-edits.ts';

type Any = Pick<Call, 'services' | 'caller'>;

/** `gone`, `paused`: its source is. */
export type Again = Result<
  { readonly job: Intake; readonly items: number },
  { readonly type: 'gone' | 'paused' | 'unreadable'; readonly why: string }
>;

/** `item`: the only one that is meant; null = all of them. */
export async function readReceipt(call: Any, receipt: ReceiptRow, item: number | null): Promise<Again> {
  const { services } = call;
  const row = await find(call, receipt.source_id);
  if (row === null) return err({ type: 'gone', why: 'its source is gone' });
  if (row.paused_at !== null) return err({ type: 'paused', why: 'its source is paused' });
  const source = await services.sources.open(row);
  const request = await requestOf(services.runtime, receipt);
  const items = await parse(source, request);
  if (!items.ok) return err({ type: 'unreadable', why: items.error });
  // What one item proves may depend on the others of its mail.
  const all = await vettedItems(services, source, items.value);
  const meant = item === null ? all : all.slice(item, item + 1);
  // Under an id of its own: the first receipt is there already.
  const again = { ...receipt, id: services.runtime.newId('rcp', services.runtime.now()) };
  const digest = toHex(await sha256(request.body));
  const job = jobOf(services.runtime, source, again, {}, meant, digest);
  // A label that is still unknown was counted when it came, and its request is kept already.
  const ignored = job.ignored.map((one) => ({ ...one, known: true }));
  return ok({ job: { ...job, ignored }, items: meant.length });
}

async function parse(source: Source, request: RawRequest): Promise<Result<readonly Item[], string>> {
  try {
    const parsed = await source.adapter.parse(request);
    if (!parsed.ok) return err(parsed.error.why);
    return parsed.value.type === 'items' ? ok(parsed.value.items) : err('it is a handshake, not a report');
  } catch {
    return err(`the ${source.adapter.name} adapter still fails on it`);
  }
}
