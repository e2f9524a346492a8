/** A paused source: what comes is verified and kept, nothing is decided, and all of it is once it is resumed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { jobOfWaiting } from '../../src/app/ingest.ts';
import type { Store } from '../../src/store/store.ts';
import { bounce, type Harness, START, startHarness } from './harness.ts';

let mailstop: Harness;
let source: Awaited<ReturnType<Harness['source']>>;
beforeEach(async () => {
  mailstop = await startHarness();
  source = await mailstop.source();
});
afterEach(() => mailstop.close());

const patch = (paused: boolean, key?: string) =>
  mailstop.ask('PATCH', `/v1/sources/${source.id}`, { json: { paused }, ...(key && { key }) });
const suppressed = async (address: string) =>
  (await mailstop.ask('GET', `/v1/suppressions/${address}`)).status === 200;
const listed = async (path: string) => (await mailstop.ask('GET', path)).body.data;

describe('while a source is paused', () => {
  beforeEach(async () => {
    expect((await patch(true)).body).toMatchObject({ paused_at: '2026-01-10T12:00:00.000Z', waiting: 0 });
  });

  it('a proven request is answered as usual and kept, and nothing is decided', async () => {
    const { status, body } = await source.post([bounce('ann@a.test'), { recipient: 'x' }]);
    expect([status, body]).toEqual([200, { accepted: 2, duplicates: 0, ignored: 0, quarantined: 0 }]);
    expect(await suppressed('ann@a.test')).toBe(false);
    for (const path of ['/v1/events', '/v1/quarantine', '/v1/changes', '/v1/stats?by=kind'])
      expect([path, await listed(path)]).toEqual([path, []]);
    expect(await listed('/v1/receipts')).toHaveLength(1);
    const [told] = await listed('/v1/sources');
    expect(told).toMatchObject({ waiting: 1, last_event_at: '2026-01-10T12:00:00.000Z' });
  });

  it('a request without its proof is refused, and not kept', async () => {
    const { status } = await source.post(bounce('ann@a.test'), { 'X-Mailstop-Key': 'another-shared-secret' });
    expect(status).toBe(401);
    expect(await listed('/v1/receipts')).toEqual([]);
  });

  it('what is handed over with an API key waits as well', async () => {
    const { status } = await mailstop.ask('POST', `/v1/sources/${source.id}/ingest`, {
      json: bounce('ann@a.test'),
    });
    expect([status, await suppressed('ann@a.test')]).toEqual([200, false]);
  });

  it('a test and a replay are refused, as both would decide', async () => {
    await source.post(bounce('ann@a.test'));
    const [{ id }] = await listed('/v1/receipts');
    expect((await mailstop.ask('POST', `/v1/sources/${source.id}/test`)).status).toBe(409);
    expect((await mailstop.ask('POST', `/v1/receipts/${id}/replay`)).status).toBe(409);
    expect(await suppressed('ann@a.test')).toBe(false);
  });

  it('another source acts as ever', async () => {
    const other = await mailstop.source({ name: 'other' });
    await other.post(bounce('bob@a.test'));
    expect(await suppressed('bob@a.test')).toBe(true);
  });

  it('to pause it again keeps the time, and to change something else keeps it paused', async () => {
    mailstop.advance(60_000);
    expect((await patch(true)).body.paused_at).toBe('2026-01-10T12:00:00.000Z');
    const renamed = await mailstop.ask('PATCH', `/v1/sources/${source.id}`, { json: { name: 'new' } });
    expect(renamed.body.paused_at).toBe('2026-01-10T12:00:00.000Z');
  });

  it('to remove it forgets what waits, and says in the audit how much', async () => {
    await source.post(bounce('ann@a.test'));
    expect((await mailstop.ask('DELETE', `/v1/sources/${source.id}`)).status).toBe(204);
    expect((await listed('/v1/audit'))[0]).toMatchObject({ action: 'source.delete', detail: { waiting: 1 } });
    await mailstop.services.resumer.finish();
    expect(await suppressed('ann@a.test')).toBe(false);
  });
});

describe('once it is resumed', () => {
  beforeEach(async () => {
    await patch(true);
  });

  it('a label that nobody knows was seen when it came, so that its requests are found', async () => {
    await source.post([{ recipient: 'ann@a.test', event: 'exploded' }]);
    mailstop.advance(3 * 3_600_000);
    await patch(false);
    await mailstop.services.resumer.finish();
    expect(await mailstop.store.unmapped('default', 10)).toMatchObject([
      { name: 'exploded', first_at: START, last_at: START },
    ]);
  });

  it('what was kept is decided, as of the time when it came', async () => {
    await source.post(bounce('ann@a.test', { id: '1' }));
    mailstop.advance(3_600_000);
    await source.post([bounce('bob@a.test', { id: '2' }), { recipient: 'x' }]);
    const resumed = await patch(false);
    expect(resumed.body).toMatchObject({ paused_at: null, waiting: 0 });
    expect([await suppressed('ann@a.test'), await suppressed('bob@a.test')]).toEqual([true, true]);
    expect((await listed('/v1/events')).map((one: { received_at: string }) => one.received_at)).toEqual([
      '2026-01-10T13:00:00.000Z',
      '2026-01-10T12:00:00.000Z',
    ]);
    // Its receipts are those that came, and what could not be read is in quarantine.
    expect(await listed('/v1/receipts')).toHaveLength(2);
    expect(await listed('/v1/quarantine')).toHaveLength(1);
    const [event] = await listed('/v1/events');
    expect((await mailstop.ask('GET', `/v1/receipts/${event.receipt_id}`)).status).toBe(200);
    expect((await listed('/v1/audit')).slice(0, 2).map(({ detail }: { detail: unknown }) => detail)).toEqual([
      { paused: false },
      { paused: true },
    ]);
  });

  it('a delivery and an unsubscribe that came in the pause fold in the order of their own time', async () => {
    const at = (minutes: number) => new Date(Date.UTC(2026, 0, 10, 11, minutes)).toISOString();
    await source.post([
      bounce('ann@a.test', { id: '1', at: at(1), text: '452 4.2.2 mailbox full' }),
      { recipient: 'ann@a.test', event: 'delivery', id: '2', at: at(2), message_id: 'm2' },
    ]);
    await source.post({ recipient: 'bob@a.test', event: 'unsubscribe', id: '3', at: at(3) });
    await patch(false);
    expect([await suppressed('ann@a.test'), await suppressed('bob@a.test')]).toEqual([false, true]);
  });

  it('what the provider sent twice counts once, also when it comes again', async () => {
    await source.post(bounce('ann@a.test', { id: '1' }));
    await source.post(bounce('ann@a.test', { id: '1' }));
    await patch(false);
    expect(await listed('/v1/events')).toHaveLength(1);
    expect((await source.post(bounce('ann@a.test', { id: '1' }))).body).toMatchObject({ duplicates: 1 });
    // A request that held nothing new is not kept, as ever.
    expect(await listed('/v1/receipts')).toHaveLength(1);
  });

  it('is done once where two processes do it, also what nothing tells from the same happening again', async () => {
    await source.post({ recipient: 'ann@a.test', event: 'bounce', text: '550 5.1.1 user unknown' });
    const { services, store } = mailstop;
    const row = await store.source(source.id);
    const [id = ''] = await store.waitingOf('default', source.id, 9);
    const receipt = await store.receipt('default', id);
    if (row === null || receipt === null) throw new Error('nothing waits');
    // Read by the second before the first has taken it in.
    const job = await jobOfWaiting(services, await services.sources.open(row), receipt);
    await patch(false);
    await mailstop.ask('DELETE', '/v1/suppressions/ann@a.test?why=test');
    expect((await services.committer.submit(job)).type).toBe('replayed');
    expect(await listed('/v1/events')).toHaveLength(1);
    expect(await suppressed('ann@a.test')).toBe(false);
  });

  it('a request whose signature does not cover its body may not come again with another one', async () => {
    const job = (digest: string, id: string) => ({
      type: 'intake' as const,
      wait: 'begins' as const,
      receipt: {
        id,
        tenant: 'default',
        source_id: source.id,
        received_at: START,
        method: 'POST',
        query: '',
        headers: '{}',
        encoding: 'identity',
        body: new Uint8Array([123, 125]),
      },
      events: [],
      ignored: [],
      unreadable: [],
      bind: { nonce: 'n1', digest },
      provider: 'generic',
    });
    const { committer } = mailstop.services;
    expect((await committer.submit(job('a', 'rcp_a'))).type).toBe('intake');
    expect((await committer.submit(job('b', 'rcp_b'))).type).toBe('replayed');
    expect(await mailstop.store.waitingOf('default', source.id, 9)).toEqual(['rcp_a']);
  });
});

describe('a stop in the middle of it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailstop-pause-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('loses nothing and does nothing twice: the next start goes on', async () => {
    const file = join(folder, 'list.db');
    let left = Number.POSITIVE_INFINITY;
    const failing = (store: Store): Store => ({
      ...store,
      async write(plan) {
        if (plan.resumed.length > 0 && left-- <= 0) throw new Error('the disk is away');
        return store.write(plan);
      },
    });
    const first = await startHarness({ file, storeOf: failing });
    const { id, post } = await first.source();
    await first.ask('PATCH', `/v1/sources/${id}`, { json: { paused: true } });
    // More than is read at once, so that some are in and some are not.
    for (let i = 0; i < 150; i++) await post(bounce(`p${i}@a${i}.test`, { id: `${i}`, message_id: `m${i}` }));
    left = 1;
    const resumed = await first.ask('PATCH', `/v1/sources/${id}`, { json: { paused: false } });
    expect(resumed.body).toMatchObject({ paused_at: null, waiting: 50 });
    expect(first.logged.map(({ fields }) => fields.error)).toContain('Error');
    await first.close();

    const second = await startHarness({ file });
    expect(await second.store.resumable()).toEqual([id]);
    await second.services.resumer.finish();
    await second.services.resumer.finish();
    const { body } = await second.ask('GET', '/v1/events?limit=1000');
    expect(body.data).toHaveLength(150);
    expect((await second.ask('GET', `/v1/sources/${id}`)).body.waiting).toBe(0);
    await second.close();
  });

  it('and a pause in the middle of it keeps the rest', async () => {
    const held = await startHarness();
    const { id, post } = await held.source();
    await held.ask('PATCH', `/v1/sources/${id}`, { json: { paused: true } });
    await post(bounce('ann@a.test'));
    await held.services.resumer.finish();
    await held.services.resumer.run(id, 1_000);
    expect((await held.ask('GET', `/v1/sources/${id}`)).body.waiting).toBe(1);
    await held.close();
  });
});

describe('other tenants', () => {
  it('can neither pause nor resume it, nor see what waits', async () => {
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const rival = await mailstop.key(['admin'], 'rival');
    expect((await patch(true, rival)).status).toBe(404);
    await patch(true);
    await source.post(bounce('ann@a.test'));
    expect((await patch(false, rival)).status).toBe(404);
    expect(await mailstop.store.waitingCounts('rival')).toEqual(new Map());
  });
});
