/** What the ladders had counted, as the API shows it. */
import * as z from 'zod';
import { counterInWords } from '../app/counter-words.ts';
import type { Counter } from '../core/counters.ts';
import { timeOrNull } from './fields.ts';

const count = z.object({ counted: z.int(), needed: z.int() }).nullable();
const atOrNull = z.string().nullable().meta({ format: 'date-time' });

export const counterShape = z
  .object({
    ladder: z.enum(['strike', 'dead', 'domain']),
    rule: z.string(),
    policy_version: z.string(),
    uncounted: z
      .enum(['same-message', 'stands-already', 'released', 'held'])
      .nullable()
      .meta({ description: 'why it moved nothing; null = it was counted' }),
    days: count.meta({ description: 'UTC days with such a failure' }),
    addresses: count.meta({ description: 'different addresses of the domain' }),
    failures: z.int().nullable().meta({ description: 'in the window, this one included' }),
    step: z
      .object({ reached: z.int(), of: z.int() })
      .nullable()
      .meta({ description: 'of the durations of the rule; null = below the line' }),
    within: z.string(),
    apart: z.string().nullable().meta({ description: 'sooner after the last one, it is no further step' }),
    since: atOrNull.meta({ description: 'the first failure that was counted' }),
    suppressed: z.boolean().meta({ description: 'whether it led to an entry' }),
    until: atOrNull,
    in_words: z.string(),
  })
  .meta({ id: 'Counter' });

export const counterOf = (counter: Counter): z.infer<typeof counterShape> => ({
  ladder: counter.ladder,
  rule: counter.rule,
  policy_version: counter.policyVersion,
  uncounted: counter.uncounted,
  days: counter.days,
  addresses: counter.addresses,
  failures: counter.failures,
  step: counter.step,
  within: counter.within,
  apart: counter.apart,
  since: timeOrNull(counter.since),
  suppressed: counter.blocks,
  until: timeOrNull(counter.until),
  in_words: counterInWords(counter),
});
