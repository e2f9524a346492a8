/** What a policy would make of the list: pages of it added up, and shown. */
import { clean, plural, print, say, table } from './output.ts';
import { type Entry, entryTable } from './shapes.ts';

interface Moved {
  readonly suppressed: number;
  readonly released: number;
  readonly changed: number;
}

const groupings = ['rule', 'code', 'receiver'] as const;
type Top = Moved & { readonly value: string };

export interface Preview extends Moved {
  readonly addresses: number;
  readonly events: number;
  readonly by: Readonly<Record<(typeof groupings)[number], readonly Top[]>>;
  readonly domains: readonly string[];
  readonly samples: readonly { readonly before: Entry | null; readonly after: Entry }[];
  readonly next_cursor: string | null;
}

export function printSimulation(simulated: Preview): void {
  for (const grouping of groupings) {
    const rows = simulated.by[grouping];
    if (rows.length === 0) continue;
    print(
      `${table(
        [
          { title: grouping.toUpperCase(), value: (row: Top) => row.value },
          { title: 'SUPPRESSED MORE', value: (row) => String(row.suppressed) },
          { title: 'RELEASED', value: (row) => String(row.released) },
          { title: 'CHANGED', value: (row) => String(row.changed) },
        ],
        rows,
      )}\n`,
    );
  }
  printPreview(simulated);
  say('Nothing was changed.');
}

const sum = (a: Moved, b: Moved): Moved => ({
  suppressed: a.suppressed + b.suppressed,
  released: a.released + b.released,
  changed: a.changed + b.changed,
});

/** Of tops of twenty, so that what is small everywhere may be missing. */
function addedTops(a: readonly Top[], b: readonly Top[]): Top[] {
  const all = new Map<string, Top>();
  for (const one of [...a, ...b]) {
    const known = all.get(one.value);
    all.set(one.value, known === undefined ? one : { value: one.value, ...sum(known, one) });
  }
  const moved = (one: Moved) => one.suppressed + one.released + one.changed;
  return [...all.values()].sort((x, y) => moved(y) - moved(x)).slice(0, 20);
}

/** Two pages of one preview. */
export const added = (a: Preview, b: Preview): Preview => ({
  addresses: a.addresses + b.addresses,
  events: a.events + b.events,
  ...sum(a, b),
  by: {
    rule: addedTops(a.by.rule, b.by.rule),
    code: addedTops(a.by.code, b.by.code),
    receiver: addedTops(a.by.receiver, b.by.receiver),
  },
  domains: [...new Set([...a.domains, ...b.domains])],
  samples: [...a.samples, ...b.samples].slice(0, 30),
  next_cursor: b.next_cursor,
});

export function printPreview({ addresses, suppressed, released, changed, domains, samples }: Preview): void {
  const moved = suppressed + released + changed;
  if (moved > 0)
    print(
      entryTable(
        samples.map(({ after }) => after),
        [{ title: 'RULE', value: (row) => row.rule }],
      ),
    );
  say(
    `Of ${plural(addresses, 'address', 'addresses')} with events: ${suppressed} suppressed more, ${released} released, ${changed} changed.`,
  );
  if (domains.length > 0)
    say(
      `Not counted: ${plural(domains.length, 'whole domain')} that may be blocked once enough addresses fail there: ${clean(domains.slice(0, 10).join(', '))}${domains.length > 10 ? ' …' : ''}`,
    );
}
