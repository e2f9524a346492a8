/** Custom data that a sender attached to a message, and that its provider sends back: the tag that proves the recipient. */
import { isRecord, parseJson, textsOf } from './json.ts';

/** As a field of metadata; as a header it is `X-Mailstop-Tag`. */
export const TAG_NAME = 'mailstop_tag';

/** From an object, a list of names and values, or either as the text of its JSON. Nothing where it is in none of them. */
export function echoedTag(...places: readonly unknown[]): { readonly recipientTag?: string } {
  for (const place of places) {
    const found = pairsOf(place).find(([name]) => isTagName(name));
    const [tag] = textsOf(found?.[1]);
    if (tag !== undefined) return { recipientTag: tag };
  }
  return {};
}

const isTagName = (name: unknown): boolean =>
  typeof name === 'string' && /^(?:x-)?mailstop[-_]tag$/i.test(name);

function pairsOf(place: unknown): (readonly [unknown, unknown])[] {
  if (typeof place === 'string') {
    const read = parseJson(place);
    return read.ok && typeof read.value !== 'string' ? pairsOf(read.value) : [];
  }
  if (Array.isArray(place))
    return place
      .filter(isRecord)
      .map((pair) => [pair.name ?? pair.key ?? pair.Key, pair.value ?? pair.Value]);
  return isRecord(place) ? Object.entries(place) : [];
}
