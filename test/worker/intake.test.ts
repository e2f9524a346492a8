/** Mail by Email Routing and events by Queues, as Cloudflare calls the Worker. */
import { applyD1Migrations, reset } from 'cloudflare:test';
import { env as bindings } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import worker, { type Env } from '../../src/worker.ts';
import { bounceMail } from '../bounce-mail.ts';

const adminKey = 'test-admin-key-of-more-than-32-characters';
const env = (given: Partial<Env> = {}): Env => ({
  DB: bindings.DB,
  MAILSTOP_ADMIN_KEY: adminKey,
  MAILSTOP_SECRET: 'test-secret-of-more-than-32-characters',
  ...given,
});

async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await worker.fetch(
    new Request(`https://mailstop.example.com${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
    env(),
  );
  return (await answer.json()) as T;
}

const makeSource = async (provider: string, more: object = {}) =>
  (
    await ask<{ id: string }>('POST', '/v1/sources', {
      provider,
      name: provider,
      secrets: { keys: ['test-shared-key-of-more-than-32-characters'] },
      ...more,
    })
  ).id;

const stateOf = async (address: string) =>
  (await ask<{ results: { suppressed: boolean }[] }>('POST', '/v1/check', { addresses: [address] }))
    .results[0]?.suppressed;
const eventsOf = async () =>
  (await ask<{ data: { kind: string; address: string; proven: boolean }[] }>('GET', '/v1/events')).data;

const mail = (raw: string, to = 'bounces@example.org') => ({
  to,
  headers: new Headers({ 'content-type': /^content-type: (.*)$/im.exec(raw)?.[1] ?? '' }),
  raw: new Blob([raw]).stream() as ReadableStream<Uint8Array>,
});

const complaint = (address: string) =>
  [
    'From: abuse@isp.example',
    'To: fbl@example.org',
    'Subject: complaint',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=feedback-report; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'This is an abuse report.',
    '',
    '--b',
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'User-Agent: ISP/1.0',
    'Version: 1',
    `Original-Rcpt-To: <${address}>`,
    '',
    '--b--',
    '',
  ].join('\r\n');

beforeEach(async () => {
  await reset();
  await applyD1Migrations(bindings.DB, bindings.MIGRATIONS);
});

describe('mail that is routed to the Worker', () => {
  it('suppresses who bounced, and a keyed return path proves it', async () => {
    await makeSource('dsn', { trust: 'proven' });
    await worker.email(mail(bounceMail({ recipient: 'ann@example.com' })), env());
    expect(await stateOf('ann@example.com')).toBe(false);
    const { results } = await ask<{ results: { return_path: string }[] }>('POST', '/v1/return-paths', {
      return_path: 'bounces@example.org',
      addresses: ['ann@example.com'],
    });
    await worker.email(mail(bounceMail({ recipient: 'ann@example.com' }), results[0]?.return_path), env());
    expect(await stateOf('ann@example.com')).toBe(true);
  });

  it('is read as a complaint where it is one, by the source for these', async () => {
    await makeSource('dsn');
    await makeSource('arf', { trust: 'full' });
    await worker.email(mail(complaint('bob@example.com')), env());
    expect(await eventsOf()).toMatchObject([{ kind: 'complaint', address: 'bob@example.com' }]);
    expect(await stateOf('bob@example.com')).toBe(true);
  });

  it('is put aside, not lost, where nobody can read it', async () => {
    await makeSource('dsn');
    await worker.email(mail('Subject: hello\r\n\r\nno bounce at all\r\n'), env());
    expect((await ask<{ data: unknown[] }>('GET', '/v1/quarantine')).data).toHaveLength(1);
  });

  it('stays with the mail server that brings it while there is no source, or more than one', async () => {
    const send = (given: Partial<Env> = {}) => worker.email(mail(bounceMail({})), env(given));
    await expect(send()).rejects.toThrow('mailstop source add dsn');
    const first = await makeSource('dsn');
    await makeSource('dsn');
    await expect(send()).rejects.toThrow('name the one to take this in MAILSTOP_SOURCES');
    await send({ MAILSTOP_SOURCES: ` ${first}, arf_none` });
    expect(await eventsOf()).toHaveLength(1);
  });

  it('stays there too while the database does not answer', async () => {
    await makeSource('dsn');
    const { DB: _none, ...rest } = env();
    await expect(worker.email(mail(bounceMail({})), rest)).rejects.toThrow('no D1 database');
  });
});

describe('a batch of a queue', () => {
  const event = (type: string, recipient: string, more: object = {}) => ({
    type: `cf.email.sending.message.${type}`,
    source: { type: 'email.sending', domain: 'example.org' },
    payload: {
      messageId: `<${recipient}@example.org>`,
      sender: 'news@example.org',
      recipient,
      ...more,
    },
    metadata: { eventTimestamp: new Date(Date.now() - 60_000).toISOString(), eventSchemaVersion: 1 },
  });

  it('is stored whole, and once however often it comes', async () => {
    await makeSource('cloudflare');
    const batch = {
      messages: [
        { body: event('bounced', 'ann@example.com', { bounce: { type: 'hard', smtpCode: 550 } }) },
        { body: event('complained', 'bob@example.com', { complaint: { type: 'abuse' } }) },
      ],
    };
    await worker.queue(batch, env());
    await worker.queue(batch, env());
    expect(await stateOf('ann@example.com')).toBe(true);
    expect(await stateOf('bob@example.com')).toBe(true);
    expect(await eventsOf()).toHaveLength(2);
  });

  it('comes again while there is no source', async () => {
    await expect(
      worker.queue({ messages: [{ body: event('bounced', 'ann@example.com') }] }, env()),
    ).rejects.toThrow('mailstop source add cloudflare');
  });
});
