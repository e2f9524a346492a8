/** T083: where a source asks for the tag of the recipient, who has only its URL and its password lists nobody. */
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recipientTag, signingKey } from '../../src/app/recipient-tags.ts';
import { ok } from '../../src/core/result.ts';
import { providers } from '../../src/providers/registry.ts';
import { samplers } from '../../src/samples/registry.ts';
import { testCertificatePem } from '../../src/samples/sns.ts';
import { bounce, type Harness, startHarness } from './harness.ts';

const ANN = 'ann@example.com';
const BOB = 'bob@example.com';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness({ fetchCertificate: async () => ok(testCertificatePem) });
});
afterEach(() => mailstop.close());

async function tagOf(address: string, key?: string): Promise<string> {
  const { body } = await mailstop.ask('POST', '/v1/recipient-tags', {
    json: { addresses: [address] },
    ...(key === undefined ? {} : { key }),
  });
  return body.results[0].tag;
}
const isSuppressed = async (address: string): Promise<boolean> => {
  const { body } = await mailstop.ask('POST', '/v1/check', { json: { addresses: [address] } });
  return body.results[0].suppressed;
};
const quarantined = async () => (await mailstop.ask('GET', '/v1/quarantine')).body.data;

/** How each provider brings back what was attached. */
type Payload = Record<string, Record<string, Record<string, unknown>>> & Record<number, never>;
const attach: Readonly<Record<string, (payload: Payload, tag: string) => unknown>> = {
  'amazon-ses': ({ mail, ...rest }, tag) => ({
    ...rest,
    mail: { ...mail, tags: { ...mail?.tags, mailstop_tag: [tag] } },
  }),
  brevo: (payload, tag) => ({ ...payload, 'X-Mailin-custom': JSON.stringify({ mailstop_tag: tag }) }),
  'elastic-email': (payload, tag) => ({ ...payload, postback: JSON.stringify({ mailstop_tag: tag }) }),
  emailit: ({ object, ...rest }, tag) => ({ ...rest, object: { ...object, meta: { mailstop_tag: tag } } }),
  forwardemail: (payload, tag) => ({ ...payload, headers: { 'X-Mailstop-Tag': tag } }),
  generic: (payload, tag) => ({ ...payload, mailstop_tag: tag }),
  'hyvor-relay': ({ payload, ...rest }, tag) => ({
    ...rest,
    payload: { ...payload, send: { ...payload?.send, headers: { 'X-Mailstop-Tag': tag } } },
  }),
  kumomta: (payload, tag) => ({ ...payload, meta: { mailstop_tag: tag } }),
  lettermint: ({ data, ...rest }, tag) => ({ ...rest, data: { ...data, metadata: { mailstop_tag: tag } } }),
  mailgun: (payload, tag) => ({ ...payload, 'user-variables': { mailstop_tag: tag } }),
  mailjet: (payload, tag) => ({ ...payload, Payload: JSON.stringify({ mailstop_tag: tag }) }),
  mailtrap: (payload, tag) => ({ ...payload, custom_variables: { mailstop_tag: tag } }),
  mandrill: ({ msg, ...rest }, tag) => ({ ...rest, msg: { ...msg, metadata: { mailstop_tag: tag } } }),
  postmark: (payload, tag) => ({ ...payload, Metadata: { mailstop_tag: tag } }),
  resend: ({ data, ...rest }, tag) => ({ ...rest, data: { ...data, tags: { mailstop_tag: tag } } }),
  scaleway: (payload, tag) => ({ ...payload, email_headers: [{ key: 'X-Mailstop-Tag', value: tag }] }),
  sendgrid: (payload, tag) => Object.values(payload).map((event) => ({ ...event, mailstop_tag: tag })),
  smtp2go: (payload, tag) => ({ ...payload, 'X-Mailstop-Tag': tag }),
  socketlabs: ({ Data, ...rest }, tag) => ({
    ...rest,
    Data: { ...Data, Meta: [{ Key: 'mailstop_tag', Value: tag }] },
  }),
  sparkpost: (payload, tag) =>
    Object.values(payload).map(({ msys }) => ({
      msys: { message_event: { ...(msys?.message_event as object), rcpt_meta: { mailstop_tag: tag } } },
    })),
  'unisender-go': ({ event_data: data, ...rest }, tag) => ({
    ...rest,
    event_data: { ...data, metadata: { mailstop_tag: tag } },
  }),
};

describe('an event without the tag of its recipient', () => {
  const echoing = providers.filter(({ attach: of }) => of !== undefined).map(({ id }) => id);

  it('is tried of every provider that brings one back', () => {
    expect(Object.keys(attach).sort()).toEqual([...echoing].sort());
  });

  it.each(echoing)('T083 of %s lists nobody; with the right one it does', async (provider) => {
    const sampler = samplers.find((one) => one.provider === provider);
    const place = attach[provider];
    if (sampler === undefined || place === undefined) throw new Error(provider);
    const { source, signing } = await sampler.source();
    const made = await mailstop.ask('POST', '/v1/sources', {
      json: { provider, name: 'test', recipient_tag: true, ...source },
    });
    expect(made.body, made.text).toMatchObject({ recipient_tag: true });
    const now = mailstop.services.runtime.now();
    const post = async (change: (payload: Payload) => unknown) => {
      const sample = sampler.samples(now).find(({ kind }) => kind === 'bounce');
      if (sample === undefined) throw new Error('no bounce');
      const payload = change(JSON.parse(JSON.stringify(sample.payload)));
      const { headers, body } = await sampler.request(payload, signing, now);
      const { status, body: counts } = await mailstop.ask('POST', `/webhooks/${made.body.id}`, {
        key: null,
        headers,
        body,
      });
      return { status, ...counts, isSuppressed: await isSuppressed(sample.recipient) };
    };
    const refused = { status: 200, accepted: 0, quarantined: 1, isSuppressed: false };
    const foreign = await tagOf(BOB);
    expect(await post((payload) => payload)).toMatchObject(refused);
    expect(await post((payload) => place(payload, foreign))).toMatchObject(refused);
    expect(await post((payload) => place(payload, 'x'.repeat(16)))).toMatchObject(refused);
    const right = await tagOf('bounce@example.com');
    const taken = await post((payload) => place(payload, right));
    expect(taken).toMatchObject({ status: 200, accepted: 1, quarantined: 0, isSuppressed: true });
  });

  it('waits in quarantine, says why, and is taken in once the source asks for no tag', async () => {
    const { id, post } = await mailstop.source({ recipient_tag: true });
    await post([bounce(ANN, { id: '1' }), bounce(ANN, { id: '2', mailstop_tag: await tagOf(BOB) })]);
    const items = await quarantined();
    expect(items.map(({ why }: { why: string }) => why).sort()).toEqual([
      'mailstop_tag is not that of the recipient',
      'no mailstop_tag: the source takes only events of messages that carry the tag of their recipient',
    ]);
    const replay = async () => (await mailstop.ask('POST', `/v1/quarantine/${items[0].id}/replay`)).body;
    expect(await replay()).toMatchObject({ accepted: 0, quarantined: 1, why: items[0].why });
    const changed = await mailstop.ask('PATCH', `/v1/sources/${id}`, { json: { recipient_tag: false } });
    expect(changed.body.recipient_tag).toBe(false);
    expect(await replay()).toMatchObject({ accepted: 1, quarantined: 0, why: null });
    expect(await isSuppressed(ANN)).toBe(true);
  });

  it.each(['complaint', 'unsubscribe', 'delivery'])('does nothing as a %s either', async (kind) => {
    const { post } = await mailstop.source({ recipient_tag: true });
    const event = { recipient: ANN, event: kind, id: kind };
    expect((await post(event)).body).toMatchObject({ accepted: 0, quarantined: 1 });
    expect((await post({ ...event, mailstop_tag: await tagOf(ANN) })).body).toMatchObject({ accepted: 1 });
  });

  it('is let by where the source does not ask for one, or the neighbour has one', async () => {
    const { post } = await mailstop.source();
    expect((await post(bounce(ANN, { id: '1' }))).body).toMatchObject({ accepted: 1, quarantined: 0 });
    const strict = await mailstop.source({ recipient_tag: true });
    const told = await strict.post([
      bounce(BOB, { id: '2' }),
      bounce('eve@example.com', { id: '3', mailstop_tag: (await tagOf('eve@example.com')).toUpperCase() }),
    ]);
    expect(told.body).toMatchObject({ accepted: 1, quarantined: 1 });
  });

  it('is not asked of a provider that brings nothing back', async () => {
    const without = providers.find(({ id }) => id === 'ahasend');
    const made = await mailstop.ask('POST', '/v1/sources', {
      json: {
        provider: without?.id,
        name: 'test',
        recipient_tag: true,
        secrets: { basic_auth: [{ username: 'a', password: 'b' }] },
      },
    });
    expect(made.status).toBe(422);
    expect(made.body.errors).toEqual([
      {
        pointer: '/recipient_tag',
        detail: 'cannot be: the events of AhaSend bring nothing back that the sender attached',
      },
    ]);
  });

  it('is a sample too, but for the tag: a test of the source shows what it would do', async () => {
    const { id } = await mailstop.source({ recipient_tag: true });
    const { sent } = (await mailstop.ask('POST', `/v1/sources/${id}/test`)).body;
    expect(sent.length).toBeGreaterThan(0);
    for (const one of sent) expect(one).toMatchObject({ quarantined: 0 });
  });
});

describe('tags', () => {
  it('are the same each time, of one mailbox however it is written, and another for each tenant', async () => {
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'other', name: 'other' } });
    const other = await mailstop.key(['write'], 'other');
    const tag = await tagOf(ANN);
    expect(tag).toMatch(/^[a-z2-7]{16}$/);
    expect(await tagOf(' Ann@EXAMPLE.com')).toBe(tag);
    expect(await tagOf(BOB)).not.toBe(tag);
    expect(await tagOf(ANN, other)).not.toBe(tag);
    const path = await mailstop.ask('POST', '/v1/return-paths', {
      json: { addresses: [ANN], return_path: 'b@example.org' },
    });
    expect(path.text).not.toContain(tag);
  });

  it('are made by the formula from the key that is shown', async () => {
    const shown = await mailstop.ask('POST', '/v1/recipient-tags/key');
    expect(shown.body).toMatchObject({ name: 'mailstop_tag', key: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(await recipientTag(await signingKey(shown.body.key), ANN)).toBe(await tagOf(ANN));
    const page = readFileSync(new URL('../../docs/recipient-tags.md', import.meta.url), 'utf8');
    const [, key = '', address = '', tag] = /\| `([0-9a-f]{64})` \| `(\S+)` \| `(\S+)` \|/.exec(page) ?? [];
    expect(await recipientTag(await signingKey(key), address)).toBe(tag);
  });

  it('are for who may write, and the key for an administrator, whose look at it is audited', async () => {
    const [reader, writer] = [await mailstop.key(['read']), await mailstop.key(['write'])];
    const ask = async (path: string, key: string) =>
      (
        await mailstop.ask('POST', path, {
          key,
          ...(path.endsWith('key') ? {} : { json: { addresses: [] } }),
        })
      ).status;
    expect(await ask('/v1/recipient-tags', reader)).toBe(403);
    expect(await ask('/v1/recipient-tags', writer)).toBe(200);
    expect(await ask('/v1/recipient-tags/key', writer)).toBe(403);
    await mailstop.ask('POST', '/v1/recipient-tags/key');
    const { data } = (await mailstop.ask('GET', '/v1/audit')).body;
    expect(data[0]).toMatchObject({ action: 'recipient-tags.key', subject: 'default', detail: {} });
  });

  it('of what is no address are none, and too many are refused', async () => {
    const told = await mailstop.ask('POST', '/v1/recipient-tags', { json: { addresses: ['nobody', ANN] } });
    expect(told.body.results).toMatchObject([
      { address: 'nobody', tag: null, error: 'invalid-address' },
      { address: ANN, error: null },
    ]);
    const many = { addresses: Array.from({ length: 10_001 }, () => ANN) };
    expect((await mailstop.ask('POST', '/v1/recipient-tags', { json: many })).status).toBe(413);
  });
});
