/** What each provider's API is asked when the list is written back: local servers that answer as its documents say. Not tried on the real ones. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { askOver } from '../../src/app/provider-ask.ts';
import { isConsent, type ListWriting, type NotTaken } from '../../src/lists/list.ts';
import { providerLists } from '../../src/lists/registry.ts';
import { nodeOutbound } from '../../src/outbound.ts';

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: bodies are read field by field
  readonly json: any;
}
type Answers = (asked: Asked) => { status?: number; json?: unknown } | undefined;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** `asked`: `POST /path {"body"}`, without the start of the path that all have. */
async function api(answers: Answers): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = await text(request);
    const json = body === '' ? null : JSON.parse(body);
    asked.push(`${request.method} ${url.pathname}${url.search}${body === '' ? '' : ` ${body}`}`);
    const told = answers({ method: request.method ?? '', url, headers: request.headers, json }) ?? {
      status: 404,
    };
    response.writeHead(told.status ?? 200, { 'content-type': 'application/json' });
    response.end(told.json === undefined ? '' : JSON.stringify(told.json));
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://api.example:${(server.address() as AddressInfo).port}`, asked };
}

const toLoopback: LookupFunction = (_host, _options, done) =>
  done(null, [{ address: '127.0.0.1', family: 4 }]);
const opened = {
  allows: (address: string) => address === '127.0.0.1',
  lookUp: toLoopback,
  isPlain: true,
};
const ask = askOver(nodeOutbound(opened));

interface Case {
  readonly of?: string;
  /** Of `gone@x.test` the list has what may be taken off, of `wish@x.test` what its recipient asked for. */
  readonly answers: Answers;
  readonly adds: readonly string[];
  readonly refused?: readonly NotTaken[];
  readonly lifts: readonly string[];
  /** Of `wish@x.test`. */
  readonly leaves: readonly string[];
}

const named = ({ url }: Asked, part: string) => decodeURIComponent(url.href).includes(part);
const rows = [
  { address: 'hard@x.test', reason: 'hard-bounce' },
  { address: 'spam@x.test', reason: 'complaint' },
] as const;

const cases: Readonly<Record<string, Case>> = {
  'amazon-ses': {
    of: 'eu-west-1',
    answers: (asked) => {
      if (!/^AWS4-HMAC-SHA256 Credential=id\/\d{8}\/eu-west-1\/ses\//.test(asked.headers.authorization ?? ''))
        return { status: 403 };
      if (asked.method !== 'GET') return {};
      const Reason = named(asked, 'gone@') ? 'BOUNCE' : 'COMPLAINT';
      return { json: { SuppressedDestination: { EmailAddress: 'x', Reason, LastUpdateTime: 1 } } };
    },
    adds: [
      'PUT /v2/email/suppression/addresses {"EmailAddress":"hard@x.test","Reason":"BOUNCE"}',
      'PUT /v2/email/suppression/addresses {"EmailAddress":"spam@x.test","Reason":"COMPLAINT"}',
    ],
    lifts: [
      'GET /v2/email/suppression/addresses/gone%40x.test',
      'DELETE /v2/email/suppression/addresses/gone%40x.test',
    ],
    leaves: ['GET /v2/email/suppression/addresses/wish%40x.test'],
  },
  cloudflare: {
    of: 'acc',
    answers: (asked) => {
      if (asked.method === 'DELETE') return { json: { success: true } };
      if (asked.method === 'GET')
        return {
          json: {
            result: named(asked, 'gone@')
              ? [
                  { id: 's1', email: 'gone@x.test', reason: 'hard_bounce', read_only: false },
                  { id: 's2', email: 'gone@x.test', reason: 'policy', read_only: true },
                ]
              : [{ id: 's3', email: 'wish@x.test', reason: 'complaint', read_only: false }],
          },
        };
      const items = [
        { index: 0, status: 'processed', email: 'hard@x.test' },
        { index: 1, status: 'invalid', email: 'spam@x.test', error: 'not allowed' },
      ];
      return { json: { result: { items, processed: 1, invalid: 1 } } };
    },
    adds: [
      'POST /accounts/acc/email/sending/suppressions/bulk {"items":[{"email":"hard@x.test"},{"email":"spam@x.test"}]}',
    ],
    refused: [{ address: 'spam@x.test', why: 'not allowed' }],
    lifts: [
      'GET /accounts/acc/email/sending/suppressions?email=gone%40x.test',
      'DELETE /accounts/acc/email/sending/suppressions/s1',
    ],
    leaves: ['GET /accounts/acc/email/sending/suppressions?email=wish%40x.test'],
  },
  mailgun: {
    of: 'mg.x.test',
    answers: ({ headers }) =>
      headers.authorization === `Basic ${btoa('api:id:secret')}` ? { json: {} } : { status: 401 },
    adds: [
      'POST /v3/mg.x.test/bounces [{"address":"hard@x.test","code":"550","error":"Suppressed by Mailstop"}]',
      'POST /v3/mg.x.test/complaints [{"address":"spam@x.test"}]',
    ],
    lifts: ['DELETE /v3/mg.x.test/bounces/gone%40x.test'],
    leaves: ['DELETE /v3/mg.x.test/bounces/wish%40x.test'],
  },
  mailtrap: {
    of: '7',
    answers: (asked) => {
      if (asked.headers.authorization !== 'Bearer id:secret') return { status: 401 };
      if (asked.method === 'POST') return { status: 201, json: { data: { id: 'm9' } } };
      if (asked.url.pathname === '/api/domains')
        return {
          json: {
            data: [
              { id: 3, domain_name: 'a.test', demo: false },
              { id: 4, domain_name: 'demo.test', demo: true },
            ],
          },
        };
      const row = (id: string, email: string, type: string, sending_stream = 'any') => ({
        id,
        email,
        type,
        sending_stream,
        domain_name: 'a.test',
      });
      return {
        json: named(asked, 'gone@')
          ? [row('m1', 'gone@x.test', 'manual import'), row('m2', 'Gone@x.test', 'spam complaint')]
          : named(asked, 'spam@')
            ? [row('m4', 'spam@x.test', 'hard bounce', 'bulk')]
            : [row('m3', 'wish@x.test', 'unsubscription')],
      };
    },
    adds: [
      'GET /api/domains',
      'GET /api/accounts/7/suppressions?email=hard%40x.test',
      'POST /api/suppressions {"email":"hard@x.test","domain_id":3,"sending_stream":"transactional","type":"hard bounce"}',
      'POST /api/suppressions {"email":"hard@x.test","domain_id":3,"sending_stream":"bulk","type":"hard bounce"}',
      'GET /api/accounts/7/suppressions?email=spam%40x.test',
      'POST /api/suppressions {"email":"spam@x.test","domain_id":3,"sending_stream":"transactional","type":"spam complaint"}',
    ],
    lifts: ['GET /api/accounts/7/suppressions?email=gone%40x.test', 'DELETE /api/accounts/7/suppressions/m1'],
    leaves: ['GET /api/accounts/7/suppressions?email=wish%40x.test'],
  },
  mandrill: {
    answers: ({ url, json }) => {
      if (json.key !== 'id:secret') return { status: 401 };
      if (!url.pathname.endsWith('list')) return { json: {} };
      return { json: [{ email: json.email, reason: json.email.startsWith('gone') ? 'custom' : 'unsub' }] };
    },
    adds: [
      'POST /api/1.0/rejects/add {"key":"id:secret","email":"hard@x.test","comment":"hard-bounce"}',
      'POST /api/1.0/rejects/add {"key":"id:secret","email":"spam@x.test","comment":"complaint"}',
    ],
    lifts: [
      'POST /api/1.0/rejects/list {"key":"id:secret","email":"gone@x.test","include_expired":false}',
      'POST /api/1.0/rejects/delete {"key":"id:secret","email":"gone@x.test"}',
    ],
    leaves: ['POST /api/1.0/rejects/list {"key":"id:secret","email":"wish@x.test","include_expired":false}'],
  },
  postmark: {
    answers: (asked) => {
      if (asked.headers['x-postmark-server-token'] !== 'id:secret') return { status: 401 };
      if (asked.method === 'GET')
        return {
          json: {
            Suppressions: named(asked, 'gone@')
              ? [{ EmailAddress: 'gone@x.test', SuppressionReason: 'ManualSuppression', Origin: 'Customer' }]
              : [
                  {
                    EmailAddress: 'wish@x.test',
                    SuppressionReason: 'ManualSuppression',
                    Origin: 'Recipient',
                  },
                ],
          },
        };
      const told = (one: { EmailAddress: string }) =>
        one.EmailAddress.startsWith('spam')
          ? { ...one, Status: 'Failed', Message: 'An invalid email address was provided.' }
          : { ...one, Status: 'Suppressed', Message: null };
      return { json: { Suppressions: asked.json.Suppressions.map(told) } };
    },
    adds: [
      'POST /message-streams/outbound/suppressions {"Suppressions":[{"EmailAddress":"hard@x.test"},{"EmailAddress":"spam@x.test"}]}',
    ],
    refused: [{ address: 'spam@x.test', why: 'An invalid email address was provided.' }],
    lifts: [
      'GET /message-streams/outbound/suppressions/dump?EmailAddress=gone%40x.test',
      'POST /message-streams/outbound/suppressions/delete {"Suppressions":[{"EmailAddress":"gone@x.test"}]}',
    ],
    leaves: ['GET /message-streams/outbound/suppressions/dump?EmailAddress=wish%40x.test'],
  },
  resend: {
    answers: (asked) => {
      if (asked.headers.authorization !== 'Bearer id:secret') return { status: 401 };
      if (asked.method !== 'GET') return { json: { data: [] } };
      return { json: { object: 'suppression', origin: named(asked, 'gone@') ? 'manual' : 'complaint' } };
    },
    adds: ['POST /suppressions/batch/add {"emails":["hard@x.test","spam@x.test"]}'],
    lifts: ['GET /suppressions/gone%40x.test', 'DELETE /suppressions/gone%40x.test'],
    leaves: ['GET /suppressions/wish%40x.test'],
  },
  sendgrid: {
    answers: ({ method, headers }) =>
      headers.authorization !== 'Bearer id:secret'
        ? { status: 401 }
        : method === 'DELETE'
          ? { status: 404 }
          : { status: 201, json: { recipient_emails: [] } },
    adds: ['POST /v3/asm/suppressions/global {"recipient_emails":["hard@x.test","spam@x.test"]}'],
    lifts: [
      'DELETE /v3/suppression/bounces/gone%40x.test',
      'DELETE /v3/suppression/blocks/gone%40x.test',
      'DELETE /v3/suppression/invalid_emails/gone%40x.test',
    ],
    leaves: [
      'DELETE /v3/suppression/bounces/wish%40x.test',
      'DELETE /v3/suppression/blocks/wish%40x.test',
      'DELETE /v3/suppression/invalid_emails/wish%40x.test',
    ],
  },
  sparkpost: {
    answers: (asked) => {
      if (asked.headers.authorization !== 'id:secret') return { status: 401 };
      if (asked.method === 'PUT')
        return { json: { results: { message: 'Suppression List successfully updated' } } };
      if (asked.method === 'DELETE') return { status: 204 };
      const type = 'non_transactional';
      return {
        json: {
          results: named(asked, 'gone@')
            ? [
                { source: 'Manually Added', type: 'transactional' },
                { source: 'Unsubscribe Link', type },
              ]
            : [{ source: 'Spam Complaint', type }],
        },
      };
    },
    adds: [
      `PUT /api/v1/suppression-list ${JSON.stringify({
        recipients: [
          { recipient: 'hard@x.test', type: 'transactional', description: 'hard-bounce' },
          { recipient: 'hard@x.test', type: 'non_transactional', description: 'hard-bounce' },
          { recipient: 'spam@x.test', type: 'transactional', description: 'complaint' },
          { recipient: 'spam@x.test', type: 'non_transactional', description: 'complaint' },
        ],
      })}`,
    ],
    lifts: [
      'GET /api/v1/suppression-list/gone%40x.test',
      'DELETE /api/v1/suppression-list/gone%40x.test {"type":"transactional"}',
    ],
    leaves: ['GET /api/v1/suppression-list/wish%40x.test'],
  },
};

const writable = [...providerLists].flatMap(([id, { write }]) =>
  write === undefined ? [] : [[id, write] as const],
);

describe.each(writable)('the own list of %s', (id, write: ListWriting) => {
  const given = (url: string) => ({ key: 'id:secret', of: cases[id]?.of ?? null, url });

  it('is added to, and says whom it does not take', async () => {
    const { answers, adds, refused = [] } = cases[id] as Case;
    const { url, asked } = await api(answers);
    expect(await write.add(ask, given(url), rows)).toEqual(refused);
    expect(asked).toEqual(adds);
    // Again what is there already.
    expect(await write.add(ask, given(url), rows)).toEqual(refused);
  });

  it('is taken off from, but for what a recipient asked for', async () => {
    const { answers, lifts, leaves } = cases[id] as Case;
    const { url, asked } = await api(answers);
    await write.lift(ask, given(url), 'gone@x.test', false);
    expect(asked.splice(0)).toEqual(lifts);
    await write.lift(ask, given(url), 'wish@x.test', false);
    expect(asked).toEqual(leaves);
  });

  it('that has it no more is no error', async () => {
    const { url } = await api(() => ({ status: 404 }));
    // Lists that are searched answer with nothing instead.
    const isSearched = ['cloudflare', 'mailtrap', 'mandrill', 'postmark'].includes(id);
    if (!isSearched) await write.lift(ask, given(url), 'gone@x.test', true);
    else {
      const empty = await api(() => ({ json: id === 'mandrill' || id === 'mailtrap' ? [] : {} }));
      await write.lift(ask, given(empty.url), 'gone@x.test', true);
      expect(empty.asked).toHaveLength(1);
    }
  });

  it('refuses with its status, and tells when to come again', async () => {
    const { url } = await api(() => ({ status: 503 }));
    await expect(write.add(ask, given(url), rows)).rejects.toMatchObject({ name: 'Refusal', status: 503 });
  });
});

it('is known of every provider that can be written to', () => {
  expect(Object.keys(cases).sort()).toEqual(writable.map(([id]) => id).sort());
  expect(rows.map(({ reason }) => isConsent(reason))).toEqual([false, true]);
});

it('of Mailtrap takes nobody where the account names no domain', async () => {
  const { url, asked } = await api(() => ({
    json: { data: [{ id: 4, domain_name: 'demo.test', demo: true }] },
  }));
  const given = { key: 'k', of: '7', url };
  const why = 'the account has no domain to send from';
  expect(await providerLists.get('mailtrap')?.write?.add(ask, given, rows)).toEqual(
    rows.map(({ address }) => ({ address, why })),
  );
  expect(asked).toEqual(['GET /api/domains']);
});

it('of SendGrid loses what we put among its unsubscribes, and nothing that we did not', async () => {
  const { url, asked } = await api(() => ({ status: 204 }));
  const given = { key: 'k', of: null, url };
  await providerLists.get('sendgrid')?.write?.lift(ask, given, 'gone@x.test', true);
  expect(asked.at(-1)).toBe('DELETE /v3/asm/suppressions/global/gone%40x.test');
});

it('is not reached on this machine, nor where the answer is no JSON or too long', async () => {
  const { url } = await api(() => ({ json: {} }));
  const guarded = askOver(nodeOutbound({ isPlain: true }));
  await expect(guarded({ url: url.replace('api.example', '127.0.0.1') })).rejects.toMatchObject({
    status: 0,
  });
  await expect(guarded({ url: 'http://localhost:9/' })).rejects.toMatchObject({ status: 0 });
  const { port } = new URL(url);
  const short = nodeOutbound(opened);
  const request = { method: 'GET', headers: {}, body: null };
  const at = new URL(`http://api.example:${port}/`);
  expect(await short.ask(at, { ...request, limit: 100 })).toMatchObject({ status: 200, text: '{}' });
  expect(await short.ask(at, { ...request, limit: 1 })).toBeNull();
});
