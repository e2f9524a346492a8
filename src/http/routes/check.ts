/** The question before each send: of some addresses at once, or of any number as a stream. */
import * as z from 'zod';
import type { CheckResult } from '../../app/list.ts';
import { linesOf } from '../../app/rows.ts';
import { isRecord } from '../../providers/json.ts';
import { asItComes, isEncoded, mediaType } from '../body.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { streamName, timeOrNull } from '../fields.ts';
import { takeYourTime } from '../patience.ts';
import { type Answer, json, raw, refuse } from '../problem.ts';

export const checkLimits = {
  addresses: 10_000,
  bodyBytes: 4 * 1024 * 1024,
  /** Lines of a stream that are looked up together. */
  together: 2_000,
} as const;

const ndjson = 'application/x-ndjson';
const ndjsonTypes = [ndjson, 'application/ndjson', 'application/jsonl'];
const lineTypes = ['text/plain', ...ndjsonTypes];

const orNull = z.string().nullable();
const resultShape = z.object({
  address: z.string().meta({ description: 'as sent' }),
  suppressed: z.boolean().nullable().meta({ description: 'null = the address cannot be read' }),
  reason: orNull,
  category: orNull,
  code: orNull,
  until: orNull.meta({ description: 'null = for ever', format: 'date-time' }),
  suppression_id: orNull,
  listed_at: z.array(z.string()).meta({ description: 'providers that keep it on their own list' }),
  allowed_until: orNull.meta({ description: 'until then no bounce blocks it', format: 'date-time' }),
  error: z.literal('invalid-address').nullable(),
});

export const checkEndpoints: readonly Endpoint[] = [
  endpoint({
    tag: 'The list',
    method: 'post',
    path: '/v1/check',
    summary: 'Ask whether you may send to these addresses',
    description:
      'Without a stream, any entry counts. Where the list cannot be read the answer is 503, never false. ' +
      'As text/plain or NDJSON (a string or an object with "address" a line) it takes any number of addresses, and answers a result a line while it reads; lines that are empty are passed over. An answer that breaks off is no answer for the rest.',
    scope: 'check',
    query: z.strictObject({
      stream: streamName.optional().meta({ description: 'with lines; JSON has it in the body' }),
    }),
    body: z.strictObject({ addresses: z.array(z.string()), stream: streamName.nullish() }),
    bodyLimit: checkLimits.bodyBytes,
    takes: lineTypes,
    answers: {
      200: {
        description: 'one result for each address, in the same order',
        schema: z.object({ results: z.array(resultShape) }),
        types: [ndjson],
      },
      413: { description: 'more than 10,000 addresses, or 4 MiB, as JSON' },
      503: { description: 'the list cannot be read' },
    },
    async handle({ services, caller, request, query, body }) {
      const type = mediaType(request);
      if (type !== null && lineTypes.includes(type))
        return checkLines({ services, caller, request }, ndjsonTypes.includes(type), query.stream ?? null);
      if (body.addresses.length > checkLimits.addresses) {
        return refuse(
          413,
          'More than 10,000 addresses; send them as text/plain or application/x-ndjson, one a line, without a limit.',
        );
      }
      const stream = body.stream ?? query.stream ?? null;
      const results = await services.list.check(caller.tenant, body.addresses, stream);
      count(services, results);
      return json({ results: results.map(shown) });
    },
  }),
];

type Asking = Pick<Call, 'services' | 'caller' | 'request'>;

async function checkLines(asking: Asking, isJson: boolean, stream: string | null): Promise<Answer> {
  const { request } = asking;
  if (isEncoded(request)) return refuse(415, 'Send the body as it is, without a Content-Encoding.');
  takeYourTime(request);
  const answers = answersTo(asking, isJson, stream);
  // Before the answer begins, so that a list which cannot be read is a 503 and not an answer that breaks off.
  let next = await answers.next();
  const encoder = new TextEncoder();
  return raw(
    new Response(
      new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (next.done === true) return controller.close();
          controller.enqueue(encoder.encode(next.value));
          next = await answers.next();
        },
        cancel: () => void answers.return(undefined),
      }),
      { headers: { 'Content-Type': ndjson } },
    ),
  );
}

async function* answersTo(
  { services, caller, request }: Asking,
  isJson: boolean,
  stream: string | null,
): AsyncGenerator<string> {
  let asked: string[] = [];
  const answer = async (): Promise<string> => {
    const results = await services.list.check(caller.tenant, asked, stream);
    asked = [];
    count(services, results);
    return results.map((result) => `${JSON.stringify(shown(result))}\n`).join('');
  };
  for await (const line of request.body === null ? [] : linesOf(asItComes(request.body))) {
    // Too long for an address; it gets its answer all the same, so that lines can be counted off.
    const text = line === null ? '…' : line.replace(/\r$/, '');
    if (text.trim() === '') continue;
    asked.push(isJson ? addressIn(text) : text);
    if (asked.length === checkLimits.together) yield await answer();
  }
  if (asked.length > 0) yield await answer();
}

/** What is no JSON, or names no address, is answered as an address that cannot be read. */
function addressIn(line: string): string {
  try {
    const value: unknown = JSON.parse(line);
    const address = isRecord(value) ? value.address : value;
    return typeof address === 'string' ? address : line;
  } catch {
    return line;
  }
}

const shown = (result: CheckResult) => ({
  ...result,
  until: timeOrNull(result.until),
  allowed_until: timeOrNull(result.allowed_until),
});

function count({ metrics }: Call['services'], results: readonly CheckResult[]): void {
  for (const answer of ['suppressed', 'free', 'unreadable'] as const) {
    const times = results.filter((result) => answerOf(result) === answer).length;
    if (times > 0) metrics.count('mailstop_checks_total', { answer }, times);
  }
}

const answerOf = ({ suppressed }: CheckResult): 'suppressed' | 'free' | 'unreadable' =>
  suppressed === null ? 'unreadable' : suppressed ? 'suppressed' : 'free';
