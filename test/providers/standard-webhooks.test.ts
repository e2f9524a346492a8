import { describe, expect, it, test } from 'vitest';
import { equalBytes, toBase64, utf8 } from '../../src/providers/verify/bytes.ts';
import { hmacSha256 } from '../../src/providers/verify/hmac.ts';
import {
  checkStandardWebhooksKey,
  verifyStandardWebhooks,
  webhookIdOf,
} from '../../src/providers/verify/standard-webhooks.ts';

const NOW = 1_790_000_000_000;
const secretOf = (seed: number) => Uint8Array.from({ length: 24 }, (_, i) => (i * 7 + seed) % 256);
const textOf = (secret: Uint8Array) => `whsec_${toBase64(secret)}`;
const SECRET = secretOf(1);
const OTHER = secretOf(2);

interface Options {
  readonly prefix?: string;
  readonly id?: string;
  readonly timestamp?: string;
  readonly body?: string;
  readonly secret?: Uint8Array;
}

async function signatureOf({
  id = 'msg_1',
  timestamp = '1790000000',
  body = '{}',
  secret = SECRET,
}: Options = {}) {
  return toBase64(await hmacSha256(secret, utf8(`${id}.${timestamp}.${body}`)));
}

/** A valid request; each test bends one thing. */
async function signed(
  options: Options = {},
  bend: Record<string, string | null> = {},
  sentBody = options.body,
) {
  const { prefix = 'webhook', id = 'msg_1', timestamp = '1790000000' } = options;
  const headers = new Headers({
    [`${prefix}-id`]: id,
    [`${prefix}-timestamp`]: timestamp,
    [`${prefix}-signature`]: `v1,${await signatureOf(options)}`,
  });
  for (const [name, value] of Object.entries(bend)) {
    if (value === null) headers.delete(name);
    else headers.set(name, value);
  }
  return { headers, body: utf8(sentBody ?? '{}') };
}

type Signed = Awaited<ReturnType<typeof signed>>;
const verdict = async (request: Signed, keys = [textOf(SECRET)], now = NOW) => {
  const result = await verifyStandardWebhooks(request, keys, now);
  return result.ok ? 'proven' : result.error.reason;
};

describe('Standard Webhooks', () => {
  test.each(['webhook', 'svix'])('a signature in %s-* headers is accepted', async (prefix) => {
    expect(await verdict(await signed({ prefix }))).toBe('proven');
  });

  it('a secret is accepted without its prefix', async () => {
    expect(await verdict(await signed(), [toBase64(SECRET)])).toBe('proven');
  });

  it('the raw bytes are what is signed', async () => {
    const body = '{"name":"J\u00f6rg"}\r\n';
    expect(await verdict(await signed({ body }))).toBe('proven');
    expect(await verdict(await signed({ body }, {}, '{"name":"J\\u00f6rg"}\r\n'))).toBe('forged');
    expect(await verdict(await signed({ body }, {}, body.trim()))).toBe('forged');
  });

  test.each(['id', 'timestamp', 'signature'])('T021 no %s is refused', async (name) => {
    expect(await verdict(await signed({}, { [`webhook-${name}`]: null }))).toBe('forged');
    expect(await verdict(await signed({}, { [`webhook-${name}`]: '' }))).toBe('forged');
  });

  it('T021 no header at all is refused', async () => {
    expect(await verdict({ headers: new Headers(), body: utf8('{}') })).toBe('forged');
  });

  it('T021 a signature by another secret is refused', async () => {
    expect(await verdict(await signed({ secret: OTHER }))).toBe('forged');
  });

  it('T021 the right signature of another body is refused', async () => {
    expect(await verdict(await signed({ body: '{"a":1}' }, {}, '{"a":2}'))).toBe('forged');
  });

  it('T021 the right signature of another id is refused', async () => {
    expect(await verdict(await signed({}, { 'webhook-id': 'msg_2' }))).toBe('forged');
  });

  it('T021 the right signature under another version is refused', async () => {
    const good = await signatureOf();
    for (const version of ['v2', 'v1a', 'V1', 'v11', 'v'])
      expect(await verdict(await signed({}, { 'webhook-signature': `${version},${good}` }))).toBe('forged');
  });

  it('T021 headers of two sets are not mixed', async () => {
    const { headers, body } = await signed();
    headers.set('svix-id', 'msg_1');
    expect(await verdict({ headers, body })).toBe('forged');
  });

  it('the id that is read is the id that was signed', async () => {
    const { headers, body } = await signed(
      { prefix: 'svix', id: 'msg_signed' },
      { 'webhook-id': 'msg_claimed' },
    );
    expect(await verdict({ headers, body })).toBe('proven');
    expect(webhookIdOf(headers)).toBe('msg_signed');
  });

  it('T022 one good signature among bad ones is enough', async () => {
    const list = `v1,bad v1a,x v1,${await signatureOf()}`;
    expect(await verdict(await signed({}, { 'webhook-signature': list }))).toBe('proven');
  });

  it('T022 64 signatures are read and 65 are refused', async () => {
    const good = `v1,${await signatureOf()}`;
    const list = (bad: number) => `${'v1,bad '.repeat(bad)}${good}`;
    expect(await verdict(await signed({}, { 'webhook-signature': list(63) }))).toBe('proven');
    expect(await verdict(await signed({}, { 'webhook-signature': list(64) }))).toBe('forged');
  });

  it('T022 a comma-separated list and two joined headers are refused', async () => {
    const good = await signatureOf();
    for (const list of [`v1,bad,v1,${good}`, `v1,bad, v1,${good}`, `v1,${good}, v1,bad`, `v1,${good},`])
      expect(await verdict(await signed({}, { 'webhook-signature': list }))).toBe('forged');
  });

  test.each([
    [-301, 'forged'],
    [-300, 'proven'],
    [-299, 'proven'],
    [299, 'proven'],
    [300, 'proven'],
    [301, 'forged'],
  ])('T023 a timestamp %i s from now is %s', async (offset, expected) => {
    expect(await verdict(await signed({ timestamp: String(1_790_000_000 + offset) }))).toBe(expected);
  });

  test.each([
    '1790000000abc',
    '1.79e9',
    '-1',
    '',
    '+790000000',
    ' 1790000000.5',
    '01790000000',
    '1790000000000',
    '17900000０0',
  ])('T023 the timestamp %j is refused although it is signed', async (timestamp) => {
    const request = await signed({ timestamp: '1790000000' });
    const get = request.headers.get.bind(request.headers);
    const bent = Object.assign(request.headers, {
      get: (name: string) => (name === 'webhook-timestamp' ? timestamp : get(name)),
    });
    bent.set('webhook-signature', `v1,${await signatureOf({ timestamp })}`);
    expect(await verdict(request)).toBe('forged');
  });

  it('T024 an id that swallows the timestamp is refused', async () => {
    // Both are signed as "a.1790000000.1790000000.{}".
    const honest = await signed({ id: 'a', body: '1790000000.{}' });
    const shifted = { headers: new Headers(honest.headers), body: utf8('{}') };
    shifted.headers.set('webhook-id', 'a.1790000000');
    expect(await verdict(honest)).toBe('proven');
    expect(await verdict(shifted)).toBe('forged');
  });

  it.each(['a b', 'a/b', 'é', 'x'.repeat(257)])(
    'T024 the id %j is refused although it is signed',
    async (id) => {
      const request = await signed();
      const get = request.headers.get.bind(request.headers);
      const headers = Object.assign(request.headers, {
        get: (name: string) => (name === 'webhook-id' ? id : get(name)),
      });
      headers.set('webhook-signature', `v1,${await signatureOf({ id })}`);
      expect(await verdict(request)).toBe('forged');
    },
  );

  test.each([
    ['whsec_', 'shorter'],
    ['', 'shorter'],
    [`whsec_${toBase64(new Uint8Array(24))}`, 'over and over'],
    [`whsec_${toBase64(new Uint8Array(24).fill(97))}`, 'over and over'],
    [`whsec_${toBase64(SECRET.subarray(0, 15))}`, 'shorter'],
    ['whsec_not base64!', 'base64'],
    ['whsk_AAAA', 'private'],
    ['whpk_AAAA', '32 bytes'],
    [`whpk_${toBase64(new Uint8Array(32))}`, '32 bytes'],
  ])('T026 the key %j is refused at configuration', (key, why) => {
    expect(checkStandardWebhooksKey(key)).toContain(why);
  });

  it('T026 16 bytes are enough', () => {
    expect(checkStandardWebhooksKey(textOf(SECRET.subarray(0, 16)))).toBeNull();
  });

  it('T026 a key that should never have been configured proves nothing', async () => {
    const zero = new Uint8Array(24);
    expect(await verdict(await signed({ secret: zero }), [textOf(zero)])).toBe('undecided');
    const short = SECRET.subarray(0, 15);
    expect(await verdict(await signed({ secret: short }), [textOf(short)])).toBe('undecided');
    expect(await verdict(await signed(), ['whsec_', ''])).toBe('undecided');
    expect(await verdict(await signed(), [])).toBe('undecided');
  });

  it('T027 old and new secrets both hold until the old one is taken out', async () => {
    const [old, next] = [textOf(SECRET), textOf(OTHER)];
    expect(await verdict(await signed({ secret: SECRET }), [old, next])).toBe('proven');
    expect(await verdict(await signed({ secret: OTHER }), [old, next])).toBe('proven');
    expect(await verdict(await signed({ secret: SECRET }), [next])).toBe('forged');
  });

  it('a vendor whose secret is taken as it is reads it with its own reader', async () => {
    const literal = textOf(SECRET);
    const request = await signed({ secret: utf8(literal) });
    const result = await verifyStandardWebhooks(request, [literal], NOW, (key) => utf8(key));
    expect(result.ok).toBe(true);
    expect(await verdict(request, [literal])).toBe('forged');
  });
});

describe('Standard Webhooks v1a', async () => {
  const pair = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const stranger = await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify']);
  const keyOf = async ({ publicKey }: CryptoKeyPair) =>
    `whpk_${toBase64(new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)))}`;
  const sign = async ({ privateKey }: CryptoKeyPair, text = 'msg_1.1790000000.{}') =>
    `v1a,${toBase64(new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, new TextEncoder().encode(text))))}`;

  it('a signature by a configured public key is accepted, beside a secret too', async () => {
    const key = await keyOf(pair);
    expect(checkStandardWebhooksKey(key)).toBeNull();
    const request = await signed({ secret: OTHER }, { 'webhook-signature': await sign(pair) });
    expect(await verdict(request, [key])).toBe('proven');
    expect(await verdict(request, [textOf(SECRET), key])).toBe('proven');
  });

  it('T030 a signature by a key outside the trust list is refused', async () => {
    const request = await signed({}, { 'webhook-signature': await sign(stranger) });
    expect(await verdict(request, [await keyOf(pair)])).toBe('forged');
  });

  it('T030 a key in a header is not looked at', async () => {
    const names = ['webhook-public-key', 'webhook-key', 'webhook-key-id', 'svix-public-key'];
    const claimed = Object.fromEntries(
      await Promise.all(names.map(async (name) => [name, await keyOf(stranger)] as const)),
    );
    const request = await signed({}, { ...claimed, 'webhook-signature': await sign(stranger) });
    expect(await verdict(request, [await keyOf(pair)])).toBe('forged');
  });

  it('T030 a signature of another body is refused', async () => {
    const request = await signed({}, { 'webhook-signature': await sign(pair, 'msg_1.1790000000.[]') });
    expect(await verdict(request, [await keyOf(pair)])).toBe('forged');
  });

  it('T030 the bytes of a public key are no HMAC secret', async () => {
    const key = await keyOf(pair);
    const raw = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    const request = await signed({ secret: raw });
    expect(await verdict(request, [key])).toBe('forged');
  });
});

describe('comparing bytes', () => {
  it('T035 two different Buffers of one pool are not equal', () => {
    const [a, b] = [Buffer.from('first signature'), Buffer.from('other signature')];
    expect(a.buffer).toBe(b.buffer);
    expect(equalBytes(a, b)).toBe(false);
    expect(equalBytes(a, Buffer.from('first signature'))).toBe(true);
  });
});
