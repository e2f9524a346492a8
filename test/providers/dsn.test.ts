import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { canonicalAddress } from '../../src/core/address.ts';
import type { ProviderEvent } from '../../src/core/event.ts';
import { readReply } from '../../src/core/smtp.ts';
import type { Item } from '../../src/providers/adapter.ts';
import { dsn } from '../../src/providers/dsn.ts';
import { dsnSampler } from '../../src/samples/dsn.ts';
import { processorTime } from '../processor-time.ts';

const NOW = Date.UTC(2026, 9, 1, 12);
const io = { now: NOW, fetchCertificate: async () => ({ ok: false, error: 'unavailable' }) as const };

const requestOf = (
  body: string | Uint8Array,
  contentType = 'message/rfc822',
  headers: Record<string, string> = {},
) => ({
  method: 'POST',
  url: new URL('https://mail.example.test/webhooks/dsn_x'),
  headers: new Headers({ 'content-type': contentType, ...headers }),
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
});

const itemsOf = async (body: string | Uint8Array, contentType?: string): Promise<readonly Item[]> => {
  const parsed = await dsn.parse(requestOf(body, contentType));
  if (!parsed.ok) throw new Error(parsed.error.why);
  if (parsed.value.type !== 'items') throw new Error(parsed.value.type);
  return parsed.value.items;
};
const eventsOf = async (body: string | Uint8Array, contentType?: string): Promise<ProviderEvent[]> =>
  (await itemsOf(body, contentType)).flatMap((item) => (item.type === 'event' ? [item.event] : []));
const firstOf = async (body: string): Promise<ProviderEvent> => {
  const [event] = await eventsOf(body);
  if (event === undefined) throw new Error('no event');
  return event;
};

const failed = (recipient: string, more: readonly string[] = ['Status: 5.1.1']): string =>
  [`Final-Recipient: rfc822; ${recipient}`, 'Action: failed', ...more].join('\n');

const RETURNED = [
  'From: news@example.org',
  'Date: Thu, 01 Oct 2026 10:00:00 +0000',
  'Message-ID: <the-message@example.org>',
].join('\n');

const reportOf = (
  groups: readonly string[],
  returned = RETURNED,
  statusType = 'message/delivery-status',
): string =>
  [
    'From: MAILER-DAEMON@mta.ex.test',
    'Date: Thu, 01 Oct 2026 13:30:00 +0200 (CEST)',
    'Message-ID: <the-report@mta.ex.test>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b1"',
    '',
    '--b1',
    'Content-Type: text/plain',
    '',
    'It did not work.',
    '--b1',
    `Content-Type: ${statusType}`,
    '',
    'Reporting-MTA: dns; mta.ex.test',
    '',
    groups.join('\n\n'),
    '',
    '--b1',
    'Content-Type: text/rfc822-headers',
    '',
    returned,
    '',
    '--b1--',
    '',
  ].join('\n');

describe('a delivery report', () => {
  it('is a bounce of its recipient, and never proven', async () => {
    const text = '550 5.1.1 <gone@ex.test>: User unknown';
    const body = reportOf([failed('gone@ex.test', ['Status: 5.1.1', `Diagnostic-Code: smtp; ${text}`])]);
    expect(await eventsOf(body)).toEqual([
      {
        meaning: { kind: 'bounce' },
        recipient: 'gone@ex.test',
        at: Date.UTC(2026, 9, 1, 11, 30),
        sentAt: Date.UTC(2026, 9, 1, 10),
        reply: { code: '550', enhanced: '5.1.1', text },
        providerType: 'failed',
        eventId: 'the-report@mta.ex.test gone@ex.test',
        messageId: 'the-message@example.org',
        rfcMessageId: 'the-message@example.org',
        proven: false,
        returnPaths: [],
      },
    ]);
  });

  test.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('reads the same with %s line ends', async (_name, end) => {
    const body = reportOf([failed('a@ex.test'), failed('b@ex.test')]);
    expect(await eventsOf(body.replaceAll('\n', end))).toEqual(await eventsOf(body));
    expect(await eventsOf(body)).toHaveLength(2);
  });

  test.each([
    ['failed', '5.1.1', 'bounce'],
    ['Failed (final)', '5.1.1', 'bounce'],
    ['failed', '4.4.7', 'bounce'],
    ['expired', '', 'bounce'],
    ['delayed', '4.2.2', 'deferral'],
    ['delivered', '2.0.0', 'delivery'],
    ['undeliverable', '5.1.1', 'bounce'],
    ['retrying', '4.2.2', 'deferral'],
    ['', '5.1.1', 'bounce'],
    ['', '4.2.2', 'deferral'],
    ['', '2.0.0', 'delivery'],
  ])('with action %j and status %j is a %s', async (action, status, kind) => {
    const group = [`Final-Recipient: rfc822; a@ex.test`, `Action: ${action}`, `Status: ${status}`].join('\n');
    expect((await firstOf(reportOf([group]))).meaning.kind).toBe(kind);
  });

  test.each([
    'rfc822; <a@ex.test> (Ann (sales))',
    'RFC822;a@ex.test (Ann)',
    'rfc822; "Ann" <a@ex.test>',
    'a@ex.test',
  ])('is about who stands in %j', async (named) => {
    const group = `Final-Recipient: ${named}\nAction: failed\nStatus: 5.1.1`;
    const { recipient } = await firstOf(reportOf([group]));
    expect(canonicalAddress(recipient)).toEqual({ ok: true, value: 'a@ex.test' });
  });

  test.each([
    ['relayed', true],
    ['expanded', true],
    ['teleported', false],
  ])('with action %s is ignored (known: %s)', async (action, known) => {
    const group = `Final-Recipient: rfc822; a@ex.test\nAction: ${action}`;
    expect(await itemsOf(reportOf([group]))).toEqual([{ type: 'ignored', label: action, known }]);
  });

  test.each([
    ['Status: 5.0.0\nDiagnostic-Code: smtp; 550 5.7.1 refused', '550 5.7.1'],
    ['Status: 4.4.7\nDiagnostic-Code: smtp; 450 4.7.1 greylisted', '450 4.7.1'],
    ['Status: 5.0.0\nDiagnostic-Code: smtp; 552 over quota', '552 5.0.0'],
    ['Status: 5.0.0 (permanent failure)', '- 5.0.0'],
    ['Status: 5.0.0\nDiagnostic-Code: smtp;host mx.ex.test:25 says:\n 550 5.4.1 refused', '550 5.0.0'],
    ['Status: 5.4.4\nDiagnostic-Code: X-Postfix; Host not found', '- 5.4.4'],
    ['Status: 5.3.0\nDiagnostic-Code: X-Unix; 255', '- 5.3.0'],
    ['Status: 5.5.4\nDiagnostic-Code: smtp; 504 Command parameter not implemented', '504 5.5.4'],
    ['Diagnostic-Code: smtp; 550-5.1.1 no such\n 550 5.1.1 user', '550 5.1.1'],
  ])('with %j has the codes %s', async (fields, codes) => {
    const { code, enhanced } = readReply((await firstOf(reportOf([failed('a@ex.test', [fields])]))).reply);
    expect(`${code ?? '-'} ${enhanced ?? '-'}`).toBe(codes);
  });

  test.each([
    ['rfc822;alias@ex.test', 'alias@ex.test'],
    ['rfc822; <alias@ex.test>', 'alias@ex.test'],
    ['rfc822;a+2Bnews+3D1@ex.test', 'a+news=1@ex.test'],
    ['alias@ex.test', 'alias@ex.test'],
    ['rfc822;', 'final@ex.test'],
    ['x400; /C=XX/', 'final@ex.test'],
  ])('with original recipient %j is about %s', async (original, address) => {
    const { recipient } = await firstOf(
      reportOf([failed('final@ex.test', [`Original-Recipient: ${original}`])]),
    );
    expect(canonicalAddress(recipient)).toEqual({ ok: true, value: address });
  });

  it('without Message-ID or Date has neither event id nor time', async () => {
    const body = reportOf([failed('a@ex.test')], 'Subject: x').replace(/^(?:Message-ID|Date):.*\n/gm, '');
    expect(await firstOf(body)).toMatchObject({ at: null, sentAt: null, eventId: null, messageId: null });
  });

  test.each([
    ['1 Oct 2026 10:00:00 +0000', Date.UTC(2026, 9, 1, 10)],
    ['Thu, 01 Jan 1970 00:00:10 +0000', null],
    ['Thu, 01 Oct 2099 10:00:00 +0000', null],
    ['yesterday', null],
  ])('with an original of %s was sent at %s', async (date, sentAt) => {
    expect((await firstOf(reportOf([failed('a@ex.test')], `Date: ${date}`))).sentAt).toBe(sentAt);
  });

  it('of RFC 6533 is read', async () => {
    const group = 'Final-Recipient: utf-8; grün@ex.test\nAction: failed\nStatus: 5.1.1';
    const body = reportOf([group], RETURNED, 'message/global-delivery-status');
    expect((await firstOf(body)).recipient).toBe('grün@ex.test');
  });

  it('in base64 is read', async () => {
    const status = btoa(`Reporting-MTA: dns; x\r\n\r\n${failed('a@ex.test').replaceAll('\n', '\r\n')}\r\n`);
    const body = `Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n${status}\n--b--\n`;
    expect((await firstOf(body)).recipient).toBe('a@ex.test');
  });

  it('that gives the first line of a reply is completed by the transcript that quotes them all', async () => {
    const first = 'Diagnostic-Code: SMTP; 550-5.7.1 [192.0.2.2] Messages with multiple addresses in From:';
    const transcript = [
      '<ann@ex.test>',
      '',
      '   ----- Transcript of session follows -----',
      '>>> DATA',
      '<<< 550-5.7.1 [192.0.2.2] Messages with multiple addresses in From:',
      '<<< 550 5.7.1 header are not accepted. r7si12 - gsmtp',
    ].join('\n');
    const report = reportOf([failed('ann@ex.test', ['Status: 5.7.1', first])]);
    const { reply } = await firstOf(report.replace('It did not work.', transcript));
    expect(reply).toMatchObject({ code: '550', enhanced: '5.7.1' });
    expect(reply.text).toContain('header are not accepted');
    expect((await firstOf(report)).reply.text).not.toContain('header are not accepted');
  });

  it('in ISO-2022-JP is read, though it does not say so', async () => {
    const text = 'Diagnostic-Code: X-Notes; \u001b$B%f!<%6!<\u001b(B Neko';
    expect((await firstOf(reportOf([failed('ann@ex.test', [text])]))).reply.text).toBe('ユーザー Neko');
  });

  it('whose boundary a relay changed is read all the same', async () => {
    const body = reportOf([failed('a@ex.test')]).replace('boundary="b1"', 'boundary="other"');
    expect((await eventsOf(body)).map(({ recipient }) => recipient)).toEqual(['a@ex.test']);
  });

  it('about a report speaks for itself only', async () => {
    const inner = reportOf([failed('inner@ex.test')]).replaceAll('b1', 'b2');
    const body = reportOf([failed('outer@ex.test')], inner).replace('text/rfc822-headers', 'message/rfc822');
    expect((await eventsOf(body)).map(({ recipient }) => recipient)).toEqual(['outer@ex.test']);
  });
});

describe('other mail', () => {
  const forwarded = `Content-Type: multipart/mixed; boundary=f\n\n--f\nContent-Type: message/rfc822\n\n${reportOf([failed('a@ex.test')])}\n--f--\n`;
  test.each([
    ['a personal mail', 'Subject: away\n\nI am away.', /^not a delivery report: neither/],
    ['a forwarded report', forwarded, /^not a delivery report/],
    [
      'an abuse report',
      'Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b--\n',
      /^an abuse report/,
    ],
    ['a report about nobody', reportOf([]), /without a recipient/],
    ['nothing', '', /^not a delivery report/],
    ['JSON', '{"event":"bounce"}', /^not a delivery report/],
  ])('%s is put aside, with what was expected', async (_title, body, why) => {
    const items = await itemsOf(body);
    expect(items).toEqual([{ type: 'unreadable', why: expect.stringMatching(why), raw: body }]);
  });
});

describe('an mbox', () => {
  const from = 'From MAILER-DAEMON Thu Oct  1 12:00:00 2026';
  const report = (name: string): string => reportOf([failed(`${name}@ex.test`)]);

  it('gives the events of all its messages', async () => {
    const mbox = `${from}\n${report('a')}\n${from}\nSubject: away\n\nx\n\n${from}\n${report('b')}`;
    const items = await itemsOf(mbox, 'application/mbox');
    expect(items.map((item) => (item.type === 'event' ? item.event.recipient : item.type))).toEqual([
      'a@ex.test',
      'unreadable',
      'b@ex.test',
    ]);
    expect(await itemsOf(mbox.replaceAll('\n', '\r\n'), 'application/mbox')).toHaveLength(3);
  });

  it('takes `From ` within a paragraph, and `>From `, for text', async () => {
    const body = `${from}\nSubject: x\n\na\nFrom here\n\n>From there\n>>From\n`;
    expect(await itemsOf(body, 'application/mbox')).toMatchObject([
      { raw: 'Subject: x\n\na\nFrom here\n\nFrom there\n>>From\n' },
    ]);
  });

  test('T044 one of too many messages or lines is refused as a whole, never cut short', async () => {
    const parsed = async (mbox: string) => dsn.parse(requestOf(mbox, 'application/mbox'));
    expect(await parsed(`${from}\n\n`.repeat(10_001))).toMatchObject({
      ok: false,
      error: { why: /messages/ },
    });
    expect(await parsed(`${from}\n${'\n'.repeat(1_000_000)}`)).toMatchObject({
      ok: false,
      error: { why: /lines/ },
    });
    expect(await parsed(`${from}\n\n`.repeat(50))).toMatchObject({ ok: true });
  });

  test('T038 a message/rfc822 is one message, also with the line that mailboxes put first', async () => {
    const body = `${from}\n${report('a')}\n${from}\n${report('b')}`;
    expect((await eventsOf(body)).map(({ recipient }) => recipient)).toEqual(['a@ex.test']);
  });
});

test('T044 a report too long to be read to its end says so', async () => {
  const items = await itemsOf(reportOf(Array.from({ length: 20_000 }, (_, i) => failed(`a${i}@ex.test`))));
  expect(items.length).toBeGreaterThan(1_000);
  expect(items.at(-1)).toMatchObject({ type: 'unreadable', why: /too long/ });
  const longOriginal = reportOf([failed('a@ex.test')], `${RETURNED}\n\n${'x\n'.repeat(30_000)}`);
  expect(await itemsOf(longOriginal)).toMatchObject([{ type: 'event' }]);
});

describe('hostile mail', () => {
  test.each([
    ['a NUL', new TextEncoder().encode(reportOf([failed('victim@ex.test\0.evil')]))],
    [
      'bytes that are not UTF-8',
      Uint8Array.from(reportOf([failed('v\xefctim@ex.test')]), (c) => c.charCodeAt(0)),
    ],
    ['two addresses', new TextEncoder().encode(reportOf([failed('a@ex.test, b@ex.test')]))],
    ['no domain', new TextEncoder().encode(reportOf([failed('victim')]))],
    ['nothing', new TextEncoder().encode(reportOf([failed('')]))],
  ])('T049 T057 a recipient with %s is no address', async (_title, body) => {
    const [event] = await eventsOf(body);
    expect(event).toBeDefined();
    expect(canonicalAddress(event?.recipient).ok).toBe(false);
  });

  test('T038 a multipart bomb is read or put aside in no time', async () => {
    const parts = `--b\nContent-Type: message/delivery-status\n\n${failed('a@ex.test')}\n`.repeat(10_000);
    const deep = Array.from(
      { length: 5_000 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`,
    );
    const spent = processorTime();
    await itemsOf(`Content-Type: multipart/report; boundary=b\n\n${parts}--b--\n`);
    expect(await itemsOf(deep.join(''))).toMatchObject([{ type: 'unreadable', why: /^broken MIME/ }]);
    await itemsOf(`X: ${'a'.repeat(1e6)}\n\n`);
    await itemsOf('\n'.repeat(1e6));
    expect(spent()).toBeLessThan(3_000);
  });

  it('never throws', async () => {
    const utf16 = new Uint8Array(
      Uint16Array.from(reportOf([failed('a@ex.test')]), (c) => c.charCodeAt(0)).buffer,
    );
    expect(await itemsOf(utf16)).toMatchObject([{ type: 'unreadable' }]);
    const pieces = reportOf([failed('a@ex.test'), failed('b@ex.test')]).split(/(?<=[\n:;=])/);
    const broken = fc.shuffledSubarray(pieces).map((some) => some.join(''));
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 500 }),
      broken.map((text) => new TextEncoder().encode(text)),
    );
    await fc.assert(fc.asyncProperty(bytes, async (body) => (await itemsOf(body)).length > 0));
  });
});

describe('the source', () => {
  it('takes its key, and no other', async () => {
    const { source, signing } = await dsnSampler.source();
    const trust = {
      secrets: { keys: source.secrets.keys ?? [], basicAuth: [], topicArns: [] },
      publicUrl: null,
      requireSha256: false,
    };
    const [sample] = dsnSampler.samples(NOW);
    const { headers, body } = await dsnSampler.request(sample?.payload, signing, NOW);
    expect(await dsn.verify(requestOf(body, 'message/rfc822', headers), trust, io)).toMatchObject({
      ok: true,
    });
    const forged = requestOf(body, 'message/rfc822', { authorization: 'Bearer another' });
    expect(await dsn.verify(forged, trust, io)).toMatchObject({ ok: false, error: { reason: 'forged' } });
  });

  test.each(dsnSampler.samples(NOW).map((sample) => [sample.title, sample] as const))(
    'has the sample: %s',
    async (_title, { payload, kind, recipient }) => {
      expect(await eventsOf(String(payload))).toMatchObject([
        { meaning: { kind }, recipient, at: NOW - 60_000 },
      ]);
    },
  );
});
