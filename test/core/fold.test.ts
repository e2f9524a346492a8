import fc from 'fast-check';
import { describe, expect, it, test, vi } from 'vitest';
import { defaultPolicy } from '../../src/core/default-policy.ts';
import type { Act, EventFact } from '../../src/core/facts.ts';
import { fold } from '../../src/core/fold.ts';
import { DAY } from '../../src/core/time.ts';
import { mailEvent } from '../app/events.ts';

const START = Date.UTC(2026, 0, 1);

/** FOLD_RUNS=100000 for a long run of the laws. */
const RUNS = Number(process.env.FOLD_RUNS ?? 2_000);
vi.setConfig({ testTimeout: 5_000 + RUNS });

/** The facts that a random history is made of; each takes its own time and message. */
const shapes = {
  dead: {},
  doubted: { strength: 'weak', smtp: { code: '550', enhanced: null, text: null, source: 'reported' } },
  full: {
    category: 'mailbox-full',
    strength: 'none',
    bounceType: 'soft',
    smtp: { code: '452', enhanced: '4.2.2', text: 'over quota', source: 'parsed' },
  },
  outage: {
    category: 'expired',
    strength: 'none',
    bounceType: 'soft',
    smtp: { code: null, enhanced: '4.4.7', text: null, source: 'reported' },
  },
  parameter: {
    category: 'protocol',
    blame: 'sender',
    strength: 'none',
    smtp: { code: '504', enhanced: '5.5.2', text: 'Helo command rejected', source: 'parsed' },
  },
  ourFault: {
    category: 'ip-blocked',
    blame: 'sender',
    strength: 'none',
    smtp: { code: '550', enhanced: '5.7.1', text: 'listed', source: 'parsed' },
  },
  listed: { kind: 'reject', category: 'suppressed', strength: 'none', listed: true, listedFor: 'bounce' },
  complaint: { kind: 'complaint' },
  unsubscribe: { kind: 'unsubscribe' },
  unsubscribeNews: { kind: 'unsubscribe', stream: 'news' },
  resubscribeNews: { kind: 'resubscribe', stream: 'news' },
  delivery: { kind: 'delivery' },
} as const satisfies Record<string, Partial<EventFact>>;

const anEvent = fc
  .record({
    shape: fc.constantFrom(...(Object.keys(shapes) as (keyof typeof shapes)[])),
    hour: fc.integer({ min: 0, max: 24 * 400 }),
    message: fc.option(fc.integer({ min: 1, max: 12 }), { freq: 5 }),
  })
  .map(
    ({ shape, hour, message }): EventFact =>
      mailEvent({
        ...shapes[shape],
        at: START + hour * 3_600_000,
        messageId: message === null ? null : `m${message}`,
      }),
  );

const anAct = fc
  .record({
    hour: fc.integer({ min: 0, max: 24 * 400 }),
    code: fc.constantFrom(null, '504'),
    evidence: fc.boolean(),
  })
  .map(({ hour, code, evidence }): Act => {
    const at = START + hour * 3_600_000;
    return {
      id: `act_${hour}_${code}_${evidence}`,
      kind: 'release',
      at,
      actor: 'test',
      stream: null,
      why: 'test',
      code,
      grace: 0,
      reasons: evidence ? ['complaint', 'unsubscribe'] : ['hard-bounce', 'soft-bounce'],
      evidence: evidence ? { text: 'consent', at: at - DAY } : null,
    };
  });

const histories = fc.record({
  events: fc.array(anEvent, { maxLength: 14 }),
  acts: fc.array(anAct, { maxLength: 3 }),
});

/** What the list says, without the ids of the facts that it names. */
const listOf = (events: readonly EventFact[], acts: readonly Act[]) => {
  const { entries, listedAt, open } = fold(defaultPolicy, { events, acts, marks: [] });
  return {
    entries: entries
      .map(({ stream, reason, origin, state, until, rule, contradictedAt, cause }) => ({
        stream,
        reason,
        origin,
        state,
        until,
        rule,
        contradictedAt,
        at: cause.at,
      }))
      .sort((a, b) => (`${a.stream} ${a.reason}` < `${b.stream} ${b.reason}` ? -1 : 1)),
    listedAt,
    open,
  };
};

const shuffled = <T>(items: readonly T[], seed: number): T[] =>
  items
    .map((item, i) => ({ item, key: Math.sin(seed + i * 7919) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);

describe('the fold', () => {
  it('gives one list for any order of arrival', () => {
    fc.assert(
      fc.property(histories, fc.integer(), ({ events, acts }, seed) => {
        expect(listOf(shuffled(events, seed), shuffled(acts, seed))).toEqual(listOf(events, acts));
      }),
      { numRuns: RUNS },
    );
  });

  it('gives one list however often a fact is repeated', () => {
    fc.assert(
      fc.property(histories, ({ events, acts }) => {
        const again = events
          .filter((event) => event.messageId !== null)
          .map((event) => ({ ...event, id: `${event.id}_again` }));
        expect(listOf([...events, ...again], acts)).toEqual(listOf(events, acts));
      }),
      { numRuns: RUNS },
    );
  });

  it('is, once releases are taken back, what it would be without them', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 3 }), ({ events, acts }, kept) => {
        const undone = acts.slice(kept).map(
          ({ id, at }): Act => ({
            id: `${id}_undo`,
            kind: 'undo',
            at: at + DAY,
            actor: 'test',
            undone: id,
          }),
        );
        const ids = new Set(undone.map((act) => act.kind === 'undo' && act.undone));
        expect(listOf(events, [...acts, ...undone])).toEqual(
          listOf(
            events,
            acts.filter(({ id }) => !ids.has(id)),
          ),
        );
      }),
      { numRuns: RUNS },
    );
  });

  it('blocks for ever on a 504, final or deferral, unless a release names it', () => {
    fc.assert(
      fc.property(histories, fc.constantFrom('bounce' as const, 'deferral' as const), ({ events }, kind) => {
        const at = Math.max(START, ...events.map((event) => event.at));
        const { entries, decisions } = fold(defaultPolicy, {
          events: [...events, mailEvent({ ...shapes.parameter, kind, at, id: 'evt_504' })],
          acts: [],
          marks: [],
        });
        expect(entries.find((entry) => entry.reason === 'hard-bounce')).toMatchObject({
          state: 'active',
          until: null,
        });
        expect(decisions.get('evt_504')).toMatchObject({
          rule: '504',
          action: 'suppress',
          retry: 'no',
          until: null,
        });
      }),
    );
  });

  it('lifts a complaint by nothing but a release with evidence that is not older', () => {
    fc.assert(
      fc.property(histories, ({ events, acts }) => {
        const last = Math.max(
          ...events.filter((event) => event.kind === 'complaint').map((event) => event.at),
        );
        const consent = acts.some(
          (act) =>
            act.kind === 'release' &&
            act.reasons.includes('complaint') &&
            act.code === null &&
            act.at >= last &&
            (act.evidence?.at ?? 0) >= last,
        );
        const entry = fold(defaultPolicy, { events, acts, marks: [] }).entries.find(
          (one) => one.reason === 'complaint',
        );
        if (Number.isFinite(last)) expect(entry?.state).toBe(consent ? 'released' : 'active');
      }),
      { numRuns: RUNS },
    );
  });

  it('lifts an unsubscribe by nothing but a later resubscribe of its scope, or a release with evidence that is not older', () => {
    fc.assert(
      fc.property(histories, ({ events, acts }) => {
        const { entries } = fold(defaultPolicy, { events, acts, marks: [] });
        for (const stream of ['*', 'news']) {
          const timesOf = (kind: string) =>
            events.filter((event) => event.kind === kind && event.stream === stream).map(({ at }) => at);
          const last = Math.max(...timesOf('unsubscribe'));
          if (!Number.isFinite(last)) continue;
          const consent = acts.some(
            (act) =>
              act.kind === 'release' &&
              act.code === null &&
              act.reasons.includes('unsubscribe') &&
              act.at >= last &&
              (act.evidence?.at ?? 0) >= last,
          );
          // At the same moment it is the content that orders the two.
          if (timesOf('resubscribe').includes(last)) continue;
          const back = timesOf('resubscribe').some((at) => at > last);
          const entry = entries.find((one) => one.reason === 'unsubscribe' && one.stream === stream);
          expect(entry?.state).toBe(consent || back ? 'released' : 'active');
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('is barred by a release of bounces from exactly the failures of messages sent until then', () => {
    const bounces = ['hard-bounce', 'soft-bounce'];
    const isFailure = (event: EventFact) => ['bounce', 'deferral', 'reject'].includes(event.kind);
    const tried = fc.record({
      history: histories,
      hour: fc.integer({ min: 0, max: 24 * 400 }),
      lag: fc.array(fc.integer({ min: 0, max: 72 }), { minLength: 14, maxLength: 14 }),
    });
    fc.assert(
      fc.property(tried, ({ history, hour, lag }) => {
        const at = START + hour * 3_600_000 + 1;
        // A provider's own list is barred for longer: until a failure of our own.
        const events = history.events
          .filter((event) => event.listed !== true)
          .map((event, i) => ({ ...event, sentAt: event.at - (lag[i] ?? 0) * 3_600_000 }));
        const act: Act = {
          id: 'act_bar',
          kind: 'release',
          at,
          actor: 'test',
          reasons: ['hard-bounce', 'soft-bounce'],
          stream: null,
          why: 'test',
          code: null,
          grace: 0,
          evidence: null,
        };
        const barred = listOf(events, [act]).entries.filter(({ state }) => state === 'active');
        const without = listOf(
          events.filter((event) => !isFailure(event) || event.sentAt > at),
          [],
        ).entries.filter(({ state }) => state === 'active');
        expect(barred.filter(({ reason }) => bounces.includes(reason))).toEqual(
          without.filter(({ reason }) => bounces.includes(reason)),
        );
        const others = listOf(events, []).entries.filter(
          ({ reason, state }) => state === 'active' && !bounces.includes(reason),
        );
        expect(barred.filter(({ reason }) => !bounces.includes(reason))).toEqual(others);
      }),
      { numRuns: RUNS },
    );
  });

  it('says the same of an address from delivery marks as from the deliveries themselves', () => {
    const delivery = mailEvent({ kind: 'delivery', at: START, messageId: 'd1' });
    const bounce = mailEvent({ at: START + 5 * DAY, messageId: 'm1' });
    const marked = fold(defaultPolicy, {
      events: [bounce],
      acts: [],
      marks: [{ at: delivery.at, messageId: 'd1', rfcMessageId: null }],
    });
    expect(marked.entries).toEqual(
      fold(defaultPolicy, { events: [delivery, bounce], acts: [], marks: [] }).entries,
    );
    expect(marked.entries[0]?.until).toBe(bounce.at + 7 * DAY);
  });
});

describe('an entry on several grounds', () => {
  const at = START;
  const both = [
    mailEvent({ ...shapes.parameter, at, messageId: 'm1' }),
    mailEvent({ at: at + DAY, messageId: 'm2' }),
  ];
  const releaseOf = (code: string | null): Act => ({
    id: 'act_1',
    kind: 'release',
    at: at + 2 * DAY,
    actor: 'test',
    stream: null,
    why: 'fixed',
    reasons: ['hard-bounce'],
    code,
    grace: 0,
    evidence: null,
  });

  test.each([
    { title: 'shows the 504 first', acts: [], expected: { state: 'active', rule: '504' } },
    {
      title: 'stands on the dead bounce once the 504 is released',
      acts: [releaseOf('504')],
      expected: { state: 'active', rule: 'dead' },
    },
    { title: 'falls when both are released', acts: [releaseOf(null)], expected: { state: 'released' } },
  ])('$title', ({ acts, expected }) => {
    expect(fold(defaultPolicy, { events: both, acts, marks: [] }).entries).toMatchObject([expected]);
  });
});
