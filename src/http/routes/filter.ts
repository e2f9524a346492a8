/** The list as a small file that senders check without a network. */
import * as z from 'zod';
import { type FilterFile, type FilterRequest, filterLimits, TooMany } from '../../app/filters.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { streamName } from '../fields.ts';
import { notOfHashes } from '../hashed.ts';
import { type Answer, json, raw, refuse } from '../problem.ts';

const about = { tag: 'The list', method: 'get', scope: 'check' } as const;
const binary = 'application/octet-stream';

export const filterEndpoints: readonly Endpoint[] = [
  endpoint({
    ...about,
    path: '/v1/filter',
    summary: 'What is suppressed, as a filter for checks without a network',
    description:
      'A signed binary fuse filter over keyed hashes: a sender that holds the key of GET /v1/filter/key reads from it that an address is not suppressed, or that it has to ask. ' +
      'Answers If-None-Match. At most a minute old where the list changes all the time; `since` gives what was added after an earlier version, or a whole filter where that does not serve.',
    query: z.strictObject({
      stream: streamName
        .optional()
        .meta({ description: 'what blocks this stream; what blocks any unless given' }),
      bits: z.enum(['8', '16']).optional().meta({
        description:
          '8 (unless given): 1.13 bytes an entry, one other address in 256 is asked online; 16: 2.26 bytes, one in 65,536',
      }),
      since: z.string().max(40).optional().meta({ description: 'the version of the filter at hand' }),
    }),
    answers: {
      200: { description: 'the file; docs/offline-filter.md describes it', types: [binary] },
      304: { description: 'the list is as it was' },
      409: { description: 'addresses are hashed' },
      413: { description: 'more entries than a Worker can hold' },
    },
    async handle({ services: { filters, settings }, caller, request, query }) {
      if (settings.pepper !== null) return notOfHashes('A filter');
      const asked: FilterRequest = {
        tenant: caller.tenant,
        stream: query.stream ?? null,
        bits: query.bits === '16' ? 16 : 8,
      };
      try {
        const news = query.since === undefined ? null : await filters.since(asked, query.since);
        return fileOf(
          request,
          news ?? (await filters.whole(asked)),
          news === null ? `${asked.bits}` : 'delta',
        );
      } catch (error) {
        if (!(error instanceof TooMany)) throw error;
        return refuse(
          413,
          `The list has more than ${filterLimits.unthreaded.toLocaleString('en')} entries, which a Worker cannot make a filter of; run Mailstop on a machine for that (docs/engines.md).`,
        );
      }
    },
  }),
  endpoint({
    ...about,
    path: '/v1/filter/key',
    summary: 'The key of the filters',
    description:
      'Whoever holds it and a filter can try addresses against it, as with a key of this API. It does not change while MAILSTOP_SECRET does not.',
    answers: {
      200: { description: 'one for each tenant', schema: z.object({ key: z.string() }) },
      409: { description: 'addresses are hashed' },
    },
    handle: async ({ services: { filters, settings }, caller }) =>
      settings.pepper === null ? json({ key: await filters.keyOf(caller.tenant) }) : notOfHashes('A filter'),
  }),
];

function fileOf(request: Request, { version, bytes }: FilterFile, form: string): Answer {
  const tag = `"${version}-${form}"`;
  const headers = { ETag: tag, 'Cache-Control': 'private, no-cache' };
  const known = (request.headers.get('if-none-match') ?? '')
    .split(',')
    .map((one) => one.trim().replace(/^W\//, ''));
  if (known.includes(tag)) return raw(new Response(null, { status: 304, headers }));
  return raw(new Response(bytes, { headers: { ...headers, 'Content-Type': binary } }));
}
