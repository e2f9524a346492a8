/** Why: everything that is known of one address, and what follows from it. */
import * as z from 'zod';
import { gatherStory } from '../../app/gather-story.ts';
import { classesOf, inWords, lastAtOf, liftedBy, streamsLeft, whyOf } from '../../app/story.ts';
import { streamClasses } from '../../core/policy.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { addressOrDomain, time, timeOrNull } from '../fields.ts';
import { json } from '../problem.ts';
import { entryOf, entryShape, eventOf, eventShape, releaseOf, releaseShape } from '../shapes.ts';
import { counterOf, counterShape } from '../shapes-story.ts';

/** The last of each: an address with more has other problems. */
const STORY_LIMIT = 1_000;

const storyEntryShape = entryShape.extend({
  why: z.string().nullable().meta({ description: 'the reason of its rule' }),
  lifted_by: z.array(z.string()).meta({ description: 'what would lift it; empty where it does not stand' }),
});

const storyEventShape = eventShape.extend({
  receipt: z.string().nullable().meta({ description: 'where its request is shown; null = no longer kept' }),
  counters: z.array(counterShape).meta({
    description:
      'what the ladders had counted at it, of the address and of its whole domain, by the policy that decided it; reports that came in late are in their place',
  }),
});

const classShape = z.object({
  blocked: z.boolean(),
  suppression_id: z.string().nullable().meta({ description: 'the entry that blocks it' }),
});

const storyShape = z.object({
  address: z.string(),
  suppressed: z.boolean(),
  in_words: z.array(z.string()).meta({ description: 'the story in sentences, the answer first' }),
  classes: z.object(Object.fromEntries(streamClasses.map((one) => [one, classShape]))),
  streams_left: z
    .array(z.string())
    .meta({ description: 'streams that are blocked by an entry of their own' }),
  listed_at: z.array(z.string()).meta({ description: 'providers that keep it on their own list' }),
  allowed_until: z
    .string()
    .nullable()
    .meta({ format: 'date-time', description: 'until then no bounce blocks it' }),
  entries: z.array(storyEntryShape),
  events: z.array(storyEventShape),
  releases: z.array(releaseShape),
});

export const addressEndpoints: readonly Endpoint[] = [
  endpoint({
    tag: 'The list',
    method: 'get',
    path: '/v1/addresses/:address',
    summary: 'Tell the whole story of an address',
    scope: 'read',
    params: z.object({ address: addressOrDomain }),
    query: z.strictObject({
      at: time.optional().meta({ description: 'as it was then, by what was known then' }),
    }),
    answers: {
      200: { description: 'entries of any state, the last 1,000 events, all releases', schema: storyShape },
      422: { description: 'not an address' },
    },
    async handle({ services, caller: { tenant }, params: { address }, query: { at } }) {
      const now = at ?? services.runtime.now();
      const story = await gatherStory(services, tenant, address, STORY_LIMIT, at ?? null);
      const { policy, facts, past, counters, kept } = story;
      const { blocking, events, acts } = facts;
      const classes = classesOf(policy, blocking);
      return json({
        address,
        suppressed: blocking.length > 0,
        in_words: inWords(policy, facts),
        classes: Object.fromEntries(
          Object.entries(classes).map(([name, entry]) => [
            name,
            { blocked: entry !== null, suppression_id: entry?.id ?? null },
          ]),
        ),
        streams_left: streamsLeft(policy, blocking),
        listed_at: facts.listedAt,
        allowed_until: timeOrNull(facts.allowedUntil),
        entries: [
          ...blocking.map((row) => ({
            ...entryOf(row, now),
            why: whyOf(policy, row),
            lifted_by: liftedBy(policy, row, lastAtOf(row, events)),
          })),
          ...past.map((row) => ({ ...entryOf(row, now), why: whyOf(policy, row), lifted_by: [] })),
        ],
        events: events.map((row) => ({
          ...eventOf(row),
          receipt: kept.has(row.receipt_id) ? `/v1/receipts/${row.receipt_id}` : null,
          counters: (counters.get(row.id) ?? []).map(counterOf),
        })),
        releases: acts.filter((act) => act.kind === 'release').map(releaseOf),
      });
    },
  }),
];
