/** Where providers post. Reads the body once under the provider's limit, and turns an outcome into a status. */
import * as z from 'zod';
import { ingest, type Outcome } from '../app/ingest.ts';
import type { Services } from '../app/services.ts';
import { type Source, shortId } from '../app/sources.ts';
import type { RawRequest } from '../providers/adapter.ts';
import { isEncoded, readBody } from './body.ts';
import { type Call, type Endpoint, endpoint } from './endpoint.ts';
import { type Answer, json, notFound, raw, refuse } from './problem.ts';

export const intakeLimits = {
  bodyBytes: 5 * 1024 * 1024,
  /** Of all requests of this process; beyond, the provider comes again. */
  requests: 64,
  bufferedBytes: 64 * 1024 * 1024,
  retryAfterSeconds: 30,
  jitterSeconds: 10,
} as const;

export const countsShape = z
  .object({ accepted: z.int(), duplicates: z.int(), ignored: z.int(), quarantined: z.int() })
  .meta({ id: 'Counts' });

export type Hook = Pick<Call, 'services' | 'request' | 'requestId'>;
type Named = Hook & { readonly params: { readonly source: string } };

/** What all requests together may hold. One for each process: services are made once. */
interface Room {
  requests: number;
  bytes: number;
}
const rooms = new WeakMap<Services, Room>();

export const webhookEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'post',
    path: '/webhooks/:source',
    tag: 'Intake',
    summary: 'Take in what a provider reports',
    description:
      'No API key: the source proves itself as its provider does. Answered once everything is on disk.',
    scope: null,
    params: z.object({ source: z.string() }),
    query: 'any',
    takes: [],
    answers: {
      200: {
        description: 'what became of the items, or the answer to a handshake',
        schema: z.union([countsShape, z.record(z.string(), z.string())]),
      },
      401: { description: 'no valid proof' },
      404: { description: 'no such source' },
      413: { description: 'larger than 5 MiB (dsn, arf, powermta, postfix: 50 MiB)' },
      415: { description: 'compressed' },
      503: { description: 'come again; 429 where the provider understands only that' },
    },
    handle: (call) => receive(call),
  }),
  endpoint({
    method: 'get',
    path: '/webhooks/:source',
    tag: 'Intake',
    summary: 'Answer a probe; take in what a provider delivers by GET',
    description: 'Without a query, and by HEAD, always 200.',
    scope: null,
    params: z.object({ source: z.string() }),
    query: 'any',
    answers: {
      200: { description: 'alive', types: ['application/json'] },
      404: { description: 'no such source' },
    },
    handle: (call) => probe(call),
  }),
  endpoint({
    method: 'options',
    path: '/webhooks/:source',
    tag: 'Intake',
    summary: 'Agree to take events, where a provider asks first',
    description: 'The handshake of CloudEvents web hooks; proven like an event.',
    scope: null,
    params: z.object({ source: z.string() }),
    query: 'any',
    answers: {
      200: { description: 'agreed', types: ['application/json'] },
      401: { description: 'no valid proof' },
      405: { description: 'this provider does not ask' },
    },
    handle: (call) => agree(call),
  }),
];

/** A probe learns nothing of the source, not even whether there is one. */
function probe(call: Named): Promise<Answer> | Answer {
  if (call.request.method === 'HEAD' || new URL(call.request.url).search === '')
    return json({ status: 'ok' });
  return receive(call, (source) => (source.adapter.acceptsGet === true ? null : json({ status: 'ok' })));
}

/** As for a probe: where nobody asks it is not told whether there is such a source. */
async function agree(call: Named): Promise<Answer> {
  const source = await call.services.sources.find(call.params.source);
  return source?.adapter.acceptsOptions === true
    ? takeIn(call, source)
    : refuse(405, 'This address takes POST, GET, HEAD.', [], { Allow: 'POST, GET, HEAD' });
}

async function receive(call: Named, unless: (source: Source) => Answer | null = () => null): Promise<Answer> {
  const source = await call.services.sources.find(call.params.source);
  if (source === null) return notFound('There is nothing here.');
  return unless(source) ?? takeIn(call, source);
}

/** From the bytes on the wire to what is durable. */
export async function takeIn(
  call: Hook,
  source: Source,
  take: (deps: Services, source: Source, request: RawRequest) => Promise<Outcome> = ingest,
): Promise<Answer> {
  const { services, request } = call;
  if (isEncoded(request)) return refuse(415, 'Send the body as it is, without a Content-Encoding.');
  const room = roomOf(services);
  let held = 0;
  let entered = 0;
  try {
    const limit = source.adapter.maxBodyBytes ?? intakeLimits.bodyBytes;
    const body = await readBody(request, limit, (bytes) => {
      if (room.bytes + bytes > intakeLimits.bufferedBytes) return false;
      room.bytes += bytes;
      held += bytes;
      return true;
    });
    if (!body.ok) {
      if (body.error === 'no-room') return later(call, source, 'too many bytes at once');
      return body.error === 'broken'
        ? refuse(400, 'The body broke off.')
        : refuse(413, `The body is larger than ${limit / 1024 / 1024} MiB.`);
    }
    // Counted once the body is here: whoever sends slowly takes nobody's place.
    if (room.requests >= intakeLimits.requests) return later(call, source, 'too many requests at once');
    room.requests += 1;
    entered = 1;
    const { method, headers, url } = request;
    return await answerOf(
      call,
      source,
      await take(services, source, { method, headers, url: new URL(url), body: body.value }),
    );
  } finally {
    room.requests -= entered;
    room.bytes -= held;
  }
}

/**
 * A Worker may end a request without running what is left of it, so that its share would never be given back;
 * there the platform limits memory, and each request has a room of its own.
 */
function roomOf(services: Services): Room {
  const room = rooms.get(services) ?? { requests: 0, bytes: 0 };
  if (services.runtime.defer !== null) rooms.set(services, room);
  return room;
}

function answerOf(call: Hook, source: Source, outcome: Outcome): Answer {
  const { metrics } = call.services;
  const about = { provider: source.adapter.id, source: shortId(source.row) };
  switch (outcome.type) {
    case 'stored': {
      const { accepted, duplicates, ignored, quarantined } = outcome.counts;
      const counts = { accepted, duplicates, ignored, quarantined };
      for (const [result, count] of Object.entries(counts))
        if (count > 0) metrics.count('mailstop_items_total', { provider: source.adapter.id, result }, count);
      return {
        ...json(counts),
        log: { ...about, ...counts, ...(outcome.warning === null ? {} : { why: outcome.warning }) },
      };
    }
    case 'reply':
      return {
        ...raw(
          new Response(outcome.body, {
            headers: { ...outcome.headers, 'Content-Type': outcome.contentType },
          }),
        ),
        log: about,
      };
    case 'forged': {
      metrics.count('mailstop_rejected_total', { provider: source.adapter.id });
      // SNS sends its credentials only once it was asked for them.
      const ask =
        source.secrets.basicAuth.length > 0 ? { 'WWW-Authenticate': 'Basic realm="mailstop"' } : undefined;
      return {
        ...refuse(401, 'The request carries no valid proof.', [], ask),
        log: { ...about, why: outcome.why },
      };
    }
    case 'busy':
      return later(call, source, outcome.why);
  }
}

/** In the one word that this provider takes for "come again": most drop the event after any other code. */
function later({ services, requestId }: Hook, source: Source, why: string): Answer {
  services.metrics.count('mailstop_busy_total', { provider: source.adapter.id });
  const { retryAfterSeconds, jitterSeconds } = intakeLimits;
  const jitter = (requestId.charCodeAt(requestId.length - 1) % (2 * jitterSeconds + 1)) - jitterSeconds;
  const headers = { 'Retry-After': String(retryAfterSeconds + jitter) };
  const answer = refuse(
    source.adapter.busyStatus ?? 503,
    'This cannot be stored right now; send it again later.',
    [],
    headers,
  );
  return { ...answer, log: { provider: source.adapter.id, source: shortId(source.row), why } };
}
