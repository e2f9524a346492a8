/** The parts of the API's answers that the commands show (docs of the API: /docs on a running server). */
import type { AlarmKind } from '../core/alarms.ts';
import { type Column, table } from './output.ts';

export interface Entry {
  readonly id: string;
  readonly address: string;
  readonly stream: string;
  readonly reason: string;
  readonly origin: string;
  readonly state: string;
  readonly code: string | null;
  readonly enhanced: string | null;
  readonly code_source: string | null;
  readonly category: string | null;
  readonly rule: string | null;
  readonly provider: string | null;
  readonly source_id: string | null;
  readonly fix: string | null;
  readonly note: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly until: string | null;
}

export interface Event {
  readonly id: string;
  readonly kind: string;
  readonly address: string;
  readonly at: string;
  readonly received_at: string;
  readonly provider: string;
  readonly source_id: string;
  readonly stream: string;
  readonly smtp: {
    readonly code: string | null;
    readonly enhanced: string | null;
    readonly text: string | null;
    readonly source: string | null;
  };
  readonly category: string | null;
  readonly decision: {
    readonly rule: string;
    readonly action: string;
    readonly retry: string;
    readonly until: string | null;
  };
}

export interface Source {
  readonly id: string;
  readonly url: string;
  readonly provider: string;
  readonly name: string;
  readonly stream: string | null;
  readonly unsigned: boolean;
  readonly disabled: boolean;
  readonly paused_at: string | null;
  /** Requests that are kept and not acted on so far. */
  readonly waiting: number;
  readonly last_event_at: string | null;
  readonly alarms: readonly { readonly kind: AlarmKind; readonly since: string }[];
  readonly created_at: string;
  /** What is weak about it, and how to make it better. */
  readonly warnings?: readonly string[];
}

export interface Listing<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}

export const codesOf = ({
  code,
  enhanced,
}: {
  readonly code: string | null;
  readonly enhanced: string | null;
}): string => [code, enhanced].filter((part) => part !== null).join(' ');

/** In brackets where nobody said it: an inferred code is never shown as an observed one. */
export const smtpOf = ({
  smtp,
}: {
  readonly smtp: {
    readonly code: string | null;
    readonly enhanced: string | null;
    readonly source: string | null;
  };
}): string => (smtp.source === 'inferred' ? `(${codesOf(smtp)})` : codesOf(smtp));

/** `550 5.1.1 user unknown`, without codes said twice where the text repeats them. */
export function replyOf({ smtp }: Pick<Event, 'smtp'>): string {
  const text = smtp.text ?? '';
  return smtp.code !== null && text.startsWith(smtp.code) ? text : `${smtpOf({ smtp })} ${text}`.trim();
}

const entryColumns: readonly Column<Entry>[] = [
  { title: 'ADDRESS', value: (row) => row.address, flexible: true },
  { title: 'REASON', value: (row) => row.reason },
  { title: 'CODE', value: (entry) => smtpOf({ smtp: { ...entry, source: entry.code_source } }) },
  { title: 'CATEGORY', value: (row) => row.category },
  { title: 'STATE', value: (row) => row.state, style: (row) => (blocks(row) ? 'red' : 'dim') },
  { title: 'STREAM', value: (row) => (row.stream === '*' ? 'all' : row.stream) },
  { title: 'UNTIL', value: (row) => row.until?.slice(0, 10) ?? 'for ever' },
];

const blocks = ({ state }: Entry): boolean => state === 'active' || state === 'held';

/** Without the columns that would say the same in each line: active, and all mail. */
export function entryTable(entries: readonly Entry[], more: readonly Column<Entry>[] = []): string {
  const plain = [
    ...(entries.every(({ state }) => state === 'active') ? ['STATE'] : []),
    ...(entries.every(({ stream }) => stream === '*') ? ['STREAM'] : []),
  ];
  return table(
    [...entryColumns, ...more].filter(({ title }) => !plain.includes(title)),
    entries,
  );
}

/** What one reply means, as POST /v1/classify tells it. */
export interface Meaning {
  readonly code: string | null;
  readonly enhanced: string | null;
  readonly bounce_type: string;
  readonly category: string | null;
  readonly blame: string | null;
  readonly severity: string | null;
  readonly verdict: string;
  readonly action: string;
  readonly retry: string;
  readonly rule: string;
  readonly meaning: string | null;
  readonly confidence: string;
  readonly classified_by: string;
  readonly why: string | null;
  readonly source: string | null;
  readonly evidence: readonly string[];
}

/** One page of the catalogue, as GET /v1/codes/{code} tells it. */
export interface CodePage {
  readonly code: string;
  readonly type: string;
  readonly name: string;
  readonly bounce_type: string;
  readonly severity: string | null;
  readonly category: string | null;
  readonly blame: string | null;
  readonly verdict: string;
  readonly action: string;
  readonly retry: string;
  readonly recoverable: boolean;
  readonly standard: string;
  readonly example: string | null;
  readonly meaning: string;
  readonly plays_out: readonly string[];
  readonly soft_or_hard: string | null;
  readonly causes: readonly string[];
  readonly fixes: readonly string[];
  readonly questions: readonly { readonly q: string; readonly a: string }[];
  readonly related: readonly string[];
  readonly sources: readonly string[];
}
