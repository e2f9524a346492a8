/**
 * Recipient tags: what a sender attaches to a message so that its provider sends it back. Where a source asks for them,
 * who has only its URL, or its password, can name nobody: an event without the tag of its recipient goes to quarantine.
 * The key is a tenant's own, so that it can be given to whoever sends for it.
 */
import { canonicalAddress } from '../core/address.ts';
import type { ProviderEvent } from '../core/event.ts';
import type { Item } from '../providers/adapter.ts';
import { TAG_NAME } from '../providers/echo.ts';
import { equalSecrets, toHex, utf8 } from '../providers/verify/bytes.ts';
import { keyedTag } from './keyed-tag.ts';
import type { Source } from './sources.ts';

export interface RecipientTags {
  /** 64 hex digits, which as they are written are the key. */
  keyOf(tenant: string): Promise<string>;
  /** Of a canonical address. The same each time. */
  tagOf(tenant: string, address: string): Promise<string>;
}

export interface TagDeps {
  readonly recipientTags: RecipientTags;
}

const TENANTS_KEPT = 1_000;

export async function createRecipientTags(secret: string): Promise<RecipientTags> {
  const material = await crypto.subtle.importKey('raw', utf8(secret), 'HKDF', false, ['deriveBits']);
  const keys = new Map<string, Promise<CryptoKey>>();
  const keyOf = async (tenant: string): Promise<string> => {
    // A tenant's id holds no line break, and no other purpose begins so.
    const info = utf8(`recipient tags\n${tenant}`);
    const derived = { name: 'HKDF', hash: 'SHA-256', salt: utf8('mailstop'), info };
    return toHex(new Uint8Array(await crypto.subtle.deriveBits(derived, material, 256)));
  };
  const imported = (tenant: string): Promise<CryptoKey> => {
    const known = keys.get(tenant) ?? keyOf(tenant).then(signingKey);
    if (keys.size >= TENANTS_KEPT) keys.clear();
    keys.set(tenant, known);
    return known;
  };
  return { keyOf, tagOf: async (tenant, address) => recipientTag(await imported(tenant), address) };
}

export const signingKey = (key: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', utf8(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);

/** The formula of docs/recipient-tags.md. */
export const recipientTag = (key: CryptoKey, address: string): Promise<string> => keyedTag(key, address);

/** The same items, in the same order; events that the source takes only with a tag, and that lack it, cannot be read. */
export async function taggedItems(
  { recipientTags }: TagDeps,
  { row }: Source,
  items: readonly Item[],
): Promise<readonly Item[]> {
  if (row.recipient_tag !== 1) return items;
  return Promise.all(
    items.map(async (item): Promise<Item> => {
      if (item.type !== 'event') return item;
      const why = await faultOf(recipientTags, row.tenant, item.event);
      return why === null ? item : { type: 'unreadable', why, raw: item.event };
    }),
  );
}

async function faultOf(
  tags: RecipientTags,
  tenant: string,
  { recipient, recipientTag: given }: ProviderEvent,
): Promise<string | null> {
  const address = canonicalAddress(recipient);
  // What is no address is quarantined for that.
  if (!address.ok) return null;
  if (given === undefined)
    return `no ${TAG_NAME}: the source takes only events of messages that carry the tag of their recipient`;
  return equalSecrets(given.toLowerCase(), await tags.tagOf(tenant, address.value))
    ? null
    : `${TAG_NAME} is not that of the recipient`;
}
