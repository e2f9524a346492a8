/** Requests to addresses that somebody typed in: T111 to T114. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeOutbound, outboundLimits } from '../src/outbound.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(
  answer: (response: ServerResponse) => void,
): Promise<{ port: number; seen: () => number }> {
  let seen = 0;
  const server = createServer((_request, response) => {
    seen += 1;
    answer(response);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { port: (server.address() as AddressInfo).port, seen: () => seen };
}

/** A resolver that gives one address after the other, and then the last one. */
function names(...answers: string[]): LookupFunction {
  return (_host, _options, done) => {
    const address = (answers.length > 1 ? answers.shift() : answers[0]) as string;
    done(null, [{ address, family: 4 }]);
  };
}
const message = { headers: {}, body: '{}' };
/** For targets of these tests, which are on this machine. */
const opened = {
  allows: (address: string) => address === '127.0.0.1',
  lookUp: names('127.0.0.1'),
  isPlain: true,
};
const loopback = () => nodeOutbound(opened);
const at = (port: number) => new URL(`http://hook.example:${port}/`);

describe('T111 an address of a private network', () => {
  const denied =
    '127.0.0.1 127.255.255.254 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.0 100.127.255.255 0.0.0.0 0.1.2.3 224.0.0.1 239.255.255.255 255.255.255.255 198.18.0.1 192.0.2.1 2130706433 0x7f.1 0177.0.0.1 127.1 [::1] [::] [fc00::1] [fdff::1] [fe80::1] [::ffff:127.0.0.1] [::ffff:10.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] [2001::1] [ff02::1] localhost localhost. a.localhost'.split(
      ' ',
    );
  it.each(denied)('%s is refused when it is saved, and when it is connected to', async (host) => {
    const url = new URL(`https://${host}/hook`);
    const outbound = nodeOutbound({ lookUp: names('93.184.215.14') });
    expect(await outbound.refusal(url)).toEqual(expect.any(String));
    expect(await outbound.post(url, message)).toBeNull();
  });

  const allowed = ['100.63.255.254', '100.128.0.1', '93.184.215.14', '172.32.0.1', '[2606:4700::1]'];
  it.each(allowed)('%s is not one', async (host) => {
    expect(await nodeOutbound().refusal(new URL(`https://${host}/hook`))).toBeNull();
  });

  it.each([
    ['ftp://93.184.215.14/', 'must begin with https://'],
    ['http://93.184.215.14/', 'must begin with https://'],
    ['https://ann:secret@93.184.215.14/', 'must not hold a user name or password'],
  ])('%s is refused too', async (url, why) => {
    expect(await nodeOutbound().refusal(new URL(url))).toBe(why);
  });

  it('is seen behind a name, also as one of several answers', async () => {
    const both: LookupFunction = (_host, _options, done) =>
      done(null, [
        { address: '93.184.215.14', family: 4 },
        { address: '10.0.0.1', family: 4 },
      ]);
    const refusal = (lookUp: LookupFunction) =>
      nodeOutbound({ lookUp }).refusal(new URL('https://name.example/'));
    expect(await refusal(both)).toMatch(/private/);
  });

  it.each(['ENOTFOUND', 'EAI_AGAIN'])(
    'is none where a name cannot be looked up now (%s), and nobody is reached by it',
    async (code) => {
      const lookUp: LookupFunction = (_host, _options, done) =>
        done(Object.assign(new Error('no answer'), { code }), '', 0);
      const outbound = nodeOutbound({ lookUp });
      const url = new URL('https://name.example/');
      expect(await outbound.refusal(url)).toBeNull();
      expect(await outbound.post(url, message)).toBeNull();
    },
  );
});

it('whatever is sent goes over TLS, also where a URL of plain HTTP was kept', async () => {
  const target = await listen((response) => response.end());
  const { isPlain, ...known } = opened;
  expect(await nodeOutbound(known).post(at(target.port), message)).toBeNull();
  expect(target.seen()).toBe(0);
  expect((await loopback().post(at(target.port), message))?.status).toBe(200);
});

it('T112 a name that leads elsewhere at the moment of the connection reaches nobody', async () => {
  const target = await listen((response) => response.end());
  const outbound = nodeOutbound({ lookUp: names('93.184.215.14', '127.0.0.1'), isPlain: true });
  expect(await outbound.refusal(at(target.port))).toBeNull();
  expect(await outbound.post(at(target.port), message)).toBeNull();
  expect(target.seen()).toBe(0);
  // The control: where loopback is allowed, the same name reaches it.
  expect(await loopback().post(at(target.port), message)).toMatchObject({ status: 200, retryAfter: null });
  expect(target.seen()).toBe(1);
});

it.each([301, 302, 307, 308])('T113 a redirect (%i) is an answer, and not followed', async (status) => {
  const inside = await listen((response) => response.end());
  const target = await listen((response) => {
    response.writeHead(status, { location: `http://127.0.0.1:${inside.port}/` }).end();
  });
  expect((await loopback().post(at(target.port), message))?.status).toBe(status);
  expect(inside.seen()).toBe(0);
});

describe('T114 a target', () => {
  it('that sends without end is cut after its head', async () => {
    let sent = 0;
    const target = await listen((response) => {
      response.writeHead(200);
      const more = () => {
        if (response.destroyed) return;
        sent += 65_536;
        response.write(Buffer.alloc(65_536), () => setImmediate(more));
      };
      more();
    });
    expect((await loopback().post(at(target.port), message))?.status).toBe(200);
    await new Promise((done) => setTimeout(done, 100));
    const before = sent;
    await new Promise((done) => setTimeout(done, 100));
    expect(sent).toBe(before);
  });

  it('that never answers is left in time', async () => {
    expect(outboundLimits.timeout).toBe(10_000);
    const target = await listen(() => {});
    const patient = nodeOutbound({ ...opened, timeout: 300 });
    const began = performance.now();
    expect(await patient.post(at(target.port), message)).toBeNull();
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it('tells when to come again', async () => {
    const target = await listen((response) => response.writeHead(429, { 'retry-after': '120' }).end());
    expect(await loopback().post(at(target.port), message)).toMatchObject({ status: 429, retryAfter: '120' });
  });
});
