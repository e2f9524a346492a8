/** The question before each send. */
import { z } from 'zod';
import type { CheckResult } from '../../app/list.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { streamName, timeOrNull } from '../fields.ts';
import { json, refuse } from '../problem.ts';

export const checkLimits = { addresses: 10_000, bodyBytes: 4 * 1024 * 1024 } as const;

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
      'Without a stream, any entry counts. Where the list cannot be read the answer is 503, never false.',
    scope: 'check',
    body: z.strictObject({ addresses: z.array(z.string()), stream: streamName.nullish() }),
    bodyLimit: checkLimits.bodyBytes,
    answers: {
      200: {
        description: 'one result for each address, in the same order',
        schema: z.object({ results: z.array(resultShape) }),
      },
      413: { description: 'more than 10,000 addresses, or 4 MiB' },
      503: { description: 'the list cannot be read' },
    },
    async handle({ services, caller, body }) {
      if (body.addresses.length > checkLimits.addresses) {
        return refuse(
          413,
          'More than 10,000 addresses; send them as text/plain or application/x-ndjson, one a line, without a limit.',
        );
      }
      const results = await services.list.check(caller.tenant, body.addresses, body.stream ?? null);
      for (const answer of ['suppressed', 'free', 'unreadable'] as const) {
        const count = results.filter((result) => answerOf(result) === answer).length;
        if (count > 0) services.metrics.count('mailstop_checks_total', { answer }, count);
      }
      return json({
        results: results.map((result) => ({
          ...result,
          until: timeOrNull(result.until),
          allowed_until: timeOrNull(result.allowed_until),
        })),
      });
    },
  }),
];

const answerOf = ({ suppressed }: CheckResult): 'suppressed' | 'free' | 'unreadable' =>
  suppressed === null ? 'unreadable' : suppressed ? 'suppressed' : 'free';
