/**
 * Lists in and out, row by row: CSV and NDJSON, of any length in constant memory. An import may add or lengthen,
 * never remove, shorten or re-label (docs/policy.md 4); each row that does not count is told with its line.
 */
import type { Reason } from '../core/event.ts';
import { ok, type Result } from '../core/result.ts';
import { toRfc3339 } from '../core/time.ts';
import type { Store } from '../store/store.ts';
import type { Committer } from './commit.ts';
import { type Skip, unreadable } from './import-format.ts';
import { formatOf } from './import-formats.ts';
import { type Planned, planRow } from './import-row.ts';
import type { Who } from './list.ts';
import type { Policies } from './policies.ts';
import type { Row } from './rows.ts';
import type { Runtime } from './runtime.ts';

export interface ImportReport {
  /** What the list was taken for; null where it has no row. */
  format: string | null;
  /** Rows that count, by reason. */
  readonly by_reason: Record<string, number>;
  /** Entries made or lengthened. */
  added: number;
  /** Stood already, as long or longer. */
  unchanged: number;
  /** Did not count; `errors` says why. */
  skipped: number;
  /** Of those, what could not be read; the others ask for no entry. */
  unreadable: number;
  /** At most 1,000. */
  readonly errors: { readonly line: number; readonly detail: string }[];
}

export interface ImportDeps {
  readonly store: Pick<Store, 'check'>;
  readonly committer: Committer;
  readonly policies: Policies;
  readonly runtime: Pick<Runtime, 'now' | 'newId'>;
}

const BATCH = 1_000;
export const MAX_ERRORS = 1_000;

/** Each batch is one durable transaction with its audit row; an import that broke off may simply be sent again. */
export async function importRows(
  deps: ImportDeps,
  who: Who,
  rows: AsyncIterable<Row>,
  { dryRun = false, reason, listedAt }: ImportOptions = {},
): Promise<ImportReport> {
  const report: ImportReport = {
    format: null,
    by_reason: {},
    added: 0,
    unchanged: 0,
    skipped: 0,
    unreadable: 0,
    errors: [],
  };
  let batch: Planned[] = [];
  const policy = await deps.policies.of(who.tenant);
  for await (const row of rows) {
    const read = row.ok ? readRow(row.fields, reason, report) : unreadable(row.why);
    const planned = read.ok ? planRow(policy, row.line, read.value, deps.runtime.now()) : read;
    if (!planned.ok) skip(report, row.line, planned.error);
    else {
      const { reason: of } = planned.value.act;
      report.by_reason[of] = (report.by_reason[of] ?? 0) + 1;
      if (!dryRun) batch.push(listedAt === undefined ? planned.value : listed(planned.value, listedAt));
    }
    if (batch.length < BATCH) continue;
    await storeBatch(deps, who, batch, report);
    batch = [];
  }
  if (batch.length > 0) await storeBatch(deps, who, batch, report);
  return report;
}

export interface ImportOptions {
  /** Only says what would be understood. */
  readonly dryRun?: boolean | undefined;
  /** Of rows that name none. */
  readonly reason?: Reason | undefined;
  /** The provider whose own list it is: the addresses are known to be there. */
  readonly listedAt?: string | undefined;
}

const listed = (row: Planned, listedAt: string): Planned => ({ ...row, act: { ...row.act, listedAt } });

/** By the columns of each row: an NDJSON file may hold several lists. */
function readRow(
  fields: Readonly<Record<string, string>>,
  reason: Reason | undefined,
  report: ImportReport,
): Result<Readonly<Record<string, string>>, Skip> {
  const format = formatOf(Object.keys(fields));
  report.format ??= format.id;
  const read = format.read(fields);
  if (!read.ok || reason === undefined || read.value.reason) return read;
  return ok({ ...read.value, reason });
}

function skip(report: ImportReport, line: number, { why, isMeant }: Skip): void {
  report.skipped++;
  if (!isMeant) report.unreadable++;
  if (report.errors.length < MAX_ERRORS) report.errors.push({ line, detail: why });
}

const keyOf = (address: string, entry: { readonly stream: string; readonly reason: string }): string =>
  `${address} ${entry.stream} ${entry.reason}`;

async function storeBatch(
  { store, committer, runtime }: ImportDeps,
  who: Who,
  batch: readonly Planned[],
  report: ImportReport,
): Promise<void> {
  const now = runtime.now();
  const result = await committer.submit({
    type: 'edit',
    tenant: who.tenant,
    acts: batch.map(({ address, act }) => ({
      address,
      act: { ...act, id: runtime.newId('act', now), actor: who.actor },
    })),
    audit: {
      ...who,
      action: 'suppression.import',
      subject: `${batch.length} rows`,
      detail: { rows: batch.length, lines: [batch[0]?.line ?? 0, batch.at(-1)?.line ?? 0] },
    },
  });
  const changed = new Set(
    result.type === 'edit'
      ? result.changed
          .filter(({ after }) => after.state !== 'released')
          .map(({ after }) => keyOf(after.address, after))
      : [],
  );
  const unmoved = batch.filter(({ address, act }) => !changed.has(keyOf(address, act)));
  const found = await store.check(
    who.tenant,
    unmoved.map(({ address }) => address),
    now,
  );
  const told = new Set<string>();
  for (const { line, address, act } of batch) {
    const key = keyOf(address, act);
    const stands =
      changed.has(key) ||
      found.get(address)?.entries.some((row) => row.address === address && keyOf(address, row) === key);
    // Of two rows for one entry the first is told as the one that made it.
    if (changed.has(key) && !told.has(key)) report.added++;
    else if (stands) report.unchanged++;
    else
      skip(report, line, {
        why: `the address was released after ${toRfc3339(act.at)}, the date of this row`,
        isMeant: true,
      });
    told.add(key);
  }
}
