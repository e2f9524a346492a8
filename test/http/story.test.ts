/** Why an address may or may not be mailed, in words and in fields. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bounce, type Harness, START, startHarness } from './harness.ts';

const DAY = 86_400_000;
const ANN = 'ann@example.com';

let mailstop: Harness;
let post: (body: unknown) => Promise<unknown>;
beforeEach(async () => {
  mailstop = await startHarness();
  ({ post } = await mailstop.source());
});
afterEach(() => mailstop.close());

const story = async (address = ANN) =>
  (await mailstop.ask('GET', `/v1/addresses/${encodeURIComponent(address)}`)).body;
const event = (kind: string, more: object = {}) =>
  post({ recipient: ANN, event: kind, at: new Date(START).toISOString(), ...more });

describe('the story of an address', () => {
  it('of which nothing is known says so', async () => {
    expect(await story()).toMatchObject({
      suppressed: false,
      in_words: [`Nothing is known of ${ANN}: it may be sent to.`],
      classes: {
        marketing: { blocked: false, suppression_id: null },
        transactional: { blocked: false, suppression_id: null },
        security: { blocked: false, suppression_id: null },
      },
      entries: [],
      events: [],
      releases: [],
    });
  });

  it('names the class of mail that a soft bounce holds back, its rule, the evidence and the way out', async () => {
    for (const days of [2, 1, 0])
      await post(
        bounce(ANN, {
          text: '452 4.2.2 Mailbox full',
          event: 'bounce',
          id: `full${days}`,
          message_id: `full${days}`,
          at: new Date(START - days * DAY).toISOString(),
        }),
      );
    const told = await story();
    expect(told.suppressed).toBe(true);
    expect(told.in_words[0]).toBe(
      `${ANN} is suppressed for marketing and transactional mail; security mail may go.`,
    );
    expect(told.classes.marketing).toEqual({ blocked: true, suppression_id: told.entries[0].id });
    expect(told.classes.security).toEqual({ blocked: false, suppression_id: null });
    expect(told.entries[0]).toMatchObject({
      reason: 'soft-bounce',
      rule: 'recipient-soft',
      why: expect.stringMatching(/\w/),
      lifted_by: [
        expect.stringMatching(/^time: it ends on /),
        'a delivery of another message',
        'a release by a person',
      ],
    });
    expect(told.in_words.join(' ')).toContain('452 4.2.2 Mailbox full');
    expect(told.events.map((one: { id: string }) => one.id)).toContain(told.entries[0].event_id);
  });

  it('says at each event what had been counted, and where its request is', async () => {
    for (const days of [2, 1, 0])
      await post(
        bounce(ANN, {
          text: '452 4.2.2 Mailbox full',
          id: `full${days}`,
          message_id: `full${days}`,
          at: new Date(START - days * DAY).toISOString(),
        }),
      );
    await event('complaint');
    const told = (await story()).events.reverse();
    expect(
      told.map(({ counters }: { counters: { days: object; suppressed: boolean }[] }) =>
        counters.map(({ days, suppressed }) => ({ ...days, suppressed })),
      ),
    ).toEqual([
      [{ counted: 1, needed: 3, suppressed: false }],
      [{ counted: 2, needed: 3, suppressed: false }],
      [{ counted: 3, needed: 3, suppressed: true }],
      [],
    ]);
    expect(told[1].counters[0]).toMatchObject({
      rule: told[1].decision.rule,
      within: '90d',
      since: new Date(START - 2 * DAY).toISOString(),
      in_words: expect.stringMatching(
        /^Second day of 3 with a soft bounce within 90 days, since 2026-01-08 /,
      ),
    });
    for (const { receipt, receipt_id } of told) {
      expect(receipt).toBe(`/v1/receipts/${receipt_id}`);
      expect((await mailstop.ask('GET', receipt)).body.id).toBe(receipt_id);
    }
    await mailstop.store.prune({ receipts: START + DAY, notes: 0, forget: 0, surges: 0, hours: 0 });
    for (const { receipt } of (await story()).events) expect(receipt).toBeNull();
  });

  it('counts by the policy that decided, though another is in force since', async () => {
    const full = (id: string) =>
      post(
        bounce(ANN, {
          text: '452 4.2.2 Mailbox full',
          id,
          message_id: id,
          at: new Date(mailstop.services.runtime.now()).toISOString(),
        }),
      );
    await full('1');
    const when = { kind: ['bounce', 'reject'], category: 'mailbox-full' };
    const then = { do: 'strike', days: 5, within: '30d', steps: ['7d'] };
    const rules = [{ id: 'recipient-soft', why: 'test', when, then }];
    const set = await mailstop.ask('PUT', '/v1/policy', { json: { rules, streams: {} } });
    expect(set.status, set.text).toBe(200);
    mailstop.advance(DAY);
    await full('2');
    const told = (await story()).events.map(
      ({ decision, counters: [counter] }: { decision: { policy_version: string }; counters: object[] }) => ({
        ...counter,
        isOfDecision: (counter as { policy_version: string }).policy_version === decision.policy_version,
      }),
    );
    expect(told).toMatchObject([
      { days: { counted: 2, needed: 5 }, within: '30d', isOfDecision: true },
      { days: { counted: 1, needed: 3 }, within: '90d', isOfDecision: true },
    ]);
  });

  it.each([
    ['a 504', '504 5.5.4 Unrecognized authentication type', 'mailstop release --code 504'],
    ['a dead address', '550 5.1.1 User unknown', 'a release by a person'],
  ])('says what lifts %s', async (_what, text, way) => {
    await post(bounce(ANN, { text, at: new Date(START).toISOString() }));
    expect((await story()).entries[0].lifted_by.join('; ')).toContain(way);
  });

  it('tells a stream that was left from all mail', async () => {
    await mailstop.ask('POST', '/v1/streams', { json: { id: 'news', class: 'marketing' } });
    await event('unsubscribe', { stream: 'news' });
    const told = await story();
    expect(told.streams_left).toEqual(['news']);
    expect(told.classes.marketing.blocked).toBe(false);
    expect(told.in_words[0]).toBe(`${ANN} may be sent to, but for the streams that it has left: news.`);
    expect(told.entries[0].lifted_by).toContain('a resubscribe to news');
  });

  it('asks for evidence of consent after a complaint', async () => {
    await event('complaint');
    const told = await story();
    expect(told.entries[0].lifted_by).toEqual(['a release with evidence of consent newer than it']);
    expect(told.in_words[1]).toMatch(/^A complaint, on the list since .* for ever, reported by generic on /);
  });

  it('keeps what was released, by whom and why', async () => {
    await post(bounce(ANN, { text: '550 5.1.1 User unknown', at: new Date(START).toISOString() }));
    mailstop.advance(1_000);
    await mailstop.ask('DELETE', `/v1/suppressions/${ANN}`, { json: { why: 'they called' } });
    const told = await story();
    expect(told.in_words[0]).toBe(`${ANN} may be sent to: nothing stands against it.`);
    expect(told.in_words.at(-1)).toMatch(/^It was last released on .* by .*: they called$/);
    expect(told.entries).toMatchObject([{ state: 'released', lifted_by: [] }]);
    expect(told.releases).toMatchObject([{ why: 'they called' }]);
  });

  it('says so where somebody answers for the address', async () => {
    await post(bounce(ANN, { text: '550 5.1.1 User unknown', at: new Date(START).toISOString() }));
    await mailstop.ask('PUT', `/v1/allowed/${ANN}`, { json: { note: 'our own' } });
    const told = await story();
    expect(told.in_words[0]).toBe(`${ANN} may be sent to.`);
    expect(told.in_words[1]).toMatch(/^Somebody answers for ann@example\.com until /);
    expect(told.allowed_until).not.toBeNull();
  });

  it('tells of an entry that holds for the whole domain', async () => {
    await mailstop.ask('PUT', '/v1/suppressions/@example.com', { json: {} });
    const told = await story();
    expect(told.in_words[1]).toMatch(/^An entry by hand of the whole domain example\.com, /);
    expect(told.entries[0].address).toBe('@example.com');
  });
});
