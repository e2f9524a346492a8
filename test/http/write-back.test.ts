/** The list written back to a provider's own: what is sent, what never is, and what becomes of it when the provider does not listen. */
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import type { Outbound } from '../../src/app/runtime.ts';
import { bounce, type Harness, START, startHarness } from './harness.ts';

const DAY = 86_400_000;
const KEY = 'SG.key-of-the-provider';
type Answer = Awaited<ReturnType<Outbound['ask']>>;

let mailstop: Harness;
/** `POST /path [addresses]` */
let sent: string[];
let answer: (method: string, addresses: readonly string[]) => Answer;
let id: string;
let keys: Set<string | undefined>;
/** What the provider's list holds. */
let there: Set<string>;
let reading: () => Answer | undefined;

const fine: Answer = { status: 200, retryAfter: null, text: '{}' };

beforeEach(async () => {
  sent = [];
  keys = new Set();
  there = new Set();
  answer = () => fine;
  reading = () => undefined;
  mailstop = await startHarness({
    outbound: {
      refusal: async ({ hostname }) => (hostname === 'inside.example' ? 'leads to a private network' : null),
      async ask(url, { method, headers, body }) {
        if (method === 'GET') return reading() ?? page(url);
        const addresses = body === null ? [] : (JSON.parse(body).recipient_emails as string[]);
        sent.push(
          `${method} ${decodeURIComponent(url.pathname)}${body === null ? '' : ` ${addresses.join()}`}`,
        );
        keys.add(headers.authorization);
        const told = answer(method, addresses);
        if (told?.status === 200) for (const address of addresses) there.add(address);
        return told;
      },
    },
  });
  ({ id } = await mailstop.source({ provider: 'sendgrid', secrets: {}, allow_unsigned: true }));
});
afterEach(() => mailstop.close());

function page({ pathname, searchParams }: URL): Answer {
  const offset = Number(searchParams.get('offset'));
  const rows = pathname.endsWith('/unsubscribes') ? [...there].slice(offset, offset + 500) : [];
  return {
    status: 200,
    retryAfter: null,
    text: JSON.stringify(rows.map((email) => ({ email, created: START / 1_000 }))),
  };
}

const give = (json: object, key?: string) =>
  mailstop.ask('PUT', `/v1/sources/${id}/list`, { json, ...(key === undefined ? {} : { key }) });
const on = () => give({ key: KEY, write_back: true });
const state = async () => (await mailstop.ask('GET', `/v1/sources/${id}/list`)).body;
const block = (address: string, json: object = {}) =>
  mailstop.ask('PUT', `/v1/suppressions/${encodeURIComponent(address)}`, { json });
const release = (address: string, json: object = {}) =>
  mailstop.ask('DELETE', `/v1/suppressions/${encodeURIComponent(address)}`, {
    json: { why: 'test', ...json },
  });
const deliver = () => mailstop.services.writeBack.deliver();
const listedAt = async (address: string) =>
  (await mailstop.ask('GET', `/v1/addresses/${encodeURIComponent(address)}`)).body.listed_at;
const added = (...addresses: string[]) => `POST /v3/asm/suppressions/global ${addresses.join()}`;
const removed = (address: string) =>
  ['suppression/bounces', 'suppression/blocks', 'suppression/invalid_emails', 'asm/suppressions/global'].map(
    (path) => `DELETE /v3/${path}/${address}`,
  );

describe('a source that opted in', () => {
  it('is told of what is suppressed and released from then on, and listed_at follows', async () => {
    await block('before@a.test');
    await on();
    await block('ann@a.test');
    await block('bob@a.test');
    expect(await state()).toMatchObject({ write_back: true, behind: 2, added: 0, last_at: null });
    await deliver();
    expect(sent).toEqual([added('ann@a.test', 'bob@a.test')]);
    expect([...keys]).toEqual([`Bearer ${KEY}`]);
    expect(await listedAt('ann@a.test')).toEqual(['sendgrid']);
    expect(await listedAt('before@a.test')).toEqual([]);

    await release('ann@a.test');
    await deliver();
    expect(sent.slice(1)).toEqual(removed('ann@a.test'));
    expect(await listedAt('ann@a.test')).toEqual([]);
    expect(await listedAt('bob@a.test')).toEqual(['sendgrid']);
    expect(await state()).toMatchObject({
      behind: 0,
      added: 2,
      removed: 1,
      refused: 0,
      last_error: null,
      last_at: expect.any(String),
    });
  });

  it('is asked for a push while it is being told, and is given it', async () => {
    await block('before@a.test');
    await on();
    await block('ann@a.test');
    let push: Promise<unknown> | undefined;
    const outbound = answer;
    answer = (...asked) => {
      push ??= mailstop.ask('POST', `/v1/sources/${id}/list/push`, { json: { dry_run: false } });
      return outbound(...asked);
    };
    await deliver();
    await push;
    await deliver();
    expect(sent.join()).toContain('before@a.test');
  });

  it('is told once, whatever comes again', async () => {
    await on();
    await block('ann@a.test');
    await deliver();
    await block('ann@a.test', { note: 'again', reason: 'hard-bounce' });
    await deliver();
    await deliver();
    expect(sent).toEqual([added('ann@a.test')]);
  });

  it('is told what holds in the end of several changes', async () => {
    await on();
    await block('ann@a.test');
    await release('ann@a.test');
    await block('bob@a.test');
    await release('bob@a.test');
    await block('bob@a.test');
    await deliver();
    expect(sent).toEqual([added('bob@a.test')]);
  });

  it('is told when an entry that we put there has run out', async () => {
    await on();
    await block('ann@a.test', { until: new Date(START + DAY).toISOString() });
    await deliver();
    mailstop.advance(DAY + 1);
    await deliver();
    expect(sent).toEqual([added('ann@a.test'), ...removed('ann@a.test')]);
    expect(await listedAt('ann@a.test')).toEqual([]);
  });

  it('is told of hundreds in few requests', async () => {
    await on();
    const body = Array.from({ length: 450 }, (_, i) => `p${i}@a.test`).join('\n');
    await mailstop.ask('POST', '/v1/suppressions/import', { body, headers: { 'Content-Type': 'text/csv' } });
    await deliver();
    expect(sent).toHaveLength(3);
    expect(await state()).toMatchObject({ added: 450, behind: 0 });
  });

  it('leaves a row in the audit, and no key in it, nor in any answer', async () => {
    await on();
    await block('ann@a.test');
    await deliver();
    const audit = await mailstop.ask('GET', '/v1/audit');
    expect(audit.body.data.slice(0, 1)).toMatchObject([
      {
        action: 'source.write_back',
        actor: 'write-back',
        subject: id,
        detail: { added: 1, removed: 0, refused: 0 },
      },
    ]);
    const texts = [
      audit.text,
      JSON.stringify(await state()),
      (await on()).text,
      JSON.stringify(mailstop.logged),
    ];
    expect(texts.join()).not.toContain(KEY);
    expect((await mailstop.store.sourceList('default', id))?.access).not.toContain(KEY);
  });
});

describe('what is never written to a provider', () => {
  it.each([
    ['a complaint', { reason: 'complaint' }],
    ['an unsubscribe', { reason: 'unsubscribe' }],
  ])('that %s is lifted', async (_what, json) => {
    await on();
    await block('ann@a.test', json);
    await deliver();
    expect(sent).toEqual([added('ann@a.test')]);
    mailstop.advance(1_000);
    const evidence = { text: 'signed up again', at: new Date(START + 500).toISOString() };
    expect((await release('ann@a.test', { reasons: [json.reason], evidence })).status).toBe(200);
    await deliver();
    expect(sent).toHaveLength(1);
    expect(await listedAt('ann@a.test')).toEqual(['sendgrid']);
  });

  it('what came from its own list, by an event or a pull', async () => {
    await on();
    const drop = {
      event: 'dropped',
      reason: 'Bounced Address',
      email: 'ann@a.test',
      timestamp: START / 1_000 - 60,
    };
    expect(
      (await mailstop.ask('POST', `/webhooks/${id}`, { key: null, json: [{ ...drop, sg_event_id: '1' }] }))
        .status,
    ).toBe(200);
    await mailstop.ask('POST', `/v1/suppressions/import?source=${id}`, {
      body: '{"created":1764583200,"email":"bob@a.test","reason":"","status":""}',
      headers: { 'Content-Type': 'application/x-ndjson' },
    });
    expect(await listedAt('ann@a.test')).toEqual(['sendgrid']);
    expect(await listedAt('bob@a.test')).toEqual(['sendgrid']);
    await deliver();
    expect(sent).toEqual([]);
    expect(await state()).toMatchObject({ behind: 0, added: 0 });

    await release('bob@a.test');
    await deliver();
    // Its global unsubscribes are not ours to touch.
    expect(sent).toEqual(removed('bob@a.test').slice(0, 3));
    expect(await listedAt('bob@a.test')).toEqual([]);
  });

  it('what blocks one stream alone, a whole domain, or is held', async () => {
    await on();
    await block('ann@a.test', { stream: 'news', reason: 'unsubscribe' });
    await block('@gone.test');
    await deliver();
    expect(sent).toEqual([]);
    expect(await state()).toMatchObject({ behind: 0 });
  });

  it('what another source reported is, and what this tenant does not have is not', async () => {
    const { post } = await mailstop.source();
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'Rival' } });
    await on();
    await post([bounce('ann@a.test')]);
    const rival = await mailstop.key(['admin', 'write', 'read'], 'rival');
    await mailstop.ask('PUT', '/v1/suppressions/theirs@a.test', { key: rival, json: {} });
    await deliver();
    expect(sent).toEqual([added('ann@a.test')]);
    expect((await give({ key: 'x' }, rival)).status).toBe(404);
  });
});

describe('a provider that does not listen', () => {
  test.each([
    ['429 and says when', { status: 429, retryAfter: '600', text: '' }, 600_000],
    ['503', { status: 503, retryAfter: null, text: '' }, 4_000],
    ['nothing', null, 4_000],
    ['401', { status: 401, retryAfter: null, text: 'ann@a.test is not the point' }, 4_000],
  ] as const)('and answers %s is asked again later, and misses nothing', async (_what, told, wait) => {
    await on();
    await block('ann@a.test');
    answer = () => told;
    await deliver();
    expect(await listedAt('ann@a.test')).toEqual([]);
    const failing = await state();
    expect(failing).toMatchObject({ attempts: 1, behind: 1, refused: 0, failing_since: expect.any(String) });
    expect(failing.last_error).toMatch(told === null ? /cannot be reached/ : new RegExp(`${told.status}`));
    expect(failing.last_error).not.toContain('ann@');
    expect(Date.parse(failing.next_at) - START).toBeGreaterThanOrEqual(wait);
    await deliver();
    expect(sent).toHaveLength(1);

    answer = () => fine;
    mailstop.advance(601_000);
    await deliver();
    expect(sent).toEqual([added('ann@a.test'), added('ann@a.test')]);
    expect(await listedAt('ann@a.test')).toEqual(['sendgrid']);
    expect(await state()).toMatchObject({ attempts: 0, behind: 0, failing_since: null, last_error: null });
  });

  it('to one address is recorded, and keeps nobody else', async () => {
    await on();
    for (const one of ['ann', 'bad', 'cat']) await block(`${one}@a.test`);
    answer = (_method, addresses) =>
      addresses.includes('bad@a.test') ? { status: 400, retryAfter: null, text: 'bad@a.test is odd' } : fine;
    await deliver();
    expect(sent).toEqual([
      added('ann@a.test', 'bad@a.test', 'cat@a.test'),
      ...['ann', 'bad', 'cat'].map((one) => added(`${one}@a.test`)),
    ]);
    expect(await state()).toMatchObject({ added: 2, refused: 1, behind: 0, attempts: 0 });
    expect(await listedAt('bad@a.test')).toEqual([]);
    expect(await listedAt('cat@a.test')).toEqual(['sendgrid']);
    const { in_words } = (await mailstop.ask('GET', '/v1/addresses/bad@a.test')).body;
    expect(in_words.join(' ')).toContain('sendgrid refused to change its own list for it on');
    await deliver();
    expect(sent).toHaveLength(4);
  });

  it('for days is given up, keeps its place, and goes on where it was', async () => {
    await on();
    await block('ann@a.test');
    answer = () => null;
    for (let day = 0; day < 8; day++) {
      await deliver();
      mailstop.advance(DAY);
    }
    expect(await state()).toMatchObject({ write_back: false, why: expect.stringContaining('5 days') });
    // The id of a source is the secret part of its URL.
    expect(mailstop.logged.flatMap(({ fields: { source } }) => source ?? [])).toEqual([
      `${id.slice(0, 13)}…`,
    ]);
    answer = () => fine;
    const before = sent.length;
    await deliver();
    expect(sent).toHaveLength(before);
    await block('bob@a.test');
    await give({ write_back: true });
    await deliver();
    expect(sent.slice(before)).toEqual([added('ann@a.test', 'bob@a.test')]);
  });

  it('to more than a few at a time is asked for the rest later, and not given up while it takes some', async () => {
    await on();
    const people = Array.from({ length: 20 }, (_, i) => `p${i}@a.test`);
    for (const one of people) await block(one);
    await deliver();
    for (const one of people) await release(one);
    let left = 0;
    answer = () => (left-- > 0 ? fine : { status: 429, retryAfter: '60', text: '' });
    for (let day = 0; day < 8; day++) {
      // Two of them, by four requests each.
      left = 8;
      await deliver();
      mailstop.advance(DAY);
    }
    expect(await state()).toMatchObject({ write_back: true, removed: 16, attempts: 1 });
  });

  it('when the server stops in the middle is told again, and nothing is lost', async () => {
    await on();
    await block('ann@a.test');
    // The stop comes after the provider has taken it, and before that is on disk.
    const { committer } = mailstop.services;
    const submit = committer.submit;
    Object.assign(committer, { submit: () => Promise.reject(new Error('stopped')) });
    await deliver();
    Object.assign(committer, { submit });
    expect(await state()).toMatchObject({ behind: 1, added: 0 });
    mailstop.advance(61_000);
    await deliver();
    expect(sent).toEqual([added('ann@a.test'), added('ann@a.test')]);
    expect(await state()).toMatchObject({ behind: 0, added: 1 });
  });

  it('is in the metrics', async () => {
    await on();
    await block('ann@a.test');
    answer = () => null;
    await deliver();
    const { text } = await mailstop.ask('GET', '/metrics');
    expect(text).toContain('\nmailstop_write_back_behind 1\n');
    expect(text).toContain('\nmailstop_write_back_failing 1\n');
  });
});

describe('the list as it stands', () => {
  const push = (json: object = {}, key?: string) =>
    mailstop.ask('POST', `/v1/sources/${id}/list/push`, { json, ...(key === undefined ? {} : { key }) });

  it('is shown first, and put there on demand: once, in few requests, and as an audited act', async () => {
    const body = Array.from({ length: 450 }, (_, i) => `p${i}@a.test`).join('\n');
    await mailstop.ask('POST', '/v1/suppressions/import', { body, headers: { 'Content-Type': 'text/csv' } });
    await block('@gone.test');
    await block('news@a.test', { stream: 'news', reason: 'unsubscribe' });
    expect((await push()).status).toBe(404);
    await give({ key: KEY });
    expect((await push()).status).toBe(409);
    await on();
    const preview = (await push({ dry_run: true })).body;
    expect(preview).toMatchObject({ dry_run: true, addresses: 450, listed: 0, list: { pushing: false } });
    expect(preview.samples).toHaveLength(10);
    await deliver();
    expect(sent).toEqual([]);

    expect((await push()).body).toMatchObject({ addresses: 450, list: { pushing: true } });
    await deliver();
    // Three pages of the list; the last one holds also what one stream alone has.
    expect(sent).toHaveLength(3);
    expect(await state()).toMatchObject({ added: 450, pushing: false, behind: 0 });
    expect(await listedAt('p449@a.test')).toEqual(['sendgrid']);
    const audit = (await mailstop.ask('GET', '/v1/audit?action=source.list.push')).body.data;
    expect(audit).toMatchObject([{ subject: id, detail: { addresses: 450, listed: 0 } }]);

    expect((await push()).body).toMatchObject({ addresses: 450, listed: 450, samples: [] });
    await deliver();
    expect(sent).toHaveLength(3);
    expect(await state()).toMatchObject({ added: 450, pushing: false });
  });

  it('is put there again where somebody took it off at the provider', async () => {
    await on();
    const people = Array.from({ length: 6 }, (_, i) => `w${i}@a.test`);
    for (const one of people) await block(one);
    await deliver();
    expect(sent).toEqual([added(...people)]);
    there.delete('w2@a.test');
    there.delete('w3@a.test');
    mailstop.advance(1_000);
    await push();
    await deliver();
    expect(sent.slice(1)).toEqual([added('w2@a.test', 'w3@a.test')]);
    expect([...there].sort()).toEqual(people);
    expect(await state()).toMatchObject({ added: 8, pushing: false });
    await push();
    await deliver();
    expect(sent).toHaveLength(2);
  });

  it('is not sent where the provider has it already, whoever put it there', async () => {
    await block('before@a.test');
    await on();
    there.add('before@a.test');
    await push();
    await deliver();
    expect(sent).toEqual([]);
    expect(await state()).toMatchObject({ added: 0, pushing: false });
  });

  it('waits where the provider cannot be read for now, and goes by what is known where the key may not read', async () => {
    await on();
    await block('ann@a.test');
    await deliver();
    await block('before@a.test', { until: new Date(START + 30 * DAY).toISOString() });
    await deliver();
    there.clear();
    reading = () => ({ status: 503, retryAfter: null, text: '' });
    await push();
    await deliver();
    expect(await state()).toMatchObject({
      pushing: true,
      attempts: 1,
      last_error: expect.stringMatching(/503/),
    });
    reading = () => undefined;
    mailstop.advance(DAY);
    await deliver();
    expect(sent.slice(2)).toEqual([added('ann@a.test', 'before@a.test')]);

    there.clear();
    reading = () => ({ status: 403, retryAfter: null, text: '' });
    await push();
    await deliver();
    expect(sent).toHaveLength(3);
    expect(await state()).toMatchObject({ pushing: false, attempts: 0 });
  });

  it('goes on where it was after a failure, and what changes meanwhile goes first', async () => {
    const people = Array.from({ length: 250 }, (_, i) => `p${String(i).padStart(3, '0')}@a.test`);
    await mailstop.ask('POST', '/v1/suppressions/import', {
      body: people.join('\n'),
      headers: { 'Content-Type': 'text/csv' },
    });
    await on();
    await push();
    answer = (_method, addresses) =>
      addresses.includes('p249@a.test') ? { status: 503, retryAfter: null, text: '' } : fine;
    await deliver();
    expect(await state()).toMatchObject({ added: 200, pushing: true, attempts: 1 });
    expect((await push()).body.list).toMatchObject({ pushing: true });
    await block('new@a.test');
    answer = () => fine;
    mailstop.advance(DAY);
    await deliver();
    expect(sent.slice(2)).toEqual([added('new@a.test'), added(...people.slice(200))]);
    expect(await state()).toMatchObject({ added: 251, pushing: false, attempts: 0 });
  });

  it('is nobody else’s, and is asked for anew where write-back was off', async () => {
    await on();
    await block('ann@a.test');
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'Rival' } });
    expect((await push({}, await mailstop.key(['admin'], 'rival'))).status).toBe(404);
    expect((await push({}, await mailstop.key(['write'], 'default'))).status).toBe(403);
    await push();
    await give({ write_back: false });
    await give({ write_back: true });
    await deliver();
    expect(sent).toEqual([]);
  });
});

describe('access to a list', () => {
  test.each([
    ['without a key', {}, '/key'],
    ['to a private network', { key: KEY, url: 'https://inside.example' }, '/url'],
    ['with a key that holds a space', { key: 'a b' }, '/key'],
  ])('%s is refused by name', async (_what, json, pointer) => {
    const told = await give(json);
    expect([told.status, told.body.errors[0].pointer]).toEqual([422, pointer]);
    expect((await mailstop.ask('GET', `/v1/sources/${id}/list`)).status).toBe(404);
  });

  it('of a provider whose list cannot be written to is refused, and of one without a list', async () => {
    ({ id } = await mailstop.source({ provider: 'brevo', secrets: {}, allow_unsigned: true }));
    expect((await on()).body.errors[0]).toEqual({
      pointer: '/write_back',
      detail: expect.stringContaining('the API of brevo has no way to block an address'),
    });
    ({ id } = await mailstop.source());
    expect((await on()).body.errors[0].pointer).toBe('/key');
    ({ id } = await mailstop.source({ provider: 'mailgun', secrets: {}, allow_unsigned: true }));
    expect((await on()).body.errors[0].pointer).toBe('/of');
  });

  it('is changed in part, turned off, and goes with its source', async () => {
    await on();
    expect((await give({ url: 'https://api.eu.sendgrid.com/' })).body).toMatchObject({
      url: 'https://api.eu.sendgrid.com',
      write_back: true,
    });
    await block('ann@a.test');
    await give({ write_back: false });
    await deliver();
    expect(sent).toEqual([]);
    expect((await mailstop.ask('DELETE', `/v1/sources/${id}`)).status).toBe(204);
    expect(await mailstop.store.sourceLists('default')).toEqual([]);
  });
});
