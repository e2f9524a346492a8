/** Releases by who takes a domain's mail: the operator's domains alone, and none of which DNS does not say. */
import { createSocket } from 'node:dgram';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mailHostLimits, rememberMailHosts } from '../../src/app/mail-hosts.ts';
import { operatorOf } from '../../src/core/mail-operators.ts';
import { mailHostsOf } from '../../src/mx-resolver.ts';
import { type Harness, startHarness } from './harness.ts';

const zones: Readonly<Record<string, readonly string[]>> = {
  'one.test': ['1 aspmx.l.google.com', '5 alt1.aspmx.l.google.com'],
  'two.test': ['20 backup.other.test', '10 ASPMX.L.GOOGLE.COM'],
  'three.test': ['0 three-test.mail.protection.outlook.com'],
  'null.test': ['0 .'],
};

/** A name server that knows the zones; of "servfail.test" it says that it failed, and of "silent.test" nothing. */
async function nameServer(asked: string[]): Promise<{ address: string; close(): Promise<void> }> {
  const socket = createSocket('udp4');
  const name = (host: string) =>
    Buffer.concat([
      ...host
        .split('.')
        .flatMap((label) => (label === '' ? [] : [Buffer.from([label.length]), Buffer.from(label)])),
      Buffer.from([0]),
    ]);
  socket.on('message', (query, { port, address }) => {
    const labels: string[] = [];
    let at = 12;
    for (let length = query[at] as number; length > 0; at += length + 1, length = query[at] as number)
      labels.push(query.toString('latin1', at + 1, at + 1 + length));
    const domain = labels.join('.').toLowerCase();
    asked.push(domain);
    if (domain === 'silent.test') return;
    const records = (zones[domain] ?? []).map((text) => {
      const [priority, host] = text.split(' ') as [string, string];
      const data = Buffer.concat([Buffer.from([0, Number(priority)]), name(host)]);
      return Buffer.concat([Buffer.from([0xc0, 12, 0, 15, 0, 1, 0, 0, 0, 60, 0, data.length]), data]);
    });
    const code = domain === 'servfail.test' ? 2 : domain in zones ? 0 : 3;
    const head = Buffer.from([
      ...query.subarray(0, 2),
      0x81,
      0x80 + code,
      0,
      1,
      0,
      records.length,
      0,
      0,
      0,
      0,
    ]);
    socket.send(Buffer.concat([head, query.subarray(12, at + 5), ...records]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${socket.address().port}`,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

describe('by the receiver’s operator', () => {
  const asked: string[] = [];
  let mailstop: Harness;
  let server: Awaited<ReturnType<typeof nameServer>>;
  let clock = 0;
  const helo = '504 5.5.2 <mx1>: Helo command rejected: need fully-qualified hostname';

  beforeEach(async () => {
    asked.length = 0;
    server = await nameServer(asked);
    mailstop = await startHarness({ mailHosts: mailHostsOf({ mxResolver: server.address }, () => clock) });
    const { post } = await mailstop.source();
    await post(
      ['one', 'two', 'three', 'null', 'servfail', 'none'].flatMap((domain) =>
        ['a', 'b'].map((name) => ({
          recipient: `${name}@${domain}.test`,
          event: 'bounce',
          text: helo,
          id: `${name}@${domain}`,
          message_id: `${name}@${domain}`,
        })),
      ),
    );
    await post({ recipient: 'a@one.test', event: 'complaint', id: 'c1' });
    await post({ recipient: 'a@three.test', event: 'complaint', id: 'c2' });
  });
  afterEach(async () => {
    await mailstop.close();
    await server.close();
  });

  const release = async (mx: string, more: object = {}) =>
    mailstop.ask('POST', '/v1/releases', { json: { filter: { mx }, why: 'mended', ...more } });
  const blocked = async (): Promise<string[]> =>
    (await mailstop.ask('GET', '/v1/suppressions?limit=1000')).body.data
      .map(({ address, reason }: { address: string; reason: string }) => `${address} ${reason}`)
      .sort();

  it('selects the domains whose mail it takes, and says what it leaves alone and why', async () => {
    const preview = (await release('google', { dry_run: true })).body;
    expect(preview).toMatchObject({
      matched: 4,
      released: 0,
      excluded: { complaint: 1 },
      mx: {
        operator: 'google',
        domains: ['one.test', 'two.test'],
        elsewhere: 3,
        unknown_domains: ['none.test', 'null.test', 'servfail.test'],
        unknown: 6,
      },
    });
    const before = await blocked();
    const done = (await release('google', { preview: preview.preview })).body;
    expect(done.released).toBe(4);
    expect(await blocked()).toEqual(before.filter((entry) => !/@(one|two)\.test hard/.test(entry)));
    await mailstop.ask('POST', `/v1/releases/${done.id}/undo`, { json: { why: 'not mended' } });
    expect(await blocked()).toEqual(before);
  });

  it('takes a name, a host or its domain for the same operator', async () => {
    for (const mx of ['microsoft', 'outlook.com', 'x.mail.protection.outlook.com.'])
      expect((await release(mx, { dry_run: true })).body.matched).toBe(2);
  });

  it('asks once an hour for each domain, and anew where DNS did not say', async () => {
    await release('google', { dry_run: true });
    asked.length = 0;
    await release('google', { dry_run: true });
    expect([...new Set(asked)]).toEqual(['servfail.test']);
    clock += mailHostLimits.age;
    await release('google', { dry_run: true });
    expect(asked).toContain('one.test');
  });

  it('is one condition among others', async () => {
    const of = async (filter: object) =>
      (await mailstop.ask('POST', '/v1/releases', { json: { filter, why: 'x', dry_run: true } })).body
        .matched;
    expect(await of({ mx: 'google', domain: 'one.test' })).toBe(2);
    expect(await of({ mx: 'google', code: '550' })).toBe(0);
  });

  it('shows nothing of one tenant to another', async () => {
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const key = await mailstop.key(['release'], 'rival');
    const told = await mailstop.ask('POST', '/v1/releases', {
      key,
      json: { filter: { mx: 'google' }, why: 'x', dry_run: true },
    });
    expect(told.body).toMatchObject({ matched: 0, mx: { domains: [], unknown: 0 } });
  });
});

it('is refused with the fix where nobody said which resolver to ask', async () => {
  const mailstop = await startHarness();
  const told = await mailstop.ask('POST', '/v1/releases', { json: { filter: { mx: 'google' }, why: 'x' } });
  expect(told.status).toBe(422);
  expect(told.body.errors[0]).toMatchObject({ pointer: '/filter/mx' });
  expect(told.text).toContain('MAILSTOP_MX_RESOLVER');
  await mailstop.close();
});

it('a resolver that says nothing is an error within its time, and nothing is remembered', async () => {
  const asked: string[] = [];
  const server = await nameServer(asked);
  const hosts = mailHostsOf({ mxResolver: server.address }, () => 0);
  const began = performance.now();
  await expect(hosts?.('silent.test')).rejects.toThrow(/ETIMEOUT/);
  expect(performance.now() - began).toBeLessThan(2 * mailHostLimits.timeout);
  await server.close();
}, 15_000);

it('no more domains are remembered than the limit', async () => {
  let asked = 0;
  const hosts = rememberMailHosts(
    async () => {
      asked += 1;
      return ['mx.test'];
    },
    () => 0,
  );
  for (let i = 0; i <= mailHostLimits.kept; i++) await hosts(`d${i}.test`);
  await hosts(`d${mailHostLimits.kept}.test`);
  expect(asked).toBe(mailHostLimits.kept + 1);
  await hosts('d0.test');
  expect(asked).toBe(mailHostLimits.kept + 2);
});

it.each([
  ['aspmx.l.google.com', 'google'],
  ['GOOGLE', 'google'],
  ['mx00.kundenserver.de', 'ionos'],
  ['mx.example.co.uk', 'example.co.uk'],
  ['mx.wp.pl', 'wp.pl'],
  ['mail.example.com.', 'example.com'],
  ['x.mx.microsoft', 'microsoft'],
])('the operator of %s is %s', (host, operator) => {
  expect(operatorOf(host)).toBe(operator);
});
