/** From a Config to services: the database, the secret, the runtime. What is wrong ends in a StartError. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createCertificateFetcher } from './app/certificates.ts';
import type { FilterDeps } from './app/filters.ts';
import type { Log } from './app/log.ts';
import { agreePepper, createPepper } from './app/pepper.ts';
import type { Runtime } from './app/runtime.ts';
import { createSeal } from './app/seal.ts';
import { sealingStore } from './app/sealing-store.ts';
import { createServices, type Services } from './app/services.ts';
import type { Config } from './config.ts';
import { MINUTE } from './core/time.ts';
import { codeOf, type Database, type DatabaseOptions, openDatabase, StartError } from './database.ts';
import { startError } from './database-file.ts';
import { mailHostsOf } from './mx-resolver.ts';
import { nodeRuntime } from './node-runtime.ts';
import type { VerifyIo } from './providers/adapter.ts';
import { createStore } from './store/sql.ts';
import type { KeyRow, Store } from './store/store.ts';

export interface OpenOptions extends DatabaseOptions {
  readonly log: Log;
  readonly fetchCertificate?: VerifyIo['fetchCertificate'];
  readonly makeFilter?: FilterDeps['make'];
  /** For the demo, which turns its clock. */
  readonly runtime?: Runtime;
}

export interface Opened {
  readonly services: Services;
  readonly database: Database;
  /** Where the secret is kept; null where MAILSTOP_SECRET is set. */
  readonly secretFile: string | null;
}

export async function open(config: Config, options: OpenOptions): Promise<Opened> {
  const database = await openDatabase(config.database, options);
  const store = createStore(database.driver);
  try {
    const plain = options.runtime ?? nodeRuntime();
    const runtime = { ...plain, mailHosts: mailHostsOf(config, plain.now) };
    const { name, secretFile } = database;
    const secret =
      config.secret ??
      (secretFile === null ? runtime.randomText(48) : await storedSecret(name, secretFile, store, runtime));
    await refuseOtherSecret(store, secret);
    const pepper = config.pepper === null ? null : await createPepper(config.pepper, runtime);
    const agreed = await agreePepper(store, pepper);
    if (!agreed.ok) throw new StartError(`${name}: ${agreed.error}`);
    const services = await createServices(
      {
        settings: {
          adminKeyHash: config.adminKey === null ? null : runtime.sha256(config.adminKey),
          publicUrl: config.publicUrl,
          secret,
          pepper,
        },
        store: sealingStore(store, pepper),
        runtime,
        log: options.log,
        fetchCertificate: options.fetchCertificate ?? createCertificateFetcher(runtime.fetch, runtime.now),
      },
      options.makeFilter,
    );
    return { services, database, secretFile: config.secret === null ? secretFile : null };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * The same services with one more admin key, which lives in memory only: how the command line speaks for any
 * tenant through the same HTTP app, and how the first key is made. Nothing of it reaches the database.
 */
export async function withKey(
  services: Services,
  key: { readonly hash: string; readonly tenant: string; readonly id: string },
): Promise<Services> {
  const { store, settings, runtime, log, fetchCertificate } = services;
  const far = runtime.now() + 60 * MINUTE; // "used already": no reason to note the use
  const row: KeyRow = {
    id: key.id,
    tenant: key.tenant,
    name: key.id,
    prefix: '',
    hash: key.hash,
    scopes: '["admin"]',
    created_at: far,
    last_used_at: far,
    rate_limit: null,
  };
  const keyed: Store = {
    ...store,
    keyByHash: async (hash) => (hash === key.hash ? row : store.keyByHash(hash)),
    configure: async (change, audit) =>
      'put' in change && change.put === 'key' && change.row.id === key.id
        ? 'done'
        : store.configure(change, audit),
  };
  return createServices({ store: keyed, settings, runtime, log, fetchCertificate });
}

/** The secret of an earlier start, or a new one where nothing has been sealed yet. */
async function storedSecret(database: string, file: string, store: Store, runtime: Runtime): Promise<string> {
  try {
    const known = readSecret(file);
    if (known !== null) return known;
    const { sealed } = await firstSource(store);
    if (sealed !== null) {
      throw new StartError(
        `the secrets in ${database} are sealed, and ${file} is gone; put it back, or set MAILSTOP_SECRET to what it held`,
      );
    }
    writeFileSync(file, `${runtime.randomText(48)}\n`, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    // EEXIST: another process made it between.
    if (codeOf(error) !== 'EEXIST') throw startError(error, file);
  }
  return readSecret(file) ?? '';
}

function readSecret(file: string): string | null {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return null;
  const secret = readFileSync(file, 'utf8').trim();
  if (secret.length < 32)
    throw new StartError(
      `${file} holds no secret of 32 characters or more; restore it from your backup, or set MAILSTOP_SECRET`,
    );
  return secret;
}

/** Told at the start rather than by the first webhook that cannot be verified. */
async function refuseOtherSecret(store: Store, secret: string): Promise<void> {
  const { sealed } = await firstSource(store);
  if (sealed === null) return;
  const seal = await createSeal(secret);
  await seal.open(sealed).catch((error: unknown) => {
    throw new StartError(error instanceof Error ? error.message : String(error));
  });
}

async function firstSource(store: Store): Promise<{ readonly sealed: string | null }> {
  for (const { id } of await store.tenants()) {
    const [source] = await store.sources(id);
    if (source !== undefined) return { sealed: source.secrets };
  }
  return { sealed: null };
}
