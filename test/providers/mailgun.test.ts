import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { LabelMeaning } from '../../src/core/event.ts';
import type { RawRequest } from '../../src/providers/adapter.ts';
import { formLimits, parseForm } from '../../src/providers/form.ts';
import { mailgun } from '../../src/providers/mailgun.ts';
import { equalBytes, toHex, utf8 } from '../../src/providers/verify/bytes.ts';
import { hmacSha1, hmacSha256 } from '../../src/providers/verify/hmac.ts';
import { mailgunSampler } from '../../src/samples/mailgun.ts';

const NOW = Date.UTC(2026, 9, 1, 12);
const STAMP = String(NOW / 1000);
const KEY = 'a-signing-key-of-the-test-suite';
const TOKEN = 'c0ffee'.repeat(8);
const MULTIPART = 'multipart/form-data; boundary=xXx';
const URLENCODED = 'application/x-www-form-urlencoded';

const io = { now: NOW, fetchCertificate: async () => ({ ok: false, error: 'unavailable' }) as const };
const trusting = (...keys: string[]) => ({
  secrets: { keys, basicAuth: [], topicArns: [] },
  publicUrl: null,
  requireSha256: false,
});

const macOf = (text: string, key = KEY) => createHmac('sha256', key).update(text).digest('hex');
const signatureOf = (timestamp = STAMP, token = TOKEN) => ({
  timestamp,
  token,
  signature: macOf(timestamp + token),
});

const requestOf = (body: string, contentType = 'application/json'): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.example.test/webhooks/mailgun_x'),
  headers: new Headers({ 'content-type': contentType }),
  body: utf8(body),
});
const jsonRequest = (signature: unknown, data: unknown = { event: 'delivered', recipient: 'who@ex.test' }) =>
  requestOf(JSON.stringify({ signature, 'event-data': data }));

type Pairs = readonly (readonly [string, string])[];
const multipart = (pairs: Pairs, boundary = 'xXx') =>
  `${pairs.map(([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`).join('')}--${boundary}--\r\n`;
const formRequest = (pairs: Pairs) => requestOf(multipart(pairs), MULTIPART);

const outcome = async (request: RawRequest, keys = [KEY]) => {
  const proof = await mailgun.verify(request, trusting(...keys), io);
  return proof.ok ? 'proven' : proof.error.reason;
};

describe('HMAC', () => {
  it('agrees with RFC 4231, case 2, and RFC 2202, case 2', async () => {
    const key = utf8('Jefe');
    const message = utf8('what do ya want for nothing?');
    expect(toHex(await hmacSha256(key, message))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
    expect(toHex(await hmacSha1(key, message))).toBe('effcdf6ae5eb2fa2d27416d5f184df9c259a7c79');
  });

  it('takes a view into a larger buffer for what it shows, not for the buffer', async () => {
    const whole = utf8('key and message');
    expect(toHex(await hmacSha256(whole.subarray(0, 3), whole.subarray(8)))).toBe(macOf('message', 'key'));
  });

  it('refuses an empty key', async () => {
    await expect(hmacSha256(new Uint8Array(), utf8('x'))).rejects.toThrow(RangeError);
  });

  test('T035 different Buffers out of one memory pool are not equal', () => {
    const [one, two] = [Buffer.from('first secret'), Buffer.from('other secret')];
    expect(one.buffer).toBe(two.buffer);
    expect(equalBytes(one, two)).toBe(false);
    expect(equalBytes(one, Buffer.from('first secret'))).toBe(true);
  });

  test('T034 values of different lengths are unequal, and no error', () => {
    expect(equalBytes(utf8('abc'), utf8('abcd'))).toBe(false);
    expect(equalBytes(utf8(''), utf8('a'))).toBe(false);
  });
});

describe('the signature', () => {
  test('T019 a signed request is proven, and its token is bound to its body', async () => {
    const request = jsonRequest(signatureOf());
    const digest = createHash('sha256').update(request.body).digest('hex');
    const proof = await mailgun.verify(request, trusting(KEY), io);
    expect(proof).toEqual({ ok: true, value: { bind: { nonce: TOKEN, digest } } });
  });

  test('T019 the same signature over another body has the same nonce and another digest', async () => {
    const bind = async (recipient: string) => {
      const proof = await mailgun.verify(
        jsonRequest(signatureOf(), { event: 'failed', recipient }),
        trusting(KEY),
        io,
      );
      if (!proof.ok) throw new Error(proof.error.detail);
      return proof.value.bind;
    };
    const [first, second] = [await bind('a@ex.test'), await bind('b@ex.test')];
    expect(first?.nonce).toBe(second?.nonce);
    expect(first?.digest).not.toBe(second?.digest);
  });

  test('T019 a digit moved between timestamp and token, for a token never seen, is refused', async () => {
    const token = `1${TOKEN}`;
    const { signature } = signatureOf(STAMP, token);
    expect(await outcome(jsonRequest({ timestamp: STAMP, token, signature }))).toBe('proven');
    expect(await outcome(jsonRequest({ timestamp: `${STAMP}1`, token: TOKEN, signature }))).toBe('forged');
    const shorter = STAMP.slice(0, 9);
    const moved = { timestamp: shorter, token: `${STAMP.slice(9)}${token}`, signature };
    expect(await outcome(jsonRequest(moved))).toBe('forged');
  });

  const good = signatureOf().signature;
  test.each<[string, unknown]>([
    ['in upper case', good.toUpperCase()],
    ['with one digit in upper case', good.replace(/[a-f]/, (digit) => digit.toUpperCase())],
    ['cut by a digit', good.slice(0, 63)],
    ['cut by half', good.slice(0, 32)],
    ['with a digit more', `${good}0`],
    ['that ends in what is not hex', `${good.slice(0, 62)}zz`],
    ['with a space before it', ` ${good}`],
    ['in base64', Buffer.from(good, 'hex').toString('base64')],
    ['of another key', macOf(STAMP + TOKEN, 'another-signing-key')],
    ['of the body', macOf('{}')],
    ['that is empty', ''],
    ['that is missing', undefined],
    ['that is a list', [good]],
  ])('T020 a signature %s is refused', async (_title, signature) => {
    expect(await outcome(jsonRequest({ ...signatureOf(), signature }))).toBe('forged');
  });

  test.each([
    ['a fraction', `${STAMP}.0`],
    ['a letter', `${STAMP.slice(1)}x`],
    ['a space', ` ${STAMP.slice(1)}`],
    ['nothing', ''],
  ])('T020 a timestamp with %s is refused, though signed', async (_title, timestamp) => {
    expect(await outcome(jsonRequest(signatureOf(timestamp)))).toBe('forged');
  });

  test.each<[string, object, string]>([
    ['its own key', { signature: good, 'parent-signature': macOf(STAMP + TOKEN, 'another-key') }, 'proven'],
    ['the key of the parent', { signature: macOf('x'), 'parent-signature': good }, 'proven'],
    ['neither', { signature: macOf('x'), 'parent-signature': macOf('y') }, 'forged'],
    ['a list with the right one', { signature: macOf('x'), 'parent-signature': [good] }, 'forged'],
  ])('T019 the event of a subaccount, signed by %s', async (_title, signatures, expected) => {
    expect(await outcome(jsonRequest({ timestamp: STAMP, token: TOKEN, ...signatures }))).toBe(expected);
  });

  it('takes the timestamp as a number, too', async () => {
    expect(await outcome(jsonRequest({ ...signatureOf(), timestamp: Number(STAMP) }))).toBe('proven');
  });

  test.each([
    ['', 'an empty one'],
    ['a b', 'one with a space'],
    ['t'.repeat(257), 'one of 257 characters'],
  ])('T020 a token is refused: %#, %s', async (token) => {
    expect(await outcome(jsonRequest(signatureOf(STAMP, token)))).toBe('forged');
  });

  test.each<[number, string]>([
    [-30_000_000, 'proven'],
    [-3_600, 'proven'],
    [299, 'proven'],
    [301, 'forged'],
  ])('a timestamp %i s from now is %s: retries keep theirs', async (seconds, expected) => {
    expect(await outcome(jsonRequest(signatureOf(String(NOW / 1000 + seconds))))).toBe(expected);
  });

  test.each<[string, string[], string]>([
    ['old and new are both tried', ['another-signing-key', KEY], 'proven'],
    ['a space around it does no harm', [` ${KEY}\n`], 'proven'],
    ['no key decides nothing', [], 'undecided'],
    ['T020 an empty key is no key', [''], 'undecided'],
  ])('the keys: %s', async (_title, keys, expected) => {
    expect(await outcome(jsonRequest(signatureOf()), keys)).toBe(expected);
  });

  test('T020 an empty or short key is refused when the source is configured', async () => {
    expect(await mailgun.checkKey('')).not.toBeNull();
    expect(await mailgun.checkKey(`short${' '.repeat(20)}`)).not.toBeNull();
    expect(await mailgun.checkKey(KEY)).toBeNull();
  });

  test.each([
    ['no JSON', 'nothing'],
    ['a list', '[]'],
    ['no signature', '{"event-data":{"event":"delivered"}}'],
    ['a signature that is text', '{"signature":"x"}'],
  ])('a body with %s proves nothing', async (_title, body) => {
    expect(await outcome(requestOf(body))).toBe('forged');
  });
});

const itemOf = (request: RawRequest) => {
  const delivery = mailgun.parse(request);
  if (!delivery.ok || delivery.value.type !== 'items') throw new Error('not items');
  expect(delivery.value.items).toHaveLength(1);
  return delivery.value.items[0];
};
const readEvent = (request: RawRequest) => {
  const item = itemOf(request);
  if (item?.type !== 'event') throw new Error(`not an event but ${JSON.stringify(item)}`);
  return item.event;
};
const eventOf = (data: Record<string, unknown>) =>
  readEvent(jsonRequest(signatureOf(), { recipient: 'who@ex.test', ...data }));

const permanent = { event: 'failed', severity: 'permanent' };
const temporary = { event: 'failed', severity: 'temporary' };
const status = (code: unknown, more = {}) => ({ 'delivery-status': { code, ...more } });

describe('what an event means', () => {
  it.each<[string, Record<string, unknown>, Partial<LabelMeaning>]>([
    ['a delivery', { event: 'delivered' }, { kind: 'delivery' }],
    ['a refusal by Mailgun', { event: 'rejected' }, { kind: 'reject', category: 'policy-rejected' }],
    ['a complaint', { event: 'complained' }, { kind: 'complaint', feedback: 'abuse' }],
    ['an opt-out', { event: 'unsubscribed' }, { kind: 'unsubscribe' }],
    ['a permanent failure is hard', { ...permanent, reason: 'bounce' }, { kind: 'bounce', proof: 'hard' }],
    ['a temporary failure is tried again', { ...temporary, reason: 'generic' }, { kind: 'deferral' }],
    ['greylisting', { ...temporary, reason: 'greylisted' }, { kind: 'deferral', category: 'greylisted' }],
    ['a message too old', { ...permanent, reason: 'old' }, { kind: 'bounce', category: 'expired' }],
    ['a block', { ...permanent, reason: 'espblock' }, { kind: 'bounce', category: 'ip-blocked' }],
    [
      'no MX',
      { ...temporary, ...status(498) },
      { kind: 'deferral', code: '451', enhanced: '4.4.4', category: 'network-error' },
    ],
    [
      'no connection, for good',
      { ...permanent, ...status(499) },
      { kind: 'bounce', category: 'network-error' },
    ],
    [
      '605',
      { ...permanent, ...status(605) },
      { kind: 'reject', category: 'suppressed', listedFor: 'bounce' },
    ],
    ['606', { ...permanent, ...status('606') }, { kind: 'reject', listedFor: 'unsubscribe' }],
    ['607', { ...permanent, ...status(607) }, { kind: 'reject', listedFor: 'complaint' }],
    ['a poor list', { ...permanent, ...status(625) }, { kind: 'reject', category: 'policy-rejected' }],
    ['suppress-bounce', { ...permanent, reason: 'suppress-bounce' }, { kind: 'reject', listedFor: 'bounce' }],
    ['suppress-unsubscribe', { ...permanent, reason: 'suppress-unsubscribe' }, { listedFor: 'unsubscribe' }],
    ['suppress-complaint', { ...permanent, reason: 'suppress-complaint' }, { listedFor: 'complaint' }],
  ])('%s', (_title, data, expected) => {
    expect(eventOf(data).meaning).toMatchObject(expected);
  });

  it.each([
    ['too old', { ...permanent, reason: 'old' }],
    ['blocked', { ...permanent, reason: 'espblock' }],
    ['not connected', { ...permanent, ...status(499) }],
    ['of a severity of next year', { event: 'failed', severity: 'cosmic' }],
    ['without a severity', { event: 'failed' }],
  ])('a failure %s proves nothing of the address', (_title, data) => {
    expect(eventOf(data).meaning.proof).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>, true | undefined]>([
    ['a permanent mailbox error', { ...permanent, reason: 'bounce' }, true],
    ['a complaint', { event: 'complained' }, true],
    ['an opt-out', { event: 'unsubscribed' }, true],
    ['a suppressed address', { ...permanent, reason: 'suppress-bounce' }, true],
    ['a block', { ...permanent, reason: 'espblock' }, undefined],
    ['a poor list', { ...permanent, ...status(625) }, undefined],
    ['a temporary failure', { ...temporary, reason: 'bounce' }, undefined],
    ['a delivery', { event: 'delivered' }, undefined],
  ])('after %s, the address being on a list of Mailgun is told as %o', (_title, data, listed) => {
    expect(eventOf(data).listed).toBe(listed);
  });

  it.each([
    ['accepted', true],
    ['opened', true],
    ['clicked', true],
    ['stored', true],
    ['teleported', false],
    ['constructor', false],
  ])('%s is ignored, and known: %s', (event, known) => {
    expect(itemOf(jsonRequest(signatureOf(), { event, 'delivery-status': null }))).toEqual({
      type: 'ignored',
      label: event,
      known,
    });
  });
});

describe('the fields of an event', () => {
  it.each<[unknown, string | null]>([
    [550, '550'],
    ['550', '550'],
    [250, '250'],
    [605, null],
    [606, null],
    [607, null],
    [625, null],
    [498, null],
    [499, null],
    [602, null],
    [0, null],
    ['', null],
    [undefined, null],
  ])('a code of %o is reported as the SMTP code %o', (code, expected) => {
    expect(eventOf({ ...permanent, ...status(code) }).reply.code).toBe(expected);
  });

  it('takes the enhanced code of the reply, or of a delayed bounce', () => {
    const both = { 'enhanced-code': '5.1.1', 'bounce-code': '5.0.0' };
    expect(eventOf({ ...permanent, ...status(550, both) }).reply.enhanced).toBe('5.1.1');
    expect(eventOf({ ...permanent, ...status(550, { ...both, 'enhanced-code': '' }) }).reply.enhanced).toBe(
      '5.0.0',
    );
  });

  it('of an older hook whose code is an enhanced one hands it on as such', () => {
    expect(eventOf({ ...permanent, ...status('5.2.2') }).reply).toMatchObject({
      code: null,
      enhanced: '5.2.2',
    });
  });

  it.each<[string, Record<string, unknown>, string | null]>([
    ['the message', status(550, { message: 'm', description: 'd' }), 'm'],
    ['the description for want of one', status(550, { message: '', description: 'd' }), 'd'],
    ['why Mailgun refused', { reject: { reason: 'sandbox', description: '' } }, 'sandbox'],
    ['nothing', { 'delivery-status': null }, null],
  ])('the text is %s', (_title, data, text) => {
    expect(eventOf({ ...permanent, ...data }).reply.text).toBe(text);
  });

  it.each<[unknown, number]>([
    [1_790_000_000.987_654, 1_790_000_000_987],
    [1_790_000_000, 1_790_000_000_000],
    ['1790000000.5', 1_790_000_000_500],
    [undefined, NOW],
  ])('a time of %o is read, else the time of the signature taken', (timestamp, at) => {
    expect(eventOf({ event: 'delivered', timestamp }).at).toBe(at);
  });

  it.each<[unknown, unknown]>([
    ['Who <who@ex.test>', 'who@ex.test'],
    ['"Who, Esq. <x>" <who@ex.test>', 'who@ex.test'],
    ['who@ex.test', 'who@ex.test'],
    ['A <a@ex.test>, B <b@ex.test>', 'A <a@ex.test>, B <b@ex.test>'],
    [['who@ex.test'], ['who@ex.test']],
  ])('a refused message is read to be to %o', (to, recipient) => {
    expect(
      eventOf({ event: 'rejected', recipient: undefined, message: { headers: { to } } }).recipient,
    ).toEqual(recipient);
  });

  it.each<[string, Record<string, unknown>, string | null]>([
    ['the mailing list', { 'mailing-list': { address: 'news@ex.test' }, tags: ['a'] }, 'news@ex.test'],
    ['the only tag', { tags: ['weekly'] }, 'weekly'],
    ['nothing, for two tags', { tags: ['weekly', 'spring'] }, null],
    ['nothing, for none', { tags: [] }, null],
  ])('what was left is %s', (_title, data, group) => {
    expect(eventOf({ event: 'unsubscribed', ...data }).group).toBe(group);
    expect(eventOf({ event: 'complained', ...data }).group).toBeNull();
  });

  it('names event, message and type', () => {
    const message = { headers: { 'message-id': 'm1@ex.test' } };
    expect(eventOf({ ...permanent, reason: 'bounce', id: 'ev-1', message })).toMatchObject({
      eventId: 'ev-1',
      messageId: 'm1@ex.test',
      providerType: 'failed/permanent/bounce',
    });
    expect(eventOf({ event: 'delivered' })).toMatchObject({
      eventId: TOKEN,
      messageId: null,
      providerType: 'delivered',
    });
  });

  it('leaves an event without a label, and a body without an event, to the operator', () => {
    expect(itemOf(jsonRequest(signatureOf(), { recipient: 'who@ex.test' }))).toMatchObject({
      type: 'unreadable',
    });
    expect(mailgun.parse(jsonRequest(signatureOf(), 'text')).ok).toBe(false);
    expect(mailgun.parse(requestOf('{')).ok).toBe(false);
  });
});

describe('the forms of before 2018', () => {
  const { timestamp, token, signature } = signatureOf();
  const proof: Pairs = [
    ['timestamp', timestamp],
    ['token', token],
    ['signature', signature],
  ];
  const legacy = (fields: Record<string, string>) => formRequest([...Object.entries(fields), ...proof]);

  it.each([
    ['multipart', MULTIPART, multipart(proof)],
    ['urlencoded', URLENCODED, new URLSearchParams(proof.map(([name, value]) => [name, value])).toString()],
  ])('%s is proven', async (_title, contentType, body) => {
    expect(await outcome(requestOf(body, contentType))).toBe('proven');
  });

  it('takes the last of the three signed fields, and the first of all others', async () => {
    const variables: Pairs = [
      ['event', 'their-own'],
      ['recipient', 'their-own'],
    ];
    const head: Pairs = [
      ['timestamp', 'their-own'],
      ['token', 'their-own'],
      ['signature', 'their-own'],
      ['event', 'delivered'],
      ['recipient', 'who@ex.test'],
    ];
    const request = formRequest([...head, ...variables, ...proof]);
    expect(await outcome(request)).toBe('proven');
    expect(readEvent(request)).toMatchObject({
      meaning: { kind: 'delivery' },
      recipient: 'who@ex.test',
      eventId: TOKEN,
    });
    expect(await outcome(formRequest([...proof, ...head]))).toBe('forged');
  });

  it.each<[string, Record<string, string>, Partial<LabelMeaning>]>([
    ['bounced', { event: 'bounced', code: '550', error: '5.1.1 no' }, { kind: 'bounce', proof: 'hard' }],
    [
      'dropped, listed',
      { event: 'dropped', reason: 'hardfail', code: '605' },
      { kind: 'reject', listedFor: 'bounce' },
    ],
    ['dropped, too old', { event: 'dropped', reason: 'old' }, { kind: 'bounce', category: 'expired' }],
    [
      'dropped after a reply',
      { event: 'dropped', reason: 'hardfail', code: '550' },
      { kind: 'bounce', proof: 'hard' },
    ],
    ['dropped, who knows why', { event: 'dropped', reason: 'hardfail' }, { kind: 'reject' }],
    ['complained', { event: 'complained' }, { kind: 'complaint' }],
    ['unsubscribed', { event: 'unsubscribed' }, { kind: 'unsubscribe' }],
  ])('%s', (_title, fields, expected) => {
    expect(readEvent(legacy(fields)).meaning).toMatchObject(expected);
  });

  it('reads the flat fields', () => {
    const fields = {
      event: 'bounced',
      code: '550',
      error: '5.1.1 no',
      'Message-Id': '<m1@ex.test>',
      tag: 'weekly',
    };
    expect(readEvent(legacy(fields))).toMatchObject({
      at: NOW,
      reply: { code: '550', text: '5.1.1 no' },
      messageId: '<m1@ex.test>',
      tags: ['weekly'],
      providerType: 'bounced',
      listed: true,
    });
    expect(itemOf(legacy({ event: 'opened' }))).toEqual({ type: 'ignored', label: 'opened', known: true });
  });
});

describe('reading a form', () => {
  const read = (body: string | Uint8Array, contentType = MULTIPART) =>
    parseForm(contentType, typeof body === 'string' ? utf8(body) : body);
  const part = (disposition: string, value = 'v') => `--xXx\r\n${disposition}\r\n\r\n${value}\r\n--xXx--\r\n`;

  it('keeps order, repetition, line ends and near-boundaries', () => {
    const pairs: Pairs = [
      ['a', '1'],
      ['b', 'two\r\nlines\r\n--xX'],
      ['a', ''],
      ['é "q"', 'ü'],
    ];
    const sent = multipart(pairs.map(([name, value]) => [name.replaceAll('"', '%22'), value]));
    expect(read(sent)).toEqual({ ok: true, value: pairs });
    expect(read('a=1&b=2+2&a=%C3%BC', `${URLENCODED}; charset=utf-8`)).toEqual({
      ok: true,
      value: [
        ['a', '1'],
        ['b', '2 2'],
        ['a', 'ü'],
      ],
    });
  });

  it('reads what the platform writes, and leaves files out', async () => {
    const form = new FormData();
    form.append('event', 'dropped');
    form.append('attachment-1', new Blob(['\r\n--not-it']), 'a.eml');
    form.append('token', 'x');
    const response = new Response(form);
    const contentType = response.headers.get('content-type');
    const body = new Uint8Array(await response.arrayBuffer());
    expect(parseForm(contentType, body)).toEqual({
      ok: true,
      value: [
        ['event', 'dropped'],
        ['token', 'x'],
      ],
    });
  });

  it('does not lose a value that is not UTF-8', () => {
    const bytes = utf8(part('Content-Disposition: form-data; name="error"', '?'));
    bytes[bytes.indexOf('?'.charCodeAt(0))] = 0xe9;
    expect(read(bytes)).toEqual({ ok: true, value: [['error', '\ufffd']] });
  });

  it.each([
    ['quoted', 'multipart/form-data; boundary="xXx"'],
    ['after another parameter', 'Multipart/Form-Data; charset=utf-8; boundary=xXx'],
  ])('takes a boundary %s', (_title, contentType) => {
    expect(read(multipart([['a', '1']]), contentType)).toEqual({ ok: true, value: [['a', '1']] });
  });

  it.each([
    ['no boundary', 'multipart/form-data'],
    ['an empty boundary', 'multipart/form-data; boundary='],
    ['two boundaries', 'multipart/form-data; boundary=xXx; boundary=yYy'],
    ['a boundary of 71 characters', `multipart/form-data; boundary=${'x'.repeat(71)}`],
    ['a boundary with a line end', 'multipart/form-data; boundary="x\r\nX"'],
    ['another type', 'text/plain'],
  ])('refuses %s', (_title, contentType) => {
    expect(read(multipart([['a', '1']]), contentType).ok).toBe(false);
  });

  const named = 'Content-Disposition: form-data; name="a"';
  it.each([
    ['nothing', ''],
    ['a preamble', `hello\r\n${part(named)}`],
    ['an epilogue', `${part(named)}--xXx\r\n`],
    ['a last part that is not closed', part(named).slice(0, -8)],
    ['line feeds alone', part(named).replaceAll('\r\n', '\n')],
    ['a boundary with more behind it', part(named).replace('--xXx\r\n', '--xXxyy\r\n')],
    ['a part without a name', part('Content-Disposition: form-data')],
    ['a part with two names', part(`${named}; name="b"`)],
    ['a part with two dispositions', part(`${named}\r\nContent-Disposition: form-data; name="b"`)],
    ['an attachment', part('Content-Disposition: attachment; name="a"')],
    ['a part without headers', part('X-Other: 1')],
    ['a name too long', part(`Content-Disposition: form-data; name="${'n'.repeat(257)}"`)],
    ['headers without end', part(`${named}\r\nX-Long: ${'h'.repeat(formLimits.partHeaderBytes)}`)],
  ])('refuses %s', (_title, body) => {
    expect(read(body).ok).toBe(false);
  });

  it('stops at a thousand fields', () => {
    const many = (count: number): Pairs => Array.from({ length: count }, (_, i) => [`n${i}`, 'v']);
    const encoded = (count: number) =>
      many(count)
        .map((pair) => pair.join('='))
        .join('&');
    expect(read(multipart(many(1_000))).ok).toBe(true);
    expect(read(multipart(many(1_001))).ok).toBe(false);
    expect(read(encoded(1_000), URLENCODED).ok).toBe(true);
    expect(read(encoded(1_001), URLENCODED).ok).toBe(false);
  });
});

describe('the samples', () => {
  it('are proven, and are of the kind they say', async () => {
    const { source, signing } = await mailgunSampler.source();
    for (const sample of mailgunSampler.samples(NOW)) {
      const { headers, body } = await mailgunSampler.request(sample.payload, signing, NOW);
      const request = requestOf(body, headers['content-type']);
      expect(await outcome(request, [...(source.secrets.keys ?? [])])).toBe('proven');
      expect(await outcome(request)).toBe('forged');
      expect(readEvent(request)).toMatchObject({
        meaning: { kind: sample.kind },
        recipient: sample.recipient,
      });
    }
  });
});
