import { describe, expect, it, test } from 'vitest';
import type { RawRequest, Trust, VerifyIo } from '../../src/providers/adapter.ts';
import { onList } from '../../src/providers/item.ts';
import { smtp2go } from '../../src/providers/smtp2go.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';

const NOW = 1_790_000_000_000;
const request = (body: string, contentType: string, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/smtp2go_1'),
  headers: new Headers({ 'content-type': contentType, ...headers }),
  body: utf8(body),
});
const form = (fields: Record<string, string>) =>
  request(new URLSearchParams(fields).toString(), 'application/x-www-form-urlencoded');
const json = (body: unknown) => request(JSON.stringify(body), 'application/json');

async function itemsOf(given: RawRequest) {
  const result = await smtp2go.parse(given);
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

const hard = {
  event: 'bounce',
  bounce: 'hard',
  time: '2026-03-04T05:06:07Z',
  sendtime: '2026-03-04T05:06:00Z',
  rcpt: 'ada@ex.test',
  recipients: 'ada@ex.test',
  email_id: '1rAbCd-0001',
  message: '550 5.1.1 User unknown',
  'message-id': '<20260304@ex.test>',
};

describe('SMTP2GO events', () => {
  it.each([
    ['a form', form(hard)],
    ['JSON', json(hard)],
  ])('are read field by field out of %s', async (_title, given) => {
    expect(await itemsOf(given)).toEqual([
      {
        type: 'event',
        event: {
          meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
          recipient: 'ada@ex.test',
          at: Date.UTC(2026, 2, 4, 5, 6, 7),
          sentAt: Date.UTC(2026, 2, 4, 5, 6),
          reply: { text: '550 5.1.1 User unknown' },
          providerType: 'bounce/hard',
          eventId: null,
          messageId: '1rAbCd-0001',
          rfcMessageId: '<20260304@ex.test>',
          listed: true,
        },
      },
    ]);
  });

  test.each<[string, Record<string, string>, object]>([
    ['bounce', { bounce: 'soft' }, { kind: 'bounce', code: '450' }],
    ['bounce', { bounce: 'novel' }, { kind: 'bounce' }],
    ['reject', {}, { kind: 'reject', category: 'suppressed' }],
    ['spam', {}, { kind: 'complaint', feedback: 'abuse' }],
    ['unsubscribe', {}, { kind: 'unsubscribe' }],
    ['resubscribe', {}, { kind: 'resubscribe' }],
    ['reject', { message: 'Recipient address is on the account suppression list' }, onList()],
    ['reject', { message: 'recipient suppressed' }, onList()],
    ['reject', { message: 'Previously hard-bounced' }, onList('bounce')],
    ['reject', { message: 'The recipient has unsubscribed from this sender' }, onList('unsubscribe')],
    ['reject', { message: 'Suppressed after a spam complaint' }, onList('complaint')],
    ['reject', { message: 'Unverified sender' }, { kind: 'reject', category: 'sender-rejected' }],
    ['reject', { message: '550 From header sender domain not verified' }, { category: 'sender-rejected' }],
    ['reject', { message: 'The API key is sandboxed' }, { category: 'sender-rejected' }],
    ['delivered', {}, { kind: 'delivery' }],
  ])('%s %j means %j', async (event, fields, meaning) => {
    const [item] = await itemsOf(form({ event, rcpt: 'ada@ex.test', ...fields }));
    expect(item).toMatchObject({ type: 'event', event: { meaning } });
  });

  test.each<[string, Record<string, string>, boolean | undefined]>([
    ['a hard bounce', { event: 'bounce', bounce: 'hard' }, true],
    ['a soft bounce', { event: 'bounce', bounce: 'soft' }, undefined],
    ['a reject', { event: 'reject', message: 'recipient suppressed' }, true],
    ['a reject for our own fault', { event: 'reject', message: 'unverified sender' }, undefined],
    ['an unsubscribe', { event: 'unsubscribe' }, true],
    ['who is taken off its list', { event: 'resubscribe' }, false],
  ])('tell whom SMTP2GO keeps on its own list, by %s', async (_title, fields, listed) => {
    const [item] = await itemsOf(form({ rcpt: 'ada@ex.test', ...fields }));
    expect(item?.type === 'event' && item.event.listed).toBe(listed);
  });

  it.each([
    ['sms_delivered', { destination_number: '+4670000000' }],
    ['opt-out', { destination_number: '+4670000000' }],
  ])('of telephones are ignored, such as %s', async (event, fields) => {
    expect(await itemsOf(json({ event, ...fields }))).toEqual([
      { type: 'ignored', label: event, known: true },
    ]);
  });

  it('of one recipient, who stands in a list, are of that one', async () => {
    const { rcpt: _rcpt, ...rest } = hard;
    const [item] = await itemsOf(json({ ...rest, recipients: ['ada@ex.test'] }));
    expect(item).toMatchObject({ type: 'event', event: { recipient: 'ada@ex.test' } });
  });

  it('of another kind are counted, and one that cannot be read loses only itself', async () => {
    expect(await itemsOf(form({ event: 'novel', rcpt: 'ada@ex.test' }))).toEqual([
      { type: 'ignored', label: 'novel', known: false },
    ]);
    const items = await itemsOf(json([hard, 7, { rcpt: 'ada@ex.test' }, hard]));
    expect(items.map(({ type }) => type)).toEqual(['event', 'unreadable', 'unreadable', 'event']);
  });
});

describe('SMTP2GO proof', () => {
  const trust: Trust = {
    secrets: { keys: ['a-shared-secret-of-mine'], basicAuth: [], topicArns: [] },
    publicUrl: null,
    requireSha256: false,
  };
  const io: VerifyIo = { now: NOW, fetchCertificate: () => Promise.reject(new Error('never asked')) };
  const proofOf = async (headers: Record<string, string>) => {
    const given = request('{}', 'application/json', headers);
    const proof = await smtp2go.verify(given, trust, io);
    return proof.ok ? 'good' : proof.error.reason;
  };
  test.each([
    ['the shared secret', { 'x-mailstop-key': 'a-shared-secret-of-mine' }, 'good'],
    ['another secret', { 'x-mailstop-key': 'a-shared-secret-of-yours' }, 'forged'],
    ['nothing', {}, 'forged'],
  ])('T034 %s is %s', async (_title, headers, verdict) => {
    expect(await proofOf(headers as Record<string, string>)).toBe(verdict);
  });
});
