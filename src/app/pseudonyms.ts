/** Keyed hashes that stand for addresses: in the audit, and everywhere once one was erased. */
import { pseudonymOf } from '../core/pseudonym.ts';
import { toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Runtime } from './runtime.ts';

export interface Pseudonyms {
  of(tenant: string, address: string): string;
}

export async function createPseudonyms(
  secret: string,
  { sha256 }: Pick<Runtime, 'sha256'>,
): Promise<Pseudonyms> {
  const key = toHex(await hmacSha256(utf8(secret), utf8('mailstop pseudonyms')));
  return { of: (tenant, address) => pseudonymOf(key, tenant, address, sha256) };
}
