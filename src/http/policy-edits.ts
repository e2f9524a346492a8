/** Changing a tenant's policy: each change makes a new version, and where it touches the rules the list is decided anew. */

import { configure } from '../app/configure.ts';
import { documentOf } from '../app/policies.ts';
import { writtenDocument } from '../app/policy-document.ts';
import type { PolicyDocument } from '../core/policy-document.ts';
import { differing, isSame } from '../core/policy-document.ts';
import type { PolicyRow } from '../store/store.ts';
import type { Call } from './endpoint.ts';

export interface Current {
  /** 0 = the default, never changed. */
  readonly version: number;
  readonly row: PolicyRow | null;
  readonly document: PolicyDocument;
}

export async function currentPolicy(
  { store }: Pick<Call['services'], 'store'>,
  tenant: string,
): Promise<Current> {
  const row = await store.policy(tenant);
  return { version: row?.version ?? 0, row, document: documentOf(row) };
}

/** How long an answer waits for the list to be decided anew; a small list is done by then. */
const PATIENCE = 2_000;

/** `next` is asked again where another writer was faster; null = there is nothing to change. */
export async function changePolicy(
  { services, caller: { tenant, actor } }: Pick<Call, 'services' | 'caller'>,
  action: string,
  subject: string,
  next: (before: PolicyDocument, version: number) => PolicyDocument | null,
): Promise<PolicyRow | null> {
  const made = await configure(services, async () => {
    const { version, row: last, document } = await currentPolicy(services, tenant);
    // Each version has a reason of its own, or none.
    const { why: _, ...before } = document;
    const wanted = next(before, version);
    if (wanted === null) return null;
    const after = differing(wanted);
    const row: PolicyRow = {
      tenant,
      version: version + 1,
      document: JSON.stringify(writtenDocument(after)),
      actor,
      created_at: services.runtime.now(),
      // Streams and the matrix are looked up at each check; only rules move entries. What was begun goes on.
      redecided_to: isSame(document.rules, after.rules) ? (last?.redecided_to ?? null) : '',
    };
    return {
      change: { put: 'policy', row },
      note: {
        tenant,
        actor,
        action,
        subject,
        detail: { before: writtenDocument(document), after: writtenDocument(after) },
      },
      value: row,
    };
  });
  if (made === null || made.redecided_to === null) return made;
  // The version is in force, whatever becomes of this: the next start, or POST /v1/policy/decide, goes on as well.
  const failed = (error: unknown) =>
    services.log('error', 'the list was not decided anew', {
      error: error instanceof Error ? error.name : 'unknown',
    });
  const done = await services.redecider.run(tenant, PATIENCE).then((step) => step.done, failed);
  if (done !== true && services.runtime.defer !== null) services.redecider.finish().catch(failed);
  return services.store.policyVersion(tenant, made.version);
}
