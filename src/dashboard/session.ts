/**
 * Who is signed in. The cookie is a random name of a row, which signing out deletes; every page asks for the key or the user
 * behind it anew, so that who is revoked, or has another password, is out at once.
 */
import { isPassword } from '../app/passwords.ts';
import type { Services } from '../app/services.ts';
import { HOUR } from '../core/time.ts';
import { authenticate, type Caller, HOME_TENANT } from '../http/auth.ts';
import { equalSecrets } from '../providers/verify/bytes.ts';
import type { SessionRow, UserRow } from '../store/store.ts';

export const COOKIE = '__Host-mailstop';
export const sessionLimits = { lasts: 12 * HOUR } as const;
/** Before the name of a user, where a key would stand. */
const USER = 'user:';
const CHARACTERS = 43; // 256 bits of [A-Za-z0-9]

type Needs = Pick<Services, 'store' | 'runtime' | 'settings' | 'log'>;

/** The caller behind the cookie; null where nobody is signed in. */
export async function callerOf(services: Needs, request: Request): Promise<Caller | null> {
  const hash = hashOf(services, request);
  if (hash === null) return null;
  const { store, runtime, settings } = services;
  const session = await store.session(hash);
  if (session === null || session.expires_at <= runtime.now()) return null;
  if (session.actor.startsWith(USER)) return userOf(services, session);
  if (settings.adminKeyHash !== null && equalSecrets(session.key_hash, settings.adminKeyHash))
    return { tenant: session.tenant, actor: session.actor, scopes: ['admin'], rateLimit: null };
  const key = await store.keyByHash(session.key_hash);
  return key === null
    ? null
    : { tenant: key.tenant, actor: key.id, scopes: JSON.parse(key.scopes), rateLimit: null };
}

/** What a user's session holds on to: another password or role is another one. */
const holdOf = ({ runtime }: Needs, { password, role }: UserRow): string =>
  runtime.sha256(`${role} ${password}`);

async function userOf(services: Needs, { tenant, actor, key_hash }: SessionRow): Promise<Caller | null> {
  const user = await services.store.user(tenant, actor.slice(USER.length));
  if (user === null || !equalSecrets(key_hash, holdOf(services, user))) return null;
  return { tenant, actor, scopes: [user.role], rateLimit: null };
}

export type UserName = Pick<UserRow, 'tenant' | 'name'>;

/** What is typed for a name; `tenant/name` of another tenant. With more in front it is nobody's. */
export function userNameOf(typed: string): UserName {
  const [, tenant = HOME_TENANT, name = ''] = /^(?:([^/]*)\/)?(.*)$/s.exec(typed.trim().toLowerCase()) ?? [];
  return { tenant, name };
}

/** The cookie of a new session, or null where name and password are not those of a user. */
export async function signInUser(
  services: Needs,
  request: Request,
  { tenant, name }: UserName,
  password: string,
): Promise<string | null> {
  const user = await services.store.user(tenant, name);
  if (!(await isPassword(services.runtime, password, user?.password ?? null)) || user === null) return null;
  return open(services, request, { tenant, actor: `${USER}${name}`, key_hash: holdOf(services, user) });
}

/** The cookie of a new session, or null where the key opens nothing. */
export async function signIn(services: Needs, request: Request, key: string): Promise<string | null> {
  if (!/^[\x21-\x7e]+$/.test(key)) return null;
  const asKey = new Request(request.url, { headers: { authorization: `Bearer ${key}` } });
  const caller = await authenticate(services, asKey);
  if (caller === null) return null;
  const { tenant, actor } = caller;
  return open(services, request, { tenant, actor, key_hash: services.runtime.sha256(key) });
}

/** A new one each time; the one before is over. */
async function open(
  services: Needs,
  request: Request,
  who: Pick<SessionRow, 'tenant' | 'actor' | 'key_hash'>,
): Promise<string> {
  const { store, runtime } = services;
  await signOut(services, request);
  const value = runtime.randomText(CHARACTERS);
  const row = { ...who, hash: runtime.sha256(value), expires_at: runtime.now() + sessionLimits.lasts };
  await store.configure({ put: 'session', row }, null);
  return `${COOKIE}=${value}; Path=/; Max-Age=${sessionLimits.lasts / 1_000}; HttpOnly; Secure; SameSite=Strict`;
}

/** The cookie that takes it away. */
export async function signOut(services: Needs, request: Request): Promise<string> {
  const hash = hashOf(services, request);
  if (hash !== null) await services.store.configure({ drop: 'session', hash }, null);
  return `${COOKIE}=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict`;
}

/** Whether a form was sent from one of our own pages. No Origin at all is none. */
export const isOurs = (services: Needs, request: Request): boolean =>
  originsOf(services, request).includes(request.headers.get('origin') ?? '');

/** The page that led here, where it is one of our own. */
export function pageBefore(services: Needs, request: Request): string | null {
  const before = URL.parse(request.headers.get('referer') ?? '');
  return before !== null && originsOf(services, request).includes(before.origin)
    ? pathOf(before.pathname + before.search)
    : null;
}

const originsOf = ({ settings }: Needs, request: Request): string[] => [
  new URL(request.url).origin,
  ...(settings.publicUrl === null ? [] : [new URL(settings.publicUrl).origin]),
];

function hashOf({ runtime }: Needs, request: Request): string | null {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const [name, value] = pair.trim().split('=', 2);
    if (name === COOKIE && value !== undefined && value.length === CHARACTERS) return runtime.sha256(value);
  }
  return null;
}

/** Where to go after signing in: a path of our own, and nothing that a browser takes for another host. */
export const pathOf = (next: string | null): string =>
  next !== null && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(next) ? next : '/';
