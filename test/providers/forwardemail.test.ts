import { describe, expect, it, test } from 'vitest';
import type { RawRequest, Trust, VerifyIo } from '../../src/providers/adapter.ts';
import { forwardemail } from '../../src/providers/forwardemail.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { forwardemailSampler } from '../../src/samples/forwardemail.ts';

const NOW = 1_790_000_000_000;
const KEY = 'a-payload-verification-key';
const request = (body: string, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/forwardemail_1'),
  headers: new Headers({ 'content-type': 'application/json', ...headers }),
  body: utf8(body),
});

async function itemOf(body: unknown) {
  const result = await forwardemail.parse(request(JSON.stringify(body)));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items[0];
}

const told = (bounce: object, fields: object = {}) => ({
  email_id: '66f000000000000000000001',
  list_id: 'news',
  recipient: 'ada@ex.test',
  message: 'no',
  response: '550 5.1.1 no such user',
  response_code: 550,
  bounce: { action: 'reject', category: 'recipient', code: 550, status: '5.1.1', ...bounce },
  bounced_at: '2026-03-04T05:06:07.000Z',
  ...fields,
});

describe('Forward Email bounces', () => {
  it('are read field by field', async () => {
    expect(await itemOf(told({}))).toEqual({
      type: 'event',
      event: {
        meaning: {
          kind: 'bounce',
          code: '550',
          enhanced: '5.1.1',
          category: 'mailbox-unknown',
          proof: 'hard',
        },
        recipient: 'ada@ex.test',
        at: Date.UTC(2026, 2, 4, 5, 6, 7),
        reply: { code: '550', enhanced: '5.1.1', text: '550 5.1.1 no such user' },
        providerType: 'reject/recipient',
        eventId: null,
        messageId: '66f000000000000000000001',
        group: 'news',
      },
    });
  });

  test.each<[object, object]>([
    [{ category: 'spam' }, { kind: 'bounce', category: 'spam-content' }],
    [{ category: 'virus' }, { kind: 'bounce', category: 'virus' }],
    [{ category: 'block' }, { kind: 'bounce', category: 'policy-rejected' }],
    [{ category: 'blacklist' }, { kind: 'bounce', category: 'ip-blocked' }],
    [
      { action: 'slowdown', category: 'rate' },
      { kind: 'deferral', category: 'rate-limited' },
    ],
    [{ category: 'novelty' }, { kind: 'bounce' }],
    [
      { action: 'defer', category: 'network' },
      { kind: 'deferral', category: 'network-error' },
    ],
    [{ action: 'defer', category: 'novelty' }, { kind: 'deferral' }],
    [{ action: undefined, category: undefined }, { kind: 'bounce' }],
  ])('with %j mean %j, and none but a recipient speaks of the address', async (bounce, meaning) => {
    const item = await itemOf(told(bounce));
    expect(item).toMatchObject({ type: 'event', event: { meaning } });
    expect(item?.type === 'event' && item.event.meaning.proof).toBeUndefined();
  });

  it('are read by the reply, where response_code asks for another try', async () => {
    const fields = { response_code: 421, response: '504 5.5.2 <mx1>: Helo command rejected' };
    const reject = { category: 'protocol', code: 504, status: '5.5.2' };
    expect(await itemOf(told(reject, fields))).toMatchObject({
      event: { meaning: { kind: 'bounce' }, reply: { code: '504', enhanced: '5.5.2' } },
    });
    expect(await itemOf(told({ code: undefined }, fields))).toMatchObject({
      event: { reply: { code: '421' } },
    });
  });

  test.each([false, null, {}, []])('whose status is %j have no enhanced code', async (status) => {
    expect(await itemOf(told({ status }))).toMatchObject({ event: { reply: { enhanced: null } } });
  });

  it('of a new action are counted, and what is no bounce is put aside', async () => {
    expect(await itemOf(told({ action: 'novelty' }))).toMatchObject({ type: 'ignored', known: false });
    expect(await itemOf({ recipient: 'ada@ex.test' })).toMatchObject({ type: 'unreadable' });
  });
});

describe('Forward Email signatures', () => {
  const trusting = (...keys: string[]): Trust => ({
    secrets: { keys, basicAuth: [], topicArns: [] },
    publicUrl: null,
    requireSha256: false,
  });
  const io: VerifyIo = { now: NOW, fetchCertificate: () => Promise.reject(new Error('never asked')) };
  const [sample] = forwardemailSampler.samples(NOW);
  const signed = async () => {
    const { headers, body } = await forwardemailSampler.request(sample?.payload, KEY, NOW);
    return {
      body: String(body),
      signature: String((headers as Record<string, string>)['x-webhook-signature']),
    };
  };
  const verdict = async (body: string, signature: string | null, ...keys: string[]) => {
    const headers: Record<string, string> = signature === null ? {} : { 'x-webhook-signature': signature };
    const proof = await forwardemail.verify(request(body, headers), trusting(...keys), io);
    return proof.ok ? 'good' : proof.error.reason;
  };

  it('T030 of any configured key are good', async () => {
    const { body, signature } = await signed();
    expect(await verdict(body, signature, KEY)).toBe('good');
    expect(await verdict(body, signature, 'the key before that', KEY)).toBe('good');
    expect(await verdict(body, signature, 'another key of somebody')).toBe('forged');
    expect(await verdict(body, signature)).toBe('undecided');
  });

  it('T030 over another body, or written in another way, are forged', async () => {
    const { body, signature } = await signed();
    expect(await verdict(`${body} `, signature, KEY)).toBe('forged');
    for (const bent of [
      signature.toUpperCase(),
      signature.slice(0, -1),
      `${signature}0`,
      `sha256=${signature}`,
      '',
    ])
      expect(await verdict(body, bent, KEY), bent).toBe('forged');
    expect(await verdict(body, null, KEY)).toBe('forged');
  });
});
