import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { postal } from '../../src/providers/postal.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';

const io = {
  now: 1_790_000_000_000,
  fetchCertificate: async () => ({ ok: false, error: 'unavailable' }) as const,
};

const makeKey = () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    spki: pair.publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
    sha1: (body: string) => sign('sha1', utf8(body), pair.privateKey).toString('base64'),
    sha256: (body: string) => sign('sha256', utf8(body), pair.privateKey).toString('base64'),
  };
};
const ours = makeKey();
const other = makeKey();

const requestOf = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/postal_1'),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

const verified = (headers: Record<string, string>, { keys = [ours.spki], requireSha256 = false } = {}) =>
  postal.verify(
    requestOf(BODY, headers),
    { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256 },
    io,
  );
const reasonOf = async (...args: Parameters<typeof verified>) => {
  const proof = await verified(...args);
  return proof.ok ? 'proven' : proof.error.reason;
};

const BODY = '{"event":"MessageSent","payload":{"message":{"to":"ada@ex.test"}}}\n';
const SHA1 = 'x-postal-signature';
const SHA256 = 'x-postal-signature-256';

describe('the signature', () => {
  test('T029 SHA-256 over the raw body proves it, and needs no SHA-1 beside it', async () => {
    expect(await verified({ [SHA256]: ours.sha256(BODY) })).toEqual({ ok: true, value: {} });
    expect(await reasonOf({ [SHA256]: ours.sha256(BODY), [SHA1]: 'nonsense' })).toBe('proven');
    expect(await reasonOf({ [SHA256]: ours.sha256(BODY) }, { requireSha256: true })).toBe('proven');
  });

  test('T029 SHA-1 alone is proven with a warning, and forged where the source requires SHA-256', async () => {
    expect(await verified({ [SHA1]: ours.sha1(BODY) })).toMatchObject({
      value: { warning: expect.stringContaining('require_sha256') },
    });
    expect(await reasonOf({ [SHA1]: ours.sha1(BODY) }, { requireSha256: true })).toBe('forged');
  });

  test('T029 a wrong SHA-256 is forged, though the SHA-1 beside it is right', async () => {
    expect(await reasonOf({ [SHA256]: ours.sha256(`${BODY} `), [SHA1]: ours.sha1(BODY) })).toBe('forged');
    expect(await reasonOf({ [SHA256]: '', [SHA1]: ours.sha1(BODY) })).toBe('forged');
  });

  test.each([
    ['is absent', {}],
    ['is over another body', { [SHA256]: ours.sha256(BODY.trimEnd()) }],
    ['is of another installation', { [SHA256]: other.sha256(BODY) }],
    ['is of the other hash', { [SHA256]: ours.sha1(BODY) }],
    ['is cut short', { [SHA256]: ours.sha256(BODY).slice(0, 300) }],
    ['comes twice', { [SHA256]: `${ours.sha256(BODY)}, ${ours.sha256(BODY)}` }],
  ])('that %s is forged', async (_title, headers: Record<string, string>) => {
    expect(await reasonOf(headers)).toBe('forged');
  });

  test('any of several keys proves, so that a key can be replaced', async () => {
    const keys = [other.spki, `v=DKIM1; t=s; h=sha256; p=${ours.spki};`];
    expect(await reasonOf({ [SHA256]: ours.sha256(BODY) }, { keys })).toBe('proven');
  });

  test('where no key is usable nothing is decided', async () => {
    expect(await reasonOf({ [SHA256]: ours.sha256(BODY) }, { keys: ['p='] })).toBe('undecided');
  });

  test('a key that cannot work is refused when the source is configured', async () => {
    expect(await postal.checkKey(ours.spki)).toBeNull();
    expect(await postal.checkKey('postal')).toMatch(/RSA public key/);
  });
});

async function itemOf(body: unknown): Promise<Item> {
  const result = await postal.parse(requestOf(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  const [item, ...rest] = result.value.items;
  if (item === undefined || rest.length > 0) throw new Error('one event makes one item');
  return item;
}

async function eventOf(body: unknown) {
  const item = await itemOf(body);
  if (item.type !== 'event') throw new Error(JSON.stringify(item));
  return item.event;
}

const message = {
  id: 12345,
  direction: 'outgoing',
  message_id: 'abc@rp.ex.test',
  to: 'ada@ex.test',
  timestamp: 1_790_000_000.25,
  tag: 'welcome',
};
const status = (event: string, word: string, details = '', output = '') => ({
  event,
  timestamp: 1_790_000_060.75,
  payload: { message, status: word, details, output },
  uuid: 'b8a0f1c2',
});

describe('Postal events', () => {
  it('are read field by field', async () => {
    expect(
      await eventOf(
        status('MessageDeliveryFailed', 'HardFail', 'Permanent error', '550 5.1.1 No such user\n'),
      ),
    ).toEqual({
      meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
      recipient: 'ada@ex.test',
      at: 1_790_000_060_000,
      sentAt: 1_790_000_000_250,
      reply: { text: '550 5.1.1 No such user\n' },
      providerType: 'MessageDeliveryFailed/HardFail',
      eventId: 'b8a0f1c2',
      messageId: '12345',
      rfcMessageId: 'abc@rp.ex.test',
      tags: ['welcome'],
    });
  });

  test.each([
    ['MessageSent', 'Sent', '', 'delivery', '250'],
    ['MessageDelayed', 'SoftFail', 'Temporary SMTP delivery error', 'deferral', '450'],
    ['MessageDelayed', 'SoftFail', 'No SMTP servers were available for ex.test', 'deferral', '421'],
    [
      'MessageDeliveryFailed',
      'HardFail',
      'Maximum number of delivery attempts (18) has been reached',
      'bounce',
      '554',
    ],
    ['MessageDeliveryFailed', 'HardFail', 'Message is likely spam. Threshold is 5', 'reject', '554'],
    [
      'MessageHeld',
      'Held',
      'Recipient (ada@ex.test) is on the suppression list (reason: x)',
      'reject',
      '554',
    ],
  ])('%s with %s and “%s” is a %s', async (event, word, details, kind, code) => {
    expect((await eventOf(status(event, word, details))).meaning).toMatchObject({ kind, code });
  });

  test('a bounce that came later is told of the message that was sent, and proves nothing by itself', async () => {
    const bounce = { ...message, direction: 'incoming', to: 'x@rp.ex.test', message_id: 'other@ex.test' };
    expect(
      await eventOf({ event: 'MessageBounced', payload: { original_message: message, bounce } }),
    ).toMatchObject({
      meaning: { kind: 'bounce', code: '550' },
      recipient: 'ada@ex.test',
      reply: { text: null },
    });
  });

  test.each(['MessageDelayed', 'MessageBounced', 'MessageTeleported'])(
    'a message and its bounce are a bounce, whatever the event and the status are called: %s',
    async (event) => {
      const bounce = { ...message, direction: 'incoming', to: 'x@rp.ex.test' };
      for (const word of [undefined, 'Bounced'])
        expect(
          await eventOf({ event, payload: { status: word, original_message: message, bounce } }),
        ).toMatchObject({
          meaning: { kind: 'bounce', code: '550' },
          recipient: 'ada@ex.test',
          messageId: '12345',
        });
    },
  );

  test.each([
    ['MessageSent', undefined, '', 'delivery'],
    ['MessageDelayed', undefined, '', 'deferral'],
    ['MessageDelayed', 'HeldBack', '', 'deferral'],
    ['MessageDeliveryFailed', undefined, '', 'bounce'],
    ['MessageDeliveryFailed', 'Refused', '', 'bounce'],
    ['MessageHeld', undefined, 'Recipient (ada@ex.test) is on the suppression list', 'reject'],
  ])('%s with the status %s is decided by the event alone', async (event, word, details, kind) => {
    const given = { event, payload: { message, status: word, details, output: '550 5.1.1 User unknown' } };
    const { meaning, providerType } = await eventOf(given);
    expect(meaning.kind).toBe(kind);
    expect(providerType).toBe([event, word].filter(Boolean).join('/'));
  });

  test.each([
    ['MessageSent', 'Sent', 'Message accepted (removed from suppression list)', false],
    [
      'MessageDeliveryFailed',
      'HardFail',
      'Permanent error. Added ada@ex.test to suppression list because 2 hard fails',
      true,
    ],
    ['MessageSent', 'Sent', 'Message accepted', undefined],
  ])('%s tells what Postal did with its list', async (event, word, details, listed) => {
    expect((await eventOf(status(event, word, details))).listed).toBe(listed);
  });

  test.each([
    ['a click', { event: 'MessageLinkClicked', payload: { url: 'x', message } }],
    ['a held message that may be released', status('MessageHeld', 'Held', 'Server is in development mode')],
    [
      'mail of our own that came in',
      { event: 'MessageSent', payload: { status: 'Sent', message: { ...message, direction: 'incoming' } } },
    ],
    ['a DNS fault of the sending domain', { event: 'DomainDNSError', payload: { domain: 'ex.test' } }],
  ])('%s is ignored', async (_title, body) => {
    expect(await itemOf(body)).toMatchObject({ type: 'ignored', known: true });
  });

  test.each(['MessageImagined', 'constructor', '__proto__'])('%s is listed as unmapped', async (event) => {
    expect(await itemOf({ event, payload: {} })).toMatchObject({
      type: 'ignored',
      label: event,
      known: false,
    });
  });

  test.each([
    [{ payload: {} }, 'no event'],
    [{ rcpt_to: 'a@ex.test', message: 'raw' }, 'give the HTTP endpoint another URL'],
    [{ event: 'MessageSent', payload: { status: 'Sent' } }, 'neither message nor original_message'],
  ])('T057 %j is quarantined with a reason', async (body, why) => {
    expect(await itemOf(body)).toMatchObject({ type: 'unreadable', why: expect.stringContaining(why) });
  });

  test.each(['', '[]', 'null', '{"event":'])('the body %j is quarantined whole', async (body) => {
    expect((await postal.parse(requestOf(body))).ok).toBe(false);
  });
});
