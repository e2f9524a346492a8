import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { LabelMeaning } from '../../src/core/event.ts';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { sendgrid } from '../../src/providers/sendgrid.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { sendgridSampler } from '../../src/samples/sendgrid.ts';

const NOW = Date.UTC(2026, 9, 1, 12);
const STAMP = String(NOW / 1000);
const io = { now: NOW, fetchCertificate: async () => ({ ok: false, error: 'unavailable' }) as const };
const trusting = (...keys: string[]) => ({
  secrets: { keys, basicAuth: [], topicArns: [] },
  publicUrl: null,
  requireSha256: false,
});

const makeKey = () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const signed = (bytes: Uint8Array) => sign('sha256', bytes, pair.privateKey).toString('base64');
  return { spki, signed };
};
const ours = makeKey();
const other = makeKey();

const requestOf = (body: string | Uint8Array, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.example.test/webhooks/sendgrid_x'),
  headers: new Headers(headers),
  body: typeof body === 'string' ? utf8(body) : body,
});

/** `body` goes out; the signature is over `timestamp` and `signedBody`, which are the same unless told otherwise. */
const signedRequest = (
  body: string,
  change: { timestamp?: string; signed?: string; by?: typeof ours } = {},
) => {
  const { timestamp = STAMP, signed = timestamp + body, by = ours } = change;
  return requestOf(body, {
    'x-twilio-email-event-webhook-timestamp': timestamp,
    'x-twilio-email-event-webhook-signature': by.signed(utf8(signed)),
  });
};

const reasonOf = async (request: RawRequest, keys = [ours.spki]) => {
  const proof = await sendgrid.verify(request, trusting(...keys), io);
  return proof.ok ? 'proven' : proof.error.reason;
};

describe('the signature', () => {
  const body = '[\r\n{"event":"delivered","email":"é@example.com"}\r\n]\r\n';

  test('T015 the bytes that were signed are proven, CRLF and all', async () => {
    expect(await reasonOf(signedRequest(body))).toBe('proven');
  });

  test.each([
    ['re-indented', JSON.stringify(JSON.parse(body), null, 2)],
    ['without its last line end', body.trimEnd()],
    ['with LF for CRLF', body.replaceAll('\r\n', '\n')],
    ['with a byte order mark', `\ufeff${body}`],
    ['with é written as an escape', body.replace('é', '\\u00e9')],
    ['empty', ''],
  ])('T015 the same events %s are refused', async (_title, sent) => {
    expect(await reasonOf(signedRequest(sent, { signed: STAMP + body }))).toBe('forged');
  });

  test('T015 a body that is not UTF-8 is proven by its bytes', async () => {
    const bytes = Uint8Array.from([...utf8(STAMP), 0x5b, 0xff, 0xfe, 0x5d]);
    const request = requestOf(bytes.subarray(STAMP.length), {
      'x-twilio-email-event-webhook-timestamp': STAMP,
      'x-twilio-email-event-webhook-signature': ours.signed(bytes),
    });
    expect(await reasonOf(request)).toBe('proven');
    expect(sendgrid.parse(request)).toMatchObject({ ok: false });
  });

  test.each([
    ['a plus sign', `+${STAMP}`],
    ['an exponent', '17e8'],
    ['full-width digits', '１７９０００００００'],
    ['nine digits', STAMP.slice(1)],
    ['a leading zero', `0${STAMP}`],
    ['nothing', ''],
    ['words', 'data timestamp'],
    ['two headers', `${STAMP}, ${STAMP}`],
    ['a fraction', `${STAMP}.0`],
  ])('T017 a timestamp of %s is refused, though signed', async (_title, timestamp) => {
    const request = requestOf(body, {
      'x-twilio-email-event-webhook-signature': ours.signed(utf8(timestamp + body)),
    });
    // `Headers` takes no full-width digits; a runtime that passes them on must still be refused.
    const headers = {
      get: (name: string) => (name.endsWith('timestamp') ? timestamp : request.headers.get(name)),
    };
    expect(await reasonOf({ ...request, headers: headers as Headers })).toBe('forged');
  });

  test('T017 a digit moved from the body to the timestamp is refused', async () => {
    const signed = `${STAMP}1[]`;
    expect(await reasonOf(signedRequest('1[]', { signed }))).toBe('proven');
    expect(await reasonOf(signedRequest('[]', { timestamp: `${STAMP}1`, signed }))).toBe('forged');
  });

  test.each([['x-twilio-email-event-webhook-timestamp'], ['x-twilio-email-event-webhook-signature']])(
    'T017 a request without %s is refused',
    async (name) => {
      const request = signedRequest(body);
      request.headers.delete(name);
      expect(await reasonOf(request)).toBe('forged');
    },
  );

  test.each([
    ['r=s=0', 'MAYCAQACAQA='],
    ['a cut signature', ours.signed(utf8(STAMP + body)).slice(0, 48)],
    ['a megabyte', 'MEUC'.repeat(262_144)],
  ])('T016 %s is refused as a signature', async (_title, signature) => {
    const request = signedRequest(body);
    request.headers.set('x-twilio-email-event-webhook-signature', signature);
    expect(await reasonOf(request)).toBe('forged');
  });

  test.each([
    [-300, 'proven'],
    [-86_400, 'proven'],
    [299, 'proven'],
    [301, 'forged'],
  ])('a timestamp %i s from now is %s', async (seconds, expected) => {
    const timestamp = String(NOW / 1000 + seconds);
    expect(await reasonOf(signedRequest(body, { timestamp }))).toBe(expected);
  });
});

describe('the keys', () => {
  const request = signedRequest('[]');

  test.each<[string, string[], string]>([
    ['the old and the new key are both tried', [other.spki, ours.spki], 'proven'],
    ['another key proves nothing', [other.spki], 'forged'],
    ['T018 an unreadable key is our fault, not a forgery', ['not-a-key'], 'undecided'],
    ['T018 an unreadable key beside one that does not match leaves it open', [other.spki, ''], 'undecided'],
    ['T018 an unreadable key beside the right one does no harm', ['not-a-key', ours.spki], 'proven'],
    ['T018 no key at all decides nothing', [], 'undecided'],
  ])('%s', async (_title, keys, expected) => {
    expect(await reasonOf(request, keys)).toBe(expected);
  });

  test('T018 a key that cannot be read is refused when the source is configured', async () => {
    expect(await sendgrid.checkKey('MFkwEwYHKoZIzj0CAQ')).toMatch(/P-256/);
    expect(await sendgrid.checkKey(ours.spki)).toBeNull();
  });
});

const parsed = (payload: unknown): readonly Item[] => {
  const delivery = sendgrid.parse(requestOf(JSON.stringify(payload)));
  if (!delivery.ok || delivery.value.type !== 'items') throw new Error('not items');
  return delivery.value.items;
};
const eventOf = (fields: Record<string, unknown>) => {
  const [item] = parsed([{ email: 'who@ex.test', timestamp: 1_790_000_000, ...fields }]);
  if (item?.type !== 'event') throw new Error(`not an event but ${JSON.stringify(item)}`);
  return item.event;
};

describe('what an event means', () => {
  const bounce = { event: 'bounce', type: 'bounce' };
  const blocked = { event: 'bounce', type: 'blocked' };
  const dropped = (reason: string) => ({ event: 'dropped', reason });

  it.each<[string, Record<string, unknown>, Partial<LabelMeaning>]>([
    ['a bounce is hard', bounce, { kind: 'bounce', proof: 'hard' }],
    [
      'an invalid address is the cause',
      { ...bounce, bounce_classification: 'Invalid Address' },
      { proof: 'cause', category: 'mailbox-unknown' },
    ],
    [
      'an unclassified bounce is hard',
      { ...bounce, bounce_classification: 'Unclassified' },
      { proof: 'hard' },
    ],
    [
      'a recipient without a mail host, which SendGrid calls blocked',
      { ...blocked, bounce_classification: 'Unclassified', reason: 'unable to get mx info: lookup <nil>: x' },
      { code: '550', enhanced: '5.4.4', category: 'domain-invalid' },
    ],
    [
      'a mail host that could not be asked for',
      { ...blocked, reason: 'unable to get mx info: lookup ex.test on 192.0.2.53:53: server misbehaving' },
      { code: '450', enhanced: '4.0.0' },
    ],
    [
      'an expired message says nothing of the address',
      { event: 'bounce', type: 'expired' },
      { category: 'expired' },
    ],
    ['a deferral', { event: 'deferred' }, { kind: 'deferral' }],
    ['a delivery', { event: 'delivered' }, { kind: 'delivery' }],
    ['a spam report', { event: 'spamreport' }, { kind: 'complaint', feedback: 'abuse' }],
    ['an opt-out of all mail', { event: 'unsubscribe' }, { kind: 'unsubscribe' }],
    [
      'a listed bounce',
      dropped('Bounced Address'),
      { kind: 'reject', category: 'suppressed', listedFor: 'bounce' },
    ],
    ['a listed opt-out', dropped('Unsubscribed Address'), { kind: 'reject', listedFor: 'unsubscribe' }],
    ['a listed complaint', dropped('Spam Reporting Address'), { kind: 'reject', listedFor: 'complaint' }],
    [
      'an invalid address that was not tried',
      dropped('Invalid'),
      { kind: 'reject', category: 'address-syntax' },
    ],
    ['spam by their checker', dropped('Spam Content'), { kind: 'reject', category: 'spam-content' }],
    [
      'a used-up account',
      dropped('Recipient List over Package Quota'),
      { kind: 'reject', category: 'sender-rejected' },
    ],
  ])('%s', (_title, fields, expected) => {
    expect(eventOf(fields).meaning).toMatchObject(expected);
  });

  it.each([
    ['without a classification', undefined],
    ['Invalid Address', 'Invalid Address'],
    ['Mailbox Unavailable', 'Mailbox Unavailable'],
    ['Reputation', 'Reputation'],
    ['a classification of next year', 'Solar Flare'],
    ['a name from Object.prototype', 'constructor'],
  ])('a block proves nothing of the address: %s', (_title, bounce_classification) => {
    const { meaning, listed } = eventOf({ ...blocked, status: '5.1.1', bounce_classification });
    expect(meaning.kind).toBe('bounce');
    expect(meaning.proof).toBeUndefined();
    expect(listed).toBeUndefined();
  });

  it.each([
    ['a hard bounce', bounce],
    ['a spam report', { event: 'spamreport' }],
    ['an opt-out of all mail', { event: 'unsubscribe' }],
    ['a drop of a listed address', dropped('Bounced Address')],
  ])('%s says that SendGrid lists the address', (_title, fields) => {
    expect(eventOf(fields).listed).toBe(true);
  });

  it.each([
    ['a delivery', { event: 'delivered' }],
    ['an opt-out of one group', { event: 'group_unsubscribe', asm_group_id: 7 }],
    ['spam by their checker', dropped('Spam Content')],
    ['an expired message', { event: 'bounce', type: 'expired' }],
  ])('%s does not', (_title, fields) => {
    expect(eventOf(fields).listed).toBeUndefined();
  });
});

describe('the fields of an event', () => {
  it.each<[unknown, string | null, string | null]>([
    ['5.1.1', null, '5.1.1'],
    ['550', '550', null],
    [550, '550', null],
    ['4.7.652 ', null, '4.7.652'],
    ['', null, null],
    ['oops', null, null],
    [undefined, null, null],
  ])('a status of %o is read as code %o and enhanced code %o', (status, code, enhanced) => {
    expect(eventOf({ event: 'bounce', type: 'bounce', status }).reply).toMatchObject({ code, enhanced });
  });

  it('takes the text from reason or response', () => {
    expect(eventOf({ event: 'bounce', reason: '550 no' }).reply.text).toBe('550 no');
    expect(eventOf({ event: 'deferred', response: '451 later' }).reply.text).toBe('451 later');
  });

  it.each([
    ['seconds', 1_790_000_000],
    ['seconds as text', '1790000000'],
    ['milliseconds', 1_790_000_000_000],
  ])('reads a time in %s', (_title, timestamp) => {
    expect(eventOf({ event: 'delivered', timestamp }).at).toBe(1_790_000_000_000);
  });

  it('takes a category as text or as a list for tags', () => {
    expect(eventOf({ event: 'delivered', category: 'news' }).tags).toEqual(['news']);
    expect(eventOf({ event: 'delivered', category: ['a', 'b'] }).tags).toEqual(['a', 'b']);
    expect(eventOf({ event: 'delivered' }).tags).toEqual([]);
  });

  it('names the group that was left or joined, and no group for an opt-out of all mail', () => {
    expect(eventOf({ event: 'group_unsubscribe', asm_group_id: 31 }).group).toBe('31');
    expect(eventOf({ event: 'group_resubscribe', asm_group_id: '31' }).group).toBe('31');
    expect(eventOf({ event: 'unsubscribe', asm_group_id: 31 }).group).toBeNull();
    expect(eventOf({ event: 'dropped', reason: 'Unsubscribed Address', asm_group_id: 31 }).group).toBeNull();
  });

  it('keeps the words of SendGrid as the type', () => {
    expect(eventOf({ event: 'bounce', type: 'blocked' }).providerType).toBe('bounce/blocked');
    expect(eventOf({ event: 'dropped', reason: 'Invalid' }).providerType).toBe('dropped');
  });

  it('names a message alike in its delivery and in a delayed bounce, which has no sg_message_id', () => {
    const ids = {
      'smtp-id': '<m1@ex.test>',
      sg_message_id: 'AbC-1.filter0001p1.1.5F.0',
      sg_event_id: 'ev-1',
    };
    const delivery = eventOf({ event: 'delivered', ...ids });
    const delayed = eventOf({ event: 'bounce', type: 'bounce', 'smtp-id': '<m1@ex.test>' });
    expect(delivery).toMatchObject({
      messageId: 'AbC-1.filter0001p1.1.5F.0',
      rfcMessageId: '<m1@ex.test>',
      eventId: 'ev-1',
    });
    expect(delayed).toMatchObject({ messageId: '<m1@ex.test>', rfcMessageId: '<m1@ex.test>' });
  });
});

describe('a batch', () => {
  it('counts what it knows and need not keep, and what it does not know', () => {
    expect(
      parsed(
        ['processed', 'open', 'click', 'account_status_change', 'teleported'].map((event) => ({ event })),
      ),
    ).toEqual([
      { type: 'ignored', label: 'processed', known: true },
      { type: 'ignored', label: 'open', known: true },
      { type: 'ignored', label: 'click', known: true },
      { type: 'ignored', label: 'account_status_change', known: true },
      { type: 'ignored', label: 'teleported', known: false },
    ]);
  });

  it('keeps the neighbours of an unreadable item', () => {
    const items = parsed([7, null, {}, { event: 5 }, { event: 'group_resubscribe' }, { event: 'delivered' }]);
    expect(items.map((item) => item.type)).toEqual([...Array(5).fill('unreadable'), 'event']);
  });

  it.each([
    ['not JSON', '[{'],
    ['an object', '{"event":"delivered"}'],
    ['nothing', ''],
  ])('cannot be read from %s', (_title, body) => {
    expect(sendgrid.parse(requestOf(body)).ok).toBe(false);
  });
});

describe('the samples', () => {
  it('are proven, and are of the kind they say', async () => {
    const { source, signing } = await sendgridSampler.source();
    for (const sample of sendgridSampler.samples(NOW)) {
      const { headers, body } = await sendgridSampler.request(sample.payload, signing, NOW);
      expect(await reasonOf(requestOf(body, headers), [...(source.secrets.keys ?? [])])).toBe('proven');
      expect(await reasonOf(requestOf(body, headers), [other.spki])).toBe('forged');
      const [item] = parsed(JSON.parse(body));
      expect(item).toMatchObject({
        type: 'event',
        event: { meaning: { kind: sample.kind }, recipient: sample.recipient },
      });
    }
  });
});
