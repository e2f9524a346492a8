/** A forged bounce must not suppress a stranger; one that proves itself counts like a provider's report. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, SHARED, START, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

interface Report {
  readonly to?: string;
  readonly recipients?: readonly string[];
  readonly returnPath?: string;
  readonly messageId?: string;
  readonly action?: 'failed' | 'delivered';
}
let reports = 0;

/** A report as anybody can write it. */
function report({ to, recipients = ['ann@example.com'], returnPath, messageId, action = 'failed' }: Report) {
  reports += 1;
  return [
    'From: mailer-daemon@mx.example.com',
    `To: ${to ?? 'bounces@example.org'}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <r${reports}@mx.example.com>`,
    `Date: ${new Date(START - 60_000).toUTCString()}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.com',
    ...recipients.flatMap((recipient) => [
      '',
      `Final-Recipient: rfc822; ${recipient}`,
      `Action: ${action}`,
      ...(action === 'failed'
        ? ['Status: 5.1.1', 'Diagnostic-Code: smtp; 550 5.1.1 no such user']
        : ['Status: 2.0.0']),
    ]),
    '',
    '--b',
    'Content-Type: text/rfc822-headers',
    '',
    ...(returnPath === undefined ? [] : [`Return-Path: <${returnPath}>`]),
    ...(messageId === undefined ? [] : [`Message-ID: <${messageId}>`]),
    'From: news@example.org',
    'Subject: News',
    '',
    '--b--',
    '',
  ].join('\r\n');
}

async function mailSource(change: Record<string, unknown> = {}, provider = 'dsn') {
  const made = await mailstop.ask('POST', '/v1/sources', {
    json: { provider, name: 'mail', secrets: { keys: [SHARED] }, ...change },
  });
  return (message: string) =>
    mailstop.ask('POST', `/webhooks/${made.body.id}`, {
      key: null,
      body: message,
      headers: { 'content-type': 'message/rfc822', 'x-mailstop-key': SHARED },
    });
}

async function pathOf(address: string, key?: string): Promise<string> {
  const { body } = await mailstop.ask('POST', '/v1/return-paths', {
    json: { addresses: [address], return_path: 'bounces@example.org' },
    ...(key === undefined ? {} : { key }),
  });
  return body.results[0].return_path;
}

const events = async (address: string) =>
  (await mailstop.ask('GET', `/v1/events?address=${encodeURIComponent(address)}`)).body.data;
const isSuppressed = async (address: string) =>
  (await mailstop.ask('GET', `/v1/suppressions/${encodeURIComponent(address)}`)).status === 200;

describe('bounce mail', () => {
  it('that nothing proves suppresses nobody for good, however often it is sent', async () => {
    const post = await mailSource({ trust: 'proven' });
    for (let i = 0; i < 5; i++) expect((await post(report({}))).status).toBe(200);
    expect(await events('ann@example.com')).toMatchObject(Array(5).fill({ proven: false }));
    expect(await isSuppressed('ann@example.com')).toBe(false);
  });

  it('that came to the keyed return path of its recipient suppresses', async () => {
    const post = await mailSource({ trust: 'proven' });
    await post(report({ to: await pathOf('ann@example.com') }));
    expect(await events('ann@example.com')).toMatchObject([
      { proven: true, decision: { action: 'suppress' } },
    ]);
    expect(await isSuppressed('ann@example.com')).toBe(true);
  });

  it.each<[string, (path: string) => string | Promise<string>]>([
    ['in capitals, as some systems write it', (path) => path.toUpperCase()],
    ['at another domain of ours', (path) => path.replace('@example.org', '@bounces.example.net')],
    ['without the name of the recipient', (path) => path.replace(/=[^@]*/, '')],
  ])('is proven by its tag %s', async (_title, change) => {
    const post = await mailSource({ trust: 'proven' });
    await post(report({ to: await change(await pathOf('ann@example.com')) }));
    expect(await isSuppressed('ann@example.com')).toBe(true);
  });

  it('is proven by the return path of the message that it returns', async () => {
    const post = await mailSource({ trust: 'proven' });
    await post(report({ returnPath: await pathOf('ann@example.com') }));
    expect(await isSuppressed('ann@example.com')).toBe(true);
  });

  it.each<[string, (path: string) => string]>([
    ['with one letter changed', (path) => path.replace(/\+(.)/, (_, c) => `+${c === 'a' ? 'b' : 'a'}`)],
    ['cut short', (path) => path.replace(/\+(.{15})./, '+$1')],
    ['made longer', (path) => path.replace(/\+(.{16})/, '+$1a')],
  ])('is not proven by a tag %s', async (_title, change) => {
    const post = await mailSource({ trust: 'proven' });
    await post(report({ to: change(await pathOf('ann@example.com')) }));
    expect(await events('ann@example.com')).toMatchObject([{ proven: false }]);
    expect(await isSuppressed('ann@example.com')).toBe(false);
  });

  it('is not proven by the tag of another tenant', async () => {
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'other', name: 'Other' } });
    const post = await mailSource({ trust: 'proven' });
    await post(report({ to: await pathOf('ann@example.com', await mailstop.key(['write'], 'other')) }));
    expect(await isSuppressed('ann@example.com')).toBe(false);
  });

  it('with the tag of one recipient never names another', async () => {
    const post = await mailSource({ trust: 'proven' });
    const bare = (await pathOf('mallory@example.net')).replace(/=[^@]*/, '');
    await post(report({ to: bare }));
    await post(
      report({ to: await pathOf('mallory@example.net'), recipients: ['ann@example.com', 'bob@example.com'] }),
    );
    await post(report({ to: `bounces+aaaaaaaaaaaaaaaa=ann=example.com@example.org, ${bare}` }));
    expect(await isSuppressed('ann@example.com')).toBe(false);
    expect(await isSuppressed('bob@example.com')).toBe(false);
  });

  it('about a forwarded message is about whom we mailed', async () => {
    const post = await mailSource({ trust: 'proven' });
    await post(report({ to: await pathOf('ann@example.com'), recipients: ['ann@home.example.net'] }));
    expect(await events('ann@home.example.net')).toEqual([]);
    expect(await events('ann@example.com')).toMatchObject([{ proven: true }]);
    expect(await isSuppressed('ann@example.com')).toBe(true);
  });

  it('that names nobody is about whom its return path names', async () => {
    const post = await mailSource({ trust: 'proven' }, 'arf');
    const complaint = [
      'From: fbl@mailbox.example.net',
      `To: fbl@example.org`,
      'Subject: complaint',
      `Date: ${new Date(START - 60_000).toUTCString()}`,
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=feedback-report; boundary=b',
      '',
      '--b',
      'Content-Type: message/feedback-report',
      '',
      'Feedback-Type: abuse',
      'User-Agent: Loop/1.0',
      'Version: 1',
      `Original-Mail-From: <${await pathOf('ann@example.com')}>`,
      '',
      '--b--',
      '',
    ].join('\r\n');
    await post(complaint);
    expect(await events('ann@example.com')).toMatchObject([{ kind: 'complaint', proven: true }]);
    expect(await isSuppressed('ann@example.com')).toBe(true);
  });

  it('that returns a message which a provider delivered to that very address is proven', async () => {
    const generic = await mailstop.source();
    const about = { event: 'delivery', message_id: 'm1@example.org', at: START - 3_600_000 };
    await generic.post({ ...about, recipient: 'ann@example.com' });
    const post = await mailSource({ trust: 'proven' });
    await post(report({ messageId: 'm1@example.org', recipients: ['bob@example.com'] }));
    await post(report({ messageId: 'm2@example.org' }));
    expect(await isSuppressed('ann@example.com')).toBe(false);
    expect(await isSuppressed('bob@example.com')).toBe(false);
    await post(report({ messageId: 'm1@example.org' }));
    expect(await isSuppressed('ann@example.com')).toBe(true);
  });

  it('is not proven by a message that only another unproven report named', async () => {
    const post = await mailSource();
    await post(report({ messageId: 'm1@example.org' }));
    await post(report({ messageId: 'm1@example.org' }));
    expect(await events('ann@example.com')).toMatchObject([{ proven: false }, { proven: false }]);
  });

  it('is weak evidence where the source says nothing of trust, a week of silence, and strong where it is in full', async () => {
    const weak = await mailSource();
    await weak(report({}));
    expect(await events('ann@example.com')).toMatchObject([{ proven: false }]);
    const [{ at, decision }] = await events('ann@example.com');
    expect(Date.parse(decision.until) - Date.parse(at)).toBe(7 * 86_400_000);
    const full = await mailSource({ trust: 'full' });
    await full(report({ recipients: ['bob@example.com'] }));
    expect(await events('bob@example.com')).toMatchObject([
      { proven: true, decision: { action: 'suppress' } },
    ]);
  });

  it('that says "delivered" lifts nothing unless it is proven', async () => {
    const post = await mailSource();
    await post(report({ to: await pathOf('ann@example.com') }));
    await post(report({ action: 'delivered' }));
    expect(await isSuppressed('ann@example.com')).toBe(true);
  });
});

describe('POST /v1/return-paths', () => {
  it('makes one for each address, the same each time, and says which cannot be read', async () => {
    const ask = () =>
      mailstop.ask('POST', '/v1/return-paths', {
        json: { addresses: ['Ann@Example.com', 'nobody'], return_path: 'Bounces@example.org' },
      });
    const first = await ask();
    expect(first.body.results).toEqual([
      {
        address: 'Ann@Example.com',
        return_path: expect.stringMatching(/^bounces\+[a-z2-7]{16}=ann=example\.com@example\.org$/),
        error: null,
      },
      { address: 'nobody', return_path: null, error: 'invalid-address' },
    ]);
    expect((await ask()).body).toEqual(first.body);
  });

  it('goes to the host of the public URL where nothing else is said', async () => {
    const site = await startHarness({ publicUrl: 'https://mail.example.org' });
    const { body } = await site.ask('POST', '/v1/return-paths', { json: { addresses: ['ann@example.com'] } });
    expect(body.results[0].return_path).toMatch(/^bounces\+.{16}=ann=example\.com@mail\.example\.org$/);
    await site.close();
    const nowhere = await mailstop.ask('POST', '/v1/return-paths', { json: { addresses: [] } });
    expect(nowhere).toMatchObject({ status: 422, body: { errors: [{ pointer: '/return_path' }] } });
  });

  it('needs the scope "write": the path of an address is the right to report it', async () => {
    const key = await mailstop.key(['check', 'read', 'release']);
    const json = { addresses: ['ann@example.com'], return_path: 'bounces@example.org' };
    expect((await mailstop.ask('POST', '/v1/return-paths', { key, json })).status).toBe(403);
  });

  it.each([
    ['bounces+x@example.org', 'must hold no "+"'],
    ['example.org', 'must be an address'],
  ])('refuses the return path %s', async (return_path, words) => {
    const told = await mailstop.ask('POST', '/v1/return-paths', { json: { addresses: [], return_path } });
    expect(told).toMatchObject({ status: 422, body: { errors: [{ pointer: '/return_path' }] } });
    expect(told.body.detail).toContain(words);
  });

  it('takes ten thousand at once, and no more', async () => {
    const ask = (count: number) =>
      mailstop.ask('POST', '/v1/return-paths', {
        json: { addresses: Array(count).fill('ann@example.com'), return_path: 'bounces@example.org' },
      });
    expect((await ask(10_000)).body.results).toHaveLength(10_000);
    expect((await ask(10_001)).status).toBe(413);
  });
});

describe('POST /v1/sources/:id/ingest', () => {
  const ingest = (id: string, message: string, key?: string) =>
    mailstop.ask('POST', `/v1/sources/${id}/ingest`, {
      body: message,
      headers: { 'content-type': 'message/rfc822' },
      ...(key === undefined ? {} : { key }),
    });
  const made = async () =>
    (
      await mailstop.ask('POST', '/v1/sources', {
        json: { provider: 'dsn', name: 'mail', secrets: { keys: [SHARED] }, trust: 'full' },
      })
    ).body.id;

  it('takes in a message with the API key as its proof, once', async () => {
    const id = await made();
    const message = report({});
    const key = await mailstop.key(['write']);
    expect(await ingest(id, message, key)).toMatchObject({ status: 200, body: { accepted: 1 } });
    expect(await ingest(id, message, key)).toMatchObject({ status: 200, body: { duplicates: 1 } });
    expect(await isSuppressed('ann@example.com')).toBe(true);
  });

  it('is closed to keys that may not write, and knows no source of another tenant', async () => {
    const id = await made();
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'other', name: 'Other' } });
    expect((await ingest(id, report({}), await mailstop.key(['read']))).status).toBe(403);
    expect((await ingest(id, report({}), await mailstop.key(['write'], 'other'))).status).toBe(404);
    await mailstop.ask('PATCH', `/v1/sources/${id}`, { json: { disabled: true } });
    expect((await ingest(id, report({}))).status).toBe(409);
    expect(await events('ann@example.com')).toEqual([]);
  });
});
