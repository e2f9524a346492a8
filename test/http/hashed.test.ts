/** T101: a list that holds no address, and answers for each of them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/app/audit.ts';
import { agreePepper, createPepper } from '../../src/app/pepper.ts';
import { ok } from '../../src/core/result.ts';
import { testCertificateUrl } from '../../src/samples/amazon-ses.ts';
import { samplers } from '../../src/samples/registry.ts';
import { scalewayCertificateUrl } from '../../src/samples/scaleway.ts';
import { testCertificatePem } from '../../src/samples/sns.ts';
import { written } from '../written.ts';
import { bounce, type Harness, SHARED, START, startHarness } from './harness.ts';

const PEPPER = 'pepper-of-the-tests-0123456789abcdef';
const DAY = 86_400_000;
const ANN = 'ann.lovelace@victim.example';
const BOB = 'bob+news@victim.example';
const QUOTED = '"carlfriedrich \\"x\\" gaussbrunswick"@victim.example';
const UNREAD = 'dora.unread@victim.example';
const SLASH = "erik/o'nolan@victim.example";
const FRIEND = 'forwarded.to@friend.example';
const IMPORTED = 'gustav.imported@victim.example';
const LEAVER = 'hilda.leaves@victim.example';

/** What must be found nowhere: addresses, in the forms of URLs and of mail too, and what is before the @. */
const names = [ANN, BOB, UNREAD, SLASH, FRIEND, IMPORTED, LEAVER]
  .flatMap((address) => [
    address,
    address.replace('@', '%40'),
    address.replace('@', '='),
    address.slice(0, address.lastIndexOf('@')),
  ])
  .concat('carlfriedrich', 'gaussbrunswick', 'bob%2bnews');

let folder: string;
let mailstop: Harness;
const begin = async (pepper: string | null) => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-hashed-'));
  mailstop = await startHarness({
    file: join(folder, 'mailstop.db'),
    ...(pepper === null ? {} : { pepper }),
    fetchCertificate: async (url) =>
      [testCertificateUrl, scalewayCertificateUrl].includes(url.href)
        ? ok(testCertificatePem)
        : { ok: false, error: 'unavailable' },
    outbound: {
      post: async (_url, { body }) => {
        told.push(body);
        return { status: 200, retryAfter: null };
      },
    },
  });
};
const end = async () => {
  await mailstop.close();
  rmSync(folder, { recursive: true, force: true });
};
let told: string[];
beforeEach(() => {
  told = [];
});

/** Everything that happens to a list, with addresses wherever one can be. Returns what was asked and answered. */
async function live(): Promise<Record<string, unknown>> {
  const { ask } = mailstop;
  const at = (ms: number) => new Date(START + ms).toISOString();
  const answers: Record<string, unknown> = {};
  const made = await ask('POST', '/v1/webhooks', { json: { url: 'https://hooks.example/in' } });
  expect(made.status, made.text).toBe(201);

  for (const sampler of samplers) {
    const { source, signing } = await sampler.source();
    const { id } = (
      await ask('POST', '/v1/sources', { json: { provider: sampler.provider, name: 'test', ...source } })
    ).body;
    const post = async (payload: unknown) =>
      ask('POST', `/webhooks/${id}`, { key: null, ...(await sampler.request(payload, signing, START)) });
    const bodies = [];
    for (const { payload, recipient } of sampler.samples(START)) {
      const about = (text: string) =>
        text.replaceAll(
          recipient,
          `${sampler.provider}.${recipient.replace('@example.com', '')}.zz@victim.example`,
        );
      bodies.push(
        (
          await post(
            typeof payload === 'string' ? about(payload) : JSON.parse(about(JSON.stringify(payload))),
          )
        ).body,
      );
    }
    answers[sampler.provider] = bodies;
  }

  const source = await mailstop.source();
  const said = {
    text: `550 5.1.1 <${ANN}>: ann.lovelace is unknown, ask ${FRIEND} or forwarded.to%40friend.example`,
    tags: [`to:${ANN}`, 'user ann.lovelace'],
  };
  answers.taken = [
    await source.post([
      bounce(ANN, { ...said, id: `1-${ANN}` }),
      bounce(BOB, { id: '2', text: `550 5.1.1 ${BOB}: bob unknown` }),
    ]),
    // Large enough to be compressed.
    await source.post([
      bounce(ANN, {
        ...said,
        id: '3',
        message_id: `<ann.lovelace.1.${ANN.replace('@', '=')}@mta.example>`,
        note: 'x'.repeat(4_000),
      }),
    ]),
    await source.post([
      bounce(QUOTED, { id: '4', text: `550 5.1.1 ${QUOTED} not here` }),
      bounce(SLASH, { id: '5' }),
    ]),
    await source.post([bounce(SLASH, { id: '6', text: `strange words of erik/o'nolan about <${SLASH}>` })]),
    // Nobody knows the label; nobody can read the recipient; nobody can read the body.
    await source.post([{ recipient: ANN, event: `opened by ${ANN}`, id: '7' }]),
    await source.post([{ recipient: `${UNREAD} and more`, event: 'bounce' }]),
    await mailstop.ask('POST', `/webhooks/${source.id}?to=${ANN}`, {
      key: null,
      body: `{"recipient": "${UNREAD}", `,
      headers: { 'X-Mailstop-Key': SHARED, 'X-To': UNREAD },
    }),
    await source.post([bounce(LEAVER, { event: 'complaint', id: '8', text: undefined })]),
  ].map(({ status, body }) => [status, body]);

  await ask('PUT', `/v1/suppressions/${encodeURIComponent(ANN)}`, {
    json: { note: `asked by ${ANN}, that is ann.lovelace`, reason: 'manual' },
  });
  answers.released = (
    await ask('DELETE', `/v1/suppressions/${encodeURIComponent(ANN)}`, {
      json: { why: `wrong for ${ANN} (ann.lovelace)`, reasons: ['manual'] },
    })
  ).status;
  answers.allowed = (
    await ask('PUT', `/v1/allowed/${encodeURIComponent(BOB)}`, {
      json: { note: `${BOB} wrote`, until: at(30 * DAY) },
    })
  ).status;
  answers.imported = (
    await ask('POST', '/v1/suppressions/import', {
      body: `email,reason,note,text\n${IMPORTED},hard bounce,of ${IMPORTED},550 5.1.1 <${IMPORTED}> unknown\n`,
      headers: { 'Content-Type': 'text/csv' },
    })
  ).body;
  const link = (await ask('POST', '/v1/unsubscribe-links', { json: { addresses: [LEAVER], stream: 'news' } }))
    .body.results[0].url;
  answers.left = (
    await ask('POST', new URL(link).pathname, { key: null, body: 'List-Unsubscribe=One-Click' })
  ).status;

  const held = (await ask('GET', '/v1/quarantine')).body.data;
  answers.held = held.length;
  for (const { id } of held)
    answers[`again ${held.findIndex((one: { id: string }) => one.id === id)}`] = (
      await ask('POST', `/v1/quarantine/${id}/replay`)
    ).body;
  await mailstop.services.webhooks.deliver();
  return answers;
}

const found = (texts: string): string[] => names.filter((name) => texts.includes(name.toLowerCase()));
const files = () => written(readdirSync(folder).map((name) => readFileSync(join(folder, name))));

describe('T101 the files of a list whose addresses are hashed', () => {
  afterEach(end);

  it('hold no address, while the same list without a pepper holds each', { timeout: 60_000 }, async () => {
    await begin(PEPPER);
    const hashed = await live();
    expect(found(files())).toEqual([]);
    expect(files()).not.toMatch(
      /\.zz@|[a-z-]+\.(?:bounce|complaint|delivery|deferral|reject|unsubscribe)\.zz/,
    );
    expect(files()).toContain('victim.example');
    expect(told.length).toBeGreaterThan(10);
    expect(found(JSON.stringify([mailstop.logged, told]).toLowerCase())).toEqual([]);
    const { store, runtime } = mailstop.services;
    expect(await verifyAudit(store, runtime.sha256)).toMatchObject({ brokenAt: null });
    await end();

    await begin(null);
    expect(hashed).toEqual(await live());
    for (const address of [ANN, BOB, UNREAD, SLASH, FRIEND, IMPORTED, LEAVER])
      expect(files(), address).toContain(address.toLowerCase());
  });

  it('hold none after an erasure either, which takes the domain too', async () => {
    await begin(PEPPER);
    const source = await mailstop.source();
    await source.post(bounce(ANN, { text: `550 5.1.1 <${ANN}> unknown` }));
    const erased = await mailstop.ask('POST', '/v1/erasures', { json: { address: ANN } });
    expect(erased).toMatchObject({ status: 201, body: { receipts: 1 } });
    expect(erased.body.rows).toBeGreaterThan(2);
    expect(found(files())).toEqual([]);
    expect(files()).not.toMatch(/hashed-[0-9a-f]{32}@/);
    expect(await check([ANN])).toMatchObject([{ address: ANN, suppressed: true }]);
    expect((await mailstop.ask('GET', '/v1/events')).body.data[0].address).toBe(erased.body.pseudonym);
  });

  it('are erased from by the address alone, for which requests are searched', async () => {
    await begin(PEPPER);
    await mailstop.ask('PUT', `/v1/suppressions/${ANN}`, { json: {} });
    const [{ address }] = (await mailstop.ask('GET', '/v1/suppressions')).body.data;
    const told = await mailstop.ask('POST', '/v1/erasures', { json: { address } });
    expect(told).toMatchObject({ status: 422, body: { errors: [{ pointer: '/address' }] } });
  });
});

const check = async (addresses: readonly string[], stream?: string) =>
  (
    await mailstop.ask('POST', '/v1/check', {
      json: { addresses, ...(stream === undefined ? {} : { stream }) },
    })
  ).body.results;

describe('of hashes', () => {
  beforeEach(() => begin(PEPPER));
  afterEach(end);

  it('lists, exports and webhooks tell, and each of them can be asked for', async () => {
    await mailstop.ask('PUT', `/v1/suppressions/${ANN}`, { json: {} });
    const [{ address }] = (await mailstop.ask('GET', '/v1/suppressions')).body.data;
    expect(address).toMatch(/^hashed-[0-9a-f]{32}@victim\.example$/);
    expect((await mailstop.ask('GET', '/v1/suppressions/export')).text).toContain(address);
    expect(await check([address])).toMatchObject([{ suppressed: true }]);
    const released = await mailstop.ask('DELETE', `/v1/suppressions/${address}`, { json: { why: 'seen' } });
    expect(released.status).toBe(200);
    expect(await check([ANN])).toMatchObject([{ suppressed: false }]);
  });

  it.each([
    ['an offline filter', 'GET', '/v1/filter'],
    ['the key of one', 'GET', '/v1/filter/key'],
    ['the list of another system', 'GET', '/v1/suppressions/export?format=sendgrid'],
    ['a dump', 'GET', '/v1/dump'],
    ['what a dump holds', 'POST', '/v1/restore'],
  ])('%s cannot be made, and the answer says why', async (_what, method, path) => {
    const told = await mailstop.ask(method, path);
    expect(told.status).toBe(409);
    expect(told.body.detail).toMatch(/holds only hashes .*MAILSTOP_PEPPER.*docs\/hashed-addresses\.md/);
  });

  it('nothing is written back to a provider', async () => {
    const { body } = await mailstop.ask('POST', '/v1/sources', {
      json: { provider: 'sendgrid', name: 'test', allow_unsigned: true },
    });
    const told = await mailstop.ask('PUT', `/v1/sources/${body.id}/list`, {
      json: { key: 'k', write_back: true },
    });
    expect(told).toMatchObject({ status: 422, body: { errors: [{ pointer: '/write_back' }] } });
  });
});

describe('T101 a pepper', () => {
  afterEach(end);
  const pepperOf = (text: string) => createPepper(text, mailstop.services.runtime);
  const agree = async (text: string | null) => {
    const agreed = await agreePepper(mailstop.store, text === null ? null : await pepperOf(text));
    return agreed.ok ? 'starts' : agreed.error;
  };

  it('that a list was begun with is needed at each start', async () => {
    await begin(PEPPER);
    expect(await agree(PEPPER)).toBe('starts');
    await mailstop.ask('PUT', `/v1/suppressions/${ANN}`, { json: {} });
    expect(await agree(null)).toMatch(/are hashed, and MAILSTOP_PEPPER is not set; set it/);
    expect(await agree('another-pepper-0123456789abcdefghij')).toMatch(/is not the one .* set it to/);
    expect(await agree(PEPPER)).toBe('starts');
  });

  it('is refused by a list that was begun without', async () => {
    await begin(null);
    expect(await agree(null)).toBe('starts');
    await mailstop.ask('PUT', `/v1/suppressions/${ANN}`, { json: {} });
    expect(await agree(PEPPER)).toMatch(/was begun without it.* begin with a new database/);
    expect(await agree(null)).toBe('starts');
  });
});
