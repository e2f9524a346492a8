/** One table for all workloads: what Mailstop does, what the machine gives in the same run, and how near the two are. */
export interface Line {
  readonly workload: string;
  /** Entries on the list; null where it does not matter. */
  readonly entries: number | null;
  readonly value: number;
  readonly unit: string;
  /** Less is better: milliseconds, bytes. */
  readonly isCost?: boolean;
  /** What it is held against: a limit measured in the same run, or a fixed figure. */
  readonly limit: { readonly name: string; readonly value: number } | null;
  /** The least ratio of Mailstop to its limit; 1 for a fixed figure. null = shown for comparison only. */
  readonly floor: number | null;
  /** Milliseconds. */
  readonly p50?: number;
  readonly p99?: number;
  /** The most memory that was resident, MiB. */
  readonly peak?: number;
}

/** Mailstop's part of its limit: 1 = as good, and more is better. */
export const ratioOf = ({ value, limit, isCost = false }: Line): number | null =>
  limit === null ? null : isCost ? limit.value / value : value / limit.value;

export function fails(line: Line): boolean {
  const ratio = ratioOf(line);
  return line.floor !== null && (ratio === null || !(ratio >= line.floor));
}

const columns: readonly { readonly title: string; readonly width: number; of(line: Line): string }[] = [
  { title: 'workload', width: -52, of: ({ workload }) => workload },
  {
    title: 'entries',
    width: 11,
    of: ({ entries }) => (entries === null ? '' : entries.toLocaleString('en')),
  },
  { title: 'Mailstop', width: 24, of: ({ value, unit }) => `${number(value)} ${unit}` },
  {
    title: 'limit',
    width: 11,
    of: ({ limit }) => (limit === null ? '–' : number(limit.value)),
  },
  { title: 'ratio', width: 6, of: (line) => ratioOf(line)?.toFixed(2) ?? '–' },
  { title: 'floor', width: 6, of: ({ floor }) => floor?.toFixed(2) ?? '–' },
  { title: 'p50 ms', width: 8, of: ({ p50 }) => p50?.toString() ?? '' },
  { title: 'p99 ms', width: 8, of: ({ p99 }) => p99?.toString() ?? '' },
  { title: 'peak MiB', width: 9, of: ({ peak }) => peak?.toFixed(0) ?? '' },
];

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);

const cell = (text: string, width: number): string =>
  width < 0 ? text.padEnd(-width) : text.padStart(width);

export const head = (): string => columns.map(({ title, width }) => cell(title, width)).join('');

export const row = (line: Line): string =>
  `${columns.map(({ width, of }) => cell(of(line), width)).join('')}  ${fails(line) ? 'BELOW ' : ''}${line.limit?.name ?? ''}`;
