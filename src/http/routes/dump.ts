/** The whole database out and in: how a list moves to another engine. For the operator. */
import * as z from 'zod';
import { dumpPages, type Line, MAX_LINE, readLine } from '../../app/dump.ts';
import { limited, linesOf, TooLarge } from '../../app/rows.ts';
import type { DumpPlace, DumpRow } from '../../store/store.ts';
import { isOperator, operatorOnly } from '../auth.ts';
import { asItComes, declaredLength, isEncoded, mediaType, readBody } from '../body.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { notOfHashes } from '../hashed.ts';
import { takeYourTime } from '../patience.ts';
import { type Answer, json, raw, refuse } from '../problem.ts';

export const restoreLimits = { bodyBytes: 32 * 1024 * 1024 } as const;

/** Rows of one transaction. */
const AT_ONCE = 1_000;

const about = { tag: 'Running it', scope: 'admin' } as const;
const placeShape = z.strictObject({
  table: z.string(),
  key: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .max(8),
});
const ndjson = 'application/x-ndjson';

export const dumpEndpoints: readonly Endpoint[] = [
  endpoint({
    ...about,
    method: 'get',
    path: '/v1/dump',
    summary: 'Everything, as lines of JSON',
    description:
      'All rows of all tenants in the order of their keys, the audit last; the last line holds the number of rows and where to go on. ' +
      'Secrets of providers stay sealed with MAILSTOP_SECRET. For the admin of the tenant "default"; mailstop copy uses it.',
    query: z.strictObject({
      after: z
        .string()
        .max(8_192)
        .optional()
        .meta({ description: 'the place that an earlier dump ended with, as JSON' }),
      limit: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .meta({ description: 'stop once so many rows are out; all unless given' }),
    }),
    answers: {
      200: { description: 'a row a line', types: [ndjson] },
      409: { description: 'addresses are hashed' },
    },
    async handle({ services, caller, query }) {
      if (!isOperator(caller)) return operatorOnly();
      if (services.settings.pepper !== null) return notOfHashes('A dump');
      const after = query.after === undefined ? null : readPlace(query.after);
      if (after === undefined)
        return refuse(400, 'after is no place in a dump; give what "next" of the last line holds, as it is.');
      return stream(dumpPages(services.store, after, query.limit));
    },
  }),
  endpoint({
    ...about,
    method: 'post',
    path: '/v1/restore',
    summary: 'Take in a dump',
    description:
      'Lines of GET /v1/dump, up to 32 MiB a request. They must come after all rows that are there: a dump goes into an empty database, in order, and one that broke off goes on where it was. ' +
      'Without a body it says where that is. For the admin of the tenant "default".',
    takes: [ndjson],
    answers: {
      200: {
        description: 'what was stored, and the last row that is there',
        schema: z.object({ rows: z.int(), end: placeShape.nullable() }),
      },
      409: { description: 'the rows do not come after what is there, or addresses are hashed' },
      413: { description: 'more than 32 MiB' },
    },
    handle: (call) => restore(call),
  }),
];

/** Undefined where it is none. */
function readPlace(text: string): DumpPlace | undefined {
  try {
    return placeShape.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

async function stream(pages: AsyncGenerator<string>): Promise<Answer> {
  // Before the answer begins, so that a database which cannot be read is a 503 and not half a dump.
  let next = await pages.next();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (next.done === true) return controller.close();
      controller.enqueue(encoder.encode(next.value));
      next = await pages.next();
    },
    cancel: () => void pages.return(undefined),
  });
  return raw(new Response(body, { headers: { 'Content-Type': ndjson } }));
}

async function restore({
  services,
  caller,
  request,
}: Pick<Call, 'services' | 'caller' | 'request'>): Promise<Answer> {
  if (!isOperator(caller)) return operatorOnly();
  const { store, log, settings } = services;
  if (settings.pepper !== null) return notOfHashes('A dump');
  const done = async (rows: number) => json({ rows, end: await store.dumpEnd() });
  if (request.body === null) return done(0);
  // workerd has a stream there, of no bytes.
  if (request.headers.get('content-type') === null && (await readBody(request, 0)).ok) return done(0);
  if (mediaType(request) !== ndjson || isEncoded(request))
    return refuse(415, `Send ${ndjson}, in UTF-8 and without a Content-Encoding.`);
  if (declaredLength(request) > restoreLimits.bodyBytes) return tooLarge();
  takeYourTime(request);
  let rows = 0;
  let waiting: DumpRow[] = [];
  const flush = async (): Promise<Answer | null> => {
    const loaded = await store.load(waiting);
    if (loaded === 'not-ours')
      return refuse(
        422,
        'The dump has a table or a column that this version does not have; restore it with the version that made it, or a newer one.',
      );
    if (loaded === 'not-next')
      return refuse(
        409,
        'The rows do not come after all that is here: they are of another list, or here already. Restore into a new database; "end" of an empty request says where to go on.',
      );
    rows += waiting.length;
    waiting = [];
    return null;
  };
  try {
    let number = 0;
    for await (const text of linesOf(limited(asItComes(request.body), restoreLimits.bodyBytes), MAX_LINE)) {
      number++;
      const line: Line | string = text === null ? 'is longer than 4 MiB' : lineOrWhy(text);
      if (typeof line === 'string')
        return refuse(422, `Line ${number} ${line}. Of the lines before it, ${rows} are stored.`);
      if (line.type === 'end') break;
      waiting.push(line.row);
      const refused = waiting.length >= AT_ONCE ? await flush() : null;
      if (refused !== null) return refused;
    }
    const refused = waiting.length > 0 ? await flush() : null;
    if (refused !== null) return refused;
  } catch (error) {
    if (error instanceof TooLarge) return tooLarge();
    throw error;
  }
  log('info', 'restored', { rows });
  return done(rows);
}

const lineOrWhy = (text: string): Line | string => {
  const read = readLine(text);
  return read.ok ? read.value : read.error;
};

const tooLarge = () => refuse(413, 'More than 32 MiB; send the dump in parts, cut between lines.');
