import { createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest, Trust } from '../../src/providers/adapter.ts';
import { mandrill } from '../../src/providers/mandrill.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { mandrillSampler } from '../../src/samples/mandrill.ts';

const NOW = 1_790_000_000_000;
const KEY = 'a-webhook-key-of-the-suite';
const URL_ = 'https://user:pass%40word@mail.test/webhooks/mandrill_1?a=b';
const FORM = 'application/x-www-form-urlencoded';
const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };

const trusting = (keys: readonly string[] = [KEY], publicUrl: string | null = URL_): Trust => ({
  secrets: { keys, basicAuth: [], topicArns: [] },
  publicUrl,
  requireSha256: false,
});
const macOf = (events: string, { key = KEY, url = URL_, hash = 'sha1' } = {}) =>
  createHmac(hash, key).update(`${url}mandrill_events${events}`).digest('base64');
const formOf = (pairs: readonly (readonly [string, string])[]) =>
  new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString();

const requestOf = (body: string, signature: string | null = null, contentType = FORM): RawRequest => ({
  method: 'POST',
  url: new URL('http://internal:8080/webhooks/mandrill_1'), // as a proxy hands it on
  headers: new Headers({
    'content-type': contentType,
    ...(signature === null ? {} : { 'x-mandrill-signature': signature }),
  }),
  body: utf8(body),
});
const events = (...list: unknown[]) => JSON.stringify(list);
const signed = (text: string) => requestOf(formOf([['mandrill_events', text]]), macOf(text));
const outcome = async (request: RawRequest, trust = trusting()) => {
  const proof = await mandrill.verify(request, trust, io);
  return proof.ok ? 'proven' : proof.error.reason;
};

const ONE = events({ event: 'unsub', msg: { email: 'ä+b@ex.test' }, ts: 1 });

describe('the signature of Mandrill', () => {
  it('T021 is over the configured URL and the decoded field, however the proxy calls us', async () => {
    expect(await outcome(signed(ONE))).toBe('proven');
  });

  it('T021 does not depend on how the field is escaped', async () => {
    const escaped = `mandrill%5Fevents=${encodeURIComponent(ONE)}`;
    expect(await outcome(requestOf(escaped, macOf(ONE)))).toBe('proven');
  });

  test.each<[string, RawRequest]>([
    ['another body', requestOf(formOf([['mandrill_events', ONE.replace('unsub', 'spam')]]), macOf(ONE))],
    ['another URL', requestOf(formOf([['mandrill_events', ONE]]), macOf(ONE, { url: 'https://mail.test/' }))],
    [
      'another scheme',
      requestOf(formOf([['mandrill_events', ONE]]), macOf(ONE, { url: URL_.replace('https', 'http') })),
    ],
    [
      'another key',
      requestOf(formOf([['mandrill_events', ONE]]), macOf(ONE, { key: 'another-webhook-key' })),
    ],
    ['SHA-256', requestOf(formOf([['mandrill_events', ONE]]), macOf(ONE, { hash: 'sha256' }))],
    ['no signature', requestOf(formOf([['mandrill_events', ONE]]))],
    ['JSON', requestOf(ONE, macOf(ONE), 'application/json')],
    ['an empty body', requestOf('', macOf(''))],
  ])('T021 is refused with %s', async (_, request) => {
    expect(await outcome(request)).toBe('forged');
  });

  const good = macOf(ONE);
  test.each([
    ['cut by a character', good.slice(0, 27)],
    ['without its padding', good.replace('=', '')],
    ['with a character more', `A${good}`],
    ['in hex', Buffer.from(good, 'base64').toString('hex')],
    ['in lower case', good.toLowerCase()],
    ['that comes twice', `${good}, ${good}`],
    ['that is empty', ''],
  ])('T020 is refused: one %s', async (_, signature) => {
    expect(await outcome(requestOf(formOf([['mandrill_events', ONE]]), signature))).toBe('forged');
  });

  it('T024 leaves no room for a second field, though the signed text is the same', async () => {
    const [head, tail] = [ONE.slice(0, 20), ONE.slice(20)];
    const moved = formOf([
      ['mandrill_events', head],
      [tail.slice(0, 4), tail.slice(4)],
    ]);
    expect(await outcome(requestOf(moved, macOf(ONE)))).toBe('forged');
    const cut = formOf([['mandrill_event', `s${ONE}`]]);
    expect(await outcome(requestOf(cut, macOf(ONE)))).toBe('forged');
    const twice = formOf([
      ['mandrill_events', ONE],
      ['mandrill_events', ONE],
    ]);
    expect(await outcome(requestOf(twice, macOf(ONE)))).toBe('forged');
  });

  it('T027 holds by the old key and the new until the old one is taken out', async () => {
    expect(await outcome(signed(ONE), trusting(['the-key-after-rotation', ` ${KEY} `]))).toBe('proven');
    expect(await outcome(signed(ONE), trusting(['the-key-after-rotation']))).toBe('forged');
  });

  it('decides nothing without a key or without the URL', async () => {
    expect(await outcome(signed(ONE), trusting([]))).toBe('undecided');
    expect(await outcome(signed(ONE), trusting(['']))).toBe('undecided');
    expect(await outcome(signed(ONE), trusting([KEY], null))).toBe('undecided');
  });

  it('of the trial before there is a key is taken for a trial, and for nothing else', async () => {
    const trial = (text: string) =>
      requestOf(formOf([['mandrill_events', text]]), macOf(text, { key: 'test-webhook' }));
    expect(await outcome(trial('[]'))).toBe('proven');
    expect(await mandrill.parse(trial('[]'))).toEqual({ ok: true, value: { type: 'items', items: [] } });
    expect(await outcome(trial(ONE))).toBe('forged');
    expect(await outcome(trial('[ ]'))).toBe('forged');
  });

  test.each(['', 'short', 'test-webhook', ' test-webhook '])(
    'T026 the key %j is refused at configuration',
    async (key) => {
      expect(await mandrill.checkKey(key)).not.toBeNull();
    },
  );

  it('T026 a real key may be configured, and public_url is asked for', async () => {
    expect(await mandrill.checkKey(KEY)).toBeNull();
    expect(mandrill.needs.publicUrl).toBe(true);
  });
});

async function itemsOf(...list: unknown[]): Promise<readonly Item[]> {
  const result = await mandrill.parse(signed(events(...list)));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

async function eventOf(one: unknown) {
  const [item] = await itemsOf(one);
  if (item?.type !== 'event') throw new Error(JSON.stringify(item));
  return item.event;
}

const told = (event: string, msg: object = {}) => ({
  event,
  _id: 'f00d',
  ts: 1_772_600_767,
  msg: { ts: 1_772_600_700, _id: 'f00d', email: 'ada@ex.test', ...msg },
});

describe('the events of Mandrill', () => {
  it('are read field by field', async () => {
    const body = told('hard_bounce', {
      bounce_description: 'bad_mailbox',
      bgtools_code: 10,
      diag: 'smtp;550 5.1.1 no such user',
      tags: ['invoice'],
      subaccount: 'shop',
      smtp_events: [{ type: 'sent', diag: '250 2.0.0 OK' }],
    });
    expect(await eventOf(body)).toEqual({
      meaning: {
        kind: 'bounce',
        code: '550',
        enhanced: '5.1.1',
        category: 'mailbox-unknown',
        proof: 'cause',
      },
      recipient: 'ada@ex.test',
      at: 1_772_600_767_000,
      sentAt: 1_772_600_700_000,
      reply: { text: 'smtp;550 5.1.1 no such user' },
      providerType: 'hard_bounce/bad_mailbox',
      eventId: null,
      messageId: 'f00d',
      group: 'shop',
      tags: ['invoice'],
      listed: true,
    });
  });

  test.each<[string, object, string, object]>([
    ['hard_bounce', {}, 'hard_bounce', { kind: 'bounce', code: '550', proof: 'hard' }],
    ['hard_bounce', { bounce_description: 'new' }, 'hard_bounce/new', { kind: 'bounce', proof: 'hard' }],
    [
      'soft_bounce',
      { bounce_description: 'mailbox_full' },
      'soft_bounce/mailbox_full',
      { code: '452', category: 'mailbox-full' },
    ],
    ['hard_bounce', { bgtools_code: 10 }, 'hard_bounce', { enhanced: '5.1.1', proof: 'cause' }],
    ['hard_bounce', { bgtools_code: '21' }, 'hard_bounce', { enhanced: '5.1.2', category: 'domain-invalid' }],
    ['hard_bounce', { bgtools_code: 24, diag: '' }, 'hard_bounce', { category: 'expired' }],
    ['soft_bounce', { bgtools_code: 22 }, 'soft_bounce', { category: 'mailbox-full' }],
    ['soft_bounce', { bgtools_code: 51 }, 'soft_bounce', { category: 'ip-blocked' }],
    [
      'soft_bounce',
      { bounce_description: 'message too large' },
      'soft_bounce/message too large',
      { category: 'message-too-large' },
    ],
    [
      'soft_bounce',
      { bounce_description: 'general', bgtools_code: 52 },
      'soft_bounce/general',
      { category: 'spam-content' },
    ],
    // The name that Mandrill gives a code says more than the code, and the event more than a code for no cause.
    [
      'hard_bounce',
      { bounce_description: 'bad_mailbox', bgtools_code: 40 },
      'hard_bounce/bad_mailbox',
      { proof: 'cause' },
    ],
    ['hard_bounce', { bgtools_code: 40 }, 'hard_bounce', { code: '550', proof: 'hard' }],
    ['hard_bounce', { bgtools_code: 90 }, 'hard_bounce', { kind: 'bounce', proof: 'hard' }],
    ['hard_bounce', { bgtools_code: 25 }, 'hard_bounce', { kind: 'bounce', proof: 'hard' }],
    ['hard_bounce', { bgtools_code: 'constructor' }, 'hard_bounce', { proof: 'hard' }],
    ['deferral', { bgtools_code: 51 }, 'deferral', { kind: 'deferral' }],
    ['deferral', { bounce_description: null }, 'deferral', { kind: 'deferral' }],
    ['reject', { reject: { reason: 'unsub' } }, 'reject/unsub', { kind: 'reject', listedFor: 'unsubscribe' }],
    ['reject', { reject: 'spam' }, 'reject/spam', { kind: 'reject', listedFor: 'complaint' }],
    ['reject', { reject: { reason: 'unsigned' } }, 'reject/unsigned', { category: 'auth-failure' }],
    ['reject', { reject: null }, 'reject', { category: 'suppressed' }],
    ['spam', {}, 'spam', { kind: 'complaint', feedback: 'abuse' }],
    ['unsub', {}, 'unsub', { kind: 'unsubscribe' }],
    ['delivered', {}, 'delivered', { kind: 'delivery' }],
  ])('called %s with %j are %s', async (event, msg, label, meaning) => {
    const found = await eventOf(told(event, msg));
    expect(found.providerType).toBe(label);
    expect(found.meaning).toMatchObject(meaning);
  });

  it('that are soft prove no dead mailbox by their code', async () => {
    const { meaning } = await eventOf(told('soft_bounce', { bgtools_code: 10 }));
    expect(meaning).toEqual({ kind: 'bounce', code: '450', enhanced: '4.1.1', category: 'mailbox-unknown' });
  });

  it('have the server’s words of their own stage only: a bounce is not told by the 250 before it', async () => {
    const smtp_events = [
      { type: 'deferred', diag: '451 4.7.1 later' },
      { type: 'sent', diag: '250 2.0.0 OK' },
    ];
    expect((await eventOf(told('hard_bounce', { diag: '', smtp_events }))).reply.text).toBeNull();
    expect((await eventOf(told('deferral', { smtp_events }))).reply.text).toBe('451 4.7.1 later');
    expect((await eventOf(told('delivered', { smtp_events }))).reply.text).toBe('250 2.0.0 OK');
    expect((await eventOf(told('deferral', { smtp_events: 'x' }))).reply.text).toBeNull();
  });

  test.each<[object, object]>([
    [{ type: 'blacklist', action: 'add', reject: { reason: 'hard-bounce' } }, { listedFor: 'bounce' }],
    [{ type: 'denylist', action: 'change', reject: { reason: 'spam' } }, { listedFor: 'complaint' }],
    [{ type: 'denylist', action: 'add', reject: { reason: 'new' } }, { category: 'suppressed' }],
    [{ type: 'blacklist', action: 'remove', reject: { reason: 'unsub' } }, { kind: 'resubscribe' }],
  ])('of the list are its notices: %j is %j', async (change, meaning) => {
    const reject = { email: 'ada@ex.test', ...(change as { reject: object }).reject };
    const found = await eventOf({ ts: 1_772_600_767, ...change, reject });
    expect(found.meaning).toMatchObject(meaning);
    expect(found).toMatchObject({
      recipient: 'ada@ex.test',
      at: 1_772_600_767_000,
      listed: found.meaning.kind !== 'resubscribe',
    });
  });

  test.each([
    [told('send'), 'send', true],
    [told('inbound'), 'inbound', true],
    [told('reject', { reject: { reason: 'test-mode-limit' } }), 'reject/test-mode-limit', true],
    [told('soft_bounce', { bgtools_code: 60 }), 'soft_bounce', true],
    [told('soft_bounce', { bgtools_code: 100 }), 'soft_bounce', true],
    [{ type: 'whitelist', action: 'add' }, 'whitelist', true],
    [
      {
        type: 'blacklist',
        action: 'change',
        reject: { email: 'a@ex.test', reason: 'soft-bounce', expired: true },
      },
      'blacklist',
      true,
    ],
    [{ type: 'newlist', action: 'add' }, 'newlist', false],
    [told('constructor'), 'constructor', false],
  ])('that say nothing of an address are ignored: %j', async (one, label, known) => {
    expect(await itemsOf(one)).toEqual([{ type: 'ignored', label, known }]);
  });

  it('are read one by one, and a broken one loses only itself', async () => {
    const items = await itemsOf(told('spam'), 'x', {}, told('unsub'));
    expect(items.map(({ type }) => type)).toEqual(['event', 'unreadable', 'unreadable', 'event']);
  });

  test.each(['garbage', '{}', '"x"', ''])('whose field is %j are quarantined whole', async (text) => {
    expect((await mandrill.parse(signed(text))).ok).toBe(false);
  });

  it('its samples are proven by their key, and are the kinds that they say', async () => {
    const { source, signing } = await mandrillSampler.source();
    const trust = trusting(source.secrets.keys, source.public_url ?? null);
    for (const sample of mandrillSampler.samples(NOW)) {
      const { headers, body } = await mandrillSampler.request(sample.payload, signing, NOW);
      const sent = requestOf(body, headers['x-mandrill-signature']);
      expect(await outcome(sent, trust)).toBe('proven');
      expect(await outcome(sent)).toBe('forged');
      const event = await eventOf(sample.payload);
      expect([event.meaning.kind, event.recipient, event.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
