/** What strangers and broken senders do to a request. Each mutation is small; several may be stacked. */
import type { RawRequest } from '../../src/providers/adapter.ts';
import { decodeUtf8, utf8 } from '../../src/providers/verify/bytes.ts';
import type { Random } from './random.ts';

type Mutation = (request: RawRequest, random: Random) => RawRequest;

const withBody = (request: RawRequest, body: Uint8Array): RawRequest => ({ ...request, body });
const withHeader = (request: RawRequest, name: string, value: string): RawRequest => {
  const headers = new Headers(request.headers);
  try {
    headers.set(name, value);
  } catch {
    headers.set(name, ''); // no header can hold it
  }
  return { ...request, headers };
};

/** Replaces a stretch of bytes. */
function splice(body: Uint8Array, at: number, remove: number, insert: Uint8Array): Uint8Array {
  const end = Math.min(body.length, at + remove);
  const whole = new Uint8Array(at + insert.length + body.length - end);
  whole.set(body.subarray(0, at));
  whole.set(insert, at);
  whole.set(body.subarray(end), at + insert.length);
  return whole;
}

const onBytes: readonly ((body: Uint8Array, random: Random) => Uint8Array)[] = [
  (body, random) => {
    const bent = body.slice();
    const at = random.below(body.length);
    bent[at] = (bent[at] ?? 0) ^ (1 << random.below(8));
    return bent;
  },
  (body, random) => splice(body, random.below(body.length + 1), 0, Uint8Array.of(random.below(256))),
  (body, random) => splice(body, random.below(body.length + 1), 1 + random.below(20), new Uint8Array(0)),
  (body, random) => body.slice(0, random.below(body.length + 1)),
  (body, random) => {
    const from = random.below(body.length + 1);
    return splice(body, random.below(body.length + 1), 0, body.slice(from, from + random.below(200)));
  },
  (body, random) =>
    splice(
      body,
      random.below(body.length + 1),
      random.below(3),
      utf8(
        random.pick([
          '\0',
          '\r\n',
          '\u202e',
          '\u212a',
          '"',
          '\\',
          '\ufeff',
          '𝟏',
          ',',
          '{}',
          '[[[[',
          '\n\n',
          '--b',
          '=?utf-8?q?=41?=',
        ]),
      ),
    ),
  (body, random) =>
    splice(body, random.below(body.length + 1), 1, Uint8Array.of(0xff, 0xc0, 0xed, 0xa0, 0x80)),
  (body) => splice(body, 0, 0, Uint8Array.of(0xef, 0xbb, 0xbf)),
  (body) => splice(body, body.length, 0, body),
];

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
const values: readonly (() => unknown)[] = [
  () => null,
  () => [],
  () => ({}),
  () => '',
  () => true,
  () => -1,
  () => 1e308,
  () => '9'.repeat(40),
  () => 2 ** 53,
  () => nested(40),
  () => '\ud800',
  () => 'a\0b@example.com',
  () => 'victim@example.com,other@example.com',
  () => 'x'.repeat(5_000),
  () => '504',
  () => '٥٠٤',
  () => '1e3',
  () => '2026-13-45T99:99:99Z',
  () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}'),
  () => ['victim@example.com', null, 3],
];

/** Another value for one member, or another name. */
function bendJson(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.below(12) === 0) return random.pick(values)();
  if (Array.isArray(value)) {
    if (value.length === 0 || random.below(10) === 0) return [...value, ...value, random.pick(values)()];
    const at = random.below(value.length);
    return value.map((item, i) => (i === at ? bendJson(item, random) : item));
  }
  const names = Object.keys(value);
  if (names.length === 0) return random.pick(values)();
  const chosen = random.pick(names);
  const entries = Object.entries(value);
  switch (random.below(8)) {
    case 0:
      return Object.fromEntries(entries.filter(([name]) => name !== chosen));
    case 1:
      return Object.fromEntries(
        entries.map(([name, item]) => [
          name === chosen
            ? random.pick(['__proto__', 'constructor', 'toString', chosen.toUpperCase()])
            : name,
          item,
        ]),
      );
    default:
      return Object.fromEntries(
        entries.map(([name, item]) => [name, name === chosen ? bendJson(item, random) : item]),
      );
  }
}

const onText: readonly ((text: string, random: Random) => string)[] = [
  (text) => ` ${text}`,
  (text) => `${text} `,
  (text) => `${text}, ${text}`,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => `+${text}`,
  (text) => `${text}abc`,
  (text) => `${text}.0`,
  (text) => text.slice(0, -1),
  (text) => text.slice(1),
  () => '',
  () => '0',
  () => '1e9',
  () => 'MAYCAQACAQA=', // SEQUENCE { INTEGER 0, INTEGER 0 }
  () => 'MAYCAQACAQE=',
  () => 'A'.repeat(10_000),
  (text) => `v1,${text}`,
  (text) => text.replace(/,/g, ' '),
  (text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + String.fromCharCode(33 + random.below(90)) + text.slice(at + 1);
  },
];

const mutations: readonly Mutation[] = [
  ...onBytes.map(
    (bend): Mutation =>
      (request, random) =>
        withBody(request, bend(request.body, random)),
  ),
  (request, random) => {
    const text = decodeUtf8(request.body);
    try {
      return withBody(request, utf8(JSON.stringify(bendJson(JSON.parse(text ?? ''), random))));
    } catch {
      return request; // no JSON, or no longer
    }
  },
  (request) => {
    const text = decodeUtf8(request.body) ?? '';
    try {
      return withBody(request, utf8(JSON.stringify(JSON.parse(text), null, 2)));
    } catch {
      return withBody(request, utf8(text.replaceAll('\r\n', '\n')));
    }
  },
  // A key twice: readers differ in which value they take.
  (request, random) =>
    withBody(
      request,
      utf8(
        (decodeUtf8(request.body) ?? '').replace(/"(\w+)":/, random.pick(['"$1":null,"$1":', '"$1":1,"x":'])),
      ),
    ),
  // A digit moves from one signed part to the next.
  (request) => {
    const [name, value] = [...request.headers].find(([, text]) => /^\d{10}$/.test(text)) ?? ['', ''];
    return name === ''
      ? request
      : {
          ...withHeader(request, name, value.slice(0, -1)),
          body: splice(request.body, 0, 0, utf8(value.slice(-1))),
        };
  },
  (request) => {
    const [name, value] = [...request.headers].find(([, text]) => /^\d{10}$/.test(text)) ?? ['', ''];
    const first = String.fromCharCode(request.body[0] ?? 48);
    return name === ''
      ? request
      : { ...withHeader(request, name, value + first), body: request.body.slice(1) };
  },
  // Signed fields cut into others: the type swallows what comes before it.
  (request) => {
    try {
      const { Message, TopicArn, Type, ...rest } = JSON.parse(decodeUtf8(request.body) ?? '');
      return withBody(
        request,
        utf8(
          JSON.stringify({
            ...rest,
            TopicArn,
            Message: String(Message).slice(0, 5),
            Type: `${Type}\nMessage\n${String(Message).slice(5)}`,
          }),
        ),
      );
    } catch {
      return request;
    }
  },
  (request, random) => {
    const names = [...request.headers.keys()];
    if (names.length === 0) return request;
    const name = random.pick(names);
    return withHeader(request, name, random.pick(onText)(request.headers.get(name) ?? '', random));
  },
  (request, random) => {
    const headers = new Headers(request.headers);
    headers.delete(random.pick([...headers.keys(), 'none']));
    return { ...request, headers };
  },
  (request, random) => {
    const names = [...request.headers.keys()];
    if (names.length < 2) return request;
    const [a, b] = [random.pick(names), random.pick(names)];
    return withHeader(withHeader(request, a, request.headers.get(b) ?? ''), b, request.headers.get(a) ?? '');
  },
  (request, random) => {
    const url = new URL(request.url);
    url.searchParams.append(
      random.pick(['key', 'code', 'to', 'x']),
      random.pick(['', '1', 'a'.repeat(500), 'Bearer x']),
    );
    return { ...request, url };
  },
];

export function mutated(request: RawRequest, random: Random): RawRequest {
  let bent = request;
  for (let i = 1 + random.below(3); i > 0; i--) bent = random.pick(mutations)(bent, random);
  return bent;
}
