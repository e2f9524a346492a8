import { describe, expect, it, test } from 'vitest';
import type { ProviderEvent } from '../../src/core/event.ts';
import type { Item } from '../../src/providers/adapter.ts';
import { arf } from '../../src/providers/arf.ts';
import { arfSampler } from '../../src/samples/arf.ts';

const NOW = Date.UTC(2026, 9, 1, 12);
const io = { now: NOW, fetchCertificate: async () => ({ ok: false, error: 'unavailable' }) as const };

const requestOf = (body: string, contentType = 'message/rfc822', headers: Record<string, string> = {}) => ({
  method: 'POST',
  url: new URL('https://mail.example.test/webhooks/arf_x'),
  headers: new Headers({ 'content-type': contentType, ...headers }),
  body: new TextEncoder().encode(body),
});
const itemsOf = async (body: string, contentType?: string): Promise<readonly Item[]> => {
  const parsed = await arf.parse(requestOf(body, contentType));
  if (!parsed.ok || parsed.value.type !== 'items') throw new Error('not read');
  return parsed.value.items;
};
const eventsOf = async (body: string): Promise<ProviderEvent[]> =>
  (await itemsOf(body)).flatMap((item) => (item.type === 'event' ? [item.event] : []));

const RETURNED = [
  'Return-Path: <bounces+k3y@sender.test>',
  'From: news@sender.test',
  'To: "undisclosed"',
  'Date: Thu, 01 Oct 2026 10:00:00 +0000',
  'Message-ID: <the-message@sender.test>',
].join('\n');

const reportOf = (fields: readonly string[], returned = RETURNED, type = 'message/rfc822'): string =>
  [
    'From: fbl@mailbox.test',
    'To: fbl@sender.test',
    'Date: Thu, 01 Oct 2026 12:00:00 +0000',
    'Message-ID: <the-report@mailbox.test>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary="b1"',
    '',
    '--b1',
    'Content-Type: text/plain',
    '',
    'This is an abuse report. Ask help@mailbox.test.',
    '--b1',
    'Content-Type: message/feedback-report',
    '',
    ...fields,
    '',
    '--b1',
    `Content-Type: ${type}`,
    '',
    returned,
    '',
    'Hello',
    '--b1--',
    '',
  ].join('\n');
const ABUSE = ['Feedback-Type: abuse', 'User-Agent: Example/1.0', 'Version: 1'];
const TO_ANN = 'Original-Rcpt-To: <ann@ex.test>';

describe('an abuse report', () => {
  it('is a complaint of its recipient, and never proven', async () => {
    const fields = [
      ...ABUSE,
      TO_ANN,
      'Original-Mail-From: <other@sender.test>',
      'Arrival-Date: Thu, 01 Oct 2026 10:00:01 +0000',
    ];
    expect(await eventsOf(reportOf(fields))).toEqual([
      {
        meaning: { kind: 'complaint', category: 'complaint', feedback: 'abuse' },
        recipient: 'ann@ex.test',
        at: Date.UTC(2026, 9, 1, 10, 0, 1),
        sentAt: Date.UTC(2026, 9, 1, 10),
        reply: {},
        providerType: 'abuse',
        eventId: 'the-report@mailbox.test ann@ex.test',
        messageId: 'the-message@sender.test',
        rfcMessageId: 'the-message@sender.test',
        proven: false,
        returnPaths: ['fbl@sender.test', 'bounces+k3y@sender.test', 'other@sender.test'],
      },
    ]);
  });

  const TO_BOB = 'Original-Rcpt-To: bob@ex.test';
  const toBob = RETURNED.replace('bounces+k3y', 'bounces+bob=ex.test');
  test.each<[string, string[], string, string[]]>([
    ['all of them', [TO_ANN, TO_BOB], RETURNED, ['ann@ex.test', 'bob@ex.test']],
    ['one who is named twice', [TO_ANN, 'Original-Rcpt-To: Ann@EX.test'], RETURNED, ['ann@ex.test']],
    ['the one of them who has the return path', [TO_ANN, TO_BOB], toBob, ['bob@ex.test']],
    [
      'the one of them who is to be removed',
      [TO_ANN, TO_BOB, 'Removal-Recipient: bob@ex.test'],
      RETURNED,
      ['bob@ex.test'],
    ],
  ])('that writes down several recipients tells of %s', async (_title, fields, returned, expected) => {
    const events = await eventsOf(reportOf([...ABUSE, ...fields], returned));
    expect(events.map(({ recipient }) => recipient)).toEqual(expected);
    expect(events.some(({ ambiguous }) => ambiguous)).toBe(false);
  });

  test.each([
    [
      'Microsoft’s field in the original',
      [],
      RETURNED.replace('From:', 'X-HmXmrOriginalRecipient: ann@ex.test\nFrom:'),
    ],
    ['the request to be removed', ['Removal-Recipient: ann@ex.test'], RETURNED],
    ['the return path', ['Original-Mail-From: <bounces+ann=ex.test@sender.test>'], RETURNED],
    ['the return path of the original', [], RETURNED.replace('bounces+k3y', 'bounces+ann=ex.test')],
    [
      'the address to unsubscribe by',
      [],
      RETURNED.replace('From:', 'List-Unsubscribe: <mailto:leave+ann=ex.test@sender.test>\nFrom:'),
    ],
    [
      'the link to unsubscribe by',
      [],
      RETURNED.replace(
        'From:',
        'List-Unsubscribe: <https://sender.test/u?list=1&email=ann%40ex.test>\nFrom:',
      ),
    ],
    ['a To of one', [], RETURNED.replace('"undisclosed"', 'Ann <ann@ex.test>')],
  ])('tells by %s who it was', async (_title, fields, returned) => {
    const events = await eventsOf(
      reportOf([...ABUSE, 'Original-Rcpt-To: redacted@mailbox.test', ...fields], returned),
    );
    expect(events).toMatchObject([{ recipient: 'ann@ex.test' }]);
    expect(events[0]?.ambiguous).toBeUndefined();
  });

  it('about a message to several, without a word of who it was, is ambiguous', async () => {
    const returned = RETURNED.replace('"undisclosed"', 'ann@ex.test, bob@ex.test');
    expect(await eventsOf(reportOf(ABUSE, returned))).toMatchObject([
      { recipient: 'ann@ex.test', ambiguous: true },
      { recipient: 'bob@ex.test', ambiguous: true },
    ]);
  });

  test.each([
    ['its own field', RETURNED],
    ['the original', RETURNED.replace('"undisclosed"', 'redacted@mailbox.test')],
    [
      'the original, which went to another as well',
      RETURNED.replace('"undisclosed"', 'bob@ex.test, redacted@mailbox.test'),
    ],
    ['the return path', RETURNED.replace('bounces+k3y', 'bounces-redacted=mailbox.test')],
    [
      'the link to unsubscribe by',
      RETURNED.replace('From:', 'List-Unsubscribe: <https://sender.test/u?email=redacted%40ex.test>\nFrom:'),
    ],
  ])('from which the recipient was removed says so: also from %s', async (_title, returned) => {
    const fields = [...ABUSE, 'Original-Rcpt-To: redacted@mailbox.test'];
    expect(await itemsOf(reportOf(fields, returned))).toMatchObject([
      { type: 'unreadable', why: expect.stringMatching(/^an abuse report whose recipient was removed/) },
    ]);
  });

  it('with the recipient removed from the original tells by the return path who it was', async () => {
    const returned = RETURNED.replace('"undisclosed"', 'redacted@mailbox.test');
    expect(
      await eventsOf(reportOf(ABUSE, returned.replace('bounces+k3y', 'bounces-ann=mailbox.test'))),
    ).toMatchObject([{ recipient: 'ann@mailbox.test' }]);
  });

  test.each(['text/rfc822-headers', 'text/rfc822-header', 'message/rfc822'])(
    'returns the original as %s',
    async (type) => {
      expect(await eventsOf(reportOf([...ABUSE, TO_ANN], RETURNED, type))).toMatchObject([
        { messageId: 'the-message@sender.test' },
      ]);
    },
  );

  test.each([
    ['opt-out', 'opt-out'],
    ['Not-Spam', 'not-spam'],
    ['auth-failure (dkim)', 'auth-failure'],
    ['fraud', 'fraud'],
    ['', 'abuse'],
  ])('of type %j is feedback %s', async (type, feedback) => {
    expect(
      await eventsOf(reportOf([type === '' ? 'Version: 1' : `Feedback-Type: ${type}`, TO_ANN])),
    ).toMatchObject([{ meaning: { kind: 'complaint', feedback } }]);
  });

  it('tells by a link, whatever signs are in it, who it was', async () => {
    const link = 'List-Unsubscribe: <https://sender.test/u?email=o%27neil%2Bx%40ex.test>\nFrom:';
    expect(await eventsOf(reportOf(ABUSE, RETURNED.replace('From:', link)))).toMatchObject([
      { recipient: "o'neil+x@ex.test" },
    ]);
  });

  it('takes the time of the message by its older name, too', async () => {
    const fields = [...ABUSE, TO_ANN, 'Received-Date: Wed,  7 Oct 2026 08:00:00 +0000'];
    expect(await eventsOf(reportOf(fields))).toMatchObject([{ at: Date.UTC(2026, 9, 7, 8) }]);
  });

  it('with blank lines within its fields is read to its end', async () => {
    expect(await eventsOf(reportOf(['Feedback-Type: abuse', '', TO_ANN]))).toMatchObject([
      { recipient: 'ann@ex.test' },
    ]);
  });

  it('reads the same in every form', async () => {
    const body = reportOf([...ABUSE, TO_ANN]);
    const items = await itemsOf(body);
    expect(items).toMatchObject([{ type: 'event' }]);
    expect(await itemsOf(body.replaceAll('\n', '\r\n'))).toEqual(items);
    expect(await itemsOf(body.replaceAll('\n', '\r'))).toEqual(items);
    const entry = `From fbl Thu Oct  1 12:00:00 2026\n${body}\n`;
    expect(await itemsOf(entry + entry, 'application/mbox')).toEqual([...items, ...items]);
  });
});

describe('Microsoft’s report, which is no ARF,', () => {
  const jmrp = (to: string): string =>
    [
      'From: staff@hotmail.com',
      'To: fbl@sender.test',
      'Subject: complaint about message from 192.0.2.5',
      'Date: Thu, 01 Oct 2026 12:00:00 +0000',
      'Message-ID: <the-report@mailbox.test>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="b1"',
      '',
      '--b1',
      'Content-Type: message/rfc822',
      'Content-Disposition: inline',
      '',
      `X-HmXmrOriginalRecipient: ${to}`,
      RETURNED,
      '',
      'Hello',
      '--b1--',
      '',
    ].join('\n');

  it('is a complaint', async () => {
    expect(await eventsOf(jmrp('ann@ex.test'))).toMatchObject([
      {
        recipient: 'ann@ex.test',
        meaning: { feedback: 'abuse' },
        at: NOW,
        messageId: 'the-message@sender.test',
      },
    ]);
  });

  it('is put aside where the recipient was removed', async () => {
    expect(await itemsOf(jmrp('*'))).toMatchObject([{ type: 'unreadable' }]);
  });
});

test.each([
  ['a newsletter', 'From: a@ex.test\nTo: ann@ex.test\n\nHello', /^not an abuse report/],
  [
    'a bounce',
    'Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: rfc822; ann@ex.test\n--b--\n',
    /^a delivery report \(DSN\)/,
  ],
  ['an empty report', reportOf([]), /^an empty abuse report/],
  ['nothing', '', /^not an abuse report/],
])('%s is put aside, with what was expected', async (_title, body, why) => {
  expect(await itemsOf(body)).toEqual([{ type: 'unreadable', why: expect.stringMatching(why), raw: body }]);
});

describe('the source', () => {
  it('takes its key, and no other', async () => {
    const { source, signing } = await arfSampler.source();
    const trust = {
      secrets: { keys: source.secrets.keys ?? [], basicAuth: [], topicArns: [] },
      publicUrl: null,
      requireSha256: false,
    };
    const [sample] = arfSampler.samples(NOW);
    const { headers, body } = await arfSampler.request(sample?.payload, signing, NOW);
    expect(await arf.verify(requestOf(body, 'message/rfc822', headers), trust, io)).toMatchObject({
      ok: true,
    });
    const forged = requestOf(body, 'message/rfc822', { authorization: 'Bearer another' });
    expect(await arf.verify(forged, trust, io)).toMatchObject({ ok: false, error: { reason: 'forged' } });
  });

  it('has a sample that it reads', async () => {
    const [sample] = arfSampler.samples(NOW);
    expect(await eventsOf(String(sample?.payload))).toMatchObject([
      { meaning: { kind: 'complaint' }, recipient: sample?.recipient, at: NOW - 60_000 },
    ]);
  });
});
