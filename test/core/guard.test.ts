/** Rule G: which jumps are incidents. And a year of a list in minutes, with outages that are known. */
import { describe, expect, it } from 'vitest';
import {
  type Cluster,
  clusterOf,
  guard,
  OWN,
  ownCauseOf,
  type Slot,
  slotOf,
  standsOut,
} from '../../src/core/guard.ts';
import { DAY, HOUR, MINUTE } from '../../src/core/time.ts';
import { randomFrom } from '../fuzz/random.ts';

const NOW = Date.UTC(2026, 2, 15, 12, 3);
const gmail: Cluster = { receiver: 'gmail.com', cause: '550 5.1.1 <address> does not exist' };
const slot = (ago: number, failures: number, alive = failures): Slot => ({
  slot: slotOf(NOW - ago),
  failures,
  alive,
});
const fed = async () => true;
const blind = async () => false;

describe('a jump', () => {
  const cases: readonly (readonly [
    title: string,
    slots: readonly Slot[],
    isFed: typeof fed,
    is: boolean,
    of?: Cluster,
  ])[] = [
    ['of 20 addresses that took mail before is one', [slot(0, 20)], fed, true],
    ['of 19 is none', [slot(0, 19)], fed, false],
    ['of 20 over the hour is one', [slot(50 * MINUTE, 10), slot(0, 10)], fed, true],
    ['of 20 over two hours is none', [slot(110 * MINUTE, 10), slot(0, 10)], fed, false],
    ['five times the worst hour is one', [slot(3 * DAY, 20), slot(0, 100)], fed, true],
    ['less than five times the worst hour is none', [slot(3 * DAY, 20), slot(0, 99)], fed, false],
    ['is not measured by what is older than was kept', [slot(0, 20)], fed, true],
    [
      'that is spread over the worst hour is seen in ten minutes already',
      [...Array.from({ length: 12 }, (_, i) => slot(3 * DAY - i * 5 * MINUTE, 10)), slot(0, 100)],
      fed,
      true,
    ],
    [
      'of a dirty list, none of which was alive, is none where deliveries are reported',
      [slot(0, 5_000, 0)],
      fed,
      false,
    ],
    ['of 100 is one where no deliveries are reported', [slot(0, 100, 0)], blind, true],
    ['of 99 is none where no deliveries are reported', [slot(0, 99, 0)], blind, false],
    [
      'of less than ten times the worst hour is none there',
      [slot(DAY, 11, 0), slot(0, 109, 0)],
      blind,
      false,
    ],
    [
      'of 20 failures of a cause of our own is one',
      [slot(0, 20, 0)],
      fed,
      true,
      { receiver: OWN, cause: '504' },
    ],
    ['of 19 of them is none', [slot(0, 19, 0)], blind, false, { receiver: OWN, cause: '504' }],
  ];
  it.each(cases.map((one) => [one[0], one] as const))(
    '%s',
    async (_title, [, slots, isFed, is, of = gmail]) => {
      expect(await standsOut(of, slots, NOW, isFed)).toBe(is);
    },
  );
});

describe('what fails alike', () => {
  const reply = (address: string, text: string | null) => ({
    address,
    smtp: { code: '550', enhanced: '5.1.1', text, source: 'reported' as const },
    provider: 'generic',
    providerType: 'hard',
  });
  it('is one reply of one receiver, whatever is variable in it', () => {
    const [a, b] = ['ann@gmail.com', 'bob@gmail.com'].map((address) =>
      clusterOf(reply(address, `550 5.1.1 <${address}> does not exist`)),
    );
    expect(a).toEqual(b);
    expect(a).toEqual({ receiver: 'gmail.com', cause: '550 5.1.1 <<address>> does not exist' });
    expect(clusterOf(reply('ann@gmail.com', null)).cause).toBe('generic: hard');
  });

  const own = [
    ['504 in any kind of failure', { kind: 'deferral', code: '504', category: 'protocol' }, '504'],
    ['a lone 5.5.4', { kind: 'bounce', code: null, enhanced: '5.5.4', category: 'protocol' }, '504'],
    ['a block list', { kind: 'bounce', code: '550', category: 'ip-blocked' }, 'ip-blocked'],
    ['authentication', { kind: 'bounce', code: '550', category: 'auth-failure' }, 'auth-failure'],
    [
      'a deferral for a block list, which is tried again',
      { kind: 'deferral', code: '421', category: 'ip-blocked' },
      null,
    ],
    ['a dead address', { kind: 'bounce', code: '550', category: 'mailbox-unknown' }, null],
  ] as const;
  it.each(own)('of our own: %s', (_title, { kind, code, category, ...more }, cause) => {
    const smtp = { code, enhanced: null, text: null, source: null, ...more };
    expect(ownCauseOf({ kind, smtp, category, hearsay: false })).toBe(cause);
    expect(ownCauseOf({ kind, smtp, category, hearsay: true })).toBe(null);
  });
});

interface Sender {
  readonly title: string;
  /** Messages to the receiver, by minute of the day and day. */
  mailsAt(day: number, minute: number): number;
  /** Real churn: this share of the messages fails for good. */
  readonly churn: number;
  /** Falsely listed before an outage is held, at most. */
  readonly entries: number;
}

const senders: readonly Sender[] = [
  {
    title: 'all day long, 200,000 a day',
    mailsAt: (_day, minute) => 100 * (1.4 + Math.sin((minute / 1440) * 6.28)),
    churn: 0.005,
    entries: 200,
  },
  {
    title: 'a mailing each morning, two hours long',
    mailsAt: (_day, minute) => (minute >= 480 && minute < 600 ? 1_400 : 0),
    churn: 0.006,
    entries: 1_200,
  },
  {
    title: 'a mailing each Tuesday, six hours long',
    mailsAt: (day, minute) => (day % 7 === 1 && minute >= 480 && minute < 840 ? 1_000 : 0),
    churn: 0.02,
    entries: 2_000,
  },
];
/** Of the messages this share is refused, for so long. */
const outages = [
  { title: 'Gmail, December 2020', share: 0.2, minutes: 401 },
  { title: 'a short one', share: 0.4, minutes: 45 },
];

/** How many of so many trials succeed: exact for few, normal for many. */
function successes(next: () => number, trials: number, chance: number): number {
  const mean = trials * chance;
  if (mean < 20) {
    const limit = Math.exp(-mean);
    let [count, product] = [0, next()];
    for (; product > limit; count++) product *= next();
    return count;
  }
  const normal = Math.sqrt(-2 * Math.log(next() || 1e-9)) * Math.cos(6.283 * next());
  return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
}

/** Minute by minute, as a server looks at it. Alive are those who got a message before: nobody on the first day. */
async function year(sender: Sender, outageDays: readonly number[], outage: (typeof outages)[number] | null) {
  const { next } = randomFrom(7);
  const start = Date.UTC(2026, 0, 1);
  let slots: Slot[] = [];
  const holds: { at: number; entries: number }[] = [];
  let [quietUntil, falsely] = [0, 0];
  let [bounces, current] = [0, { slot: 0, failures: 0, alive: 0 }];
  for (let minute = 0; minute < 365 * 1440; minute++) {
    const [day, ofDay, now] = [Math.floor(minute / 1440), minute % 1440, start + minute * MINUTE];
    const mails = sender.mailsAt(day, ofDay);
    if (mails === 0 || (outage !== null && !outageDays.some((one) => day <= one && day > one - 16))) continue;
    const isOut = outage !== null && outageDays.includes(day) && ofDay >= 500 && ofDay < 500 + outage.minutes;
    const churned = successes(next, mails, sender.churn);
    const refused = isOut ? successes(next, mails, outage.share) : 0;
    bounces += churned;
    falsely = isOut ? falsely + refused : 0;
    if (slotOf(now) !== current.slot) {
      while ((slots[0]?.slot ?? now) <= now - guard.memory) slots.shift();
      current = { slot: slotOf(now), failures: 0, alive: 0 };
      slots.push(current);
    }
    current.failures += churned + refused;
    // Most whose address died got mail within 90 days; all whom an outage hits did.
    current.alive += day < 7 ? 0 : Math.round(churned * 0.8) + refused;
    if (outage !== null && !outageDays.includes(day)) continue;
    // Between outages a look at the end of each slot sees all that a look each minute would.
    if (!isOut && ofDay % 5 !== 4) continue;
    if (now < quietUntil || !(await standsOut(gmail, slots, now, fed))) continue;
    holds.push({ at: minute, entries: falsely });
    // A person releases it the next day; what it counted is no measure.
    quietUntil = start + (day + 1) * DAY;
    const first = now - HOUR;
    slots = slots.filter((one) => one.slot < first || one.slot > quietUntil);
  }
  return { holds, bouncesADay: Math.round(bounces / 365) };
}

describe('a year', () => {
  it.each(senders)('of $title holds nothing without an outage', async (sender) => {
    const { holds, bouncesADay } = await year(sender, [], null);
    expect(bouncesADay).toBeGreaterThan(600);
    expect(holds).toEqual([]);
  });

  const told = senders.flatMap((sender) =>
    outages.map((outage) => ({ sender, outage, title: `${sender.title}: ${outage.title}` })),
  );
  it.each(told)('of $title is held within ten minutes each time', async ({ sender, outage }) => {
    const days = [92, 183, 274, 330].map((day) =>
      sender.title.includes('Tuesday') ? day - (day % 7) + 1 : day,
    );
    const { holds } = await year(sender, days, outage);
    expect(holds.map(({ at }) => Math.floor(at / 1440))).toEqual(days);
    for (const { at } of holds) expect((at % 1440) - 500).toBeLessThanOrEqual(10);
    for (const { entries } of holds) expect(entries).toBeLessThanOrEqual(sender.entries);
  });
});
