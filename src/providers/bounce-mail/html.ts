/**
 * The text of a notice that is written in HTML alone, line by line as it would be shown. Each letter is looked at once.
 * Without a tag it is plain text that is called HTML, as Yahoo does, and its lines are its own.
 */

/** What begins a line of its own, or ends one. */
const block =
  /^\/?(?:address|article|blockquote|br|center|div|dd|dl|dt|fieldset|footer|form|h[1-6]|header|hr|li|ol|p|pre|section|table|tbody|td|th|thead|tr|ul)\b/i;
/** A head may lack its end; of text it has no more than these. */
const unseen = /^(?:script|style|title)\b/i;

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  lt: '<',
  nbsp: ' ',
  quot: '"',
};

export function textOfHtml(html: string): string {
  const [first = '', ...tags] = html.split('<');
  if (tags.length === 0) return html;
  let text = shown(first);
  let hidden: string | null = null;
  for (const piece of tags) {
    const end = piece.indexOf('>');
    const tag = end === -1 ? piece : piece.slice(0, end);
    if (hidden !== null) {
      if (tag.toLowerCase().startsWith(`/${hidden}`)) hidden = null;
      continue;
    }
    hidden = unseen.exec(tag)?.[0].toLowerCase() ?? null;
    if (hidden !== null) continue;
    text += (block.test(tag) ? '\n' : '') + (end === -1 ? '' : shown(piece.slice(end + 1)));
  }
  return text;
}

/** White space is one blank, and an entity a letter. */
const shown = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,4}));/gi, (all, decimal, hex, name) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? all;
      const point = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return point <= 0x10ffff ? String.fromCodePoint(point) : all;
    });
