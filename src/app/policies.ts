/** Each tenant's policy: the default rules, with what its document says over them. */
import { defaultPolicy } from '../core/default-policy.ts';
import type { Policy } from '../core/policy.ts';
import { compile, emptyDocument, type PolicyDocument } from '../core/policy-document.ts';
import type { PolicyRow, Store } from '../store/store.ts';
import { readDocument } from './policy-document.ts';

export interface Policies {
  /** The one in force. */
  of(tenant: string): Promise<Policy>;
}

/** Compiled policies kept in memory. */
export const POLICIES_KEPT = 1_000;

export function createPolicies(store: Pick<Store, 'policy'>): Policies {
  // Compiled once for each version; the version is read anew for each flush, so that all processes agree.
  const compiled = new Map<string, Policy>();
  return {
    async of(tenant) {
      const row = await store.policy(tenant);
      if (row === null) return defaultPolicy;
      const key = `${tenant} ${row.version}`;
      const known = compiled.get(key);
      if (known !== undefined) return known;
      const policy = compile(documentOf(row), row.version);
      if (compiled.size >= POLICIES_KEPT) compiled.clear();
      compiled.set(key, policy);
      return policy;
    },
  };
}

export const documentOf = (row: PolicyRow | null): PolicyDocument =>
  row === null ? emptyDocument : readDocument(row.document);
