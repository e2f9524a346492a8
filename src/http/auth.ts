/** Who is calling: `Authorization: Bearer <key>`, looked up by its SHA-256. */
import type { Services } from '../app/services.ts';
import { HOUR } from '../core/time.ts';
import { equalSecrets } from '../providers/verify/bytes.ts';
import type { KeyRow } from '../store/store.ts';
import { type Problem, refuse } from './problem.ts';
import { limiterOf } from './rate-limit.ts';

export const scopes = ['check', 'read', 'write', 'release', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export interface Caller {
  readonly tenant: string;
  /** `key_…`, or `user:` and a name. */
  readonly actor: string;
  readonly scopes: readonly string[];
  /** Requests a minute; null = without a limit. */
  readonly rateLimit: number | null;
}

/** Whoever calls an endpoint that asks for no key. */
export const stranger: Caller = { tenant: '', actor: '', scopes: [], rateLimit: null };

export const HOME_TENANT = 'default';

export const may = (caller: Caller, scope: Scope): boolean =>
  caller.scopes.includes(scope) || caller.scopes.includes('admin');

/** The tenant that may make tenants, and keys for them. */
export const isOperator = (caller: Caller): boolean =>
  caller.tenant === HOME_TENANT && caller.scopes.includes('admin');

type Auth = Pick<Services, 'settings' | 'store' | 'runtime' | 'log'>;

/** A key's last use is told to the hour, so that checks do not become writes. */
const USE_RESOLUTION = HOUR;

/** Malformed, unknown and revoked keys take the same way, and get the same answer. */
export async function authenticate(services: Auth, request: Request): Promise<Caller | null> {
  const { settings, store, runtime } = services;
  const given = /^Bearer +([\x21-\x7e]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
  if (given === undefined) return null;
  const hash = hashOf(runtime, given);
  if (settings.adminKeyHash !== null && equalSecrets(hash, settings.adminKeyHash)) {
    return { tenant: HOME_TENANT, actor: 'key_admin', scopes: ['admin'], rateLimit: null };
  }
  const known = await store.keyByHash(hash);
  if (known === null) return null;
  await noteUse(services, known);
  return {
    tenant: known.tenant,
    actor: known.id,
    scopes: JSON.parse(known.scopes),
    rateLimit: known.rate_limit,
  };
}

/** Keys whose hash is remembered: the same few come with every request. */
const HASHES_KEPT = 1_000;
const hashes = new Map<string, string>();

function hashOf(runtime: Auth['runtime'], key: string): string {
  const known = hashes.get(key);
  if (known !== undefined) return known;
  const hash = runtime.sha256(key);
  if (hashes.size >= HASHES_KEPT) hashes.clear();
  hashes.set(key, hash);
  return hash;
}

/** A disk that takes no writes must not stop anyone from asking. */
async function noteUse({ store, runtime, log }: Auth, key: KeyRow): Promise<void> {
  const now = runtime.now();
  if (now - (key.last_used_at ?? 0) < USE_RESOLUTION) return;
  await store.noteKeyUse(key.id, now).catch(() => log('warn', 'the use of a key could not be noted'));
}

/**
 * Wrong keys, a minute and process: enough for typing errors, and a bound on those who guess. The right one opens at any
 * time.
 */
export const MISSES_A_MINUTE = 60;

/**
 * Counts a wrong key; seconds to wait where there were too many. All callers together: behind a proxy they share one
 * address.
 */
export const noteWrongKey = (services: Pick<Services, 'runtime'>): number =>
  limiterOf(services).take('wrong keys', MISSES_A_MINUTE);

export const tooManyWrongKeys = (seconds: number): string =>
  `Too many wrong keys; try again in ${seconds} s.`;

/** Of a caller whom nobody knows. Who sends no key at all has not guessed one. */
export function refuseCaller(services: Pick<Services, 'runtime'>, request: Request): Problem {
  const wait = request.headers.has('authorization') ? noteWrongKey(services) : 0;
  if (wait > 0) return refuse(429, tooManyWrongKeys(wait), [], { 'Retry-After': String(wait) });
  return refuse(401, 'Send a valid API key as "Authorization: Bearer <key>".', [], {
    'WWW-Authenticate': 'Bearer realm="mailstop"',
  });
}

export const tooMany = (rateLimit: number, seconds: number): Problem =>
  refuse(429, `This key may send ${rateLimit} requests a minute; try again in ${seconds} s.`, [], {
    'Retry-After': String(seconds),
  });

export const forbidden = (scope: Scope): Problem => refuse(403, `This key lacks the scope "${scope}".`);

export const operatorOnly = (): Problem =>
  refuse(403, 'Only an admin key of the tenant "default" may do this.');
