/** Header-like fields: of a message, of a group in a report (RFC 3464 2.1, RFC 5965 3). Nothing throws. */

/** Lower-case name -> its values in order, unfolded. */
export type Fields = ReadonlyMap<string, readonly string[]>;

const maxFields = 2_000;
const maxValue = 65_536;

/** Groups of `Name: value` lines between blank lines. Lines that are neither field nor continuation are skipped. */
export function readFieldGroups(text: string): Fields[] {
  const groups: Fields[] = [];
  let group = new Map<string, string[]>();
  let last: { readonly of: string[]; value: string } | null = null;
  const keep = (): void => {
    if (last !== null && last.of.length < maxFields) last.of.push(last.value.trim());
    last = null;
  };
  const close = (): void => {
    keep();
    if (group.size > 0) groups.push(group);
    group = new Map();
  };
  for (const line of text.split(/\r\n|\n|\r/)) {
    if (line.trim() === '') close();
    else if (line.startsWith(' ') || line.startsWith('\t')) {
      if (last !== null && last.value.length < maxValue) last.value += ` ${line.trim()}`;
    } else {
      keep();
      const colon = line.indexOf(':');
      if (colon < 1) continue;
      const name = line.slice(0, colon).trim().toLowerCase();
      const of = group.get(name) ?? [];
      if (group.size < maxFields) group.set(name, of);
      last = { of, value: line.slice(colon + 1, colon + 1 + maxValue) };
    }
  }
  close();
  return groups;
}

export const noFields: Fields = new Map();

export const firstOf = (fields: Fields, ...names: readonly string[]): string | undefined =>
  names.map((name) => fields.get(name)?.[0]).find((value) => value !== undefined && value !== '');

export const allOf = (fields: Fields, ...names: readonly string[]): readonly string[] =>
  names.flatMap((name) => fields.get(name) ?? []);
