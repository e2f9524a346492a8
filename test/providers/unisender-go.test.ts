import { createHash } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { RawRequest, VerifyIo } from '../../src/providers/adapter.ts';
import { unisenderGo } from '../../src/providers/unisender-go.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';

const KEY = '6xk3m9q2w7e5r8t1y4u6i3o9p2a5s8d1f4g7h0j3';
const io: VerifyIo = { now: 0, fetchCertificate: () => Promise.reject(new Error('never asked')) };

const request = (body: string | Uint8Array): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/unisender-go_1'),
  headers: new Headers({ 'content-type': 'application/json' }),
  body: typeof body === 'string' ? utf8(body) : body,
});

const md5 = (bytes: Uint8Array | string): string => createHash('md5').update(bytes).digest('hex');
/** The text with AUTH where `auth` goes. */
const signed = (text: string, key = KEY): string => text.replace('AUTH', md5(text.replace('AUTH', key)));

const proofOf = async (body: string | Uint8Array, keys = [KEY]) => {
  const secrets = { keys, basicAuth: [], topicArns: [] };
  const proof = await unisenderGo.verify(
    request(body),
    { secrets, publicUrl: null, requireSha256: false },
    io,
  );
  return proof.ok ? 'proven' : proof.error.reason;
};

const BODY = '{"auth":"AUTH","events_by_user":[{"user_id":7,"events":[]}]}';

describe('auth', () => {
  test.each([
    ['as the vendor writes it', BODY],
    ['at the end, spread over lines', '{\n    "events_by_user": [],\n    "auth": "AUTH"\n}\n'],
    ['beside letters and their escapes', '{"auth":"AUTH","who":"Ада \\u0410 \\/"}'],
    [
      'beside an auth of somebody else',
      '{"metadata":{"auth":"00000000000000000000000000000000"},"auth":"AUTH"}',
    ],
  ])('%s is proven', async (_title, text) => {
    expect(await proofOf(signed(text))).toBe('proven');
  });

  test.each([
    ['is of another key', signed(BODY, 'another-key-of-another-project')],
    ['is over another body', signed(BODY).replace('"user_id":7', '"user_id":8')],
    ['is over another serialisation', signed(BODY).replace('{"user', '{ "user')],
    ['is absent', '{"events_by_user":[]}'],
    ['is null', BODY.replace('"AUTH"', 'null')],
    ['is a list', BODY.replace('"AUTH"', '[]')],
    ['is cut short', signed(BODY).replace(/([0-9a-f]{31})[0-9a-f]"/, '$1"')],
    ['is in upper case', signed(BODY).replace(/[0-9a-f]{32}/, (hex) => hex.toUpperCase())],
    ['is the key itself', BODY.replace('AUTH', KEY)],
    [
      'is written with an escape',
      signed(BODY).replace(
        /"([0-9a-f])([0-9a-f]{31})"/,
        (_all, first, rest) => `"\\u00${first.charCodeAt(0).toString(16)}${rest}"`,
      ),
    ],
    ['is no top-level field', signed('{"event":{"auth":"AUTH"}}')],
    ['stands in no object', signed('["AUTH"]')],
  ])('that %s is forged', async (_title, body) => {
    expect(await proofOf(body)).toBe('forged');
  });

  it('that stands twice is forged, though a hash would fit', async () => {
    const text = '{"auth":"AUTH","again":"AUTH"}';
    const auth = md5(text.replaceAll('AUTH', KEY));
    expect(await proofOf(text.replaceAll('AUTH', auth))).toBe('forged');
  });

  it('cannot be carried to a longer body, which MD5 alone would allow', async () => {
    const plain = utf8(BODY.replace('AUTH', KEY));
    const padding = new Uint8Array(((119 - (plain.length % 64)) % 64) + 9);
    padding[0] = 0x80;
    new DataView(padding.buffer).setUint32(padding.length - 8, plain.length * 8, true);
    const tail = utf8('{"more":1}');
    // The hash an attacker reaches from the known one, without the key.
    const auth = md5(Buffer.concat([plain, padding, tail]));
    const longer = Buffer.concat([utf8(BODY.replace('AUTH', auth)), padding, tail]);
    expect(await proofOf(longer)).toBe('forged');
  });

  it('may be of any of several keys, and proves nothing where no key is usable', async () => {
    expect(await proofOf(signed(BODY), ['the-key-of-last-year', KEY])).toBe('proven');
    expect(await proofOf(signed(BODY, ''), [''])).toBe('undecided');
  });
});

async function itemsOf(body: unknown) {
  const result = await unisenderGo.parse(request(JSON.stringify(body)));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

const data = {
  job_id: '1a2b3c-000001',
  email: 'ada@ex.test',
  status: 'hard_bounced',
  event_time: '2026-03-04 05:06:07',
  delivery_info: { delivery_status: 'err_user_unknown', destination_response: '550 5.1.1 User unknown' },
};
const wrapped = (event_data: object) => ({ event_name: 'transactional_email_status', event_data });
const batch = (...events: unknown[]) => ({ auth: '0', events_by_user: [{ user_id: 7, events }] });

describe('Unisender Go events', () => {
  it.each([
    ['by user', batch(wrapped(data))],
    ['alone', { auth: '0', user_id: 7, event_name: 'transactional_email_status', ...data }],
  ])('are read field by field %s', async (_title, body) => {
    expect(await itemsOf(body)).toEqual([
      {
        type: 'event',
        event: {
          meaning: {
            kind: 'bounce',
            code: '550',
            enhanced: '5.1.1',
            category: 'mailbox-unknown',
            proof: 'cause',
          },
          recipient: 'ada@ex.test',
          at: Date.UTC(2026, 2, 4, 5, 6, 7),
          reply: { text: '550 5.1.1 User unknown' },
          providerType: 'hard_bounced/err_user_unknown',
          eventId: null,
          messageId: '1a2b3c-000001',
        },
      },
    ]);
  });

  test.each<[object, object]>([
    [
      { status: 'soft_bounced' },
      { meaning: { kind: 'deferral' }, providerType: 'soft_bounced/err_user_unknown' },
    ],
    [
      { status: 'hard_bounced', delivery_info: undefined },
      { meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0' } },
    ],
    [
      { delivery_info: { delivery_status: 'err_of_tomorrow' } },
      { meaning: { kind: 'bounce', enhanced: '5.0.0' } },
    ],
    [
      { delivery_info: { delivery_status: 'err_unreachable' } },
      { meaning: { kind: 'bounce' }, listed: true },
    ],
    [
      { delivery_info: { delivery_status: 'err_unsubscribed' } },
      { meaning: { kind: 'reject', listedFor: 'unsubscribe' }, listed: true },
    ],
    [
      { status: 'unsubscribed', delivery_info: {}, comment: 'too many' },
      { meaning: { kind: 'unsubscribe' }, reply: { text: 'too many' } },
    ],
    [{ status: 'subscribed' }, { meaning: { kind: 'resubscribe' } }],
    [{ status: 'spam' }, { meaning: { kind: 'complaint' } }],
  ])('%j is %j', async (change, event) => {
    expect(await itemsOf(batch(wrapped({ ...data, ...change })))).toMatchObject([{ type: 'event', event }]);
  });

  test.each([
    [{ event_name: 'transactional_spam_block', event_data: {} }, true],
    [{ event_name: 'constructor' }, false],
    [wrapped({ ...data, delivery_info: { delivery_status: 'err_internal' } }), true],
    [wrapped({ status: 'spam', delivery_info: { delivery_status: 'ok_spam_folder' } }), true],
  ])('%j is ignored, and known: %s', async (event, known) => {
    expect(await itemsOf(batch(event))).toMatchObject([{ type: 'ignored', known }]);
  });

  it('that cannot be read lose only themselves', async () => {
    const items = await itemsOf(batch(wrapped(data), 7, {}, wrapped({ email: 'a@ex.test' }), wrapped(data)));
    expect(items.map(({ type }) => type)).toEqual([
      'event',
      'unreadable',
      'unreadable',
      'unreadable',
      'event',
    ]);
    expect(await itemsOf({ events_by_user: [{ user_id: 7 }, null] })).toMatchObject([
      { type: 'unreadable' },
      { type: 'unreadable' },
    ]);
  });

  test.each(['', '[]', 'null', '{"auth":'])('the body %j is quarantined whole', async (body) => {
    expect((await unisenderGo.parse(request(body))).ok).toBe(false);
  });
});
