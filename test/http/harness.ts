/** The app over a fresh database in memory, with a clock that tests turn. Every answer is held against its declared schema. */
import { expect } from 'vitest';
import type { LogFields } from '../../src/app/log.ts';
import { createPepper } from '../../src/app/pepper.ts';
import { sealingStore } from '../../src/app/sealing-store.ts';
import { createServices, type Services } from '../../src/app/services.ts';
import { err } from '../../src/core/result.ts';
import { createApp } from '../../src/http/app.ts';
import { endpoints } from '../../src/http/endpoints.ts';
import { nodeRuntime } from '../../src/node-runtime.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createStore } from '../../src/store/sql.ts';
import { openDatabase, sqliteDriver } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';

export const START = Date.UTC(2026, 0, 10, 12);
export const ADMIN = 'admin-key-of-the-tests-0123456789abcdef';
export const SHARED = 'shared-secret-of-the-tests';

// biome-ignore lint/suspicious/noExplicitAny: tests read answers field by field, and schemas are checked on the way
type Json = any;

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
  readonly text: string;
}

export interface Ask {
  readonly key?: string | null;
  readonly json?: unknown;
  readonly body?: BodyInit;
  readonly headers?: Record<string, string>;
}

export interface Harness {
  readonly services: Services;
  readonly store: Store;
  readonly logged: { level: string; fields: LogFields }[];
  /** The app itself. */
  fetch(request: Request): Promise<Response>;
  advance(ms: number): void;
  ask(method: string, path: string, ask?: Ask): Promise<Told>;
  /** A key of these scopes, made through the API. */
  key(scopes: readonly string[], tenant?: string): Promise<string>;
  /** A generic source with SHARED, and a function that posts to it. */
  source(
    change?: Record<string, unknown>,
    key?: string,
  ): Promise<{ id: string; post(body: unknown, headers?: Record<string, string>): Promise<Told> }>;
  close(): Promise<void>;
}

export async function startHarness(
  given: {
    publicUrl?: string;
    /** Addresses are kept by their hashes alone. */
    pepper?: string;
    /** Where the database is; in memory unless given. */
    file?: string;
    storeOf?: (store: Store) => Store;
    fetchCertificate?: Services['fetchCertificate'];
    fetch?: Services['runtime']['fetch'];
    mailHosts?: Services['runtime']['mailHosts'];
    outbound?: Partial<Services['runtime']['outbound']>;
  } = {},
): Promise<Harness> {
  const db = openDatabase(given.file ?? ':memory:');
  migrate(db);
  let now = START;
  const runtime = {
    ...nodeRuntime(),
    now: () => now,
    mailHosts: given.mailHosts ?? null,
    outbound: { refusal: async () => null, ask: async () => null, post: async () => null, ...given.outbound },
    fetch: given.fetch ?? (() => Promise.reject(new Error('no test goes out'))),
  };
  const logged: Harness['logged'] = [];
  const pepper = given.pepper === undefined ? null : await createPepper(given.pepper, runtime);
  const plain = sealingStore(createStore(sqliteDriver(db)), pepper);
  const store = given.storeOf?.(plain) ?? plain;
  const services = await createServices({
    settings: {
      adminKeyHash: runtime.sha256(ADMIN),
      publicUrl: given.publicUrl ?? null,
      secret: 'secret-of-the-tests-0123456789abcdef',
      pepper,
    },
    store,
    runtime,
    log: (level, _message, fields = {}) => logged.push({ level, fields }),
    fetchCertificate: given.fetchCertificate ?? (async () => err('unavailable')),
  });
  const app = createApp(services);

  const ask: Harness['ask'] = async (method, path, { key = ADMIN, json, body, headers = {} } = {}) => {
    const response = await app.request(path, {
      method,
      headers: {
        ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
        ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(body === undefined ? {} : { body, duplex: 'half' as const }),
    });
    const text = await response.text();
    const isJson = /[/+]json$/.test(response.headers.get('content-type') ?? '');
    const told = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text !== '' ? JSON.parse(text) : null,
    };
    holdAgainstSchema(method, path, told);
    return told;
  };
  const postTo =
    (id: string) =>
    (body: unknown, headers: Record<string, string> = {}) =>
      ask('POST', `/webhooks/${id}`, {
        key: null,
        json: body,
        headers: { 'X-Mailstop-Key': SHARED, ...headers },
      });

  return {
    services,
    store,
    logged,
    ask,
    fetch: async (request) => app.fetch(request),
    advance(ms) {
      now += ms;
    },
    async key(scopes, tenant) {
      const made = await ask('POST', '/v1/keys', {
        json: { name: 'test', scopes, ...(tenant === undefined ? {} : { tenant }) },
      });
      expect(made.status).toBe(201);
      return made.body.key;
    },
    async source(change = {}, key = ADMIN) {
      const made = await ask('POST', '/v1/sources', {
        key,
        json: { provider: 'generic', name: 'test', secrets: { keys: [SHARED] }, ...change },
      });
      expect(made.status, made.text).toBe(201);
      return { id: made.body.id, post: postTo(made.body.id) };
    },
    close: () => services.close(),
  };
}

/** What an endpoint says of its answers is true, and nothing is told that it does not say. */
function holdAgainstSchema(method: string, path: string, told: Told): void {
  const pathname = path.split('?', 1)[0] ?? '';
  expect(told.headers.get('x-request-id'), `${method} ${path}`).toMatch(/^req_\w{16}$/);
  if (told.status >= 400) {
    if (method === 'HEAD') return;
    expect(told.headers.get('content-type')).toBe('application/problem+json');
    expect(told.body).toEqual({
      type: expect.any(String),
      title: expect.any(String),
      status: told.status,
      detail: expect.any(String),
      errors: expect.any(Array),
      request_id: told.headers.get('x-request-id'),
    });
    return;
  }
  const of = endpoints.find((one) => one.method === method.toLowerCase() && matches(one.path, pathname));
  if (of === undefined) return;
  const described = of.answers[told.status];
  expect(described, `${method} ${of.path} answers ${told.status} without saying so`).toBeDefined();
  const isJson =
    told.headers.get('content-type')?.includes('json') &&
    !told.headers.get('content-type')?.includes('ndjson');
  if (described?.schema === undefined || (described.types !== undefined && !isJson)) return;
  const parsed = described.schema.safeParse(told.body);
  expect(parsed.success ? [] : parsed.error.issues, `${method} ${path}: ${told.text.slice(0, 300)}`).toEqual(
    [],
  );
  expect(parsed.data, `${method} ${path} tells more than its schema`).toEqual(told.body);
}

const matches = (pattern: string, path: string): boolean =>
  new RegExp(`^${pattern.replace(/:\w+/g, '[^/]+')}$`).test(path);

export const bounce = (recipient: string, change: Record<string, unknown> = {}) => ({
  recipient,
  event: 'bounce',
  text: '550 5.1.1 user unknown',
  at: new Date(START - 60_000).toISOString(),
  message_id: 'm1',
  ...change,
});
