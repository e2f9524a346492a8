/** The Worker as a whole: its own entry, on workerd, with D1. */
import { applyD1Migrations, reset } from 'cloudflare:test';
import { env as bindings } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { endpoints } from '../../src/http/endpoints.ts';
import { type D1Binding, type D1Session, d1Driver } from '../../src/store/d1.ts';
import { createStore } from '../../src/store/sql.ts';
import worker, { type Env } from '../../src/worker.ts';
import configuration from '../../wrangler.toml?raw';
import { DAY, event, HOUR, plan, receipt } from '../store/rows.ts';

const adminKey = 'test-admin-key-of-more-than-32-characters';
const sharedKey = 'test-shared-key-of-more-than-32-characters';

const environment = (given: Partial<Env> = {}): Env => ({
  DB: bindings.DB,
  MAILSTOP_ADMIN_KEY: adminKey,
  MAILSTOP_SECRET: 'test-secret-of-more-than-32-characters',
  ...given,
});

interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // Answers differ by endpoint; a wrong field shows in the comparison.
  readonly body: Record<string, unknown>;
}

async function call(
  env: Env,
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${adminKey}` },
): Promise<Answered> {
  const init = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const request = new Request(`https://mailstop.example.com${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...init,
  });
  const response = await worker.fetch(request, env);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

async function genericSource(env: Env): Promise<(body: unknown, as?: Env) => Promise<Answered>> {
  const made = await call(env, 'POST', '/v1/sources', {
    provider: 'generic',
    name: 'shop',
    secrets: { keys: [sharedKey] },
  });
  expect(made.status).toBe(201);
  const { pathname } = new URL(String(made.body.url));
  return (body, as = env) => call(as, 'POST', pathname, body, { 'x-mailstop-key': sharedKey });
}

const bounce = (recipient = 'ann@example.com', id = 'e1') => ({
  recipient,
  event: 'bounce',
  code: 550,
  enhanced: '5.1.1',
  text: 'no such user',
  id,
  message_id: 'm1',
});
const accepted = { accepted: 1, duplicates: 0, ignored: 0, quarantined: 0 };
const isSuppressed = async (env: Env, address = 'ann@example.com') =>
  (await call(env, 'POST', '/v1/check', { addresses: [address] })).body.results;

/** The binding with another way of doing something. */
const changed = (change: Partial<D1Session>): D1Binding => {
  const session: D1Session = {
    prepare: (sql) => bindings.DB.prepare(sql),
    batch: (statements) => bindings.DB.batch(statements),
    ...change,
  };
  return { ...session, withSession: () => session };
};
const failing = (message: string) => () => {
  throw new Error(message);
};
const count = async (table: string): Promise<unknown> =>
  (await bindings.DB.prepare(`select count(*) from ${table}`).bind().raw())[0]?.[0];

beforeEach(async () => {
  await reset();
  await applyD1Migrations(bindings.DB, bindings.MIGRATIONS);
});

describe('the Worker', () => {
  it('takes a bounce in and then says that the address is suppressed', async () => {
    const env = environment();
    const post = await genericSource(env);
    expect(await isSuppressed(env)).toMatchObject([{ address: 'ann@example.com', suppressed: false }]);
    expect(await post(bounce())).toMatchObject({ status: 200, body: accepted });
    expect(await isSuppressed(env)).toMatchObject([
      {
        address: 'ann@example.com',
        suppressed: true,
        reason: 'hard-bounce',
        category: 'mailbox-unknown',
        code: '550',
      },
    ]);
  });

  it('knows a redelivery for a duplicate', async () => {
    const post = await genericSource(environment());
    await post(bounce());
    expect((await post(bounce())).body).toEqual({ accepted: 0, duplicates: 1, ignored: 0, quarantined: 0 });
    expect(await count('events')).toBe(1);
  });

  it.each([
    ['by its hash', { MAILSTOP_PEPPER: 'p'.repeat(32) }, /^hashed-[0-9a-f]{32}@example\.com$/],
    ['as it is, without a pepper', {}, /^ann@example\.com$/],
  ])('T101 keeps an address %s', async (_title, given, kept) => {
    const env = environment(given);
    const post = await genericSource(env);
    await post(bounce());
    expect(await isSuppressed(env)).toMatchObject([{ address: 'ann@example.com', suppressed: true }]);
    for (const table of ['events', 'suppressions', 'addresses']) {
      const rows = await bindings.DB.prepare(`select address from ${table} where address like '_%@%'`)
        .bind()
        .raw();
      expect(rows, table).toEqual([[expect.stringMatching(kept)]]);
    }
  });

  it('explains 504', async () => {
    const { status, body } = await call(environment(), 'GET', '/v1/codes/504');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      code: '504',
      bounce_type: 'hard',
      severity: 'medium',
      category: 'protocol',
      action: 'suppress',
      retry: 'no',
    });
  });

  it('takes what ten requests say of one address at the same time, each once', async () => {
    const env = environment();
    const post = await genericSource(env);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => post({ ...bounce(), id: `e${i}`, message_id: `m${i}` })),
    );
    expect(answers.map(({ status, body }) => [status, body.accepted])).toEqual(
      Array.from({ length: 10 }, () => [200, 1]),
    );
    expect(await count('events')).toBe(10);
    expect(await count('suppressions')).toBe(1);
  });

  it('T126 keeps a body of several megabytes, to the byte', async () => {
    const env = environment();
    const post = await genericSource(env);
    const noise = Array.from({ length: 60 }, () =>
      btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(48_000)))),
    ).join('');
    const body = JSON.stringify([
      { ...bounce(), id: 'big' },
      { recipient: '', event: 'bounce', note: noise },
    ]);
    expect((await post(body)).body).toEqual({ ...accepted, quarantined: 1 });
    const [row] = await bindings.DB.prepare('select id from receipts').bind().raw();
    const kept = await createStore(d1Driver(bindings.DB)).receipt('default', String(row?.[0]));
    const bytes = new Blob([new Uint8Array(kept?.body ?? [])])
      .stream()
      .pipeThrough(new DecompressionStream('gzip'));
    expect((await new Response(bytes).text()) === body).toBe(true);
    expect(await count('receipt_parts')).toBeGreaterThan(0);
  });
});

describe('T124 a connection that is lost', () => {
  const lost = 'D1_ERROR: Network connection lost.';

  it('before the commit leaves nothing, and the provider is told to come again', async () => {
    const env = environment();
    const post = await genericSource(env);
    const answer = await post(bounce(), environment({ DB: changed({ batch: failing(lost) }) }));
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect([await count('events'), await count('seen'), await count('receipts')]).toEqual([0, 0, 0]);
    expect((await post(bounce())).body).toEqual(accepted);
  });

  it('after the commit ends in one event, however often the provider comes again', async () => {
    const env = environment();
    const post = await genericSource(env);
    const batch: D1Session['batch'] = async (statements) => {
      await bindings.DB.batch(statements);
      throw new Error(lost);
    };
    expect((await post(bounce(), environment({ DB: changed({ batch }) }))).status).toBe(503);
    expect(await post(bounce())).toMatchObject({ status: 200, body: { accepted: 0, duplicates: 1 } });
    expect(await count('events')).toBe(1);
    expect(await isSuppressed(env)).toMatchObject([{ suppressed: true }]);
  });
});

describe('T125 the check', () => {
  it('asks the primary, never a replica that may be behind', async () => {
    const env = environment();
    const post = await genericSource(env);
    await post(bounce());
    const asked: string[] = [];
    const behind: D1Binding = {
      prepare: failing('asked a replica'),
      batch: failing('asked a replica'),
      withSession: (constraint) => {
        asked.push(constraint);
        return bindings.DB;
      },
    };
    expect(await isSuppressed(environment({ DB: behind }))).toMatchObject([{ suppressed: true }]);
    expect(new Set(asked)).toEqual(new Set(['first-primary']));
  });

  it('answers 503 where the list cannot be read, never false', async () => {
    // Read once at the start, to see whether the tables are there.
    let reads = 0;
    const prepare: D1Session['prepare'] = (sql) => {
      if (/suppressions/.test(sql)) throw new Error('D1_ERROR: overloaded');
      reads++;
      return bindings.DB.prepare(sql);
    };
    const { status, body } = await call(environment({ DB: changed({ prepare }) }), 'POST', '/v1/check', {
      addresses: ['ann@example.com'],
    });
    expect(reads).toBeGreaterThan(0);
    expect(status).toBe(503);
    expect(body.results).toBeUndefined();
  });
});

describe('T127 a database that is full', () => {
  it('is answered with "come again"', async () => {
    const post = await genericSource(environment());
    const full = failing('D1_ERROR: Exceeded maximum DB size: SQLITE_FULL');
    expect((await post(bounce(), environment({ DB: changed({ batch: full }) }))).status).toBe(503);
  });
});

describe('T129 an answer', () => {
  it('leaves nothing to do for later: everything is in the database when it is out', async () => {
    const post = await genericSource(environment());
    // No execution context is given, so there is nothing to wait with.
    expect(worker.fetch.length).toBe(2);
    await post(bounce());
    const tables = ['receipts', 'seen', 'events', 'addresses', 'suppressions', 'changes', 'stats'];
    expect(await Promise.all(tables.map(count))).toEqual(tables.map(() => 1));
  });
});

describe('T130 what is closed', () => {
  it('is every endpoint with a scope, to who has no key', async () => {
    const closed = endpoints.filter((one) => one.scope !== null);
    expect(closed.length).toBeGreaterThan(10);
    for (const { method, path } of closed) {
      const answer = await call(
        environment(),
        method.toUpperCase(),
        path.replace(/:\w+/g, 'x'),
        undefined,
        {},
      );
      expect([method, path, answer.status]).toEqual([method, path, 401]);
    }
  });

  // On a route, a Worker over its quota may be passed by, and whatever stands behind would answer in its place.
  it('is the configuration: no route lets a request pass by the Worker', () => {
    expect(configuration).toContain('main = "src/worker.ts"');
    expect(configuration).not.toMatch(/^\s*(\[*routes?\b|route\s*=|zone_)/m);
  });
});

describe('a Worker that is not set up', () => {
  const problem = async (given: Partial<Env>) => {
    const answer = await call(environment(given), 'POST', '/webhooks/generic_1', bounce());
    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.body).toMatchObject({ status: 503, type: 'about:blank' });
    return String(answer.body.detail);
  };

  it.each([
    ['has no admin key', { MAILSTOP_ADMIN_KEY: '' }, 'wrangler secret put MAILSTOP_ADMIN_KEY'],
    [
      'has an admin key that can be guessed',
      { MAILSTOP_ADMIN_KEY: 'short' },
      'wrangler secret put MAILSTOP_ADMIN_KEY',
    ],
    ['has no secret', { MAILSTOP_SECRET: '' }, 'wrangler secret put MAILSTOP_SECRET'],
    [
      'has neither',
      { MAILSTOP_ADMIN_KEY: '', MAILSTOP_SECRET: '' },
      'wrangler secret put MAILSTOP_ADMIN_KEY, wrangler secret put MAILSTOP_SECRET',
    ],
    [
      'has a public URL that is none',
      { MAILSTOP_PUBLIC_URL: 'mail.example.com' },
      'MAILSTOP_PUBLIC_URL must be',
    ],
    [
      'has a pepper that can be guessed',
      { MAILSTOP_PEPPER: 'short' },
      'MAILSTOP_PEPPER must have 32 characters or more',
    ],
  ])('and %s says what to do', async (_title, given, expected) => {
    const detail = await problem(given);
    expect(detail).toContain(expected);
    expect(detail).not.toContain('short"');
  });

  it('and has no database says what to do', async () => {
    const { DB: _none, ...rest } = environment();
    const answer = await call(rest, 'GET', '/healthz');
    expect(answer).toMatchObject({
      status: 503,
      body: { detail: expect.stringContaining('bind one as DB in wrangler.toml') },
    });
  });

  it('and whose database has no tables says what to do', async () => {
    await reset();
    expect(await problem({})).toContain('wrangler d1 migrations apply mailstop --remote');
  });

  it('T101 and lacks the pepper of its list says so, as does one that cannot ask for it', async () => {
    await call(environment({ MAILSTOP_PEPPER: 'p'.repeat(32) }), 'GET', '/healthz');
    expect(await problem({})).toContain('MAILSTOP_PEPPER is not set; set it to');
    expect(await problem({ MAILSTOP_PEPPER: 'q'.repeat(32) })).toContain('is not the one');
    const failed = failing('D1_ERROR: Network connection lost.');
    expect(await problem({ DB: changed({ prepare: failed, batch: failed }) })).toContain('does not answer');
  });

  it('never tells what its secrets are', async () => {
    const detail = await problem({
      MAILSTOP_ADMIN_KEY: 'a-little-too-short',
      MAILSTOP_PUBLIC_URL: 'nonsense',
    });
    expect(detail).not.toContain('a-little-too-short');
    expect(detail).not.toContain('test-secret');
  });

  it('works as soon as it is', async () => {
    await problem({ MAILSTOP_SECRET: '' });
    expect((await call(environment(), 'GET', '/v1/sources')).status).toBe(200);
  });
});

describe('the run of a full hour', () => {
  it('listens for silence, however late it begins', async () => {
    await genericSource(environment());
    const [source] = await createStore(d1Driver(bindings.DB)).sources('default');
    const last = Date.now() - 2 * DAY;
    await createStore(d1Driver(bindings.DB)).countHours(
      Array.from({ length: 48 }, (_, i) => ({
        tenant: 'default',
        source_id: source?.id ?? '',
        hour: Math.floor(last / HOUR) * HOUR - i * HOUR,
        proven: 1,
        rejected: 0,
        untimely: 0,
        items: 1,
        early: 0,
        unmapped: 0,
        unreadable: 0,
      })),
    );
    await bindings.DB.batch([bindings.DB.prepare('update sources set last_event_at = ?').bind(last)]);
    const isTold = async () => {
      const { body } = await call(environment(), 'GET', `/v1/sources/${source?.id}`);
      return (body.alarms as { kind: string }[]).map(({ kind }) => kind);
    };
    await worker.scheduled(
      { cron: '* * * * *', scheduledTime: Date.parse('2026-11-27T10:59:00Z') },
      environment(),
    );
    expect(await isTold()).toEqual([]);
    await worker.scheduled(
      { cron: '* * * * *', scheduledTime: Date.parse('2026-11-27T11:00:00Z') },
      environment(),
    );
    expect(await isTold()).toEqual(['silent']);
  });
});

describe('the daily run', () => {
  it('deletes what has outlived its use, and keeps the facts', async () => {
    const store = createStore(d1Driver(bindings.DB));
    const old = Date.now() - 401 * DAY;
    await store.write(
      plan({
        receipts: [receipt({ received_at: old }), receipt({ id: 'rcp_2', received_at: Date.now() })],
        seen: [{ tenant: 'default', digest: 'd1', forget_at: old }],
        events: [event({ received_at: old }), event({ id: 'evt_2', counts: 0, received_at: old })],
      }),
    );
    await worker.scheduled({}, environment());
    expect([await count('receipts'), await count('seen'), await count('events')]).toEqual([1, 0, 1]);
    expect(await store.receipt('default', 'rcp_2')).not.toBeNull();
  });

  it('is done to the end where one part of it fails, and fails all the same', async () => {
    const store = createStore(d1Driver(bindings.DB));
    await store.write(plan({ receipts: [receipt({ received_at: Date.now() - 401 * DAY })] }));
    const prepare = (sql: string) =>
      sql.startsWith('select receiver, cause, cast(sum(failures)')
        ? failing('D1_ERROR: no guard today')()
        : bindings.DB.prepare(sql);
    await expect(worker.scheduled({}, environment({ DB: changed({ prepare }) }))).rejects.toThrow('no guard');
    expect(await count('receipts')).toBe(0);
  });

  it('fails, so that it shows in the dashboard, where the Worker is not set up', async () => {
    await expect(worker.scheduled({}, environment({ MAILSTOP_SECRET: '' }))).rejects.toThrow(
      'wrangler secret put MAILSTOP_SECRET',
    );
  });
});
