/** The audit: append-only, and each row's hash covers the one before, so that a missing row shows. */
import type { AuditRow, Store } from '../store/store.ts';
import type { AuditNote } from './jobs.ts';
import type { Runtime } from './runtime.ts';

export function auditRows(
  head: { readonly seq: number; readonly hash: string },
  notes: readonly AuditNote[],
  runtime: Pick<Runtime, 'now' | 'sha256'>,
): AuditRow[] {
  const rows: AuditRow[] = [];
  let { seq, hash: previous } = head;
  for (const note of notes) {
    seq += 1;
    const row = {
      seq,
      at: runtime.now(),
      tenant: note.tenant,
      actor: note.actor,
      action: note.action,
      subject: note.subject,
      detail: JSON.stringify(note.detail),
      previous,
    };
    const hash = auditHash(row, runtime.sha256);
    rows.push({ ...row, hash });
    previous = hash;
  }
  return rows;
}

export const auditHash = (row: Omit<AuditRow, 'hash'>, sha256: (text: string) => string): string =>
  sha256(
    JSON.stringify([
      row.seq,
      row.at,
      row.tenant,
      row.actor,
      row.action,
      row.subject,
      row.detail,
      row.previous,
    ]),
  );

const BATCH = 1_000;

/** Holds every row against the one before. `brokenAt`: the first that does not fit, or that is missing before its place. */
export async function verifyAudit(
  store: Pick<Store, 'auditChain'>,
  sha256: (text: string) => string,
): Promise<{ readonly rows: number; readonly brokenAt: number | null }> {
  let last = { seq: 0, hash: '' };
  for (;;) {
    const batch = await store.auditChain(last.seq, BATCH);
    for (const { hash, ...row } of batch) {
      const fits = row.seq === last.seq + 1 && row.previous === last.hash && auditHash(row, sha256) === hash;
      if (!fits) return { rows: last.seq, brokenAt: last.seq + 1 };
      last = { seq: row.seq, hash };
    }
    if (batch.length < BATCH) return { rows: last.seq, brokenAt: null };
  }
}
