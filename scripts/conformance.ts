/**
 * Plays request fixtures through the app over a real database and compares every field that they assert.
 *
 *   npm run conformance -- FOLDER [provider …] [--all]
 *
 * FOLDER holds <provider>/<name>.json. Each fixture gets a fresh source: `verify: valid` is configured from its
 * `secret` and must be accepted, `none` allows unsigned, `invalid` must be refused with nothing stored. The clock
 * is the fixture's. Prints passed / total for each provider and every mismatch; exits 1 where there is one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Intake } from '../src/app/jobs.ts';
import { createServices, type Services } from '../src/app/services.ts';
import { canonicalAddress } from '../src/core/address.ts';
import { kinds, type MailEvent } from '../src/core/event.ts';
import { err, ok } from '../src/core/result.ts';
import { createApp } from '../src/http/app.ts';
import { nodeRuntime } from '../src/node-runtime.ts';
import { providers } from '../src/providers/registry.ts';
import { migrate } from '../src/store/migrate.ts';
import { createStore } from '../src/store/sql.ts';
import { openDatabase, sqliteDriver } from '../src/store/sqlite.ts';

interface Fixture {
  readonly provider: string;
  readonly name: string;
  readonly method: string;
  readonly url?: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly clock?: number;
  readonly verify: 'valid' | 'none' | 'invalid';
  readonly secret?: Record<string, unknown>;
  readonly expect: readonly Expected[];
}

interface Expected {
  readonly event?: string;
  readonly recipient?: string;
  readonly smtpCode?: number | string;
  readonly enhancedCode?: string;
  readonly diagnostic?: string;
  readonly timestamp?: string;
  readonly providerEventId?: string;
  readonly messageId?: string;
  readonly providerType?: string;
  readonly tags?: readonly string[];
}

const ADMIN = 'conformance-admin-key-0123456789abcdef';

/** The fixtures' words for what Mailstop calls otherwise; what is in neither list is ignored. */
const kindOf = (event: string): string | null =>
  ({ subscribe: 'resubscribe', 'suppression-created': 'reject', 'suppression-removed': 'resubscribe' })[
    event
  ] ?? (kinds.some((kind) => kind === event) ? event : null);

/** A source's configuration from a fixture's `secret`; null where the fixture has none. */
function configuration(secret: Record<string, unknown> | undefined): Record<string, unknown> {
  if (secret === undefined) return {};
  const { scheme } = secret;
  const pairs = (list: unknown) =>
    (Array.isArray(list) ? list : []).map((pair) => ({
      username: String(pair).split(':')[0],
      password: String(pair).split(':').slice(1).join(':'),
    }));
  const basic = pairs(scheme === 'http-basic' ? secret.allowed : secret.basicAuthAlsoRequired);
  const key = ['publicKeyDerBase64', 'signingKey', 'signingSecret', 'webhookKey', 'apiKey', 'secret', 'key']
    .map((name) => secret[name])
    .find((value) => typeof value === 'string');
  return {
    secrets: {
      ...(key === undefined ? {} : { keys: [key] }),
      ...(basic.length === 0 ? {} : { basic_auth: basic }),
      ...(typeof secret.topicArn === 'string' ? { topic_arns: [secret.topicArn] } : {}),
    },
    ...(typeof secret.url === 'string' ? { public_url: secret.url } : {}),
  };
}

async function servicesFor(fixture: Fixture): Promise<{ services: Services; jobs: Intake[] }> {
  const db = openDatabase(':memory:');
  migrate(db);
  const now = fixture.clock === undefined ? Date.now() : fixture.clock * 1_000;
  const runtime = { ...nodeRuntime(), now: () => now };
  const { certUrl, certPem } = fixture.secret ?? {};
  const services = await createServices({
    settings: {
      adminKeyHash: runtime.sha256(ADMIN),
      publicUrl: null,
      secret: 'conformance-secret-0123456789abcdef',
      pepper: null,
    },
    store: createStore(sqliteDriver(db)),
    runtime,
    log: () => {},
    fetchCertificate: async (url) => (url.href === certUrl ? ok(String(certPem)) : err('unavailable')),
  });
  const jobs: Intake[] = [];
  const { submit } = services.committer;
  const committer: Services['committer'] = {
    ...services.committer,
    submit: (job) => {
      if (job.type === 'intake') jobs.push(job);
      return submit(job);
    },
  };
  // A handshake would go out to the internet; the answer that AWS gives is 200.
  const offline = { ...runtime, fetch: async () => new Response('') };
  return { services: { ...services, committer, runtime: offline }, jobs };
}

async function play(fixture: Fixture): Promise<string[]> {
  const { services, jobs } = await servicesFor(fixture);
  const app = createApp(services);
  try {
    const created = await app.request('/v1/sources', {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ provider: fixture.provider, name: fixture.name, ...sourceOf(fixture) }),
    });
    if (created.status !== 201) return [`source: ${created.status} ${await created.text()}`];
    const { url } = (await created.json()) as { url: string };
    const target = new URL(url);
    if (fixture.url !== undefined) target.search = new URL(fixture.url, 'http://x').search;
    const answer = await app.request(target.pathname + target.search, {
      // A message of a queue, which a consumer posts.
      method: fixture.method === 'QUEUE' ? 'POST' : fixture.method,
      headers: fixture.headers,
      ...(/^(GET|HEAD)$/.test(fixture.method) ? {} : { body: fixture.body }),
    });
    const told = await answer.text();
    if (fixture.verify === 'invalid')
      return answer.status === 401 && jobs.length === 0 ? [] : [`must be refused, answered ${answer.status}`];
    if (answer.status !== 200) return [`answered ${answer.status} ${told}`];
    return compare(
      fixture,
      jobs.flatMap((job) => job.events.map(({ event }) => event)),
      jobs.flatMap((job) => job.unreadable.map(({ why }) => why)),
    );
  } finally {
    await services.close();
  }
}

function sourceOf(fixture: Fixture): Record<string, unknown> {
  if (fixture.verify === 'none') return { allow_unsigned: true };
  const configured = configuration(fixture.secret);
  return fixture.verify === 'invalid' && fixture.secret === undefined
    ? { secrets: { keys: ['conformance-key-0123456789'] } }
    : configured;
}

function compare(fixture: Fixture, events: readonly MailEvent[], unreadable: readonly string[]): string[] {
  const wanted = fixture.expect.filter(
    (one) =>
      one.event !== undefined &&
      kindOf(one.event) !== null &&
      (one.recipient === undefined || one.recipient.includes('@')),
  );
  if (wanted.length !== events.length) {
    return [
      `expected ${wanted.length} events, got ${events.length}${unreadable.length > 0 ? ` (quarantined: ${unreadable.join('; ')})` : ''}`,
    ];
  }
  return wanted.flatMap((expected, i) => differences(expected, events[i] as MailEvent));
}

function differences(expected: Expected, event: MailEvent): string[] {
  const observed = event.smtp.source === 'inferred' ? null : event.smtp;
  const canonical = canonicalAddress(expected.recipient);
  const squeeze = (text: string | null | undefined) => text?.replace(/\s+/g, ' ').trim();
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['event', expected.event === undefined ? undefined : kindOf(expected.event), event.kind],
    [
      'recipient',
      expected.recipient === undefined ? undefined : canonical.ok ? canonical.value : canonical.error,
      event.address,
    ],
    ['smtpCode', expected.smtpCode === undefined ? undefined : String(expected.smtpCode), observed?.code],
    ['enhancedCode', expected.enhancedCode, observed?.enhanced],
    ['diagnostic', squeeze(expected.diagnostic), squeeze(event.smtp.text)],
    ['timestamp', expected.timestamp, new Date(event.at).toISOString()],
    ['providerEventId', expected.providerEventId, event.providerEventId],
    ['messageId', expected.messageId, event.messageId],
    ['providerType', expected.providerType, event.providerType],
    ['tags', expected.tags?.join(), event.tags.join()],
  ];
  return pairs
    .filter(([, want, got]) => want !== undefined && want !== null && want !== got)
    .map(([name, want, got]) => `${name}: expected ${JSON.stringify(want)}, got ${JSON.stringify(got)}`);
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false } },
});
const [folder, ...only] = positionals;
if (folder === undefined) {
  process.stderr.write(
    'usage: npm run conformance -- FOLDER [provider …] [--all]\n  --all   also folders of providers that are not built\n',
  );
  process.exit(2);
}
const built = new Set(providers.map((provider) => provider.id));
let failed = 0;
for (const provider of readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)) {
  if ((only.length > 0 && !only.includes(provider)) || (!values.all && !built.has(provider))) continue;
  const mismatches: string[] = [];
  const names = readdirSync(join(folder, provider)).filter((name) => name.endsWith('.json'));
  let passed = 0;
  for (const name of names) {
    const fixture = JSON.parse(readFileSync(join(folder, provider, name), 'utf8')) as Fixture;
    const wrong = built.has(provider) ? await play(fixture) : ['not built'];
    if (wrong.length === 0) passed += 1;
    mismatches.push(...wrong.map((line) => `    ${name}: ${line}`));
  }
  failed += names.length - passed;
  process.stdout.write(
    `${provider.padEnd(20)} ${passed} / ${names.length}\n${mismatches.map((line) => `${line}\n`).join('')}`,
  );
}
process.exitCode = failed === 0 ? 0 : 1;
