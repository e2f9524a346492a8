import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { elasticEmail } from '../../src/providers/elastic-email.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { elasticEmailSampler } from '../../src/samples/elastic-email.ts';

const NOW = 1_790_000_000_000;
const KEY = 'a shared secret of the test suite';
const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
const trusting = (...keys: string[]) => ({
  secrets: { keys, basicAuth: [], topicArns: [] },
  publicUrl: null,
  requireSha256: false,
});

const get = (fields: Readonly<Record<string, string>> | string): RawRequest => {
  const url = new URL('https://mail.test/webhooks/elastic-email_1');
  url.search = new URLSearchParams(fields).toString();
  return { method: 'GET', url, headers: new Headers(), body: new Uint8Array() };
};
const post = (body: string, contentType = 'application/json'): RawRequest => ({
  ...get(''),
  method: 'POST',
  headers: new Headers({ 'content-type': contentType }),
  body: utf8(body),
});

async function itemsOf(request: RawRequest): Promise<readonly Item[]> {
  const result = await elasticEmail.parse(request);
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

async function eventOf(request: RawRequest) {
  const [item, ...rest] = await itemsOf(request);
  if (item?.type !== 'event' || rest.length > 0) throw new Error(JSON.stringify(item));
  return item.event;
}

const told = (status: string, category = 'Unknown') => ({
  transaction: 't1',
  to: 'ada@ex.test',
  from: 'news@ex.test',
  date: '3/4/2026 5:06:07 PM',
  status,
  category,
  channel: 'API',
  account: 'news@ex.test',
  messageid: 'm1',
  target: '',
  postback: '',
});

const NO_MAILBOX = {
  meaning: { kind: 'bounce', code: '550', enhanced: '5.1.1', category: 'mailbox-unknown', proof: 'cause' },
  recipient: 'ada@ex.test',
  at: Date.UTC(2026, 2, 4, 17, 6, 7),
  reply: {},
  providerType: 'Error/NoMailbox',
  eventId: null,
  messageId: 'm1',
  tags: ['API'],
  listed: true,
};

describe('Elastic Email', () => {
  it('is one that delivers by GET', () => {
    expect(elasticEmail.acceptsGet).toBe(true);
  });

  test.each<[string, RawRequest]>([
    ['a query', get({ key: KEY, ...told('Error', 'NoMailbox') })],
    ['JSON', post(JSON.stringify(told('Error', 'NoMailbox')))],
    [
      'JSON with names in other letters',
      post(
        JSON.stringify(
          Object.fromEntries(
            Object.entries(told('Error', 'NoMailbox')).map(([name, value]) => [name.toUpperCase(), value]),
          ),
        ),
      ),
    ],
    [
      'a form',
      post(new URLSearchParams(told('Error', 'NoMailbox')).toString(), 'application/x-www-form-urlencoded'),
    ],
  ])('is read field by field as %s', async (_, request) => {
    expect(await eventOf(request)).toEqual(NO_MAILBOX);
  });

  test.each<[string, string, object, true | undefined]>([
    ['Error', 'DNSProblem', { kind: 'bounce', code: '550', enhanced: '5.1.2', proof: 'hard' }, undefined],
    ['Error', 'AccountProblem', { kind: 'bounce', code: '552', category: 'mailbox-full' }, undefined],
    ['Error', 'Spam', { kind: 'bounce', code: '554', category: 'spam-content' }, undefined],
    ['Error', 'BlackListed', { kind: 'bounce', category: 'ip-blocked' }, undefined],
    ['Error', 'SPFProblem', { kind: 'bounce', enhanced: '5.7.23', category: 'auth-failure' }, undefined],
    ['Error', 'GreyListed', { kind: 'deferral', code: '451', category: 'greylisted' }, undefined],
    ['Error', 'Throttled', { kind: 'deferral', code: '421', category: 'rate-limited' }, undefined],
    ['Error', 'ConnectionTerminated', { kind: 'bounce', code: '421', category: 'network-error' }, undefined],
    ['Error', 'NotDelivered', { kind: 'reject', category: 'suppressed' }, true],
    ['Error', 'Unknown', { kind: 'bounce' }, undefined],
    ['Error', 'Moonlight', { kind: 'bounce' }, undefined],
    ['Error', '', { kind: 'bounce' }, undefined],
    ['AbuseReport', 'Unknown', { kind: 'complaint', feedback: 'abuse' }, true],
    ['AbuseReport', 'NoMailbox', { kind: 'complaint', feedback: 'abuse' }, true],
    ['Unsubscribed', 'Unknown', { kind: 'unsubscribe' }, true],
  ])('says by %s and %j: %j', async (status, category, meaning, listed) => {
    const event = await eventOf(get(told(status, category)));
    expect(event.meaning).toMatchObject(meaning);
    expect(event.listed).toBe(listed);
  });

  test.each([
    ['Sent', 'Unknown', 'Sent', true],
    ['Opened', 'Unknown', 'Opened', true],
    ['Error', 'ManualCancel', 'Error/ManualCancel', true],
    ['Error', 'Ignore', 'Error/Ignore', true],
    ['Teleported', 'Unknown', 'Teleported', false],
    ['constructor', 'Unknown', 'constructor', false],
  ])('says nothing of an address by %s and %s', async (status, category, label, known) => {
    expect(await itemsOf(get(told(status, category)))).toEqual([{ type: 'ignored', label, known }]);
  });

  test.each<[string, number | null]>([
    ['1/15/2026 10:00:00 AM', Date.UTC(2026, 0, 15, 10)],
    ['1/15/2026 12:00:00 AM', Date.UTC(2026, 0, 15, 0)],
    ['12/31/2026 12:30:00 PM', Date.UTC(2026, 11, 31, 12, 30)],
    ['2026-01-15T10:00:00Z', Date.UTC(2026, 0, 15, 10)],
    ['15/1/2026 10:00:00 AM', null],
    ['1/15/2026 13:00:00 PM', null],
    ['1/15/2026', null],
    ['', null],
  ])('has the time %j in UTC', async (date, at) => {
    expect((await eventOf(get({ ...told('AbuseReport'), date }))).at).toBe(at);
  });

  it('is read by the first of fields that come twice', async () => {
    const twice = `${new URLSearchParams(told('AbuseReport'))}&to=eve%40ex.test&status=Sent`;
    expect((await eventOf(get(twice))).recipient).toBe('ada@ex.test');
  });

  it('goes by the transaction where there is no messageid', async () => {
    expect((await eventOf(get({ ...told('AbuseReport'), messageid: '' }))).messageId).toBe('t1');
  });

  it('goes to quarantine without a status', async () => {
    expect(await itemsOf(get({ to: 'ada@ex.test' }))).toMatchObject([
      { type: 'unreadable', why: 'no status' },
    ]);
    expect((await itemsOf(post('[7]'))).map(({ type }) => type)).toEqual(['unreadable']);
  });

  test.each(['', '{', 'status=Error'])('is quarantined whole as %j', async (body) => {
    expect((await elasticEmail.parse(post(body))).ok).toBe(false);
  });

  it('T027 is proven by any secret of the source in the URL, and by nothing else', async () => {
    const outcome = async (request: RawRequest, ...keys: string[]) => {
      const proof = await elasticEmail.verify(request, trusting(...keys), io);
      return proof.ok ? 'proven' : proof.error.reason;
    };
    const request = get({ key: KEY, ...told('AbuseReport') });
    expect(await outcome(request, 'the secret after rotation', KEY)).toBe('proven');
    expect(await outcome(request, 'the secret after rotation')).toBe('forged');
    expect(await outcome(get(told('AbuseReport')), KEY)).toBe('forged');
    expect(await outcome(request)).toBe('undecided');
  });

  it('its samples are proven by their key, and are the kinds that they say', async () => {
    const { source, signing } = await elasticEmailSampler.source();
    for (const sample of elasticEmailSampler.samples(NOW)) {
      const { headers, body } = await elasticEmailSampler.request(sample.payload, signing, NOW);
      const sent = { ...post(body), headers: new Headers(headers) };
      expect((await elasticEmail.verify(sent, trusting(...(source.secrets.keys ?? [])), io)).ok).toBe(true);
      expect((await elasticEmail.verify(post(body), trusting(KEY), io)).ok).toBe(false);
      const event = await eventOf(sent);
      expect([event.meaning.kind, event.recipient, event.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
