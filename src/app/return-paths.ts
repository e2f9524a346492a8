/** The key of return paths, derived from MAILSTOP_SECRET: who holds no key can name nobody as bounced. */
import { canonicalAddress } from '../core/address.ts';
import { readKeyedPath } from '../core/return-path.ts';
import { equalSecrets, utf8 } from '../providers/verify/bytes.ts';
import { keyedTag } from './keyed-tag.ts';

export interface ReturnPaths {
  /** The tag of a canonical address. The same each time: mail may bounce weeks later, and stays provable. */
  tagOf(tenant: string, address: string): Promise<string>;
  /** Whether the path was made for this canonical address. */
  proves(tenant: string, path: string, address: string): Promise<boolean>;
  /** For whom it was made, where it says so; null for a path that is none of ours. */
  namedBy(tenant: string, path: string): Promise<string | null>;
}

export async function createReturnPaths(secret: string): Promise<ReturnPaths> {
  const material = await crypto.subtle.importKey('raw', utf8(secret), 'HKDF', false, ['deriveKey']);
  const key = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: utf8('mailstop'), info: utf8('return paths') },
    material,
    { name: 'HMAC', hash: 'SHA-256', length: 256 },
    false,
    ['sign'],
  );
  // A tenant's id holds no line break, so no two pairs sign the same bytes.
  const tagOf = (tenant: string, address: string): Promise<string> => keyedTag(key, `${tenant}\n${address}`);
  const proves = async (tenant: string, path: string, address: string): Promise<boolean> => {
    const keyed = readKeyedPath(path);
    return keyed !== null && equalSecrets(keyed.tag, await tagOf(tenant, address));
  };
  return {
    tagOf,
    proves,
    async namedBy(tenant, path) {
      const named = canonicalAddress(readKeyedPath(path)?.recipient);
      return named.ok && (await proves(tenant, path, named.value)) ? named.value : null;
    },
  };
}
