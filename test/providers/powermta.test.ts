import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { powermta } from '../../src/providers/powermta.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { powermtaSampler } from '../../src/samples/powermta.ts';

const NOW = 1_790_000_000_000;
const request = (body: unknown): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/powermta_1'),
  headers: new Headers({ 'content-type': 'text/csv' }),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemsOf(body: unknown): Promise<readonly Item[]> {
  const result = await powermta.parse(request(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

async function eventsOf(body: unknown) {
  return (await itemsOf(body)).map((item) => {
    if (item.type !== 'event') throw new Error(JSON.stringify(item));
    return item.event;
  });
}

const HEADER =
  'type,timeLogged,timeQueued,orig,rcpt,dsnAction,dsnStatus,dsnDiag,bounceCat,vmta,jobId,envId,vmtaPool,header_Message-Id';
const BOUNCE =
  'b,2026-05-28 16:28:20-0400,2026-05-28 16:28:00-0400,news@shop.test,ada@ex.test,failed,5.1.1 (bad destination mailbox address),"smtp;550 5.1.1 <ada@ex.test>: no ""such"" user, sorry",bad-mailbox,mta1,spring,env-7,bulk,<m1@shop.test>';
const record = (fields: Record<string, unknown> = {}) => ({
  type: 'b',
  timeLogged: '2026-05-28 20:28:20+0000',
  rcpt: 'ada@ex.test',
  ...fields,
});

describe('PowerMTA records', () => {
  it('as CSV are read field by field', async () => {
    expect(await eventsOf(`${HEADER}\r\n${BOUNCE}\r\n`)).toEqual([
      {
        meaning: {
          kind: 'bounce',
          code: '550',
          enhanced: '5.1.1',
          category: 'mailbox-unknown',
          proof: 'cause',
        },
        recipient: 'ada@ex.test',
        at: Date.parse('2026-05-28T20:28:20Z'),
        sentAt: Date.parse('2026-05-28T20:28:00Z'),
        reply: {
          enhanced: '5.1.1 (bad destination mailbox address)',
          text: 'smtp;550 5.1.1 <ada@ex.test>: no "such" user, sorry',
        },
        providerType: 'b/bad-mailbox',
        eventId: null,
        messageId: 'env-7',
        rfcMessageId: 'm1@shop.test',
        group: 'bulk',
        tags: ['spring'],
      },
    ]);
  });

  test.each([
    ['CSV with unix line ends and a byte order mark', `\ufefftype,rcpt\nb,ada@ex.test\n`],
    ['CSV of another order', 'type,bounceCat,rcpt\nb,,ada@ex.test\n'],
    ['CSV with a quoted line break', 'type,dsnDiag,rcpt\nb,"550-no\n550 no",ada@ex.test\n'],
    ['one object', JSON.stringify(record())],
    ['an array', JSON.stringify([record()])],
    ['a line each', `${JSON.stringify(record())}\n`],
    ['JSON after a byte order mark', `\ufeff ${JSON.stringify(record())}`],
  ])('come as %s', async (_, body) => {
    expect((await eventsOf(body)).map(({ recipient }) => recipient)).toEqual(['ada@ex.test']);
  });

  it('of files joined end to end are read under the header of each', async () => {
    const body = 'type,rcpt\nb,ada@ex.test\ntype,timeLogged,rcpt\nd,1790000000,bob@ex.test\n';
    expect(await eventsOf(body)).toMatchObject([
      { recipient: 'ada@ex.test', at: null },
      { recipient: 'bob@ex.test', at: 1_790_000_000_000 },
    ]);
  });

  it('that cannot be read lose no neighbour', async () => {
    const body = 'type,rcpt\nb,a"da@ex.test\nb,ada@ex.test\nb,x@ex.test,y@ex.test\n,z@ex.test\n';
    const told = (await itemsOf(body)).map((item) => (item.type === 'unreadable' ? item.why : item.type));
    expect(told.sort()).toEqual([
      'event',
      'more values than the header line has columns',
      'no type: not an accounting record',
      'not CSV: a quote out of place',
    ]);
  });

  it('without a header line are put aside with the remedy', async () => {
    expect(await powermta.parse(request(BOUNCE))).toMatchObject({
      ok: false,
      error: { why: expect.stringContaining('header line') },
    });
  });

  it('T055 beyond 10,000 at once are put aside whole', async () => {
    const body = (count: number) => `type,rcpt\n${'d,ada@ex.test\n'.repeat(count)}`;
    expect((await itemsOf(body(10_000))).length).toBe(10_000);
    expect((await powermta.parse(request(body(10_001)))).ok).toBe(false);
  });

  test.each([
    ['b', 'quota-issues', 'bounce', '5.2.2', 'mailbox-full', 'cause'],
    ['b', 'spam-related', 'bounce', '5.7.1', 'spam-content', undefined],
    ['b', 'message-expired', 'bounce', '5.4.7', 'expired', undefined],
    ['b', 'other', 'bounce', undefined, undefined, undefined],
    ['b', 'our-own', 'bounce', undefined, undefined, undefined],
    ['rb', 'bad-mailbox', 'bounce', '5.1.1', 'mailbox-unknown', 'cause'],
    ['t', 'quota-issues', 'deferral', '4.0.0', 'mailbox-full', undefined],
    ['tq', '', 'deferral', '4.0.0', undefined, undefined],
    ['d', '', 'delivery', undefined, 'delivered', undefined],
    ['delivery', '', 'delivery', undefined, 'delivered', undefined],
  ])('of type %s and category %j are a %s', async (type, bounceCat, kind, enhanced, category, proof) => {
    const [event] = await eventsOf(record({ type, bounceCat }));
    const { meaning } = event ?? {};
    expect([meaning?.kind, meaning?.enhanced, meaning?.category, meaning?.proof]).toEqual([
      kind,
      enhanced,
      category,
      proof,
    ]);
  });

  test.each([
    ['r', true],
    ['rs', true],
    ['x', false],
    ['constructor', false],
    ['__proto__', false],
  ])('of type %s are ignored, known: %s', async (type, known) => {
    expect(await itemsOf(record({ type }))).toEqual([{ type: 'ignored', label: type, known }]);
  });

  it('of a whole queue name no recipient, and are no fault', async () => {
    expect(await itemsOf({ type: 'tq', dsnDiag: 'smtp;421 4.7.0 try later', queue: 'ex.test/bulk' })).toEqual(
      [{ type: 'ignored', label: 'tq', known: true }],
    );
  });

  it('that came by mail prove little', async () => {
    expect(
      (await eventsOf([record({ type: 'rb' }), record({ type: 'f' })])).map(({ proven }) => proven),
    ).toEqual([false, false]);
  });

  test.each([
    ['5.0.0 (undefined status)', 'smtp;550 5.1.1 no such user', null],
    ['5.0.0 (undefined status)', 'smtp;550 no such user', '5.0.0 (undefined status)'],
    ['4.4.7 (message expired)', 'smtp;451 4.7.1 later', '4.4.7 (message expired)'],
  ])('of status %s and reply %s', async (dsnStatus, dsnDiag, enhanced) => {
    expect((await eventsOf(record({ dsnStatus, dsnDiag })))[0]?.reply).toEqual({ enhanced, text: dsnDiag });
  });

  test.each([
    ['abuse', 'abuse'],
    ['not-spam', 'not-spam'],
    ['Opt-Out', 'opt-out'],
    ['opt-out-list', 'opt-out'],
    ['moonphase', 'other'],
    ['', undefined],
  ])('of feedback type %j are complaints of feedback %s', async (feedbackType, feedback) => {
    const [event] = await eventsOf(record({ type: 'f', feedbackType }));
    expect(event?.meaning).toMatchObject({ kind: 'complaint' });
    expect(event?.meaning.feedback).toBe(feedback);
  });

  it('T057 without a recipient go to quarantine by what they lack', async () => {
    expect((await eventsOf({ type: 'f', feedbackType: 'abuse' }))[0]?.recipient).toBeNull();
  });
});

describe('PowerMTA, the rest', () => {
  test.each(['', 'hello', '{"type":', 'a,b\n1,2\n'])('the body %j is quarantined whole', async (body) => {
    expect((await powermta.parse(request(body))).ok).toBe(false);
  });

  it('T026 an empty key is refused', () => {
    expect(powermta.checkKey?.('')).not.toBeNull();
  });

  it('its samples are proven by their key, and are the kinds that they say', async () => {
    const { source, signing } = await powermtaSampler.source();
    const keys = source.secrets.keys ?? [];
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
    for (const sample of powermtaSampler.samples(NOW)) {
      const { headers, body } = await powermtaSampler.request(sample.payload, signing, NOW);
      const sent = { ...request(body), headers: new Headers(headers) };
      expect((await powermta.verify(sent, trust, io)).ok).toBe(true);
      expect((await powermta.verify(request(body), trust, io)).ok).toBe(false);
      const [event] = await eventsOf(body);
      expect([event?.meaning.kind, event?.recipient, event?.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
