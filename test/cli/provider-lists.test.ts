/** The lists that providers keep themselves: read from servers that answer as their documentation says. Not tried on the real ones. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clientOf } from '../../src/cli/client.ts';
import { compare, listOf, pullAll } from '../../src/cli/commands/source-list.ts';
import { asker } from '../../src/cli/provider-list.ts';
import { providerLists } from '../../src/lists/registry.ts';
import { ADMIN, type Harness, startHarness } from '../http/harness.ts';
import { run } from './run.ts';

let folder: string;
let made = 0;
let servers: Server[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-lists-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

interface Told {
  readonly status?: number;
  readonly json?: unknown;
  /** Instead of `json`. */
  readonly text?: string;
  readonly headers?: Record<string, string>;
}
type Answers = (request: {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  body: string;
}) => Told | undefined;

/** `asked` are the requests so far, as `GET /path?query`. */
async function api(answers: Answers): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    asked.push(`${request.method} ${url.pathname}${url.search}`);
    const told = answers({
      method: request.method ?? '',
      url,
      headers: request.headers,
      body: await text(request),
    }) ?? { status: 404 };
    response.writeHead(told.status ?? 200, { 'content-type': 'application/json', ...told.headers });
    response.end(told.text ?? (told.json === undefined ? '' : JSON.stringify(told.json)));
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** A database of its own with a source of the provider. */
async function site(provider: string) {
  const env = {
    MAILSTOP_DATABASE_URL: `file:${join(folder, `${made++}.db`)}`,
    MAILSTOP_PROVIDER_KEY: 'id:secret',
  };
  const mailstop = (...args: string[]) => run(args, { env });
  const added = await mailstop('source', 'add', provider, '--name', 'x', '--json', '--allow-unsigned');
  expect(added.stderr + added.stdout).toContain(provider);
  return { mailstop, id: JSON.parse(added.stdout).id as string };
}

interface Case {
  readonly of?: string;
  readonly answers: Answers;
  /** `address reason` of what is on the list after a pull. */
  readonly entries: readonly string[];
  /** Requests that a removal makes. */
  readonly removes: readonly string[];
}

const at = '2025-12-01T10:00:00Z';
const cases: Readonly<Record<string, Case>> = {
  'amazon-ses': {
    of: 'eu-west-1',
    answers: ({ method, url, headers }) => {
      if (
        !/^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/eu-west-1\/ses\/aws4_request/.test(
          String(headers.authorization),
        )
      )
        return { status: 403 };
      if (method === 'DELETE') return { json: {} };
      return url.searchParams.get('NextToken') === null
        ? {
            json: {
              SuppressedDestinationSummaries: [
                { EmailAddress: 'A@x.test', Reason: 'BOUNCE', LastUpdateTime: 1764583200 },
              ],
              NextToken: 'more/+=',
            },
          }
        : {
            json: {
              SuppressedDestinationSummaries: [
                { EmailAddress: 'b@x.test', Reason: 'COMPLAINT', LastUpdateTime: 1764583200 },
              ],
            },
          };
    },
    entries: ['a@x.test hard-bounce', 'b@x.test complaint'],
    removes: ['DELETE /v2/email/suppression/addresses/c%40x.test'],
  },
  brevo: {
    answers: ({ method, url, headers }) => {
      if (headers['api-key'] !== 'id:secret') return { status: 401 };
      if (method === 'DELETE') return { status: 204 };
      const offset = Number(url.searchParams.get('offset'));
      const all = Array.from({ length: 101 }, (_, i) => ({
        email: `p${i}@x.test`,
        reason: { code: 'hardBounce', message: '' },
        blockedAt: at,
      }));
      return { json: { contacts: all.slice(offset, offset + 100), count: 101 } };
    },
    entries: Array.from({ length: 101 }, (_, i) => `p${i}@x.test hard-bounce`).sort(),
    removes: ['DELETE /v3/smtp/blockedContacts/c%40x.test'],
  },
  cloudflare: {
    of: 'acc',
    answers: ({ method, url }) => {
      if (method === 'DELETE') return { json: { success: true } };
      if (url.searchParams.has('email')) return { json: { result: [{ id: 's1', email: 'c@x.test' }] } };
      return url.searchParams.has('cursor')
        ? {
            json: {
              result: [
                { id: 's2', email: 'b@x.test', reason: 'complaint', created_at: at, expires_at: null },
              ],
              result_info: { cursor: '' },
            },
          }
        : {
            json: {
              result: [
                { id: 's1', email: 'a@x.test', reason: 'hard_bounce', created_at: at, expires_at: null },
              ],
              result_info: { cursor: 'n' },
            },
          };
    },
    entries: ['a@x.test hard-bounce', 'b@x.test complaint'],
    removes: [
      'GET /accounts/acc/email/sending/suppressions?email=c%40x.test',
      'DELETE /accounts/acc/email/sending/suppressions/s1',
    ],
  },
  mailgun: {
    of: 'mg.x.test',
    answers: ({ method, url, headers }) => {
      if (headers.authorization !== `Basic ${btoa('api:id:secret')}`) return { status: 401 };
      if (method === 'DELETE')
        return url.pathname.includes('complaints') ? { status: 404, json: {} } : { json: {} };
      if (url.searchParams.has('page'))
        return { json: { items: [], paging: { next: `https://api.mailgun.net${url.pathname}?page=next` } } };
      const paging = { next: `https://api.mailgun.net${url.pathname}?page=next&limit=1000` };
      if (url.pathname.endsWith('bounces'))
        return {
          json: {
            items: [
              {
                address: 'a@x.test',
                code: '550',
                error: 'No such mailbox',
                created_at: 'Mon, 01 Dec 2025 10:00:00 UTC',
              },
            ],
            paging,
          },
        };
      if (url.pathname.endsWith('complaints'))
        return {
          json: { items: [{ address: 'b@x.test', created_at: 'Mon, 01 Dec 2025 10:00:00 UTC' }], paging },
        };
      return {
        json: {
          items: [{ address: 'd@x.test', tags: ['*'], created_at: 'Mon, 01 Dec 2025 10:00:00 UTC' }],
          paging,
        },
      };
    },
    entries: ['a@x.test hard-bounce', 'b@x.test complaint', 'd@x.test unsubscribe'],
    removes: ['bounces', 'complaints', 'unsubscribes'].map(
      (list) => `DELETE /v3/mg.x.test/${list}/c%40x.test`,
    ),
  },
  mailtrap: {
    of: '7',
    answers: ({ method, url }) => {
      if (method === 'DELETE') return { json: {} };
      return url.searchParams.has('email')
        ? { json: [{ id: 'm1', email: 'c@x.test' }] }
        : {
            json: [
              { id: 'm2', type: 'spam complaint', email: 'a@x.test', sending_stream: 'any', created_at: at },
            ],
          };
    },
    entries: ['a@x.test complaint'],
    removes: ['GET /api/accounts/7/suppressions?email=c%40x.test', 'DELETE /api/accounts/7/suppressions/m1'],
  },
  mandrill: {
    answers: ({ url, body }) => {
      if (JSON.parse(body).key !== 'id:secret') return { status: 401 };
      return url.pathname.endsWith('list')
        ? {
            json: [
              {
                email: 'a@x.test',
                reason: 'hard-bounce',
                detail: '550',
                created_at: '2025-12-01 10:00:00',
                expires_at: null,
                expired: false,
              },
            ],
          }
        : { json: { deleted: true } };
    },
    entries: ['a@x.test hard-bounce'],
    removes: ['POST /api/1.0/rejects/delete'],
  },
  postmark: {
    answers: ({ method, headers }) => {
      if (headers['x-postmark-server-token'] !== 'id:secret') return { status: 401 };
      return method === 'POST'
        ? { json: { Suppressions: [] } }
        : {
            json: {
              Suppressions: [
                {
                  EmailAddress: 'a@x.test',
                  SuppressionReason: 'HardBounce',
                  Origin: 'Recipient',
                  CreatedAt: at,
                },
                {
                  EmailAddress: 'b@x.test',
                  SuppressionReason: 'ManualSuppression',
                  Origin: 'Customer',
                  CreatedAt: at,
                },
              ],
            },
          };
    },
    entries: ['a@x.test hard-bounce', 'b@x.test manual'],
    removes: ['POST /message-streams/outbound/suppressions/delete'],
  },
  resend: {
    answers: ({ method, url }) => {
      if (method === 'DELETE') return { json: { deleted: true } };
      return url.searchParams.has('after')
        ? {
            json: {
              has_more: false,
              data: [{ id: 'r2', email: 'b@x.test', origin: 'complaint', source_id: null, created_at: at }],
            },
          }
        : {
            json: {
              has_more: true,
              data: [{ id: 'r1', email: 'a@x.test', origin: 'bounce', source_id: 's', created_at: at }],
            },
          };
    },
    entries: ['a@x.test hard-bounce', 'b@x.test complaint'],
    removes: ['DELETE /suppressions/c%40x.test'],
  },
  sendgrid: {
    answers: ({ method, url, headers }) => {
      if (headers.authorization !== 'Bearer id:secret') return { status: 401 };
      if (method === 'DELETE') return { status: 204 };
      const item = { created: 1764583200 };
      const lists: Record<string, unknown[]> = {
        bounces: [{ ...item, email: 'a@x.test', reason: '550 5.1.1 user unknown', status: '5.1.1' }],
        blocks: [
          { ...item, email: 'ours@x.test', reason: '550 5.7.1 on our block list (S3150)', status: '5.7.1' },
        ],
        invalid_emails: [{ ...item, email: 'b@x.test', reason: 'Mail domain is unknown' }],
        spam_reports: [{ ...item, email: 'd@x.test', ip: '192.0.2.1' }],
        unsubscribes: [{ ...item, email: 'e@x.test' }],
      };
      return { json: lists[url.pathname.split('/').at(-1) ?? ''] ?? [] };
    },
    entries: ['a@x.test hard-bounce', 'b@x.test hard-bounce', 'd@x.test complaint', 'e@x.test unsubscribe'],
    removes: [
      ...['bounces', 'blocks', 'invalid_emails', 'spam_reports'].map(
        (list) => `DELETE /v3/suppression/${list}/c%40x.test`,
      ),
      'DELETE /v3/asm/suppressions/global/c%40x.test',
    ],
  },
  sparkpost: {
    answers: ({ method, url, headers }) => {
      if (headers.authorization !== 'id:secret') return { status: 401 };
      if (method === 'DELETE') return { status: 204 };
      const first = url.searchParams.get('cursor') === 'initial';
      return {
        json: {
          results: [
            {
              recipient: first ? 'a@x.test' : 'b@x.test',
              type: 'transactional',
              source: first ? 'Spam Complaint' : 'Bounce Rule',
              description: '550',
              created: at,
            },
          ],
          links: first ? [{ href: '/api/v1/suppression-list?cursor=next&per_page=10000', rel: 'next' }] : [],
        },
      };
    },
    entries: ['a@x.test complaint', 'b@x.test hard-bounce'],
    removes: ['DELETE /api/v1/suppression-list/c%40x.test'],
  },
};

it('every list that is known has its case', () => {
  expect([...providerLists.keys()]).toEqual(Object.keys(cases).sort());
});

describe('the list of', () => {
  let mailstop: Harness;
  beforeEach(async () => {
    mailstop = await startHarness();
  });
  afterEach(() => mailstop.close());

  it.each(Object.entries(cases))(
    '%s is taken over whole, compared, and loses who was released here',
    async (provider, { of, answers, entries, removes }) => {
      const { url, asked } = await api(answers);
      const secret =
        provider === 'amazon-ses'
          ? { secrets: { topic_arns: ['arn:aws:sns:eu-west-1:123456789012:b'] } }
          : { allow_unsigned: true };
      const { id } = (await mailstop.ask('POST', '/v1/sources', { json: { provider, name: 'x', ...secret } }))
        .body;
      const client = clientOf(mailstop.fetch, 'http://localhost', ADMIN);
      const options = { providerKey: 'id:secret', providerUrl: url, ...(of === undefined ? {} : { of }) };
      const listed = async () =>
        (await mailstop.ask('GET', '/v1/suppressions?limit=1000')).body.data
          .map((entry: Record<string, string>) => `${entry.address} ${entry.reason}`)
          .sort();

      const before = await compare(client, id, options);
      expect(before.only_there).toEqual(entries.map((entry) => entry.split(' ')[0]).sort());
      expect(await pullAll(client, id, { ...options, dryRun: true })).toMatchObject({ added: 0 });
      expect(await listed()).toEqual([]);
      expect(await pullAll(client, id, options)).toMatchObject({ added: entries.length });
      expect(await listed()).toEqual(entries);
      const [first = ''] = before.only_there;
      expect((await mailstop.ask('GET', `/v1/suppressions/${first}`)).body.listed_at).toEqual([provider]);
      expect(await compare(client, id, options)).toMatchObject({ only_there: [], only_here: [] });

      asked.splice(0);
      const { list, given } = await listOf(client, id, options);
      await list.remove(asker(provider), given, 'c@x.test');
      expect(asked).toEqual(removes);
    },
  );

  it('a provider is short of who it has reported and no longer keeps', async () => {
    const { url } = await api(() => ({ json: { Suppressions: [] } }));
    const { id, post } = await mailstop.source({ provider: 'postmark' });
    await post({
      RecordType: 'Bounce',
      ID: 1,
      Type: 'HardBounce',
      TypeCode: 1,
      Email: 'a@x.test',
      Details: '550 5.1.1 user unknown',
      BouncedAt: at,
      MessageID: 'm',
    });
    const client = clientOf(mailstop.fetch, 'http://localhost', ADMIN);
    expect(await compare(client, id, { providerKey: 'k', providerUrl: url })).toMatchObject({
      only_there: [],
      only_here: ['a@x.test'],
    });
  });
});

it('a provider that is written back to is short of what was decided here too', async () => {
  const mailstop = await startHarness();
  try {
    const { url } = await api(() => ({ json: { Suppressions: [] } }));
    const { id } = await mailstop.source({ provider: 'postmark' });
    const block = (address: string, json: object = {}) =>
      mailstop.ask('PUT', `/v1/suppressions/${encodeURIComponent(address)}`, { json });
    await block('w2@x.test');
    await block('news@x.test', { stream: 'news', reason: 'unsubscribe' });
    await block('@gone.test');
    await block('fine@x.test', { reason: 'hard-bounce' });
    await mailstop.ask('PUT', '/v1/allowed/fine@x.test', { json: {} });
    const client = clientOf(mailstop.fetch, 'http://localhost', ADMIN);
    const only_here = async () =>
      (await compare(client, id, { providerKey: 'k', providerUrl: url })).only_here;
    expect(await only_here()).toEqual([]);
    const list = `/v1/sources/${id}/list`;
    expect((await mailstop.ask('PUT', list, { json: { key: 'k', write_back: true } })).status).toBe(200);
    expect(await only_here()).toEqual(['w2@x.test']);
  } finally {
    await mailstop.close();
  }
});

describe('a list that is written back', () => {
  it('is turned on with a key that nobody is shown, told of, and turned off', async () => {
    const { mailstop, id } = await site('postmark');
    const never = await mailstop('source', 'write-back', id);
    expect([never.code, never.stderr]).toEqual([1, expect.stringContaining('no access')]);
    const on = await mailstop('source', 'write-back', id, 'on', '--of', 'broadcast');
    expect(on.stdout).toMatch(/write-back\s+on/);
    const { stdout } = await mailstop('source', 'write-back', id, '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      of: 'broadcast',
      write_back: true,
      behind: 0,
      last_error: null,
    });
    expect(on.stdout + stdout).not.toContain('id:secret');
    await mailstop('add', 'ann@x.test');
    const first = await mailstop('source', 'push', id, '--dry-run');
    expect([first.stdout.trim(), first.stderr]).toEqual([
      'ann@x.test',
      expect.stringContaining('Would put 1 address on the list of postmark'),
    ]);
    const pushed = await mailstop('source', 'push', id, '--json');
    expect(JSON.parse(pushed.stdout)).toMatchObject({ addresses: 1, listed: 0, list: { pushing: true } });
    const off = await mailstop('source', 'write-back', id, 'off');
    expect(off.stdout).toMatch(/write-back\s+off/);
  }, 60_000);
});

describe('an API', () => {
  it('that asks to wait is waited for', async () => {
    let busy = 1;
    const { url, asked } = await api(() =>
      busy-- > 0 ? { status: 429, headers: { 'retry-after': '1' } } : { json: { Suppressions: [] } },
    );
    const { mailstop, id } = await site('postmark');
    expect((await mailstop('source', 'pull', id, '--provider-url', url)).code).toBe(0);
    expect(asked).toHaveLength(2);
  }, 30_000);

  it.each([
    ['refuses the key', { status: 401, json: { Message: 'bad token' } }, /401.*is the key right/],
    ['answers a page', { headers: { 'content-type': 'text/html' }, text: '<h1>Moved</h1>' }, /no JSON/],
    ['answers nothing', {}, /no JSON/],
    ['has no such list', { status: 404, json: { Message: 'no such stream' } }, /404.*no such stream/],
  ])(
    'that %s is told',
    async (_title, told, why) => {
      const { url } = await api(() => told);
      const { mailstop, id } = await site('postmark');
      const pulled = await mailstop('source', 'pull', id, '--provider-url', url);
      expect([pulled.code, pulled.stderr]).toEqual([1, expect.stringMatching(why)]);
    },
    30_000,
  );

  it('is not asked to take off who is suppressed here', async () => {
    const { url, asked } = await api(() => ({ json: {} }));
    const { mailstop, id } = await site('postmark');
    await mailstop('add', 'c@x.test');
    const refused = await mailstop('source', 'unlist', id, 'c@x.test', '--provider-url', url);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('release it first')]);
    expect(asked).toEqual([]);
  }, 30_000);

  it.each([
    ['generic', [], /has no list/],
    ['mailgun', [], /--of must say the sending domain/],
  ])(
    'of %s is refused with %j',
    async (provider, args, why) => {
      const { mailstop, id } = await site(provider);
      const refused = await mailstop('source', 'pull', id, ...args);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(why)]);
    },
    30_000,
  );
});
