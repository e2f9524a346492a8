/** T092: an address that was erased is nowhere in the files, and stays suppressed. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../src/app/audit.ts';
import { openFilter } from '../../src/filter/reader.ts';
import { plan } from '../store/rows.ts';
import { written } from '../written.ts';
import { bounce, type Harness, SHARED, startHarness } from './harness.ts';

const ANN = 'erase.me.please@victim.example';
const BOB = 'bob@victim.example';

let folder: string;
let mailstop: Harness;
let source: Awaited<ReturnType<Harness['source']>>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-erasure-'));
  mailstop = await startHarness({ file: join(folder, 'mailstop.db') });
  source = await mailstop.source();
});
afterEach(async () => {
  await mailstop.close();
  rmSync(folder, { recursive: true, force: true });
});

const said = { text: `550 5.1.1 <${ANN}>: unknown`, tags: [`to:${ANN}`] };
async function fill(): Promise<void> {
  await source.post([bounce(ANN, { ...said, id: '1' }), bounce(BOB, { id: '2' })]);
  // Large enough to be compressed.
  await source.post([bounce(ANN, { ...said, id: '3', message_id: 'm3', note: 'x'.repeat(4_000) })]);
  await source.post([
    { recipient: ANN, event: 'opened', id: '4' },
    { recipient: `${ANN} and more`, event: 'bounce' },
  ]);
  await mailstop.ask('PUT', `/v1/suppressions/${ANN}`, { json: { note: `asked by ${ANN}` } });
  await mailstop.ask('DELETE', `/v1/suppressions/${ANN}`, {
    json: { why: `wrong for ${ANN}`, reasons: ['manual'] },
  });
}
const erase = (more: object = {}) =>
  mailstop.ask('POST', '/v1/erasures', { json: { address: ANN, ...more } });

/** Every file of the database. */
const inFiles = () => written(readdirSync(folder).map((name) => readFileSync(join(folder, name))));

describe('T092 an erased address', () => {
  it('is in no table, request or free page of the file, while the neighbours stay', async () => {
    await fill();
    await mailstop.store.compact();
    expect(inFiles()).toContain(ANN);
    const told = await erase();
    expect(told.status).toBe(201);
    expect(told.body).toMatchObject({ rows: expect.any(Number), receipts: expect.any(Number) });
    expect(told.body.receipts).toBeGreaterThanOrEqual(2);
    expect(inFiles()).not.toContain(ANN);
    expect(inFiles()).not.toContain('erase.me.please');
    expect(inFiles()).toContain(BOB);
  });

  it('stays suppressed, and is answered for to who knows it', async () => {
    await fill();
    const before = (await mailstop.ask('GET', `/v1/suppressions/${ANN}`)).body;
    await erase();
    const check = await mailstop.ask('POST', '/v1/check', {
      json: { addresses: [ANN, BOB, 'c@victim.example'] },
    });
    expect(check.body.results.map(({ suppressed }: { suppressed: boolean }) => suppressed)).toEqual([
      true,
      true,
      false,
    ]);
    const after = (await mailstop.ask('GET', `/v1/suppressions/${ANN}`)).body;
    expect(after.entries[0]).toMatchObject({
      reason: before.entries[0].reason,
      until: before.entries[0].until,
    });
    const story = (await mailstop.ask('GET', `/v1/addresses/${ANN}`)).body;
    expect(story).toMatchObject({ address: ANN, suppressed: true });
    expect(story.events.length).toBeGreaterThan(0);
    const page = { q: ANN, states: ['active'], limit: 5, after: null } as const;
    const { store, runtime } = mailstop.services;
    for (const found of [
      await store.entries('default', page, runtime.now()),
      await store.search('default', page, runtime.now()),
    ])
      expect(found.rows.map(({ address }) => address)).toEqual([ANN]);
    const list = (await mailstop.ask('GET', '/v1/suppressions')).text;
    const exported = (await mailstop.ask('GET', '/v1/suppressions/export?format=csv')).text;
    expect(list + exported).not.toContain(ANN);
  });

  it('is not written again by what comes later, and that counts like anybody’s', async () => {
    await fill();
    await erase();
    await mailstop.ask('DELETE', `/v1/suppressions/${ANN}`, { json: { why: `again for ${ANN}` } });
    const check = async () =>
      (await mailstop.ask('POST', '/v1/check', { json: { addresses: [ANN] } })).body.results[0].suppressed;
    expect(await check()).toBe(false);
    mailstop.advance(86_400_000);
    const at = new Date(Date.UTC(2026, 0, 11, 12)).toISOString();
    const again = await source.post([
      bounce(ANN, { ...said, id: '9', message_id: 'm9', at }),
      bounce(BOB, { id: '10', at }),
    ]);
    expect(again.body).toEqual({ accepted: 2, duplicates: 0, ignored: 0, quarantined: 0 });
    expect(await check()).toBe(true);
    await mailstop.store.compact();
    expect(inFiles()).not.toContain(ANN);
  });

  it('is not written by the names of messages that reach it later', async () => {
    await fill();
    await erase();
    await source.post(
      bounce(ANN, { event: 'delivery', id: '20', message_id: `<20-${ANN.replace('@', '=')}@mta.example>` }),
    );
    await mailstop.store.compact();
    expect(inFiles()).not.toContain('erase.me.please');
  });

  it('is in no request, also where its letters are beyond ASCII, and its domain written in Unicode', async () => {
    const OLE = 'øle.kjær@xn--mnchen-3ya.example';
    await source.post(
      bounce('øle.kjær@münchen.example', { id: '1', text: '550 5.1.1 <øle.kjær@münchen.example>' }),
    );
    await source.post(bounce(OLE, { id: '2', note: encodeURIComponent('øle.kjær@münchen.example') }));
    const told = await mailstop.ask('POST', '/v1/erasures', { json: { address: OLE } });
    expect(told.body.receipts).toBe(2);
    for (const form of [Buffer.from('øle.kj').toString('latin1').toLowerCase(), '%c3%b8le', 'nchen.example'])
      expect(inFiles()).not.toContain(form);
  });

  it('takes the body of a request about it in which it is found in no form', async () => {
    const body = JSON.stringify(bounce(ANN, { id: '1' })).replace(ANN, () =>
      [...ANN].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    );
    const headers = { 'X-Mailstop-Key': SHARED, 'Content-Type': 'application/json' };
    const told = await mailstop.ask('POST', `/webhooks/${source.id}`, { key: null, body, headers });
    expect(told.body).toMatchObject({ accepted: 1 });
    await source.post(bounce(ANN, { id: '2' }));
    const bodies = async () =>
      (await mailstop.store.receiptsAfter('default', '', 10)).map((row) =>
        new TextDecoder().decode(row.body),
      );
    expect((await erase()).body.receipts).toBe(2);
    expect(await bodies()).toEqual(['', expect.stringContaining('erased.invalid')]);
    // Once more: what was cleaned stays.
    expect((await erase()).body.receipts).toBe(0);
    expect(await bodies()).toEqual(['', expect.stringContaining('erased.invalid')]);
  });

  it('is still blocked with its whole domain', async () => {
    await mailstop.ask('PUT', '/v1/suppressions/@victim.example', { json: {} });
    await source.post(bounce(ANN, { id: '1', event: 'deferral' }));
    await erase();
    const told = await mailstop.ask('POST', '/v1/check', { json: { addresses: [ANN] } });
    expect(told.body.results[0]).toMatchObject({ suppressed: true, reason: 'manual' });
  });

  it('is in nothing that tells of somebody else, whose facts stay', async () => {
    const encoded = ANN.replace('@', '%40').toUpperCase();
    await source.post([
      bounce(BOB, {
        id: '1',
        text: `550 5.7.1 forwarded to <${encoded}>, refused`,
        tags: [ANN, 'a'],
        message_id: `<1-${ANN.replace('@', '=')}@mta.example>`,
      }),
      { recipient: BOB, event: `weird ${ANN}`, id: '2' },
      { recipient: `${ANN} and more`, event: 'bounce', id: '3' },
    ]);
    await mailstop.ask('POST', '/v1/suppressions/import', {
      body: `address,note\ncy@victim.example,married to ${ANN}\n`,
      headers: { 'Content-Type': 'text/csv' },
    });
    const checked = async () =>
      (await mailstop.ask('POST', '/v1/check', { json: { addresses: [BOB, 'cy@victim.example'] } })).body;
    const before = await checked();
    expect((await erase({ dry_run: true })).body.rows).toBe(3);
    const { rows, pseudonym } = (await erase()).body;
    expect(rows).toBe(3);
    expect(inFiles()).not.toContain('erase.me.please');
    expect(await checked()).toEqual(before);
    const { data } = (await mailstop.ask('GET', `/v1/events?address=${BOB}`)).body;
    expect(data[0]).toMatchObject({
      smtp: { text: `550 5.7.1 forwarded to <${pseudonym}>, refused` },
      tags: [pseudonym, 'a'],
    });
    const { entries } = (await mailstop.ask('GET', '/v1/suppressions/cy@victim.example')).body;
    expect(entries[0].note).toBe(`married to ${pseudonym}`);
    expect((await mailstop.ask('GET', '/v1/unmapped')).body.data).toMatchObject([
      { label: 'weird e***@victim.example', sample: 'weird e***@victim.example' },
    ]);
    expect((await erase()).body.rows).toBe(0);
  });

  it('takes no more of a request with it than it must', async () => {
    const kept = await mailstop.store.receiptsAfter('default', '', 10);
    expect(kept).toEqual([]);
    const receipt = {
      id: 'rcp_1',
      tenant: 'default',
      source_id: source.id,
      received_at: 0,
      method: 'GET',
      headers: '{}',
      encoding: 'identity',
    };
    const body = new TextEncoder().encode('status=ok');
    await mailstop.store.write(
      plan({ receipts: [{ ...receipt, query: `to=${ANN.replace('@', '%40')}`, body }] }),
    );
    expect((await erase()).body.receipts).toBe(1);
    const after = await mailstop.store.receipt('default', 'rcp_1');
    expect([new TextDecoder().decode(after?.body), after?.query.includes('victim')]).toEqual([
      'status=ok',
      false,
    ]);
  });

  it('is in the audit by its hash alone, whose chain still holds', async () => {
    await fill();
    const subjects = async () =>
      (await mailstop.ask('GET', '/v1/audit')).body.data.map(({ subject }: { subject: string }) => subject);
    expect(await subjects()).toContain(ANN);
    const { pseudonym } = (await erase()).body;
    expect(await subjects()).not.toContain(ANN);
    expect(await subjects()).toContain(pseudonym);
    const { store, runtime } = mailstop.services;
    expect(await verifyAudit(store, runtime.sha256)).toMatchObject({ brokenAt: null });
  });

  it('is still in offline filters', async () => {
    await fill();
    await erase();
    const answer = await mailstop.services.filters.whole({ tenant: 'default', stream: null, bits: 16 });
    const filter = await openFilter(answer.bytes, await mailstop.services.filters.keyOf('default'));
    expect([filter.mayBeSuppressed(ANN), filter.mayBeSuppressed('nobody@elsewhere.example')]).toEqual([
      true,
      false,
    ]);
  });

  it('is only counted in a dry run', async () => {
    await fill();
    const told = await erase({ dry_run: true });
    expect(told).toMatchObject({ status: 200, body: { dry_run: true, pseudonym: null } });
    expect(told.body.rows).toBeGreaterThan(4);
    expect((await mailstop.ask('GET', '/v1/suppressions')).text).toContain(ANN);
  });
});

it('a bad address is told, and nothing is erased', async () => {
  const told = await mailstop.ask('POST', '/v1/erasures', { json: { address: 'nobody' } });
  expect(told.status).toBe(422);
  expect(told.body.errors[0].pointer).toBe('/address');
  expect(await mailstop.store.hasErasures('default')).toBe(false);
});
