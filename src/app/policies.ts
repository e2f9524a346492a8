/** Each tenant's policy: the default rules, with the user's streams over them. */
import { z } from 'zod';
import { defaultPolicy } from '../core/default-policy.ts';
import { type Policy, streamClasses } from '../core/policy.ts';
import type { Store } from '../store/store.ts';

/** What a user keeps of a policy. */
export const policyDocument = z.strictObject({
  streams: z.record(z.string(), z.enum(streamClasses)).default({}),
});
export type PolicyDocument = z.infer<typeof policyDocument>;

export interface Policies {
  of(tenant: string): Promise<Policy>;
}

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
      const document = policyDocument.parse(JSON.parse(row.document));
      const policy = {
        ...defaultPolicy,
        version: `${defaultPolicy.version}+${row.version}`,
        streams: document.streams,
      };
      if (compiled.size >= 1_000) compiled.clear();
      compiled.set(key, policy);
      return policy;
    },
  };
}
