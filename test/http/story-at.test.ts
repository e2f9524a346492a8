/** What the list said at an earlier moment, and the requests behind what it says. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bounce, type Harness, SHARED, START, startHarness } from './harness.ts';

const DAY = 86_400_000;
let mailstop: Harness;
let source: Awaited<ReturnType<Harness['source']>>;
beforeEach(async () => {
  mailstop = await startHarness();
  source = await mailstop.source();
});
afterEach(() => mailstop.close());

const at = (days: number) => new Date(START + days * DAY).toISOString();
const ANN = 'ann@a.test';

describe('an address at an earlier moment', () => {
  /** Day 0 bounced, day 2 released, day 4 blocked by hand until day 6, day 8 a policy that only notes, day 9 bounced again. */
  beforeEach(async () => {
    await source.post(bounce(ANN, { id: '1', at: at(0), message_id: 'm1' }));
    mailstop.advance(2 * DAY);
    await mailstop.ask('DELETE', `/v1/suppressions/${ANN}`, { json: { why: 'mended' } });
    mailstop.advance(2 * DAY);
    await mailstop.ask('PUT', `/v1/suppressions/${ANN}`, { json: { until: at(6) } });
    mailstop.advance(4 * DAY);
    const rules = [{ id: 'lenient', why: 'test', when: { receiver: 'a.test' }, then: 'note' }];
    await mailstop.ask('PUT', '/v1/policy', { json: { rules, streams: {} } });
    mailstop.advance(DAY);
    await source.post(bounce(ANN, { id: '2', at: at(9), message_id: 'm2' }));
  });
  const then = async (days: number) =>
    (await mailstop.ask('GET', `/v1/addresses/${ANN}?at=${encodeURIComponent(at(days))}`)).body;

  it.each([
    [-1, [], 0, 0],
    [1, ['hard-bounce dead'], 1, 0],
    [3, [], 1, 1],
    [5, ['manual manual'], 1, 1],
    [7, [], 1, 1],
    [9.5, [], 2, 1],
  ])('on day %d had %j against it', async (days, entries, events, releases) => {
    const story = await then(days);
    expect(story.suppressed).toBe(entries.length > 0);
    expect(story.entries.map((entry: Record<string, string>) => `${entry.reason} ${entry.rule}`)).toEqual(
      entries,
    );
    expect([story.events.length, story.releases.length]).toEqual([events, releases]);
  });

  it('is told by what was known then: a report that came late was not', async () => {
    mailstop.advance(DAY);
    await source.post({ recipient: ANN, event: 'complaint', at: at(1), id: '3' });
    expect((await then(5)).entries.map(({ reason }: { reason: string }) => reason)).toEqual(['manual']);
    expect((await then(10)).entries.map(({ reason }: { reason: string }) => reason)).toEqual(['complaint']);
  });

  it('is counted by what was known then', async () => {
    const full = (id: string, day: number) =>
      source.post(bounce('bob@a.test', { id, message_id: id, at: at(day), text: '452 4.2.2 Mailbox full' }));
    await mailstop.ask('PUT', '/v1/policy', { json: { rules: [], streams: {} } });
    await full('b1', 8);
    await full('b2', 9);
    mailstop.advance(DAY);
    await full('b0', 1);
    const days = async (query: string) => {
      const told = (await mailstop.ask('GET', `/v1/addresses/bob@a.test${query}`)).body.events;
      return told.map(({ at: of, counters }: { at: string; counters: { days: { counted: number } }[] }) => [
        of,
        counters[0]?.days.counted,
      ]);
    };
    expect(await days(`?at=${encodeURIComponent(at(9.5))}`)).toEqual([
      [at(9), 2],
      [at(8), 1],
    ]);
    expect(await days('')).toEqual([
      [at(1), 1],
      [at(9), 3],
      [at(8), 2],
    ]);
  });

  it('is refused where the time is none', async () => {
    expect((await mailstop.ask('GET', `/v1/addresses/${ANN}?at=yesterday`)).status).toBe(422);
  });
});

describe('a kept request', () => {
  it('is shown as it came, without what proves the caller', async () => {
    await source.post(bounce(ANN, { id: '1' }));
    const [{ receipt_id: id }] = (await mailstop.ask('GET', '/v1/events')).body.data;
    const told = (await mailstop.ask('GET', `/v1/receipts/${id}`)).body;
    expect(told).toMatchObject({ id, source_id: source.id, method: 'POST', body_base64: null });
    expect(JSON.parse(told.body)).toMatchObject({ recipient: ANN });
    expect(JSON.stringify(told)).not.toContain(SHARED);
    const list = (await mailstop.ask('GET', `/v1/receipts?source_id=${source.id}`)).body.data;
    expect(list).toEqual([{ id, source_id: source.id, received_at: new Date(START).toISOString() }]);
    expect((await mailstop.ask('GET', '/v1/receipts?source_id=other')).body.data).toEqual([]);
  });

  it('is read again: all of it is known already, however often', async () => {
    await source.post([
      bounce(ANN, { id: '1' }),
      bounce('bob@a.test', { id: '2' }),
      { recipient: ANN, event: 'opened' },
    ]);
    const before = (await mailstop.ask('GET', '/v1/suppressions')).text;
    const [{ receipt_id: id }] = (await mailstop.ask('GET', '/v1/events')).body.data;
    for (let i = 0; i < 2; i++)
      expect((await mailstop.ask('POST', `/v1/receipts/${id}/replay`)).body).toEqual({
        accepted: 0,
        duplicates: 2,
        ignored: 1,
        quarantined: 0,
        why: null,
      });
    expect((await mailstop.ask('GET', '/v1/suppressions')).text).toBe(before);
  });

  it('is gone with its age, and says so; so is one of a source that is gone', async () => {
    expect((await mailstop.ask('GET', '/v1/receipts/rcp_none')).status).toBe(404);
    expect((await mailstop.ask('POST', '/v1/receipts/rcp_none/replay')).status).toBe(404);
    await source.post(bounce(ANN, { id: '1' }));
    const [{ receipt_id: id }] = (await mailstop.ask('GET', '/v1/events')).body.data;
    await mailstop.ask('DELETE', `/v1/sources/${source.id}`);
    expect((await mailstop.ask('POST', `/v1/receipts/${id}/replay`)).status).toBe(409);
  });
});
