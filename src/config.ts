/** The environment as a Config. All problems at once, each with the variable and the fix; never a secret in a text. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { err, ok, type Result } from './core/result.ts';

export interface Config {
  /** 0 = any free port. */
  readonly port: number;
  readonly database: DatabaseAddress;
  /** Null: one is made at the first start. */
  readonly adminKey: string | null;
  /** Without a trailing slash. */
  readonly publicUrl: string | null;
  /** Null: one is made beside the database. */
  readonly secret: string | null;
  /** Whom to ask which server takes a domain's mail; null = nobody. */
  readonly mxResolver: string | null;
}

/** `file`: an absolute path. */
export type DatabaseAddress =
  | { readonly kind: 'file'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string };

const SECRET_LENGTH = 32;

const schema = z.object({
  PORT: z
    .string()
    .default('8787')
    .refine(
      (text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535,
      'must be a number from 0 to 65535; leave it out for 8787',
    )
    .transform(Number),
  MAILSTOP_DATABASE_URL: z
    .string()
    .default('file:./data/mailstop.db')
    .transform((text, context) => {
      const address = readDatabaseUrl(text);
      if (address.ok) return address.value;
      context.addIssue({ code: 'custom', message: address.error });
      return z.NEVER;
    }),
  MAILSTOP_ADMIN_KEY: long('leave it out to have one made at the first start'),
  MAILSTOP_PUBLIC_URL: z
    .string()
    .transform((text, context) => {
      const url = publicUrl(text);
      if (url !== null) return url;
      context.addIssue({
        code: 'custom',
        message: 'must be the address where providers reach this server, such as https://mail.example.com',
      });
      return z.NEVER;
    })
    .nullable()
    .default(null),
  MAILSTOP_SECRET: long('leave it out to have one made beside the database'),
  MAILSTOP_MX_RESOLVER: z
    .string()
    .refine(
      isResolver,
      'must be "system", the address of a resolver such as 127.0.0.1:53, or that of one over HTTPS such as https://cloudflare-dns.com/dns-query; leave it out to ask no DNS',
    )
    .nullable()
    .default(null),
});

/** An empty variable counts as unset: that is how compose files and CI leave things out. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
): Result<Config, readonly string[]> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])),
  );
  const read = schema.safeParse(given);
  if (!read.success) return err(read.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`));
  const { PORT, MAILSTOP_DATABASE_URL, MAILSTOP_ADMIN_KEY, MAILSTOP_PUBLIC_URL, MAILSTOP_SECRET } = read.data;
  if (MAILSTOP_DATABASE_URL.kind === 'postgres' && MAILSTOP_SECRET === null)
    return err([
      `MAILSTOP_SECRET is needed with PostgreSQL, for all instances share it: ${SECRET_LENGTH} characters or more (openssl rand -hex 32 makes one)`,
    ]);
  return ok({
    port: PORT,
    database: MAILSTOP_DATABASE_URL,
    adminKey: MAILSTOP_ADMIN_KEY,
    publicUrl: MAILSTOP_PUBLIC_URL,
    secret: MAILSTOP_SECRET,
    mxResolver: read.data.MAILSTOP_MX_RESOLVER,
  });
}

/** Shorter ones can be guessed: the admin key is compared by a fast hash, the secret seals at rest. */
function long(otherwise: string) {
  const message = `must have ${SECRET_LENGTH} characters or more (openssl rand -hex 32 makes one); ${otherwise}`;
  return z.string().min(SECRET_LENGTH, message).nullable().default(null);
}

export function readDatabaseUrl(text: string): Result<DatabaseAddress, string> {
  const example = 'give a file, such as file:./data/mailstop.db, or postgres://user@host/database';
  if (/^postgres(ql)?:/i.test(text)) {
    const database = URL.canParse(text) ? new URL(text).pathname.slice(1) : '';
    return database === '' || database.includes('/')
      ? err(`must name a database of PostgreSQL, such as postgres://user:password@host:5432/mailstop`)
      : ok({ kind: 'postgres', url: text });
  }
  if (!/^file:./i.test(text)) return err(`must start with "file:" or "postgres:"; ${example}`);
  if (/[?#]/.test(text)) return err(`must hold no "?" or "#"; ${example}`);
  const path = text.slice('file:'.length);
  if (path === ':memory:')
    return err(`must name a file, for what is in memory is lost at the end; ${example}`);
  if (!path.startsWith('//')) return ok({ kind: 'file', file: resolve(path) });
  try {
    return ok({ kind: 'file', file: fileURLToPath(text) });
  } catch {
    return err(`is not a file URL; ${example}`);
  }
}

function isResolver(text: string): boolean {
  if (text === 'system' || isIP(text) !== 0) return true;
  const port = /^(?:([\d.]+)|\[([\da-f:]+)\]):\d{1,5}$/i.exec(text);
  if (port !== null) return isIP(port[1] ?? port[2] ?? '') !== 0;
  return /^https:\/\//i.test(text) && URL.canParse(text);
}

function publicUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const plain = url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  return plain && (url.protocol === 'https:' || url.protocol === 'http:')
    ? url.href.replace(/\/+$/, '')
    : null;
}
