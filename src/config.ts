/** The environment as a Config. All problems at once, each with the variable and the fix; never a secret in a text. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { type QuietHours, readQuietHours } from './core/quiet-hours.ts';
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
  /** Hashes addresses; null: they are kept as they are. */
  readonly pepper: string | null;
  /** Whom to ask which server takes a domain's mail; null = nobody. */
  readonly mxResolver: string | null;
  /** Null: alerts go to webhooks alone. */
  readonly alerts: AlertConfig | null;
}

export interface AlertConfig {
  readonly smtpUrl: string;
  readonly to: readonly string[];
  readonly from: string;
  readonly quiet: QuietHours | null;
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
  MAILSTOP_PEPPER: long('leave it out to keep addresses as they are'),
  MAILSTOP_MX_RESOLVER: z
    .string()
    .refine(
      isResolver,
      'must be "system", the address of a resolver such as 127.0.0.1:53, or that of one over HTTPS such as https://cloudflare-dns.com/dns-query; leave it out to ask no DNS',
    )
    .nullable()
    .default(null),
  MAILSTOP_SMTP_URL: z
    .string()
    .refine(
      isSmtpUrl,
      'must be the address of a mail server and nothing behind it, such as smtp://user:password@mail.example.com:587, or smtps://… for TLS from the start',
    )
    .optional(),
  MAILSTOP_ALERT_TO: z
    .string()
    .transform((text) => text.split(',').map((address) => address.trim()))
    .refine(
      (all) => all.every((address) => isAddress(address)),
      'must be an address, or several with commas between: ops@example.com,on-call@example.com',
    )
    .optional(),
  MAILSTOP_ALERT_FROM: z
    .string()
    .refine((text) => isAddress(text), 'must be an address, such as mailstop@example.com')
    .optional(),
  MAILSTOP_QUIET_HOURS: z
    .string()
    .transform((text, context) => {
      const quiet = readQuietHours(text);
      if (quiet.ok) return quiet.value;
      context.addIssue({ code: 'custom', message: quiet.error });
      return z.NEVER;
    })
    .optional(),
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
  const alerts = alertsOf(read.data);
  if (!alerts.ok) return alerts;
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
    pepper: read.data.MAILSTOP_PEPPER,
    mxResolver: read.data.MAILSTOP_MX_RESOLVER,
    alerts: alerts.value,
  });
}

/** All three or none, so that nobody waits for mail that nobody sends. */
function alertsOf(given: z.output<typeof schema>): Result<AlertConfig | null, readonly string[]> {
  const { MAILSTOP_SMTP_URL, MAILSTOP_ALERT_TO, MAILSTOP_ALERT_FROM, MAILSTOP_QUIET_HOURS } = given;
  const needed = { MAILSTOP_SMTP_URL, MAILSTOP_ALERT_TO, MAILSTOP_ALERT_FROM };
  const missing = Object.entries(needed).filter(([, value]) => value === undefined);
  if (missing.length === 3 && MAILSTOP_QUIET_HOURS === undefined) return ok(null);
  if (MAILSTOP_SMTP_URL === undefined || MAILSTOP_ALERT_TO === undefined || MAILSTOP_ALERT_FROM === undefined)
    return err(
      missing.map(([name]) => `${name} is needed to mail alerts; without all three none are mailed`),
    );
  return ok({
    smtpUrl: MAILSTOP_SMTP_URL,
    to: MAILSTOP_ALERT_TO,
    from: MAILSTOP_ALERT_FROM,
    quiet: MAILSTOP_QUIET_HOURS ?? null,
  });
}

const isAddress = (text: string): boolean => /^[^\s@<>,;:"()]+@[^\s@<>,;:"()]+$/.test(text);

/** No query: it could turn the check of certificates off. */
function isSmtpUrl(text: string): boolean {
  if (!/^smtps?:\/\//i.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname, search, hash, username, password } = new URL(text);
  const isPlain = hostname !== '' && /^\/?$/.test(pathname) && search === '' && hash === '';
  return isPlain && isDecodable(username + password);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false; // a % that stands for itself has to be written %25
  }
}

/** Shorter ones can be guessed: the admin key is compared by a fast hash, the secret seals at rest, the pepper hashes. */
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
