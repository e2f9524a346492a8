/** Why: everything that is known of one address, and what follows from it. */
import { z } from 'zod';
import {
  classesOf,
  inWords,
  lastAtOf,
  liftedBy,
  type StoryFacts,
  streamsLeft,
  whyOf,
} from '../../app/story.ts';
import { standingAt } from '../../app/story-at.ts';
import { domainOf } from '../../core/address.ts';
import { streamClasses } from '../../core/policy.ts';
import type { ActRow } from '../../store/store.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { addressOrDomain, time, timeOrNull } from '../fields.ts';
import { json } from '../problem.ts';
import { entryOf, entryShape, eventOf, eventShape, releaseOf, releaseShape } from '../shapes.ts';

/** The last of each: an address with more has other problems. */
const STORY_LIMIT = 1_000;
const pageStart = { limit: STORY_LIMIT, after: null } as const;
const states = ['active', 'held', 'expired', 'released'] as const;

const storyEntryShape = entryShape.extend({
  why: z.string().nullable().meta({ description: 'the reason of its rule' }),
  lifted_by: z.array(z.string()).meta({ description: 'what would lift it; empty where it does not stand' }),
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
  events: z.array(eventShape),
  releases: z.array(releaseShape),
});

/** What nobody had done yet is not told. */
async function actsUntil(acts: Promise<readonly ActRow[]>, at: number): Promise<readonly ActRow[]> {
  return (await acts).filter((act) => act.at <= at);
}

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
      const { store, list, policies, runtime } = services;
      const now = at ?? runtime.now();
      const then = at === undefined ? null : await standingAt(store, tenant, address, at);
      const [policy, { entries: blocking, listedAt, allowedUntil }, own, events, acts] = await Promise.all([
        then?.policy ?? policies.of(tenant),
        then ?? list.blocking(tenant, address, null),
        store.entries(tenant, { ...pageStart, states, q: address, domain: domainOf(address) }, now),
        store.events(tenant, { ...pageStart, address, ...(at === undefined ? {} : { to: at + 1 }) }),
        at === undefined ? store.acts(tenant, address) : actsUntil(store.acts(tenant, address), at),
      ]);
      const known = own.rows.length + events.rows.length + acts.length > 0;
      const facts: StoryFacts = {
        address,
        blocking,
        known,
        listedAt,
        allowedUntil,
        events: events.rows,
        acts,
      };
      const past = own.rows.filter(
        (row) =>
          row.address === address && at === undefined && !blocking.some((entry) => entry.id === row.id),
      );
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
        listed_at: listedAt,
        allowed_until: timeOrNull(allowedUntil),
        entries: [
          ...blocking.map((row) => ({
            ...entryOf(row, now),
            why: whyOf(policy, row),
            lifted_by: liftedBy(policy, row, lastAtOf(row, events.rows)),
          })),
          ...past.map((row) => ({ ...entryOf(row, now), why: whyOf(policy, row), lifted_by: [] })),
        ],
        events: events.rows.map(eventOf),
        releases: acts.filter((act) => act.kind === 'release').map(releaseOf),
      });
    },
  }),
];
