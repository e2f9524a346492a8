/**
 * Passwords of people, kept as scrypt alone. The cost is OWASP's for 16 MiB (N 2^14, r 8, p 5), as much work for a thief
 * as 2^17, 8, 1, whose 128 MiB a Worker has not. About a fifth of a second of one core.
 */
import { equalSecrets } from '../providers/verify/bytes.ts';
import type { Runtime, ScryptCost } from './runtime.ts';

const cost: ScryptCost = { N: 2 ** 14, r: 8, p: 5 };
const SALT_CHARACTERS = 22; // 131 bits of [A-Za-z0-9]

export const passwordLimits = { least: 12, most: 200 } as const;

type Needs = Pick<Runtime, 'scrypt' | 'randomText'>;

/** `scrypt$N$r$p$salt$key`: what is kept of a password. */
export const keptOf = (runtime: Needs, password: string): Promise<string> =>
  kept(runtime, password, runtime.randomText(SALT_CHARACTERS), cost);

async function kept(
  runtime: Pick<Needs, 'scrypt'>,
  password: string,
  salt: string,
  { N, r, p }: ScryptCost,
): Promise<string> {
  // The same characters, however a keyboard composes them.
  const key = await runtime.scrypt(password.normalize('NFKC'), salt, { N, r, p });
  const hex = Array.from(key, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return ['scrypt', N, r, p, salt, hex].join('$');
}

/** Of nobody: no password gives this key. */
const nobody = ['scrypt', cost.N, cost.r, cost.p, 'A'.repeat(SALT_CHARACTERS), '0'.repeat(64)].join('$');

/** Takes as long where there is no such user (null). */
export async function isPassword(
  runtime: Pick<Needs, 'scrypt'>,
  password: string,
  of: string | null,
): Promise<boolean> {
  const wanted = of ?? nobody;
  const [, N = '', r = '', p = '', salt = ''] = wanted.split('$');
  const given = await kept(runtime, password, salt, { N: Number(N), r: Number(r), p: Number(p) });
  return equalSecrets(given, wanted) && of !== null;
}
