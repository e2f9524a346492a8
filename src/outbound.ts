/**
 * Requests to addresses that somebody typed in: never to this machine or a private network, whatever a name resolves
 * to now or at the moment of the connection; no redirects, and no more of the answer than was asked for (SSRF).
 */
import { lookup as resolve } from 'node:dns';
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Outbound } from './app/runtime.ts';
import { SECOND } from './core/time.ts';

export const outboundLimits = { timeout: 10 * SECOND } as const;

/** IANA's special-purpose registries, and what would wrap an IPv4 address in another. */
const denied: readonly (readonly [string, number, 'ipv4' | 'ipv6'])[] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.0.2.0', 24, 'ipv4'],
  ['192.88.99.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['198.51.100.0', 24, 'ipv4'],
  ['203.0.113.0', 24, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['100::', 64, 'ipv6'],
  ['2001::', 23, 'ipv6'],
  ['2001:db8::', 32, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 9, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];
const denyList = new BlockList();
for (const [net, bits, family] of denied) denyList.addSubnet(net, bits, family);

/** Whether an address literal is one of the public internet. An IPv4 address within ::ffff:/96 counts as itself. */
const isPublic = (address: string): boolean =>
  isIP(address) !== 0 && !denyList.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** For tests, which have no internet and no certificates: the product has no way to open any of it. */
export interface Openings {
  readonly allows?: (address: string) => boolean;
  readonly lookUp?: LookupFunction;
  readonly timeout?: number;
  readonly isPlain?: boolean;
}

export function nodeOutbound({
  allows = isPublic,
  lookUp = resolve as LookupFunction,
  timeout = outboundLimits.timeout,
  isPlain = false,
}: Openings = {}): Outbound {
  const vetted: LookupFunction = (host, options, done) =>
    lookUp(host, { ...options, all: true }, (error, found) => {
      const all = error === null && Array.isArray(found) ? found : [];
      if (error !== null) return done(error, '', 0);
      const bad = all.find(({ address }) => !allows(address));
      if (bad !== undefined || all.length === 0)
        return done(Object.assign(new Error('a private address'), { code: 'EPRIVATE' }), '', 0);
      const [first] = all;
      // Connected to the address that was looked at, and to no other.
      if (options.all === true) done(null, all);
      else done(null, first?.address ?? '', first?.family ?? 4);
    });

  const send: Outbound['ask'] = (url, { method, headers, body, limit }) => {
    const host = hostOf(url);
    if (refusalOf(url, isPlain) !== null || (isIP(host) !== 0 && !allows(host))) return Promise.resolve(null);
    return new Promise((done) => {
      const begin = url.protocol === 'https:' ? overHttps : overHttp;
      const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const request = begin(url, {
        method,
        headers: { ...headers, ...length },
        lookup: vetted,
        agent: false,
      });
      // All of it: a name that does not resolve, a connection that is not taken, an answer that does not come.
      const timer = setTimeout(() => request.destroy(new Error('too slow')), timeout);
      const end = (answer: Awaited<ReturnType<Outbound['ask']>>) => {
        clearTimeout(timer);
        done(answer);
      };
      request.once('response', (answer) => {
        const head = { status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'] ?? null };
        // What more there is nobody reads.
        if (limit === 0) {
          end({ ...head, text: '' });
          answer.destroy();
          return;
        }
        const parts: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > limit) answer.destroy(new Error('too long'));
          else parts.push(part);
        });
        answer.once('end', () => end({ ...head, text: Buffer.concat(parts).toString() }));
        answer.once('error', () => end(null));
      });
      request.on('error', () => end(null));
      request.end(body ?? undefined);
    });
  };

  return {
    async refusal(url) {
      const wrong = refusalOf(url, isPlain);
      if (wrong !== null) return wrong;
      const host = hostOf(url);
      if (isIP(host) !== 0) return allows(host) ? null : 'is of this machine or a private network';
      const error = await new Promise<NodeJS.ErrnoException | null>((done) =>
        vetted(host, { all: true }, done),
      );
      // One that nobody can look up now is no private one: it is looked up again, and vetted, at each connection.
      return error?.code === 'EPRIVATE' ? 'leads to this machine or a private network' : null;
    },

    ask: send,
    post: (url, request) => send(url, { ...request, method: 'POST', limit: 0 }),
  };
}

/** On Workers, from which no private network can be reached: what can be seen from the address alone. */
export const workerOutbound = (): Outbound => ({
  refusal: async (url) => {
    const host = hostOf(url);
    return refusalOf(url) ?? (isIP(host) === 0 || isPublic(host) ? null : 'is of a private network');
  },
  ask: fetched,
  post: (url, request) => fetched(url, { ...request, method: 'POST', limit: 0 }),
});

const fetched: Outbound['ask'] = async (url, { method, headers, body, limit }) => {
  try {
    const answer = await fetch(url, {
      method,
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(outboundLimits.timeout),
    });
    const text = limit === 0 ? '' : await textOf(answer, limit);
    await answer.body?.cancel();
    return text === null
      ? null
      : { status: answer.status, retryAfter: answer.headers.get('retry-after'), text };
  } catch {
    return null;
  }
};

/** Null where it is longer. */
async function textOf(answer: Response, limit: number): Promise<string | null> {
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for await (const part of answer.body ?? []) {
    bytes += part.length;
    if (bytes > limit) return null;
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}

/** A name with a dot at its end is the name without it. */
const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');

function refusalOf(url: URL, isPlain = false): string | null {
  if (url.protocol !== 'https:' && !(isPlain && url.protocol === 'http:')) return 'must begin with https://';
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  if (/(?:^|\.)localhost$/i.test(hostOf(url))) return 'is of this machine';
  return null;
}
