/** What the items of a proven request are worth before they are judged. */
import { storableTexts } from '../core/storable.ts';
import type { Item } from '../providers/adapter.ts';
import { type MailProofDeps, provenMail } from './mail-proof.ts';
import { type TagDeps, taggedItems } from './recipient-tags.ts';
import type { Source } from './sources.ts';

export type VettingDeps = MailProofDeps & TagDeps;

/** The same items, in the same order: bounce mail says whether it is proven, and what lacks its tag cannot be read. */
export async function vettedItems(
  deps: VettingDeps,
  source: Source,
  items: readonly Item[],
): Promise<readonly Item[]> {
  const kept = items.map((item) => (item.type === 'unreadable' ? item : storableTexts(item)));
  return taggedItems(deps, source, await provenMail(deps, source.row.tenant, kept));
}
