/** The kept requests with one label or reply, read again once it is known. No index has it, so they are looked through. */
import { requestOf } from '../../app/receipt.ts';
import { canonicalAddress } from '../../core/address.ts';
import { idsFrom } from '../../core/ids.ts';
import { labelShown, templateOf } from '../../core/mask.ts';
import { withoutPerson } from '../../core/pseudonym.ts';
import { readReply } from '../../core/smtp.ts';
import type { Item, ProviderAdapter } from '../../providers/adapter.ts';
import { providerOf } from '../../providers/registry.ts';
import type { ReceiptRow, UnmappedRow } from '../../store/store.ts';
import { ask } from '../ask.ts';
import type { Replayed } from '../pages/receipt.tsx';
import { type Found, UnmappedReplayed } from '../pages/unmapped-replay.tsx';
import { replayLimits } from '../replay-limits.ts';
import { page, type Render, type Visit } from '../visit.ts';
import { unmappedRow } from './unmapped.tsx';

/** So long one press looks and reads, in ms. */
const PATIENCE = 1_000;
const BATCH = 20;
const ADDRESSES_SHOWN = 100;

export const replayUnmapped: Render = async (visit) => {
  const { services, caller, form } = visit;
  const row = await unmappedRow(visit, form);
  const adapter = row === null ? null : providerOf(row.provider);
  if (row === null || adapter === null) return null;
  const sources = (await services.store.sources(caller.tenant)).filter(
    ({ provider }) => provider === row.provider,
  );
  const own = new Set(sources.map(({ id }) => id));
  const most = services.runtime.defer === null ? replayLimits.worker : replayLimits.node;
  const until = performance.now() + PATIENCE;
  const found: Found[] = [];
  const before = new Map<string, readonly string[]>();
  const isRoom = () => found.length < most.readAgain && performance.now() < until;
  let after = placeOf(form.get('after')) ?? idsFrom('rcp', row.first_at);
  let [looked, reached, isOver] = [0, row.first_at, false];
  while (!isOver && looked < most.lookedAt && isRoom()) {
    const some = await services.store.receiptsAfter(caller.tenant, after, BATCH);
    isOver = some.length < BATCH;
    for (const receipt of some) {
      if (!isRoom()) {
        isOver = false;
        break;
      }
      after = receipt.id;
      if (receipt.received_at > row.last_at) isOver = true;
      else {
        looked += 1;
        reached = receipt.received_at;
        if (!own.has(receipt.source_id)) continue;
        const items = await itemsWith(visit, adapter, receipt, row);
        if (items.length === 0) continue;
        const names = items.flatMap((item) => nameOf(visit, item)).filter((name) => !before.has(name));
        const fresh = [...new Set(names)].slice(0, ADDRESSES_SHOWN - before.size);
        const standing = await standingOf(visit, fresh);
        for (const name of fresh) before.set(name, standing.get(name) ?? []);
        found.push({ id: receipt.id, at: receipt.received_at, ...(await replay(visit, receipt.id)) });
      }
    }
  }
  const shown = [...before.keys()];
  const now = await standingOf(visit, shown);
  return page(
    <UnmappedReplayed
      caller={caller}
      row={row}
      found={found}
      looked={looked}
      reached={reached}
      after={isOver ? null : after}
      addresses={shown.map((address) => ({
        address,
        before: before.get(address) ?? [],
        now: now.get(address) ?? [],
      }))}
    />,
  );
};

const placeOf = (text: string | null): string | null => (/^rcp_\w{1,40}$/.test(text ?? '') ? text : null);

/** Those of its items that are of this label, or have this reply. */
async function itemsWith(
  { services }: Visit,
  adapter: ProviderAdapter,
  receipt: ReceiptRow,
  { kind, name }: UnmappedRow,
): Promise<readonly Item[]> {
  let items: readonly Item[] = [];
  try {
    const parsed = await adapter.parse(await requestOf(services.runtime, receipt));
    if (parsed.ok && parsed.value.type === 'items') items = parsed.value.items;
  } catch {
    // What cannot be read has nothing that could be taken in; it is told of where it is looked at by itself.
    return [];
  }
  return items.filter((item) => {
    if (kind === 'label')
      return item.type === 'event'
        ? isOf(item.event.providerType, name)
        : item.type === 'ignored' && labelShown(item.label) === name;
    const text = item.type === 'event' ? readReply(item.event.reply).text : null;
    if (text === null) return false;
    // A hashed list has seen no names in the reply.
    const told =
      services.settings.pepper === null
        ? [text]
        : addressOf(item).map((address) => withoutPerson(text, address));
    return told.some((words) => templateOf(words) === name);
  });
}

/** A label may be told without what it begins with where it was not known, and go on where it is. */
const isOf = (label: string, unknown: string): boolean =>
  label === unknown || label.startsWith(`${unknown}/`) || unknown.endsWith(`/${label}`);

function addressOf(item: Item): string[] {
  const read = item.type === 'event' ? canonicalAddress(item.event.recipient) : null;
  return read?.ok === true ? [read.value] : [];
}

/** As the list has it. */
const nameOf = ({ services: { settings }, caller }: Visit, item: Item): string[] =>
  addressOf(item).map((address) => settings.pepper?.nameOf(caller.tenant, address) ?? address);

async function replay(visit: Visit, id: string): Promise<Pick<Found, 'done' | 'problem'>> {
  const asked = await ask<Replayed & { readonly why: string | null }>(
    visit,
    'post',
    '/v1/receipts/:id/replay',
    { params: { id } },
  );
  if (!asked.ok) return { done: null, problem: asked.problem.detail };
  return { done: asked.body, problem: asked.body.why };
}

/** By address, the reasons for which it is on the list. */
async function standingOf(
  { services, caller }: Visit,
  addresses: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const standing = await services.store.check(caller.tenant, addresses, services.runtime.now());
  return new Map(
    [...standing].map(([address, { entries }]) => [
      address,
      [...new Set(entries.map(({ reason }) => reason))],
    ]),
  );
}
