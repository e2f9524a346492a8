/** Every provider over HTTP: its signed samples are taken in once, and bent ones change nothing. */
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { err, ok } from '../../src/core/result.ts';
import { testCertificateUrl } from '../../src/samples/amazon-ses.ts';
import { mailgunSampler } from '../../src/samples/mailgun.ts';
import { samplers } from '../../src/samples/registry.ts';
import { resendSampler } from '../../src/samples/resend.ts';
import type { Sampler } from '../../src/samples/sampler.ts';
import { scalewayCertificateUrl } from '../../src/samples/scaleway.ts';
import { signedSnsRequest, testCertificatePem } from '../../src/samples/sns.ts';
import { type Harness, SHARED, START, startHarness, type Told } from './harness.ts';

/** How a request is bent for each kind of proof. Mailgun signs a token: what shows is its second body. */
const bends: Readonly<Record<string, readonly ('headers' | 'body')[]>> = {
  ahasend: ['headers', 'body'],
  'amazon-ses': ['body'],
  bird: ['headers', 'body'],
  emailit: ['headers', 'body'],
  forwardemail: ['headers', 'body'],
  'hyvor-relay': ['headers', 'body'],
  lettermint: ['headers', 'body'],
  loops: ['headers', 'body'],
  mailersend: ['headers', 'body'],
  mailgun: ['body'],
  mailomat: ['headers', 'body'],
  mailtrap: ['headers', 'body'],
  mandrill: ['headers', 'body'],
  postal: ['headers', 'body'],
  resend: ['headers', 'body'],
  scaleway: ['body'],
  sendgrid: ['headers', 'body'],
  socketlabs: [],
  sweego: ['headers', 'body'],
  'unisender-go': ['body'],
  zeptomail: ['headers', 'body'],
};

let mailstop: Harness;
let confirmations: { url: string; redirect: string | undefined }[];
let confirmationStatus: number;

/** Whose signature does not cover the body: it is refused once another body came with it. */
const bound = new Set(['mailgun', 'mailomat']);

/** Whose events never hold a server's reply. */
const withoutReply = new Set(['arf', 'elastic-email', 'emailit', 'loops']);

beforeEach(async () => {
  confirmations = [];
  confirmationStatus = 200;
  mailstop = await startHarness({
    fetchCertificate: async (url) =>
      [testCertificateUrl, scalewayCertificateUrl].includes(url.href)
        ? ok(testCertificatePem)
        : err('unavailable'),
    fetch: async (url, init) => {
      confirmations.push({ url: url.href, redirect: init.redirect });
      return new Response(null, {
        status: confirmationStatus,
        headers: { location: 'http://169.254.169.254/' },
      });
    },
  });
});

afterEach(() => mailstop.close());

interface Posted {
  readonly headers: Record<string, string>;
  readonly body: string;
}

async function sourceOf(sampler: Sampler) {
  const { source, signing } = await sampler.source();
  const made = await mailstop.ask('POST', '/v1/sources', {
    json: { provider: sampler.provider, name: 'test', ...source },
  });
  expect(made.status, made.text).toBe(201);
  const path = `/webhooks/${made.body.id}`;
  return {
    signing,
    post: ({ headers, body }: Posted): Promise<Told> =>
      mailstop.ask('POST', path, { key: null, body, headers }),
  };
}

interface SaidReply {
  readonly code: string;
  readonly enhanced: string;
  readonly text: string;
}

/** A payload with another reply in it: in whichever fields a provider puts codes and words. */
function saying(reply: SaidReply, value: unknown, field = ''): unknown {
  if (Array.isArray(value)) return value.map((one) => saying(reply, one, field));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, saying(reply, one, name)]));
  if (typeof value === 'number')
    return /code$/i.test(field) && value >= 400 && value < 600 ? Number(reply.code) : value;
  if (typeof value !== 'string') return value;
  if (/^[45]\d\d$/.test(value)) return reply.code;
  if (/^[45]\.\d{1,3}\.\d{1,3}$/.test(value)) return reply.enhanced;
  if (field === 'message' && !value.includes('@')) return reply.text;
  return value
    .replace(/[45]\d\d [45]\.\d\.\d{1,3} .*/, reply.text)
    .replace(/^Status: [45]\.\d\.\d{1,3}$/, `Status: ${reply.enhanced}`);
}

const listed = async () => (await mailstop.ask('GET', '/v1/suppressions?limit=1000')).body.data;
const recorded = async () => (await mailstop.ask('GET', '/v1/events?limit=1000')).body.data;

describe.each(samplers.map((sampler) => ({ name: sampler.provider, sampler })))(
  '$name',
  ({ name, sampler }) => {
    // The owner's rule, whoever reports it: as text, as fields, and as 5.5.4 with no basic code.
    it.skipIf(withoutReply.has(name)).each([
      [
        '504 as text',
        { code: '504', enhanced: '5.5.4', text: '504 5.5.4 Unrecognized authentication type' },
        true,
      ],
      [
        '504 beside another enhanced code',
        { code: '504', enhanced: '5.7.4', text: '504 5.7.4 Unrecognized authentication type' },
        true,
      ],
      ['501 5.5.4', { code: '501', enhanced: '5.5.4', text: '501 5.5.4 Invalid argument' }, false],
      ['550 5.5.4', { code: '550', enhanced: '5.5.4', text: '550 5.5.4 Invalid argument' }, false],
      [
        'HTTP 504',
        { code: '451', enhanced: '4.4.1', text: '451 4.4.1 upstream HTTP 504 Gateway Time-out' },
        false,
      ],
    ] as const)('%s', async (_title, reply, suppresses) => {
      const source = await sourceOf(sampler);
      const failures = sampler.samples(START).filter(({ kind }) => kind === 'bounce' || kind === 'deferral');
      const told = failures.filter(
        ({ payload }) => JSON.stringify(saying(reply, payload)) !== JSON.stringify(payload),
      );
      expect(told.length, 'samples with a reply').toBeGreaterThan(0);
      for (const { payload, recipient, title } of told) {
        const request = await sampler.request(saying(reply, payload), source.signing, START);
        expect(await source.post(request), title).toMatchObject({ status: 200, body: { quarantined: 0 } });
        const entries = (await listed()).filter(
          ({ address, rule }: { address: string; rule: string }) =>
            address === recipient && /^504/.test(rule),
        );
        expect(entries.length, `${title}: ${reply.text}`).toBe(suppresses ? 1 : 0);
        if (suppresses)
          expect(entries[0]).toMatchObject({
            until: null,
            bounce_type: 'hard',
            severity: 'medium',
            category: 'protocol',
            blame: 'sender',
            retry: 'no',
          });
      }
    });

    it('has each of its samples taken in, and once', async () => {
      const source = await sourceOf(sampler);
      for (const sample of sampler.samples(START)) {
        const request = await sampler.request(sample.payload, source.signing, START);
        const first = await source.post(request);
        expect(first, sample.title).toMatchObject({ status: 200, body: { duplicates: 0, quarantined: 0 } });
        expect(first.body.accepted, sample.title).toBeGreaterThan(0);
        const again = await source.post(request);
        expect(again, sample.title).toMatchObject({
          status: 200,
          body: { accepted: 0, duplicates: first.body.accepted },
        });
      }
      expect((await listed()).length).toBeGreaterThan(0);
    });

    it.each(bends[name] ?? ['headers'])(
      'is refused with its %s changed, and nothing else changes',
      async (what) => {
        const source = await sourceOf(sampler);
        const [sample] = sampler.samples(START);
        const { headers, body } = await sampler.request(sample?.payload, source.signing, START);
        if (bound.has(name)) await source.post({ headers, body });
        const before = { list: await listed(), events: await recorded() };
        const refused = await source.post(
          what === 'body'
            ? { headers, body: body.replace('example.com', 'exbmple.com') }
            : { headers: { 'content-type': 'application/json' }, body },
        );
        expect(refused.status).toBe(401);
        expect(refused.text.length).toBeLessThan(200);
        expect({ list: await listed(), events: await recorded() }).toEqual(before);
      },
    );

    it('is refused where another source’s secret made the proof', async () => {
      const source = await sourceOf(sampler);
      const other = await sampler.source();
      const [sample] = sampler.samples(START);
      expect((await source.post(await sampler.request(sample?.payload, other.signing, START))).status).toBe(
        401,
      );
      expect(await listed()).toEqual([]);
    });
  },
);

describe('a subscription of SNS', () => {
  const topic = 'arn:aws:sns:eu-west-1:123456789012:bounces';
  const confirmation = (topicArn: string) =>
    signedSnsRequest(
      {
        Type: 'SubscriptionConfirmation',
        MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
        Token: '2336412f37fb',
        TopicArn: topicArn,
        Message: 'You have chosen to subscribe.',
        SubscribeURL: 'http://169.254.169.254/latest/meta-data',
        Timestamp: new Date(START).toISOString(),
      },
      testCertificateUrl,
    );
  const post = async (request: Posted, source: object) => {
    const made = await mailstop.ask('POST', '/v1/sources', {
      json: { provider: 'amazon-ses', name: 'test', ...source },
    });
    return mailstop.ask('POST', `/webhooks/${made.body.id}`, { key: null, ...request });
  };

  it('T009 is confirmed by one GET to SNS in the region of the topic, and none to its SubscribeURL', async () => {
    const told = await post(await confirmation(topic), { secrets: { topic_arns: [topic] } });
    expect(told).toMatchObject({ status: 200, body: { ignored: 1, accepted: 0 } });
    expect(confirmations).toEqual([
      {
        url: `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=2336412f37fb`,
        redirect: 'manual',
      },
    ]);
  });

  it('T010 is refused for a topic that is not ours, and nothing goes out', async () => {
    expect((await post(await confirmation(`${topic}-2`), { secrets: { topic_arns: [topic] } })).status).toBe(
      401,
    );
    expect(confirmations).toEqual([]);
  });

  it('T011 whose confirmation is answered with a redirect is not followed, and SNS is asked to come again', async () => {
    confirmationStatus = 302;
    const told = await post(await confirmation(topic), { secrets: { topic_arns: [topic] } });
    expect(told.status).toBe(503);
    expect(Number(told.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(confirmations).toHaveLength(1);
  });

  describe('that does not stand', () => {
    const message = (Type: string, more: object = {}) =>
      signedSnsRequest(
        {
          Type,
          MessageId: '265545c9-2a5c-472c-8df2-7ff2be2b3b1b',
          TopicArn: topic,
          Message: '{"notificationType":"Nothing"}',
          Timestamp: new Date(START).toISOString(),
          ...more,
        },
        testCertificateUrl,
      );
    const left = () =>
      message('UnsubscribeConfirmation', { Token: '2336412f37fb', SubscribeURL: 'https://a.test' });
    let id = '';
    beforeEach(async () => {
      const source = { provider: 'amazon-ses', name: 'test', secrets: { topic_arns: [topic] } };
      id = (await mailstop.ask('POST', '/v1/sources', { json: source })).body.id;
    });
    const send = async (request: Posted) =>
      (await mailstop.ask('POST', `/webhooks/${id}`, { key: null, ...request })).status;
    const alarms = async () =>
      (await mailstop.ask('GET', `/v1/sources/${id}`)).body.alarms.map(({ kind }: { kind: string }) => kind);
    const told = async () => (await mailstop.store.noticesAfter('default', 0, 100)).map(({ type }) => type);

    it('T012 since it was taken away is an alarm, told once, which a new one ends', async () => {
      expect(await send(await left())).toBe(200);
      expect(await send(await left())).toBe(200);
      expect([await alarms(), await told()]).toEqual([['unsubscribed'], ['source.unsubscribed']]);
      expect(confirmations).toEqual([]);
      expect(await send(await confirmation(topic))).toBe(200);
      expect([await alarms(), await told()]).toEqual([[], ['source.unsubscribed', 'source.subscribed']]);
    });

    it('T012 is no alarm where nothing proves that SNS says so', async () => {
      const { headers, body } = await left();
      expect(await send({ headers, body: body.replace('2336412f37fb', '2336412f37fc') })).toBe(401);
      expect([await alarms(), await told()]).toEqual([[], []]);
    });

    it('T011 since its confirmation failed is an alarm until it succeeds', async () => {
      confirmationStatus = 302;
      expect(await send(await confirmation(topic))).toBe(503);
      expect(await send(await confirmation(topic))).toBe(503);
      expect([await alarms(), await told()]).toEqual([['unsubscribed'], ['source.unsubscribed']]);
      confirmationStatus = 200;
      expect(await send(await confirmation(topic))).toBe(200);
      expect(await alarms()).toEqual([]);
    });

    it('stands again once events come, but for those that were under way', async () => {
      await send(await left());
      expect(await send(await message('Notification'))).toBe(200);
      expect(await alarms()).toEqual(['unsubscribed']);
      mailstop.advance(3_600_001);
      const later = { Timestamp: new Date(START + 3_600_001).toISOString() };
      expect(await send(await message('Notification', later))).toBe(200);
      expect([await alarms(), await told()]).toEqual([[], ['source.unsubscribed', 'source.subscribed']]);
    });
  });

  it('is not confirmed for a source without topic_arns', async () => {
    const request = await confirmation(topic);
    const basic = { secrets: { basic_auth: [{ username: 'sns', password: 'a-good-long-password' }] } };
    const headers = { ...request.headers, authorization: `Basic ${btoa('sns:a-good-long-password')}` };
    expect(await post({ ...request, headers }, basic)).toMatchObject({ status: 200, body: { ignored: 1 } });
    expect(confirmations).toEqual([]);
  });
});

describe('T025 an id of Standard Webhooks', () => {
  it('that comes twice is a duplicate, and with another signed body both are kept', async () => {
    const source = await sourceOf(resendSampler);
    const [sample] = resendSampler.samples(START);
    const payload = sample?.payload as { data: { to: string[] } };
    const request = await resendSampler.request(payload, source.signing, START);
    expect((await source.post(request)).body).toMatchObject({ accepted: 1 });
    expect((await source.post(request)).body).toMatchObject({ accepted: 0, duplicates: 1 });
    const id = request.headers['svix-id'] ?? '';
    const other = await signedAs(
      id,
      { ...payload, data: { ...payload.data, to: ['second@example.com'] } },
      source.signing,
    );
    expect((await source.post(other)).body).toMatchObject({ accepted: 1, duplicates: 0 });
    expect((await recorded()).map((event: { address: string }) => event.address)).toContain(
      'second@example.com',
    );
  });

  async function signedAs(id: string, payload: object, signing: unknown): Promise<Posted> {
    const body = JSON.stringify(payload);
    const timestamp = String(START / 1_000);
    const key = await crypto.subtle.importKey(
      'raw',
      keyOf(signing),
      { name: 'HMAC', hash: 'SHA-256' },
      false,
      ['sign'],
    );
    const mac = new Uint8Array(
      await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(`${id}.${timestamp}.${body}`)),
    );
    return {
      headers: {
        'content-type': 'application/json',
        'svix-id': id,
        'svix-timestamp': timestamp,
        'svix-signature': `v1,${btoa(String.fromCharCode(...mac))}`,
      },
      body,
    };
  }

  /** The sampler's own secret, `whsec_` and base64. */
  const keyOf = (signing: unknown): Uint8Array<ArrayBuffer> =>
    Uint8Array.from(atob(String(signing).replace(/^whsec_/, '')), (char) => char.charCodeAt(0));
});

describe('T019 a token of Mailgun', () => {
  it('that was used at one source is refused with another body at a second one of the same account', async () => {
    const { source, signing } = await mailgunSampler.source();
    const post = async (request: Posted) => {
      const made = await mailstop.ask('POST', '/v1/sources', {
        json: { provider: 'mailgun', name: 'test', ...source },
      });
      return mailstop.ask('POST', `/webhooks/${made.body.id}`, { key: null, ...request });
    };
    const [sample] = mailgunSampler.samples(START);
    const request = await mailgunSampler.request(sample?.payload, signing, START);
    expect((await post(request)).status).toBe(200);
    expect(
      (await post({ ...request, body: request.body.replace('example.com', 'exbmple.com') })).status,
    ).toBe(401);
  });
});

describe('an event by GET', () => {
  it('of a provider that delivers so is taken in once, and only with its key', async () => {
    const made = await mailstop.ask('POST', '/v1/sources', {
      json: { provider: 'elastic-email', name: 'test', secrets: { keys: [SHARED] } },
    });
    const get = (key: string) => {
      const query = new URLSearchParams({
        key,
        to: 'gone@example.com',
        status: 'Error',
        category: 'NoMailbox',
      });
      return mailstop.ask('GET', `/webhooks/${made.body.id}?${query}`, { key: null });
    };
    expect((await get('another-shared-secret-of-the-tests')).status).toBe(401);
    expect(await listed()).toEqual([]);
    expect(await get(SHARED)).toMatchObject({ status: 200, body: { accepted: 1 } });
    expect(await get(SHARED)).toMatchObject({ status: 200, body: { accepted: 0, duplicates: 1 } });
    expect(await listed()).toMatchObject([{ address: 'gone@example.com', reason: 'hard-bounce' }]);
  });
});

describe('the trial of a new webhook', () => {
  it('of Mandrill is answered 200, by HEAD and by POST, with {id} in its public_url', async () => {
    const made = await mailstop.ask('POST', '/v1/sources', {
      json: {
        provider: 'mandrill',
        name: 'test',
        secrets: { keys: ['not known yet'] },
        public_url: 'https://mail.example.com/webhooks/{id}',
      },
    });
    const path = `/webhooks/${made.body.id}`;
    expect((await mailstop.ask('HEAD', path, { key: null })).status).toBe(200);
    const trial = (events: string) =>
      mailstop.ask('POST', path, {
        key: null,
        body: new URLSearchParams({ mandrill_events: events }).toString(),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-mandrill-signature': createHmac('sha1', 'test-webhook')
            .update(`https://mail.example.com${path}mandrill_events${events}`)
            .digest('base64'),
        },
      });
    expect(await trial('[]')).toMatchObject({ status: 200, body: { accepted: 0, quarantined: 0 } });
    const events = JSON.stringify([{ event: 'unsub', msg: { email: 'ann@example.com' } }]);
    expect((await trial(events)).status).toBe(401);
  });

  it('of Mandrill without public_url is not made at all', async () => {
    const made = await mailstop.ask('POST', '/v1/sources', {
      json: { provider: 'mandrill', name: 'test', secrets: { keys: ['a-webhook-key-of-22-chars'] } },
    });
    expect(made).toMatchObject({ status: 422, body: { errors: [{ pointer: '/public_url' }] } });
  });
});

describe('a forged success report by mail', () => {
  it('does not lift what a signed report made', async () => {
    const generic = await mailstop.source();
    for (const day of [1, 2, 3])
      await generic.post({
        recipient: 'victim@example.com',
        event: 'bounce',
        text: '452 4.2.2 over quota',
        at: START - day * 86_400_000,
        message_id: `m${day}`,
      });
    expect(await listed()).toMatchObject([{ reason: 'soft-bounce' }]);
    const mail = await mailstop.source({ provider: 'dsn' });
    const report = (id: number) =>
      [
        'From: mailer-daemon@mx.example.com',
        'To: bounces@example.org',
        `Message-ID: <r${id}@mx.example.com>`,
        `Date: ${new Date(START - id * 1_000).toUTCString()}`,
        'MIME-Version: 1.0',
        'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
        '',
        '--b',
        'Content-Type: text/plain',
        '',
        'Delivered.',
        '--b',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mx.example.com',
        '',
        'Final-Recipient: rfc822; victim@example.com',
        'Action: delivered',
        'Status: 2.0.0',
        '',
        '--b--',
        '',
      ].join('\r\n');
    for (const id of [1, 2]) {
      const told = await mailstop.ask('POST', `/webhooks/${mail.id}`, {
        key: null,
        body: report(id),
        headers: { 'X-Mailstop-Key': SHARED, 'Content-Type': 'message/rfc822' },
      });
      expect(told).toMatchObject({ status: 200, body: { accepted: 1 } });
    }
    expect(await listed()).toMatchObject([{ reason: 'soft-bounce', state: 'active' }]);
  });
});
