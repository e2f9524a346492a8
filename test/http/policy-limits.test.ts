/** What a policy of one's own can never do: stop the mail, suppress by a guess, or lose what people said. */
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { bounce, type Harness, SHARED, START, startHarness } from './harness.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

let mailstop: Harness;
let post: (body: unknown) => Promise<{ status: number }>;
beforeEach(async () => {
  mailstop = await startHarness();
  ({ post } = await mailstop.source());
});
afterEach(() => mailstop.close());

const put = (json: unknown) => mailstop.ask('PUT', '/v1/policy', { json });
const isSuppressed = async (address: string) =>
  (await mailstop.ask('POST', '/v1/check', { json: { addresses: [address] } })).body.results[0].suppressed;
const at = (ms: number) => new Date(START + ms).toISOString();
const said = (recipient: string, event: string, more: object = {}) => ({
  recipient,
  event,
  id: `${recipient} ${event} ${JSON.stringify(more)}`,
  at: at(-MINUTE),
  ...more,
});

describe('a policy', () => {
  it('that narrows its last rule leaves what no rule speaks of as a note', async () => {
    const narrow = { id: 'our-fault', why: 'Narrowed.', when: { provider: 'sendgrid' }, then: 'note' };
    expect((await put({ rules: [narrow] })).status).toBe(200);
    const { status } = await post([
      bounce('ann@x.test'),
      bounce('bob@x.test', { text: '550 5.7.1 blocked by policy' }),
    ]);
    expect(status).toBe(200);
    expect(await isSuppressed('ann@x.test')).toBe(true);
    const { data } = (await mailstop.ask('GET', '/v1/events?address=bob@x.test')).body;
    expect(data[0].decision).toMatchObject({ rule: 'no-rule', action: 'note' });
  });

  it('that was stored with names this release does not know still lets mail in', async () => {
    await put({
      rules: [{ id: 'mine', why: 'x', when: { provider: 'sendgrid', category: 'virus' }, then: 'note' }],
    });
    const row = await mailstop.store.policy('default');
    await mailstop.store.configure(
      {
        put: 'policy',
        row: {
          ...(row as NonNullable<typeof row>),
          version: 2,
          document: (row?.document ?? '').replace('sendgrid', 'no-longer-known').replace('virus', 'gone'),
        },
      },
      null,
    );
    expect((await post(bounce('ann@x.test'))).status).toBe(200);
    expect((await mailstop.ask('GET', '/v1/policy')).status).toBe(200);
  });

  it('has room for 1,000 streams, and says so to the next', async () => {
    const streams = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`s${i}`, 'marketing']));
    expect((await put({ streams })).status).toBe(200);
    const refused = await mailstop.ask('POST', '/v1/streams', { json: { id: 'more', class: 'security' } });
    expect([refused.status, refused.body.detail]).toEqual([409, expect.stringContaining('1000 streams')]);
    expect((await mailstop.ask('DELETE', '/v1/streams/s0')).status).toBe(204);
  });

  it('is refused where its patterns together could take too long, though none does alone', async () => {
    const rules = Array.from({ length: 300 }, (_, i) => ({
      id: `r${i}`,
      why: 'x',
      when: { text: `a.{0,300}b${i}` },
      then: 'note',
    }));
    const refused = await put({ rules });
    expect([refused.status, refused.body.errors[0].detail]).toEqual([
      422,
      expect.stringContaining('together'),
    ]);
  });

  it('goes on deciding after streams were changed meanwhile', async () => {
    await post(
      Array.from({ length: 600 }, (_, i) => bounce(`p${i}@x.test`, { id: `i${i}`, message_id: `m${i}` })),
    );
    await mailstop.store.configure(
      {
        put: 'policy',
        row: {
          tenant: 'default',
          version: 1,
          document: JSON.stringify({
            rules: [
              { id: 'dead', why: 'x', when: { strength: 'strong' }, then: { do: 'note' }, retry: 'no' },
            ],
            streams: {},
            matrix: {},
            tests: [],
          }),
          actor: 'test',
          created_at: START,
          redecided_to: '',
        },
      },
      null,
    );
    await mailstop.services.redecider.run('default', 0);
    expect((await mailstop.ask('POST', '/v1/streams', { json: { id: 'a', class: 'security' } })).status).toBe(
      201,
    );
    await mailstop.services.redecider.finish();
    expect((await mailstop.ask('GET', '/v1/suppressions?limit=1000')).body.data).toEqual([]);
  });

  it('is in force though deciding anew fails, and that is taken up again', async () => {
    await post(bounce('ann@x.test'));
    const { committer, redecider } = mailstop.services;
    const { submit } = committer;
    Object.assign(committer, { submit: () => Promise.reject(new Error('the database is away')) });
    const made = await put({ rules: [{ id: 'dead', why: 'x', when: { strength: 'strong' }, then: 'note' }] });
    expect(made).toMatchObject({ status: 200, body: { version: 1, deciding: true } });
    await redecider.finish().catch(() => undefined);
    Object.assign(committer, { submit });
    await redecider.finish();
    expect(await isSuppressed('ann@x.test')).toBe(false);
  });
});

describe('a rule of one’s own', () => {
  const broad = { rules: [{ id: 'mine', why: 'x', when: { code: '5xx' }, then: { do: 'suppress' } }] };

  it('suppresses nobody for a report that nothing proves', async () => {
    const source = await mailstop.source({ provider: 'dsn', trust: 'proven' });
    await put(broad);
    const report = [
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example.net',
      '',
      'Final-Recipient: rfc822; ann@x.test',
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 5.1.1 user unknown',
      '',
      '--b--',
      '',
    ].join('\r\n');
    const told = await mailstop.ask('POST', `/webhooks/${source.id}`, {
      key: null,
      body: report,
      headers: { 'X-Mailstop-Key': SHARED, 'Content-Type': 'message/rfc822' },
    });
    expect(told.body).toMatchObject({ accepted: 1 });
    const { data } = (await mailstop.ask('GET', '/v1/events?address=ann@x.test')).body;
    expect(data).toMatchObject([{ proven: false, decision: { rule: 'hearsay', action: 'note' } }]);
    expect(await isSuppressed('ann@x.test')).toBe(false);
  });

  test.each([
    ['a note without kinds', { receiver: 'x.test' }, 'note'],
    ['a note of a provider', { provider: 'generic' }, 'note'],
  ])('that is %s swallows no unsubscribe and no complaint', async (_what, when, then) => {
    expect((await put({ rules: [{ id: 'mine', why: 'x', when, then }] })).status).toBe(200);
    await post([said('ann@x.test', 'unsubscribe'), said('bob@x.test', 'complaint')]);
    expect([await isSuppressed('ann@x.test'), await isSuppressed('bob@x.test')]).toEqual([true, true]);
  });

  it('that suppresses as an unsubscribe does not do so for a bounce', async () => {
    await put({
      rules: [{ id: 'mine', why: 'x', when: {}, then: { do: 'suppress', reason: 'unsubscribe' } }],
    });
    await post([bounce('ann@x.test', { text: '550 5.7.1 spam' }), said('bob@x.test', 'resubscribe')]);
    expect([await isSuppressed('ann@x.test'), await isSuppressed('bob@x.test')]).toEqual([false, false]);
  });

  it('that only notes deliveries keeps them from lifting anything, whatever comes first', async () => {
    await put({ rules: [{ id: 'smart-host', why: 'x', when: { kind: 'delivery' }, then: 'note' }] });
    const full = { text: '452 4.2.2 mailbox full' };
    for (const days of [2, 1, 0])
      await post(
        bounce('ann@x.test', {
          ...full,
          id: `f${days}`,
          message_id: `f${days}`,
          at: at(-days * DAY - MINUTE),
        }),
      );
    await post(said('ann@x.test', 'delivery', { message_id: 'other' }));
    await mailstop.ask('PUT', '/v1/suppressions/ann@x.test', { json: { stream: 'news' } });
    expect(await isSuppressed('ann@x.test')).toBe(true);
  });
});

describe('what people said', () => {
  it('is not barred by a release that named it without evidence of consent', async () => {
    await post(bounce('ann@x.test'));
    const reasons = ['hard-bounce', 'complaint', 'unsubscribe'];
    const released = await mailstop.ask('DELETE', '/v1/suppressions/ann@x.test', {
      json: { why: 'all', reasons },
    });
    expect(released.status).toBe(200);
    await post([said('ann@x.test', 'complaint', { at: at(-30_000) })]);
    expect(await isSuppressed('ann@x.test')).toBe(true);
  });

  it('counts for each group of a provider, however many were left on one day', async () => {
    const source = await mailstop.source({ provider: 'sendgrid', secrets: {}, allow_unsigned: true });
    const group = (event: string, id: number) => ({
      email: 'ann@x.test',
      event,
      asm_group_id: id,
      timestamp: Math.floor(START / 1_000) - (event === 'group_unsubscribe' ? 600 : 300),
      sg_event_id: `${event}${id}`,
    });
    await source.post(Array.from({ length: 25 }, (_, i) => group('group_unsubscribe', i)));
    await source.post(Array.from({ length: 20 }, (_, i) => group('group_resubscribe', i)));
    expect(await isSuppressed('ann@x.test')).toBe(true);
  });

  it('holds for all mail where a provider lists an unsubscribe from everything, though the source is one stream', async () => {
    const source = await mailstop.source({
      provider: 'sendgrid',
      secrets: {},
      allow_unsigned: true,
      stream: 'news',
    });
    await source.post([
      {
        email: 'ann@x.test',
        event: 'dropped',
        reason: 'Unsubscribed Address',
        timestamp: Math.floor(START / 1_000) - 60,
        sg_event_id: 'd1',
      },
    ]);
    const { entries } = (await mailstop.ask('GET', '/v1/suppressions/ann@x.test')).body;
    expect(entries).toMatchObject([{ stream: '*', reason: 'unsubscribe', origin: 'provider' }]);
  });
});

describe('a release by cause', () => {
  const release = async (filter: object) =>
    (await mailstop.ask('POST', '/v1/releases', { json: { filter, why: 'mended', dry_run: false } })).body;

  it('frees imported entries of that cause as well', async () => {
    await mailstop.ask('POST', '/v1/suppressions/import', {
      body: 'address,reason,code,text\nann@x.test,hard-bounce,504,"504 5.5.2 <mx1>: Helo command rejected"\n',
      headers: { 'content-type': 'text/csv' },
    });
    expect(await isSuppressed('ann@x.test')).toBe(true);
    expect(await release({ code: '504' })).toMatchObject({ matched: 1, released: 1 });
    expect(await isSuppressed('ann@x.test')).toBe(false);
  });

  it('frees a whole domain that was blocked by it', async () => {
    const gone = (who: string, days: number) =>
      bounce(`${who}@dead.test`, {
        text: '550 5.1.2 domain not found',
        id: who,
        message_id: who,
        at: at(-days * DAY),
      });
    await post([gone('a', 3), gone('b', 3), gone('c', 1.5)]);
    expect(await isSuppressed('z@dead.test')).toBe(true);
    expect(await release({ code: '550', domain: 'dead.test' })).toMatchObject({ matched: 4, released: 4 });
    expect(await isSuppressed('z@dead.test')).toBe(false);
  });
});

describe('a whole domain', () => {
  it('that a rule would newly speak against is named by its preview', async () => {
    await post(bounce('ann@corp.test', { text: '550 5.7.1 closed for ever' }));
    const rules = [
      { id: 'closed', why: 'x', when: { text: 'closed for ever' }, then: 'note', domain: { addresses: 2 } },
    ];
    const { preview } = (await mailstop.ask('PUT', '/v1/policy?dry_run=true', { json: { rules } })).body;
    expect(preview.domains).toEqual(['corp.test']);
  });

  it('is not saved by one address that fails again and again on one day', async () => {
    const gone = (who: string, days: number, i = 0) =>
      bounce(`${who}@dead.test`, {
        text: '550 5.1.2 domain not found',
        id: `${who}${i}`,
        message_id: `${who}${i}`,
        at: at(-days * DAY + i),
      });
    await post(Array.from({ length: 25 }, (_, i) => gone('hot', 3, i)));
    await post([gone('b', 3), gone('c', 1.5)]);
    expect(await isSuppressed('z@dead.test')).toBe(true);
  });
});
