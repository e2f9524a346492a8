import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { mailjet } from '../../src/providers/mailjet.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { mailjetSampler } from '../../src/samples/mailjet.ts';

const NOW = 1_790_000_000_000;
const request = (body: unknown): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/mailjet_1'),
  headers: new Headers({ 'content-type': 'application/json' }),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemsOf(body: unknown): Promise<readonly Item[]> {
  const result = await mailjet.parse(request(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

async function eventOf(body: unknown) {
  const [item, ...rest] = await itemsOf(body);
  if (item?.type !== 'event' || rest.length > 0) throw new Error(JSON.stringify(item));
  return item.event;
}

const told = (event: string, fields: object = {}) => ({
  event,
  time: 1_772_600_767,
  email: 'ada@ex.test',
  ...fields,
});
const failure = (error_related_to: string, error: string, fields: object = {}) =>
  told('bounce', { error_related_to, error, ...fields });

describe('Mailjet events', () => {
  it('are read field by field, and a MessageID beyond 2^53 digit by digit (T058)', async () => {
    const body = JSON.stringify(
      failure('recipient', 'user unknown', {
        MessageID: 77,
        Message_GUID: '5b4de5f5-63d0-44f3-b4bd-000000000001',
        hard_bounce: true,
        blocked: true,
        customcampaign: 'spring',
        CustomID: 'order-7',
        comment: '550 5.1.1 no such user',
      }),
    );
    expect(await eventOf(body.replace('"MessageID":77', '"MessageID":102175416994919441'))).toEqual({
      meaning: {
        kind: 'bounce',
        code: '550',
        enhanced: '5.1.1',
        category: 'mailbox-unknown',
        proof: 'cause',
      },
      recipient: 'ada@ex.test',
      at: 1_772_600_767_000,
      reply: { text: '550 5.1.1 no such user' },
      providerType: 'bounce/recipient/user unknown',
      eventId: null,
      messageId: '102175416994919441',
      group: null,
      tags: ['spring', 'order-7'],
      listed: true,
    });
  });

  test.each<[string, string, boolean | undefined, object]>([
    ['recipient', 'mailbox inactive', true, { code: '550', category: 'mailbox-disabled', proof: 'cause' }],
    ['recipient', 'quota exceeded', true, { code: '552', category: 'mailbox-full' }],
    ['recipient', 'spam reporter', true, { kind: 'reject', listedFor: 'complaint' }],
    ['domain', 'no mail host', true, { code: '550', enhanced: '5.4.4', category: 'domain-invalid' }],
    ['domain', 'relay/access denied', true, { code: '550', category: 'relay-denied' }],
    ['domain', 'greylisted', false, { kind: 'deferral', code: '451', category: 'greylisted' }],
    ['domain', 'greylisted', true, { kind: 'bounce', code: '451', category: 'greylisted' }],
    ['content', 'content blocked', true, { code: '554', category: 'content-rejected' }],
    ['spam', 'content blocked', true, { code: '554', category: 'content-rejected' }],
    ['system', 'connection issue', false, { kind: 'bounce', code: '421', category: 'network-error' }],
    ['mailjet', 'preblocked', undefined, { kind: 'reject', listedFor: 'bounce' }],
    ['moon', 'phase', true, { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' }],
    ['moon', 'phase', false, { kind: 'bounce', code: '450', enhanced: '4.0.0' }],
  ])('that bounce for %s/%s, hard: %s, mean %j', async (family, error, hard_bounce, meaning) => {
    expect((await eventOf(failure(family, error, { hard_bounce }))).meaning).toMatchObject(meaning);
  });

  it('whose hard_bounce is false prove nothing of the address, whatever the error is called', async () => {
    const { meaning } = await eventOf(failure('recipient', 'user unknown', { hard_bounce: false }));
    expect(meaning).toEqual({ kind: 'bounce', code: '550', enhanced: '5.1.1', category: 'mailbox-unknown' });
  });

  test.each<[string, string, string, string]>([
    ['recipient', 'quota exceeded', '552', '5.2.2'],
    ['domain', 'no mail host', '550', '5.4.4'],
    ['domain', 'relay/access denied', '550', '5.7.1'],
    ['content', 'sender blocked', '554', '5.7.1'],
    ['spam', 'policy issue', '554', '5.7.1'],
    ['system', 'protocol issue', '421', '4.4.2'],
  ])('for %s/%s have one code, however hard: %s %s', async (family, error, code, enhanced) => {
    for (const hard_bounce of [true, false])
      expect((await eventOf(failure(family, error, { hard_bounce }))).meaning).toMatchObject({
        code,
        enhanced,
      });
  });

  it('that are blocked for a domain that is a slip of the pen name the cause', async () => {
    const { meaning } = await eventOf(told('blocked', { error_related_to: 'domain', error: 'typofix' }));
    expect(meaning).toMatchObject({ kind: 'reject', code: '553', proof: 'cause' });
  });

  test.each<[object, object]>([
    [told('blocked', { error_related_to: 'recipient', error: 'user unknown' }), { listedFor: 'bounce' }],
    [told('blocked', { error_related_to: 'mailjet', error: 'preblocked' }), { listedFor: 'bounce' }],
    [told('blocked', { error_related_to: 'spam', error: 'sender blocked' }), { category: 'sender-rejected' }],
    [told('blocked', { error_related_to: 'x', error: 'y' }), { category: 'suppressed' }],
    [told('blocked'), { category: 'suppressed' }],
  ])('that are blocked were not tried: %j is %j', async (body, meaning) => {
    expect((await eventOf(body)).meaning).toMatchObject({ kind: 'reject', ...meaning });
  });

  test.each<[object, true | undefined]>([
    [failure('recipient', 'user unknown', { hard_bounce: true, blocked: false }), undefined],
    [failure('domain', 'greylisted', { hard_bounce: false, blocked: true }), true],
    [told('spam', { source: 'JMRPP' }), true],
    [told('unsub'), true],
    [told('sent'), undefined],
  ])('tell of Mailjet’s own list: %j, %s', async (body, listed) => {
    expect((await eventOf(body)).listed).toBe(listed);
  });

  test.each<[unknown, string | null]>([
    [12, '12'],
    [0, null],
    [undefined, null],
  ])('of an opt-out from list %j have the group %j', async (mj_list_id, group) => {
    expect((await eventOf(told('unsub', { mj_list_id }))).group).toBe(group);
  });

  test.each([
    [told('open'), 'open', true],
    [failure('mailjet', 'duplicate in campaign'), 'bounce/mailjet/duplicate in campaign', true],
    [told('teleport', { error: 'x' }), 'teleport', false],
    [told('constructor'), 'constructor', false],
  ])('that say nothing of an address are ignored: %j', async (body, label, known) => {
    expect(await itemsOf(body)).toEqual([{ type: 'ignored', label, known }]);
  });

  it('in a group are read one by one, and a broken one loses only itself', async () => {
    const items = await itemsOf([told('spam'), 7, told('sent'), { email: 'a@ex.test' }]);
    expect(items.map(({ type }) => type)).toEqual(['event', 'unreadable', 'event', 'unreadable']);
    expect(await itemsOf([])).toEqual([]);
  });

  test.each(['', '[{]', '\xff'])('that are no JSON are quarantined whole: %j', async (body) => {
    expect((await mailjet.parse(request(body))).ok).toBe(false);
  });

  it('T027 its samples are proven by their key, and are the kinds that they say', async () => {
    const { source, signing } = await mailjetSampler.source();
    const keys = ['another key, before rotation', ...(source.secrets.keys ?? [])];
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
    for (const sample of mailjetSampler.samples(NOW)) {
      const { headers, body } = await mailjetSampler.request(sample.payload, signing, NOW);
      expect((await mailjet.verify({ ...request(body), headers: new Headers(headers) }, trust, io)).ok).toBe(
        true,
      );
      expect(await mailjet.verify(request(body), trust, io)).toMatchObject({ error: { reason: 'forged' } });
      const event = await eventOf(body);
      expect([event.meaning.kind, event.recipient, event.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
