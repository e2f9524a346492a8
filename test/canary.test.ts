/**
 * T099 Addresses and secrets that are looked for afterwards: in the log, the metrics and every answer that refuses
 * something; secrets also in the files of the database.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { ADMIN_KEY, killAll, type Running, start } from './faults/server.ts';

const canaries = {
  address: 'canary.person@canary-domain.example',
  quoted: '"canary quoted"@canary-domain.example',
  sharedKey: 'canary-shared-key-0123456789abcdef',
  password: 'canary-basic-password-0123456789',
  wrongKey: 'canary-wrong-key-0123456789abcdef',
  apiKey: 'msk_canaryApiKey0123456789',
  sealing: 'canary-sealing-secret-0123456789abcdef',
};

let folder: string;
let server: Running;
let made: string;
const refused: string[] = [];

/** Whatever comes back with 4xx or 5xx is looked through later. */
async function ask(
  method: string,
  path: string,
  given: { body?: string; headers?: Record<string, string>; key?: string } = {},
) {
  const answer = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${given.key ?? ADMIN_KEY}`,
      'content-type': 'application/json',
      ...given.headers,
    },
    ...(given.body === undefined ? {} : { body: given.body }),
  });
  const text = await answer.text();
  if (answer.status >= 400)
    refused.push(`${method} ${answer.status} ${text} ${JSON.stringify([...answer.headers])}`);
  return { status: answer.status, text };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-canary-'));
  server = await start(join(folder, 'mailstop.db'), { env: { MAILSTOP_SECRET: canaries.sealing } });
  const source = JSON.parse(
    (
      await ask('POST', '/v1/sources', {
        body: JSON.stringify({
          provider: 'generic',
          name: 'canary',
          secrets: {
            keys: [canaries.sharedKey],
            basic_auth: [{ username: 'canary-user', password: canaries.password }],
          },
        }),
      })
    ).text,
  );
  made = JSON.parse((await ask('POST', '/v1/keys', { body: '{"name":"one","scopes":["read"]}' })).text).key;
  const hook = new URL(source.url).pathname;
  const basic = `Basic ${btoa(`canary-user:${canaries.password}`)}`;
  const proof = { authorization: basic, 'x-mailstop-key': canaries.sharedKey };
  const { address, quoted } = canaries;
  const bounce = { recipient: address, event: 'bounce', text: `550 5.1.1 <${address}> user unknown` };
  for (const [body, headers] of [
    [JSON.stringify(bounce), proof],
    [JSON.stringify([bounce, { ...bounce, recipient: `${address},${address}` }, { event: address }]), proof],
    [`{"recipient":"${address}"`, proof],
    [`${address}\0`, proof],
    [JSON.stringify(bounce), { 'x-mailstop-key': canaries.wrongKey }],
    [JSON.stringify(bounce), { authorization: `Basic ${btoa(`canary-user:${canaries.wrongKey}`)}` }],
    [JSON.stringify(bounce), { ...proof, 'content-encoding': 'gzip' }],
    ['x'.repeat(5 * 1024 * 1024 + 1) + address, proof],
  ] as const)
    await ask('POST', hook, { body, headers });
  await ask('POST', `${hook}?key=${canaries.wrongKey}&to=${address}`, { body: JSON.stringify(bounce) });
  await ask('POST', `/webhooks/generic_${canaries.wrongKey}`, { body: JSON.stringify(bounce) });
  await ask('GET', `/v1/suppressions/${encodeURIComponent(address)}`);
  await ask('GET', `/v1/suppressions/${encodeURIComponent(`nobody.${address}`)}`);
  await ask('GET', `/v1/suppressions/${encodeURIComponent(`${address} and more`)}`);
  await ask('GET', `/v1/suppressions?q=${encodeURIComponent(address)}&sort=${address}`);
  await ask('GET', `/v1/${address}`);
  await ask('GET', '/v1/suppressions', { key: canaries.apiKey });
  await ask('GET', `/v1/suppressions?cursor=${btoa(address)}`);
  await ask('POST', '/v1/check', { body: `{"addresses":"${address}"}` });
  await ask('POST', '/v1/check', { body: `{"addresses":["${address}"` });
  await ask('PUT', `/v1/suppressions/${encodeURIComponent(quoted)}`, { body: `{"reason":"${address}"}` });
  await ask('DELETE', `/v1/suppressions/${encodeURIComponent(`nobody.${address}`)}`, { body: '{"why":"x"}' });
  await ask('PUT', '/v1/suppressions/x@example.com', { body: `{"until":"${address}"}` });
  await ask('POST', '/v1/suppressions/import', {
    body: `address,reason\n${address} x,manual\n`,
    headers: { 'content-type': 'application/json' },
  });
  await ask('POST', '/v1/sources', {
    body: JSON.stringify({
      provider: 'generic',
      name: 'x',
      secrets: { keys: [canaries.wrongKey.slice(0, 9)] },
    }),
  });
  await ask('PUT', '/v1/policy', {
    body: JSON.stringify({
      rules: [],
      tests: [{ reply: '550', address: `${address} x`, expect: { rule: 'x' } }],
    }),
  });
  await ask('GET', '/metrics');
}, 30_000);
afterAll(async () => {
  await killAll();
  rmSync(folder, { recursive: true, force: true });
});

const hidden = [
  ['an address', 'canary.person'],
  ['the domain of an address', 'canary-domain'],
  ['a quoted address', 'canary quoted'],
  ['a shared key', canaries.sharedKey],
  ['a password', canaries.password],
  ['a key that was wrong', 'canary-wrong-key'],
  ['the encoded credentials', btoa(`canary-user:${canaries.password}`)],
  ['an API key that nobody has', canaries.apiKey],
  ['the admin key', ADMIN_KEY],
  ['the sealing secret', canaries.sealing],
] as const;

describe('T099 after all of that', () => {
  it('many requests were refused, and each is in the log', () => {
    expect(refused.length).toBeGreaterThan(15);
    expect(server.said().split('\n').length).toBeGreaterThan(refused.length);
  });

  test.each(hidden)('the log holds not %s', (_what, text) => {
    expect(server.said()).not.toContain(text);
  });

  test.each(hidden)('no refusal holds %s', (_what, text) => {
    expect(refused.filter((one) => one.includes(text))).toEqual([]);
  });

  test.each(hidden)('the metrics hold not %s', async (_what, text) => {
    expect((await ask('GET', '/metrics')).text).not.toContain(text);
  });

  it('the log holds not the key that was made, nor the whole path of a source', () => {
    expect(server.said()).not.toContain(made);
    expect(server.said()).not.toMatch(/generic_[A-Za-z0-9]{22}/);
  });

  test.each([
    ['shared key', canaries.sharedKey],
    ['password', canaries.password],
    ['admin key', ADMIN_KEY],
    ['sealing secret', canaries.sealing],
    ['key that was made', () => made],
  ])('no file of the database holds the %s', (_what, text) => {
    const wanted = Buffer.from(typeof text === 'string' ? text : text());
    const found = readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(wanted));
    expect(found).toEqual([]);
    // The address is there: the search does find what is.
    expect(
      readdirSync(folder).some((name) => readFileSync(join(folder, name)).includes('canary.person')),
    ).toBe(true);
  });
});
