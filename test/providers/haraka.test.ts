import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compileFunction } from 'node:vm';
import { afterEach, describe, expect, it, test, vi } from 'vitest';
import { classify } from '../../src/core/classify.ts';
import { readReply } from '../../src/core/smtp.ts';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { haraka } from '../../src/providers/haraka.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { harakaSampler } from '../../src/samples/haraka.ts';

const NOW = 1_790_000_000_000;
const request = (body: unknown): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/haraka_1'),
  headers: new Headers({ 'content-type': 'application/json' }),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemsOf(body: unknown): Promise<readonly Item[]> {
  const result = await haraka.parse(request(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

async function eventsOf(body: unknown) {
  return (await itemsOf(body)).map((item) => {
    if (item.type !== 'event') throw new Error(JSON.stringify(item));
    return item.event;
  });
}

const report = (fields: Record<string, unknown> = {}) => ({
  hook: 'bounce',
  id: 'A1.1',
  attempts: 2,
  at: '2026-05-28T20:28:20.123Z',
  queued_at: '2026-05-28T20:00:00.000Z',
  words: 'Some recipients failed',
  recipients: [
    { address: 'ada@ex.test', code: '550', enhanced: '5.1.1', text: 'no such user' },
    { address: 'bob@ex.test' },
  ],
  ...fields,
});

describe('reports of Haraka’s plugin', () => {
  it('are read field by field, each recipient with its own reply', async () => {
    const [ada, bob] = await eventsOf(report());
    expect(ada).toEqual({
      meaning: { kind: 'bounce' },
      recipient: 'ada@ex.test',
      at: Date.parse('2026-05-28T20:28:20.123Z'),
      sentAt: Date.parse('2026-05-28T20:00:00Z'),
      reply: { code: '550', enhanced: '5.1.1', text: 'no such user' },
      providerType: 'bounce',
      eventId: 'A1.1/bounce/2',
      messageId: 'A1.1',
    });
    expect(bob?.reply).toEqual({ code: null, enhanced: null, text: 'Some recipients failed' });
  });

  test.each([
    ['bounce', 'bounce', undefined],
    ['deferred', 'deferral', '450'],
    ['delivered', 'delivery', '250'],
  ])('of the hook %s are a %s', async (hook, kind, code) => {
    const [event] = await eventsOf(report({ hook }));
    expect([event?.meaning.kind, event?.meaning.code]).toEqual([kind, code]);
  });

  test.each([
    ['Tried all MXs ex.test', 'network-error', 'none'],
    ['connect ECONNREFUSED 192.0.2.7:25', 'network-error', 'none'],
    ['No Such Domain: ex.test', 'domain-invalid', 'strong'],
    ['Domain ex.test sends and receives no email (NULL MX)', 'domain-invalid', 'strong'],
  ])('of %j, where Haraka itself says 550 5.1.2, are of %s', async (text, category, strength) => {
    const recipients = [{ address: 'ada@ex.test', code: 550, enhanced: '5.1.2', text }];
    const [event] = await eventsOf(report({ recipients, words: 'Too many failures' }));
    const { meaning, reply } = event as NonNullable<typeof event>;
    expect(
      classify({ kind: meaning.kind, meaning, reply: readReply(reply), provider: 'haraka' }),
    ).toMatchObject({ category, strength });
  });

  test.each(['novelty', 'constructor'])('of the hook %s are listed as unmapped', async (hook) => {
    expect(await itemsOf(report({ hook }))).toEqual([{ type: 'ignored', label: hook, known: false }]);
  });

  it('that cannot be read lose no neighbour', async () => {
    const told = await itemsOf([7, {}, report({ recipients: [] }), report({ recipients: [null] })]);
    expect(told.map(({ type }) => type)).toEqual(['unreadable', 'unreadable', 'unreadable', 'event']);
  });

  test.each(['', '{"hook":'])('in the body %j are quarantined whole', async (body) => {
    expect((await haraka.parse(request(body))).ok).toBe(false);
  });

  it('T026 are never proven by an empty key', () => {
    expect(haraka.checkKey?.('')).not.toBeNull();
  });

  it('in its samples are proven by their key, and are the kinds that they say', async () => {
    const { source, signing } = await harakaSampler.source();
    const keys = source.secrets.keys ?? [];
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
    for (const sample of harakaSampler.samples(NOW)) {
      const { headers, body } = await harakaSampler.request(sample.payload, signing, NOW);
      const sent = { ...request(body), headers: new Headers(headers) };
      expect((await haraka.verify(sent, trust, io)).ok).toBe(true);
      expect((await haraka.verify(request(body), trust, io)).ok).toBe(false);
      const [event] = await eventsOf(body);
      expect([event?.meaning.kind, event?.recipient, event?.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});

type Hook = (next: () => void, hmail: unknown, params: unknown) => void;
type Plugin = Record<'on_bounce' | 'on_deferred' | 'on_delivered', Hook> & {
  register(): void;
  readonly hooks: Record<string, string>;
  readonly logged: string[];
};

describe('Haraka’s plugin', () => {
  const servers: ReturnType<typeof createServer>[] = [];
  afterEach(() => {
    vi.useRealTimers();
    for (const server of servers.splice(0)) server.close();
  });

  /** A Mailstop that answers with these statuses in turn, and what it was sent. */
  async function mailstop(...statuses: number[]) {
    const sent: { key: unknown; body: string }[] = [];
    const server = createServer(async (incoming, answer) => {
      let body = '';
      for await (const chunk of incoming) body += chunk;
      sent.push({ key: incoming.headers['x-mailstop-key'], body });
      answer.writeHead(statuses[sent.length - 1] ?? 200).end();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/haraka_1`, sent };
  }

  /** As Haraka loads it: CommonJS, with the plugin's own object as `this`. */
  function load(ini: Record<string, string>): Plugin {
    const path = new URL('../../docs/integrations/haraka-mailstop.js', import.meta.url);
    const made: Record<string, unknown> = {};
    compileFunction(readFileSync(path, 'utf8'), ['exports'])(made);
    const hooks: Record<string, string> = {};
    const logged: string[] = [];
    return Object.assign(made, {
      hooks,
      logged,
      config: { get: () => ({ main: ini }) },
      register_hook: (hook: string, method: string) => void Object.assign(hooks, { [hook]: method }),
      logwarn: (line: string) => void logged.push(line),
      logerror: (line: string) => void logged.push(line),
    }) as unknown as Plugin;
  }

  async function pluginFor(url: string): Promise<Plugin> {
    const plugin = load({ url, key: 'a-shared-secret-of-mine' });
    plugin.register();
    return plugin;
  }

  const address = (user: string, more: object = {}) => ({
    user,
    host: 'ex.test',
    address: () => `${user}@ex.test`,
    ...more,
  });
  const hmail = (recipients: unknown[]) => ({
    num_failures: 1,
    todo: { uuid: 'A1.1', queue_time: Date.UTC(2026, 4, 28), rcpt_to: recipients },
  });
  const refused = address('ada', {
    dsn_action: 'failed',
    dsn_smtp_code: '550',
    dsn_smtp_extc: '5.1.1',
    dsn_status: '5.1.1',
    dsn_smtp_response: 'no such user',
    reason: '550 5.1.1 no such user',
  });

  it('hooks what ends an attempt, and lets the mail go on', async () => {
    const { url, sent } = await mailstop();
    const plugin = await pluginFor(url);
    expect(Object.keys(plugin.hooks).sort()).toEqual(['bounce', 'deferred', 'delivered']);
    const next = vi.fn();
    plugin.on_bounce(next, hmail([refused]), Object.assign(new Error('no'), { bounced_rcpt: [refused] }));
    expect(next).toHaveBeenCalledExactlyOnceWith();
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]?.key).toBe('a-shared-secret-of-mine');
    expect(await eventsOf(sent[0]?.body)).toMatchObject([
      {
        meaning: { kind: 'bounce' },
        recipient: 'ada@ex.test',
        sentAt: Date.UTC(2026, 4, 28),
        reply: { code: '550', enhanced: '5.1.1', text: 'no such user' },
        messageId: 'A1.1',
      },
    ]);
  });

  it('tells what Haraka says where no server replied, and the whole message’s words where nothing is said', async () => {
    const { url, sent } = await mailstop();
    const plugin = await pluginFor(url);
    const lost = address('bob', { dsn_code: 550, dsn_msg: 'Domain not found', dsn_status: '5.1.2' });
    plugin.on_bounce(() => {}, hmail([lost, address('cy')]), new Error('Too many failures'));
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    expect((await eventsOf(sent[0]?.body)).map(({ reply }) => reply)).toEqual([
      { code: '550', enhanced: '5.1.2', text: 'Domain not found' },
      { code: null, enhanced: null, text: 'Too many failures' },
    ]);
  });

  it('tells of deferred and delivered recipients, also of newer address objects', async () => {
    const { url, sent } = await mailstop();
    const plugin = await pluginFor(url);
    const newer = { user: 'dee', host: 'ex.test', address: 'dee@ex.test' };
    plugin.on_deferred(() => {}, hmail([newer]), { delay: 64, err: 'Tried all MXs' });
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    const params = ['mx.ex.test', '192.0.2.7', 'OK queued', 1.5, 25, 'SMTP', [address('ada')], true];
    plugin.on_delivered(() => {}, hmail([newer]), params);
    await vi.waitFor(() => expect(sent).toHaveLength(2));
    expect(await eventsOf(sent[0]?.body)).toMatchObject([
      { meaning: { kind: 'deferral' }, recipient: 'dee@ex.test', reply: { text: 'Tried all MXs' } },
    ]);
    expect(await eventsOf(sent[1]?.body)).toMatchObject([
      { meaning: { kind: 'delivery' }, recipient: 'ada@ex.test', reply: { text: 'OK queued' } },
    ]);
  });

  it('sends again, unchanged, what was not taken', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const { url, sent } = await mailstop(503);
    const plugin = await pluginFor(url);
    plugin.on_bounce(() => {}, hmail([refused]), new Error('no'));
    while (plugin.logged.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(plugin.logged).toEqual(['mailstop answered 503; again in 5 s']);
    vi.advanceTimersByTime(5_000);
    while (sent.length < 2) await new Promise((resolve) => setImmediate(resolve));
    expect(sent[1]?.body).toBe(sent[0]?.body);
  });

  test.each([[{}], [{ url: 'https://x.test' }], [{ key: 'k' }]])('does not start with %j', (ini) => {
    expect(() => load(ini as Record<string, string>).register()).toThrow('mailstop.ini');
  });
});
