/**
 * Which bounce mail proves itself. Anyone can mail a report; it counts as proven where a keyed return path names
 * its recipient, or where it returns a message that a source has reported for that very recipient.
 */
import { canonicalAddress } from '../core/address.ts';
import type { ProviderEvent } from '../core/event.ts';
import { namesOf } from '../core/message.ts';
import type { Item } from '../providers/adapter.ts';
import { type Store, sentKeyOf } from '../store/store.ts';
import type { ReturnPaths } from './return-paths.ts';

export interface MailProofDeps {
  readonly store: Pick<Store, 'sent'>;
  readonly returnPaths: ReturnPaths;
}

/** The same items, in the same order; what is proven says so. */
export async function provenMail(
  { store, returnPaths }: MailProofDeps,
  tenant: string,
  items: readonly Item[],
): Promise<readonly Item[]> {
  if (!items.some(isUnproven)) return items;
  const tagged: Item[] = [];
  const told = recipientsByReport(items);
  for (const item of items)
    tagged.push(
      isUnproven(item) ? { ...item, event: await byReturnPath(returnPaths, tenant, item.event, told) } : item,
    );
  const asked = tagged.flatMap((item) => (isUnproven(item) ? messagesOf(item.event) : []));
  if (asked.length === 0) return tagged;
  const sent = await store.sent(tenant, asked);
  return tagged.map((item) =>
    isUnproven(item) && messagesOf(item.event).some((message) => sent.has(sentKeyOf(message)))
      ? { ...item, event: { ...item.event, proven: true } }
      : item,
  );
}

type EventItem = Extract<Item, { type: 'event' }>;
const isUnproven = (item: Item): item is EventItem => item.type === 'event' && item.event.proven === false;

/** The events of one mail share one list of return paths. */
type Told = ReadonlyMap<ProviderEvent['returnPaths'], number>;

function recipientsByReport(items: readonly Item[]): Told {
  const told = new Map<ProviderEvent['returnPaths'], number>();
  for (const item of items)
    if (isUnproven(item)) told.set(item.event.returnPaths, (told.get(item.event.returnPaths) ?? 0) + 1);
  return told;
}

/**
 * Where mail to one of ours was forwarded and bounced elsewhere, whom we mailed is whom our list is about. Of an
 * alias for many, some of whom bounced, that would be a guess.
 */
async function byReturnPath(
  returnPaths: ReturnPaths,
  tenant: string,
  event: ProviderEvent,
  told: Told,
): Promise<ProviderEvent> {
  const recipient = canonicalAddress(event.recipient);
  for (const path of event.returnPaths ?? []) {
    if (recipient.ok && (await returnPaths.proves(tenant, path, recipient.value)))
      return { ...event, proven: true };
    const mailed = await returnPaths.namedBy(tenant, path);
    if (mailed !== null && told.get(event.returnPaths) === 1)
      return { ...event, proven: true, recipient: mailed };
  }
  return event;
}

function messagesOf(event: ProviderEvent): { address: string; message: string }[] {
  const address = canonicalAddress(event.recipient);
  if (!address.ok) return [];
  const names = namesOf({ messageId: event.messageId, rfcMessageId: event.rfcMessageId ?? null });
  return names.map((message) => ({ address: address.value, message }));
}
