import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { resend } from '../../src/providers/resend.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { resendSampler } from '../../src/samples/resend.ts';

const NOW = 1_790_000_000_000;
const request = (body: unknown, headers: Record<string, string> = { 'svix-id': 'msg_2x' }): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/resend_1'),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemsOf(body: unknown): Promise<readonly Item[]> {
  const result = await resend.parse(request(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

const mail = (type: string, data: Record<string, unknown> = {}) => ({
  type,
  created_at: '2026-05-06T07:08:09.123Z',
  data: {
    created_at: '2026-05-06T07:00:00.894719+00:00',
    email_id: '56761188-0000-4000-8000-ff6fc54ce618',
    from: 'Example <news@ex.test>',
    to: ['ada@ex.test'],
    subject: 'Hello',
    tags: { category: 'welcome' },
    ...data,
  },
});

async function eventOf(body: unknown) {
  const [item, ...rest] = await itemsOf(body);
  if (item?.type !== 'event' || rest.length > 0) throw new Error(JSON.stringify([item, ...rest]));
  return item.event;
}

const bounced = (type?: string, subType?: string, message = 'Some prose.') =>
  mail('email.bounced', { bounce: { type, subType, message } });

describe('Resend bounces', () => {
  it('are read field by field', async () => {
    expect(await eventOf(bounced('Permanent', 'General'))).toEqual({
      meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
      recipient: 'ada@ex.test',
      at: Date.parse('2026-05-06T07:08:09.123Z'),
      sentAt: Date.parse('2026-05-06T07:00:00.894Z'),
      reply: { text: null },
      providerType: 'email.bounced/Permanent/General',
      eventId: 'msg_2x',
      messageId: '56761188-0000-4000-8000-ff6fc54ce618',
      rfcMessageId: null,
      tags: ['category:welcome'],
      listed: true,
    });
  });

  test.each([
    ['Permanent', 'NoEmail', '550', '5.1.1', 'mailbox-unknown', 'cause'],
    ['Permanent', 'Tomorrow', '550', '5.0.0', undefined, 'hard'],
    ['Transient', 'General', '450', '4.0.0', undefined, undefined],
    ['Transient', 'MailboxFull', '452', '4.2.2', 'mailbox-full', 'cause'],
    ['Transient', 'MessageTooLarge', '552', '5.3.4', 'message-too-large', undefined],
    ['Transient', 'ContentRejected', '554', '5.7.1', 'content-rejected', undefined],
    ['Transient', 'AttachmentRejected', '554', '5.7.0', 'content-rejected', undefined],
    ['Transient', 'Tomorrow', '450', '4.0.0', undefined, undefined],
    ['Undetermined', 'Undetermined', '450', '4.0.0', undefined, undefined],
    ['Tomorrow', 'Tomorrow', '450', '4.0.0', undefined, undefined],
    [undefined, undefined, '450', '4.0.0', undefined, undefined],
  ])('of %s/%s mean %s %s', async (type, subType, code, enhanced, category, proof) => {
    const { meaning } = await eventOf(bounced(type, subType));
    expect([meaning.kind, meaning.code, meaning.enhanced, meaning.category, meaning.proof]).toEqual([
      'bounce',
      code,
      enhanced,
      category,
      proof,
    ]);
  });

  test.each([
    ['Permanent', 'Suppressed', 'bounce'],
    ['Permanent', 'OnAccountSuppressionList', 'bounce'],
    ['Permanent', 'UnsubscribedRecipient', 'unsubscribe'],
  ])('of %s/%s stay bounces, of an address that is listed', async (type, subType, listedFor) => {
    const event = await eventOf(bounced(type, subType, 'Resend has suppressed sending to this address.'));
    expect(event.meaning).toMatchObject({ kind: 'bounce', category: 'suppressed', listedFor });
    expect(event.listed).toBe(true);
  });

  test.each([
    ['The provider sent a hard bounce message, without a reason.', '550', null],
    ['The inbox was full.', '450', 'The inbox was full.'],
    [undefined, '550', null],
  ])('of older requests are known by their prose alone: %j', async (message, code, text) => {
    const { meaning, reply } = await eventOf(mail('email.bounced', { bounce: { message } }));
    expect([meaning.code, reply.text]).toEqual([code, text]);
  });

  it('hand on the words of the server where there are any, instead of the prose', async () => {
    const bounce = {
      type: 'Permanent',
      subType: 'General',
      message: 'Prose.',
      diagnosticCode: ['smtp; 550 5.1.1 no'],
    };
    expect((await eventOf(mail('email.bounced', { bounce }))).reply.text).toBe('smtp; 550 5.1.1 no');
    expect(
      (await eventOf(mail('email.bounced', { bounce: { ...bounce, diagnosticCode: [] } }))).reply.text,
    ).toBeNull();
  });

  it('hand on prose only where the label proves nothing that unknown words would take away', async () => {
    expect((await eventOf(bounced('Transient', 'General', 'Prose.'))).reply.text).toBe('Prose.');
    expect((await eventOf(bounced('Permanent', 'General', 'Prose.'))).reply.text).toBeNull();
  });

  it('that only say "has suppressed sending" are of a listed address', async () => {
    const event = await eventOf(
      bounced(undefined, undefined, 'Resend has suppressed sending to this address'),
    );
    expect(event.meaning).toMatchObject({ kind: 'bounce', category: 'suppressed', listedFor: 'bounce' });
    expect([event.providerType, event.listed]).toEqual(['email.bounced', true]);
  });

  it('name the message by its own Message-ID, too', async () => {
    const data = { message_id: '<111@email.ex.test>', bounce: { type: 'Permanent', subType: 'General' } };
    expect((await eventOf(mail('email.bounced', data))).rfcMessageId).toBe('<111@email.ex.test>');
  });

  it('that may pass leave the list alone', async () => {
    expect((await eventOf(bounced('Transient', 'General'))).listed).toBeUndefined();
  });

  it('of a message to several people are certain of none of them', async () => {
    const to = ['ada@ex.test', 'bob@ex.test'];
    const items = await itemsOf(
      mail('email.bounced', { to, bounce: { type: 'Permanent', subType: 'General' } }),
    );
    expect(items).toMatchObject(to.map((recipient) => ({ event: { recipient, ambiguous: true } })));
    expect(items.every((item) => item.type === 'event' && item.event.listed === undefined)).toBe(true);
  });

  test.each([[[]], [undefined]])('to nobody (%j) go to quarantine', async (to) => {
    expect(await itemsOf(mail('email.bounced', { to }))).toMatchObject([{ type: 'unreadable' }]);
  });

  test.each([
    [[7], 7],
    [[null], null],
    [[{ email: 'a@ex.test' }], { email: 'a@ex.test' }],
    ['ada@ex.test', 'ada@ex.test'],
  ])('T057 to %j hand on the recipient as it came', async (to, recipient) => {
    expect((await eventOf(mail('email.bounced', { to }))).recipient).toEqual(recipient);
  });
});

describe('Resend, other mail events', () => {
  test.each([
    ['email.delivered', { kind: 'delivery' }, undefined],
    ['email.delivery_delayed', { kind: 'deferral', code: '450', enhanced: '4.0.0' }, undefined],
    ['email.complained', { kind: 'complaint', feedback: 'abuse' }, true],
  ])('%s is read as %j', async (type, meaning, listed) => {
    const event = await eventOf(mail(type));
    expect(event.meaning).toMatchObject(meaning);
    expect([event.providerType, event.listed]).toEqual([type, listed]);
  });

  test.each([
    ['OnAccountSuppressionList', 'it is on the account-level suppression list', 'bounce'],
    ['Complained', 'no reason', 'complaint'],
    ['OnAccountSuppressionList', 'because they marked your mail as spam', 'complaint'],
    ['UnsubscribedRecipient', '', 'unsubscribe'],
  ])('email.suppressed %s, %s: on the list for %s', async (type, message, listedFor) => {
    const event = await eventOf(mail('email.suppressed', { suppressed: { type, message } }));
    expect(event.meaning).toMatchObject({ kind: 'reject', category: 'suppressed', listedFor });
    expect([event.providerType, event.listed]).toEqual([`email.suppressed/${type}`, true]);
  });

  test.each([
    'email.sent',
    'email.opened',
    'email.clicked',
    'email.failed',
    'contact.deleted',
    'domain.updated',
    'topic.created',
  ])('%s is known and ignored', async (type) => {
    expect(await itemsOf(mail(type))).toEqual([{ type: 'ignored', label: type, known: true }]);
  });

  test.each(['email.tomorrow', 'constructor', '__proto__'])('%s is listed as unmapped', async (type) => {
    expect(await itemsOf({ type })).toEqual([{ type: 'ignored', label: type, known: false }]);
  });
});

describe('Resend lists and contacts', () => {
  const entry = (type: string, data: Record<string, unknown>) => ({
    type,
    created_at: '2026-05-06T07:08:09Z',
    data: { email: 'ada@ex.test', created_at: '2026-01-01T00:00:00Z', ...data },
  });

  test.each([
    ['bounce', { kind: 'reject', category: 'suppressed', listedFor: 'bounce' }],
    ['complaint', { kind: 'reject', category: 'suppressed', listedFor: 'complaint' }],
    ['manual', { kind: 'reject', category: 'suppressed' }],
  ])('suppression.added for %s is a mirrored entry', async (origin, meaning) => {
    const event = await eventOf(entry('suppression.added', { origin }));
    expect(event).toMatchObject({ recipient: 'ada@ex.test', listed: true, messageId: null });
    expect([event.meaning, event.providerType]).toEqual([meaning, `suppression.added/${origin}`]);
  });

  it('suppression.removed takes the address off the provider’s list', async () => {
    const event = await eventOf(entry('suppression.removed', { origin: 'bounce' }));
    expect([event.meaning, event.listed]).toEqual([{ kind: 'resubscribe' }, false]);
  });

  it('an unsubscribed contact is an unsubscribe of all mail, at the time of the change', async () => {
    const event = await eventOf(entry('contact.updated', { unsubscribed: true, audience_id: 'a1' }));
    expect([event.meaning, event.group, event.at]).toEqual([
      { kind: 'unsubscribe' },
      undefined,
      Date.parse('2026-05-06T07:08:09Z'),
    ]);
  });

  test.each([false, undefined, 'true'])(
    'a contact whose unsubscribed is %j lifts nothing',
    async (unsubscribed) => {
      const items = await itemsOf(entry('contact.updated', { unsubscribed }));
      expect(items).toEqual([{ type: 'ignored', label: 'contact.updated', known: true }]);
    },
  );

  it('changed topics are one item each, in their own scope', async () => {
    const topics = [
      { id: 't1', subscription: 'opt_out' },
      { id: 't2', subscription: 'opt_in' },
      { subscription: 'opt_out' },
      { id: 't3', subscription: 'paused' },
    ];
    expect(await itemsOf(entry('contact.topics.updated', { topics }))).toMatchObject([
      { event: { meaning: { kind: 'unsubscribe' }, group: 't1', recipient: 'ada@ex.test' } },
      { event: { meaning: { kind: 'resubscribe' }, group: 't2', recipient: 'ada@ex.test' } },
      { type: 'unreadable' },
      { type: 'ignored', known: false },
    ]);
  });
});

describe('Resend requests', () => {
  test.each(['', '[]', 'null', '{"type":'])('the body %j is quarantined whole', async (body) => {
    expect((await resend.parse(request(body))).ok).toBe(false);
  });

  test.each([[{}], [{ type: 7 }], [{ type: 'email.bounced' }], [{ type: 'email.bounced', data: [] }]])(
    '%j makes one item for the quarantine or the unmapped',
    async (body) => {
      const [item] = await itemsOf(body);
      expect(item?.type).toMatch(/unreadable|ignored/);
      expect(item).not.toMatchObject({ known: true });
    },
  );

  it('its samples are signed, and are the kinds that they say', async () => {
    const { source, signing } = await resendSampler.source();
    const keys = source.secrets.keys ?? [];
    expect(keys.map((key) => resend.checkKey(key))).toEqual([null]);
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
    for (const sample of resendSampler.samples(NOW)) {
      const { headers, body } = await resendSampler.request(sample.payload, signing, NOW);
      expect((await resend.verify(request(body, headers), trust, io)).ok).toBe(true);
      expect((await resend.verify(request(`${body} `, headers), trust, io)).ok).toBe(false);
      const result = await resend.parse(request(body, headers));
      expect(result).toMatchObject({
        value: {
          items: [
            {
              event: {
                meaning: { kind: sample.kind },
                recipient: sample.recipient,
                eventId: headers['svix-id'],
              },
            },
          ],
        },
      });
    }
  });
});
