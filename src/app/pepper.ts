/** The pepper: without it no address can be found in the database, for only keyed hashes of them are there. */
import { hashedOf } from '../core/pseudonym.ts';
import { err, ok, type Result } from '../core/result.ts';
import { toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Store } from '../store/store.ts';
import type { Runtime } from './runtime.ts';
import { createSeal, type Seal } from './seal.ts';

export interface Pepper {
  /** What stands for an address in the database; the same for what stands there already, and for a whole domain. */
  nameOf(tenant: string, address: string): string;
  /** Digests of what holds an address, which could be tried out without a key. */
  digestOf(digest: string): string;
  /** For whole requests, which are read again. */
  readonly seal: Seal;
  /** Kept in the database, so that no other pepper is taken for it. */
  readonly proof: string;
}

export async function createPepper(pepper: string, { sha256 }: Pick<Runtime, 'sha256'>): Promise<Pepper> {
  const keyFor = async (use: string) => toHex(await hmacSha256(utf8(pepper), utf8(use)));
  const key = await keyFor('mailstop hashed addresses');
  const digests = await keyFor('mailstop hashed digests');
  return {
    nameOf: (tenant, address) => hashedOf(key, tenant, address, sha256),
    digestOf: (digest) => sha256(`${digests} ${digest}`).slice(0, 32),
    seal: await createSeal(pepper, 'kept requests', 'MAILSTOP_PEPPER'),
    proof: await keyFor('mailstop pepper'),
  };
}

/**
 * A list is hashed from its first row, under one pepper, or not at all. The error says what to do; null where the pepper
 * is that of the database.
 */
export async function agreePepper(
  store: Pick<Store, 'pepper' | 'keepPepper' | 'dumpEnd'>,
  pepper: Pepper | null,
): Promise<Result<null, string>> {
  const known = await store.pepper();
  if (pepper === null)
    return known === null
      ? ok(null)
      : err(
          'the addresses in the database are hashed, and MAILSTOP_PEPPER is not set; set it to what the list was begun with',
        );
  if (known === null) {
    if ((await store.dumpEnd()) !== null)
      return err(
        'MAILSTOP_PEPPER is set, and the database was begun without it: addresses are hashed from the start or not at all. ' +
          'Unset it, or begin with a new database and import the list there',
      );
    await store.keepPepper(pepper.proof);
  }
  // Another server may have been first.
  return (known ?? (await store.pepper())) === pepper.proof
    ? ok(null)
    : err(
        'MAILSTOP_PEPPER is not the one that the addresses in the database are hashed under; set it to what the list was begun with',
      );
}
