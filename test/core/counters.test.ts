/** What a ladder had counted at each event, in words. */
import { describe, expect, it } from 'vitest';
import { counterInWords } from '../../src/app/counter-words.ts';
import { type Counter, countersOf } from '../../src/core/counters.ts';
import { defaultPolicy } from '../../src/core/default-policy.ts';
import { bounce, bounces, delivered, event, type Fact, factsOf, release } from './scenario.ts';

const FULL = '452 4.2.2 Mailbox full';
const DEAD = '550 5.1.1 User unknown';
const DOUBTED = '550';
const DEFUNCT = '550 5.1.2 Host unknown: Domain not found';

function told(facts: readonly Fact[], scope: 'address' | 'domain' = 'address'): (Counter | null)[] {
  const counters = countersOf(defaultPolicy, factsOf(facts), scope);
  return facts.flatMap((fact) => ('event' in fact ? [counters.get(fact.event.id) ?? null] : []));
}
const words = (facts: readonly Fact[], scope?: 'address' | 'domain') =>
  told(facts, scope).map((counter) => counter && counterInWords(counter));

const oneMessage = { message: 'm1' };

describe('what was counted', () => {
  it.each<[string, readonly Fact[], readonly (string | null)[]]>([
    [
      'days with a soft bounce, up to the line',
      [bounce(0, FULL), bounce(1, FULL), bounce(5, FULL)],
      [
        'First day of 3 with a soft bounce within 90 days.',
        'Second day of 3 with a soft bounce within 90 days, since 2026-01-01 00:00 UTC.',
        'Third day of 3 with a soft bounce within 90 days, since 2026-01-01 00:00 UTC: suppressed until 2026-01-13 00:00 UTC, step 1 of 3.',
      ],
    ],
    [
      'a second failure of the same day, which is no further day',
      [bounce(0, FULL), bounce(0.5, FULL)],
      [
        'First day of 3 with a soft bounce within 90 days.',
        'First day of 3 with a soft bounce within 90 days (2 failures), since 2026-01-01 00:00 UTC.',
      ],
    ],
    [
      'a message once',
      [bounce(0, FULL, oneMessage), bounce(1, FULL, oneMessage)],
      [
        'First day of 3 with a soft bounce within 90 days.',
        'Not counted: another report of the same failure was.',
      ],
    ],
    [
      'what is in the window, and no more',
      [bounce(0, FULL), bounce(1, FULL), bounce(91, FULL)],
      [
        'First day of 3 with a soft bounce within 90 days.',
        'Second day of 3 with a soft bounce within 90 days, since 2026-01-01 00:00 UTC.',
        'First day of 3 with a soft bounce within 90 days.',
      ],
    ],
    [
      'nothing of before a delivery',
      [bounce(0, FULL), bounce(1, FULL), delivered(2), bounce(3, FULL)],
      [
        'First day of 3 with a soft bounce within 90 days.',
        'Second day of 3 with a soft bounce within 90 days, since 2026-01-01 00:00 UTC.',
        null,
        'First day of 3 with a soft bounce within 90 days.',
      ],
    ],
    [
      'one alone soon after an expiry',
      [bounce(0, FULL), bounce(1, FULL), bounce(2, FULL), bounce(4, FULL), bounce(20, FULL)],
      [
        'First day of 3 with a soft bounce within 90 days.',
        'Second day of 3 with a soft bounce within 90 days, since 2026-01-01 00:00 UTC.',
        'Third day of 3 with a soft bounce within 90 days, since 2026-01-01 00:00 UTC: suppressed until 2026-01-10 00:00 UTC, step 1 of 3.',
        'Not counted: what it adds to stands already, until 2026-01-10 00:00 UTC.',
        'Fourth day with a soft bounce within 90 days; soon after an expiry one is enough, since 2026-01-01 00:00 UTC: suppressed until 2026-02-20 00:00 UTC, step 2 of 3.',
      ],
    ],
    [
      'what a rule of fewer days needs, with strikes of its own kind alone',
      [bounce(0, FULL), bounce(1, '452 4.2.2 The email account is over quota and inactive')],
      [
        'First day of 3 with a soft bounce within 90 days.',
        'First day of 1 with a soft bounce within 90 days: suppressed until 2026-02-01 00:00 UTC, step 2 of 3.',
      ],
    ],
    [
      'nothing of mail sent before a release',
      [bounce(0, FULL), release(2, bounces), bounce(3, FULL, { sentAt: 1 })],
      [
        'First day of 3 with a soft bounce within 90 days.',
        'Not counted: its message was sent before a release.',
      ],
    ],
    [
      'a report that came late in its own place',
      [bounce(4, FULL), bounce(0, FULL)],
      [
        'Second day of 3 with a soft bounce within 90 days, since 2026-01-01 00:00 UTC.',
        'First day of 3 with a soft bounce within 90 days.',
      ],
    ],
    [
      'a dead address at once',
      [bounce(0, DEAD)],
      ['A hard bounce that says clearly that the address is dead: suppressed for ever.'],
    ],
    [
      'a living address for a short while first',
      [delivered(0), bounce(1, DEAD)],
      [
        null,
        'A hard bounce that says clearly that the address is dead; it took other mail shortly before, so for a short while first: suppressed until 2026-01-09 00:00 UTC.',
      ],
    ],
    [
      'the steps of a doubtful one, but for one that comes too soon',
      [bounce(0, DOUBTED), bounce(1, DOUBTED), bounce(8, DOUBTED)],
      [
        'Step 1 of 3 for a dead address; a next one counts 72 hours later, within 365 days: suppressed until 2026-01-08 00:00 UTC.',
        'Step 1 of 3 for a dead address; a next one counts 72 hours later, within 365 days: suppressed until 2026-01-09 00:00 UTC.',
        'Step 2 of 3 for a dead address; a next one counts 72 hours later, within 365 days, since 2026-01-01 00:00 UTC: suppressed until 2026-02-08 00:00 UTC.',
      ],
    ],
    ['nothing where no rule counts', [bounce(0, '504 5.5.4 x'), event('complaint', 1, null)], [null, null]],
  ])('is %s', (_what, facts, expected) => {
    expect(words(facts)).toEqual(expected);
  });

  it('is addresses and days of a whole domain', () => {
    const at = (day: number, name: string) => bounce(day, DEFUNCT, { address: `${name}@gone.test` });
    expect(words([at(0, 'a'), at(0.1, 'b'), at(2, 'c'), at(3, 'd')], 'domain')).toEqual([
      'First address of 3 of its domain, on 1 of 2 days within 365 days.',
      'Second address of 3 of its domain, on 1 of 2 days within 365 days, since 2026-01-01 00:00 UTC.',
      'Third address of 3 of its domain, on 2 of 2 days within 365 days, since 2026-01-01 00:00 UTC: the whole domain is suppressed until 2026-02-02 00:00 UTC, step 1 of 3.',
      'Not counted: what it adds to stands already, until 2026-02-02 00:00 UTC.',
    ]);
  });

  it('is told in numbers', () => {
    const [, second] = told([bounce(0, FULL), bounce(1, FULL)]);
    expect(second).toEqual({
      ladder: 'strike',
      rule: 'recipient-soft',
      policyVersion: defaultPolicy.version,
      uncounted: null,
      days: { counted: 2, needed: 3 },
      addresses: null,
      failures: 2,
      step: null,
      within: '90d',
      apart: null,
      since: Date.UTC(2026, 0, 1),
      until: null,
      blocks: false,
      alive: false,
    });
  });
});
