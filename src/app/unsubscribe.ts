/**
 * Links by which a recipient leaves a kind of mail with one click (RFC 8058). The token is sealed: it shows nobody whose it
 * is, nobody can make one, nothing is stored for it, and it never runs out.
 */
import { createSeal } from './seal.ts';

export interface Leaving {
  readonly tenant: string;
  /** Canonical. */
  readonly address: string;
  /** `*` = all mail. */
  readonly stream: string;
}

export interface Unsubscribes {
  tokenOf(leaving: Leaving): Promise<string>;
  /** null for a token that is none of ours. */
  read(token: string): Promise<Leaving | null>;
}

/** Far above what an address of 254 bytes needs. */
const MAX_TOKEN = 1_000;

export async function createUnsubscribes(secret: string): Promise<Unsubscribes> {
  const seal = await createSeal(secret, 'unsubscribe links');
  return {
    async tokenOf({ tenant, address, stream }) {
      const sealed = await seal.seal(JSON.stringify([tenant, address, stream]));
      return sealed.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    },
    async read(token) {
      if (token.length > MAX_TOKEN || !/^v1\.[\w-]+$/.test(token)) return null;
      const bare = token.replaceAll('-', '+').replaceAll('_', '/');
      const padded = bare + '='.repeat((4 - ((bare.length - 'v1.'.length) % 4)) % 4);
      const text = await seal.open(padded).catch(() => null);
      if (text === null) return null;
      const [tenant, address, stream] = JSON.parse(text) as [string, string, string];
      return { tenant, address, stream };
    },
  };
}
