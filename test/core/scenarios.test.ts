/** The scenarios of the default policy, step by step with the exact state. Each row: a fact, the day on which to look, what stands and which classes pass. */
import { afterAll, describe, expect, test } from 'vitest';
import {
  bounce,
  bounces,
  delivered,
  event,
  type Fact,
  folded,
  foldedDomain,
  imported,
  type Played,
  passesAt,
  play,
  release,
  stateAt,
} from './scenario.ts';

const unknownUser = '550 5.1.1 <person@example.com>: Recipient address rejected: User unknown';
const full = '452 4.2.2 The email account that you tried to reach is over quota';
const timedOut = '450 4.4.7 Delivery time expired';
const helo = '504 5.5.2 <mx1>: Helo command rejected: need fully-qualified hostname';
const s3150 =
  "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3150).";

const scenarios: readonly {
  readonly title: string;
  readonly steps: readonly (readonly [Fact | null, number, string])[];
}[] = [
  {
    title: '1: dead and never delivered to is for ever',
    steps: [
      [bounce(0, unknownUser, { message: 'm1' }), 0, 'hard! ···'],
      [bounce(0, unknownUser, { message: 'm1' }), 0, 'hard! ···'],
    ],
  },
  {
    title: '1: accepted, then bounced, is not a sign of life',
    steps: [
      [delivered(0, { message: 'm1' }), 0, 'none MTS'],
      [bounce(0.1, unknownUser, { message: 'm1' }), 0.1, 'hard! ···'],
    ],
  },
  {
    title: '1: another provider delivers two minutes later',
    steps: [
      [bounce(0, unknownUser), 0, 'hard! ···'],
      [delivered(2 / 1440, { provider: 'postmark' }), 0.1, 'none MTS'],
    ],
  },
  {
    title: '1: a delivery after a year may have met a new owner',
    steps: [
      [bounce(0, unknownUser), 0, 'hard! ···'],
      [delivered(400), 400, 'hard! ···'],
    ],
  },
  {
    title: '2a: a false bounce of a living address heals by itself',
    steps: [
      [delivered(-5), -5, 'none MTS'],
      [bounce(0, unknownUser), 0, 'hard~7 ··S'],
      [bounce(1.2, unknownUser), 1.2, 'hard~8.2 ··S'],
      [null, 8.3, 'none MTS'],
      [delivered(9), 9, 'none MTS'],
    ],
  },
  {
    title: '2b: really closed, confirmed by the second bounce',
    steps: [
      [delivered(-5), -5, 'none MTS'],
      [bounce(0, unknownUser), 0, 'hard~7 ··S'],
      [bounce(9, unknownUser), 9, 'hard! ···'],
    ],
  },
  {
    title: '2c: an incident release spares the complaint',
    steps: [
      [delivered(-5), -5, 'none MTS'],
      [bounce(0, unknownUser), 0, 'hard~7 ··S'],
      [event('complaint', 0.1, null), 0.1, 'complaint + hard~7 ··S'],
      [release(2, bounces), 2, 'complaint ··S'],
    ],
  },
  {
    title: '2d: delivered exactly 90 days before is alive',
    steps: [
      [delivered(-90), -90, 'none MTS'],
      [bounce(0, unknownUser), 0, 'hard~7 ··S'],
    ],
  },
  {
    title: '2d: delivered 90.1 days before is not',
    steps: [
      [delivered(-90.1), -90, 'none MTS'],
      [bounce(0, unknownUser), 0, 'hard! ···'],
    ],
  },
  {
    title: '3: HELO not qualified, released by cause with a grace of a day',
    steps: [
      [delivered(-1), -1, 'none MTS'],
      [bounce(0, helo), 0, 'hard! ···'],
      [delivered(1), 1, 'hard! ···'],
      [release(2, bounces, { code: '504', grace: 86_400_000 }), 2, 'none MTS'],
      [bounce(2.1, helo), 2.1, 'none MTS'],
      [bounce(3.5, '501 5.5.4 Invalid argument'), 3.5, 'none MTS'],
      [bounce(3.6, 'upstream HTTP 504 Gateway Time-out'), 3.6, 'none MTS'],
      [bounce(5, helo), 5, 'hard! ···'],
    ],
  },
  {
    title: '4: a blocked IP suppresses nobody, whatever the label says',
    steps: [
      [bounce(0, s3150), 0, 'none MTS'],
      [
        bounce(1, s3150, {
          provider: 'postmark',
          meaning: { code: '550', enhanced: '5.1.1', proof: 'hard' },
          listed: true,
        }),
        1,
        'none MTS',
      ],
      [bounce(2, s3150), 2, 'none MTS'],
    ],
  },
  {
    title: '5: full for three weeks',
    steps: [
      [event('deferral', 0, full), 0, 'none MTS'],
      [event('deferral', 0.5, full), 0.5, 'none MTS'],
      [bounce(1, full), 1, 'none MTS'],
      [bounce(2, full), 2, 'none MTS'],
      [bounce(2.3, full), 2.3, 'none MTS'],
      [bounce(3, full), 3, 'soft~10 ··S'],
      [null, 10, 'none MTS'],
      [bounce(11, full), 11, 'soft~41 ··S'],
      [delivered(21), 21, 'none MTS'],
      [bounce(25, full), 25, 'none MTS'],
    ],
  },
  {
    title: '6: nobody home',
    steps: [
      [bounce(1, full), 1, 'none MTS'],
      [bounce(2, full), 2, 'none MTS'],
      [bounce(3, full), 3, 'soft~10 ··S'],
      [bounce(11, full), 11, 'soft~41 ··S'],
      [bounce(42, full), 42, 'soft~132 ··S'],
      [bounce(133, full), 133, 'soft~223 ··S'],
      [bounce(224, unknownUser), 224, 'hard! ···'],
    ],
  },
  {
    title: '6: out of storage and inactive starts at a month',
    steps: [
      [
        bounce(
          0,
          '552-5.2.2 The recipient’s inbox is out of storage and inactive. Please direct the recipient to support',
        ),
        0,
        'soft~30 ··S',
      ],
      [
        bounce(31, '552-5.2.2 The email account that you tried to reach is over quota and inactive.'),
        31,
        'soft~121 ··S',
      ],
    ],
  },
  {
    title: '7: a complaint outlives a resubscribe, and yields to consent that is newer',
    steps: [
      [event('complaint', 0, null), 0, 'complaint ··S'],
      [event('resubscribe', 5, null), 5, 'complaint ··S'],
      [release(8, ['complaint'], { evidence: 7 }), 8, 'none MTS'],
      [event('complaint', -1, null), 9, 'none MTS'],
      [event('complaint', 7.5, null), 9, 'complaint ··S'],
    ],
  },
  {
    title: '8: a late bounce after a release',
    steps: [
      [bounce(0, unknownUser), 0, 'hard! ···'],
      [release(10, bounces), 10, 'none MTS'],
      [bounce(9, unknownUser), 11, 'none MTS'],
      [bounce(10.5, unknownUser, { sentAt: 9.9 }), 11, 'none MTS'],
      [event('unsubscribe', 8, null), 11, 'unsubscribe ·TS'],
      [bounce(12, unknownUser, { sentAt: 12 }), 12, 'hard! + unsubscribe ···'],
    ],
  },
  {
    title: '10: providers disagree',
    steps: [
      [delivered(0, { provider: 'sendgrid' }), 0, 'none MTS'],
      [
        bounce(3, '550 5.1.1 user unknown', {
          provider: 'amazon-ses',
          meaning: { code: '450', enhanced: '4.0.0' },
        }),
        3,
        'hard~10 ··S',
      ],
      [
        bounce(3.5, '550 5.7.1 Message rejected by policy', {
          provider: 'postmark',
          meaning: { code: '550', enhanced: '5.1.1', proof: 'hard' },
        }),
        3.5,
        'hard~10 ··S',
      ],
      [delivered(4, { provider: 'sendgrid' }), 4, 'none MTS'],
      [bounce(12, '550 5.1.1 user unknown', { provider: 'amazon-ses' }), 12, 'hard~19 ··S'],
      [bounce(20, '550 5.1.1 user unknown', { provider: 'amazon-ses' }), 20, 'hard! ···'],
    ],
  },
  {
    title: '11: an import never weakens',
    steps: [
      [event('complaint', 0, null), 0, 'complaint ··S'],
      [imported(1, 'hard-bounce', 30), 1, 'complaint + hard~30 ··S'],
      [imported(2, 'hard-bounce', null), 2, 'complaint + hard! ···'],
      [imported(3, 'hard-bounce', 10), 3, 'complaint + hard! ···'],
      [release(5, bounces), 5, 'complaint ··S'],
      [imported(3.5, 'hard-bounce', null), 6, 'complaint ··S'],
    ],
  },
  {
    title: '12: unsubscribes by stream and in general',
    steps: [
      [event('unsubscribe', 0, null, { stream: 'news' }), 0, 'unsubscribe:news MTS'],
      [event('unsubscribe', 1, null), 1, 'unsubscribe + unsubscribe:news ·TS'],
      [bounce(2, unknownUser), 2, 'hard! + unsubscribe + unsubscribe:news ···'],
      [release(3, bounces), 3, 'unsubscribe + unsubscribe:news ·TS'],
      [event('resubscribe', 4, null, { stream: 'news' }), 4, 'unsubscribe ·TS'],
    ],
  },
  {
    title: '13: a bare 550 takes three bounces, far apart',
    steps: [
      [bounce(0, '550'), 0, 'hard~7 ··S'],
      [bounce(1, '550'), 1, 'hard~8 ··S'],
      [bounce(9, '550'), 9, 'hard~39 ··S'],
      [bounce(40, '550'), 40, 'hard! ···'],
    ],
  },
  {
    title: '13: a delivery between starts the doubt anew',
    steps: [
      [bounce(0, '550'), 0, 'hard~7 ··S'],
      [bounce(9, '550'), 9, 'hard~39 ··S'],
      [delivered(10), 10, 'none MTS'],
      [bounce(20, '550'), 20, 'hard~27 ··S'],
    ],
  },
  {
    title: '13: a new owner is never mailed, even where the address was alive',
    steps: [
      [delivered(-1), -1, 'none MTS'],
      [bounce(0, '550 5.7.17 Mailbox owner has changed'), 0, 'hard! ···'],
    ],
  },
  {
    title: '13: six days of a system failure outlast a queue',
    steps: [
      ...[1, 2, 3, 4, 5].map((at) => [bounce(at, timedOut), at, 'none MTS'] as const),
      [bounce(6, timedOut), 6, 'soft~13 ··S'],
      [delivered(6.5), 6.5, 'none MTS'],
    ],
  },
  {
    title: '14: the provider’s own list',
    steps: [
      [
        event('reject', 0, 'Bounced Address', {
          provider: 'sendgrid',
          meaning: { category: 'suppressed' },
          listedFor: 'bounce',
          listed: true,
        }),
        0,
        'hard~14 ··S',
      ],
      [
        event('reject', 5, 'Bounced Address', {
          provider: 'sendgrid',
          meaning: { category: 'suppressed' },
          listedFor: 'bounce',
          listed: true,
        }),
        5,
        'hard~19 ··S',
      ],
      [release(6, bounces), 6, 'none MTS'],
      [
        event('reject', 7, 'Bounced Address', {
          provider: 'sendgrid',
          meaning: { category: 'suppressed' },
          listedFor: 'bounce',
          listed: true,
        }),
        7,
        'none MTS',
      ],
      [
        event('reject', 8, 'Spam Reporting Address', {
          provider: 'sendgrid',
          meaning: { category: 'suppressed' },
          listedFor: 'complaint',
          listed: true,
        }),
        8,
        'complaint ··S',
      ],
      [
        event('reject', 9, 'Unsubscribed', {
          provider: 'mailgun',
          meaning: { category: 'suppressed' },
          listedFor: 'unsubscribe',
          listed: true,
        }),
        9,
        'complaint + unsubscribe ··S',
      ],
    ],
  },
  {
    title: 'an unmapped group blocks all mail, and only its own resubscribe lifts it',
    steps: [
      [event('unsubscribe', 0, null, { group: 'tips', provider: 'sendgrid' }), 0, 'unsubscribe ·TS'],
      [event('resubscribe', 1, null, { group: 'news', provider: 'sendgrid' }), 1, 'unsubscribe ·TS'],
      [event('resubscribe', 2, null, { group: 'tips', provider: 'resend' }), 2, 'unsubscribe ·TS'],
      [event('unsubscribe', 3, null), 3, 'unsubscribe ·TS'],
      [event('resubscribe', 4, null, { group: 'tips', provider: 'sendgrid' }), 4, 'unsubscribe ·TS'],
      [event('resubscribe', 5, null), 5, 'none MTS'],
    ],
  },
  {
    title: 'a provider that takes an address off its list speaks for its own reports only',
    steps: [
      [event('unsubscribe', 0, null, { provider: 'sendgrid' }), 0, 'unsubscribe ·TS'],
      [
        event('reject', 1, null, {
          provider: 'resend',
          meaning: { category: 'suppressed' },
          listedFor: 'bounce',
          listed: true,
        }),
        1,
        'hard~15 + unsubscribe ··S',
      ],
      [event('resubscribe', 2, null, { provider: 'resend', listed: false }), 2, 'unsubscribe ·TS'],
    ],
  },
  {
    title: '14: reports that say nothing against the address',
    steps: [
      [event('complaint', 0, null, { meaning: { feedback: 'not-spam' } }), 0, 'none MTS'],
      [event('complaint', 1, null, { meaning: { feedback: 'auth-failure' } }), 1, 'none MTS'],
      [event('complaint', 2, null, { meaning: { feedback: 'virus' } }), 2, 'none MTS'],
      [event('complaint', 3, null, { ambiguous: true }), 3, 'none MTS'],
      [
        event('bounce', 4, 'I am out of the office until Monday', { meaning: { category: 'auto-reply' } }),
        4,
        'none MTS',
      ],
      [event('complaint', 5, null, { meaning: { feedback: 'opt-out' } }), 5, 'unsubscribe ·TS'],
    ],
  },
];

const nxdomain = '550 5.1.2 <person@x.test>: Recipient address rejected: Domain not found';
const nullMx = '550 5.1.10 Domain x.test does not accept mail (nullMX)';
const gone = (at: number, address: string, text = nxdomain) => bounce(at, text, { address });

const domainScenarios: typeof scenarios = [
  {
    title: '15: three addresses on two days block the domain, and a delivery to a fourth lifts it',
    steps: [
      [gone(0, 'a@x.test'), 0, 'none MTS'],
      [gone(0, 'b@x.test'), 0, 'none MTS'],
      [gone(1.5, 'c@x.test'), 1.5, 'hard~31.5 ··S'],
      [delivered(12, { address: 'd@x.test' }), 12, 'none MTS'],
    ],
  },
  {
    title: '15: three addresses on one day are one resolver’s bad day',
    steps: [
      [gone(0, 'a@x.test'), 0, 'none MTS'],
      [gone(0.3, 'b@x.test'), 0.3, 'none MTS'],
      [gone(0.9, 'c@x.test'), 0.9, 'none MTS'],
    ],
  },
  {
    title: '15: two days that are less than 24 hours apart are one night',
    steps: [
      [gone(0.9, 'a@x.test'), 0.9, 'none MTS'],
      [gone(0.95, 'b@x.test'), 0.95, 'none MTS'],
      [gone(1.1, 'c@x.test'), 1.1, 'none MTS'],
      [gone(1.9, 'a@x.test'), 1.9, 'hard~31.9 ··S'],
    ],
  },
  {
    title: '15: a delivery between starts the count anew',
    steps: [
      [gone(0, 'a@x.test'), 0, 'none MTS'],
      [gone(0, 'b@x.test'), 0, 'none MTS'],
      [delivered(1, { address: 'd@x.test' }), 1, 'none MTS'],
      [gone(2, 'c@x.test'), 2, 'none MTS'],
    ],
  },
  {
    title: '15: a null MX needs two addresses, and the next failure after each expiry goes on',
    steps: [
      [gone(0, 'a@x.test', nullMx), 0, 'none MTS'],
      [gone(1.2, 'b@x.test', '556 5.1.10 Recipient domain has null MX'), 1.2, 'hard~31.2 ··S'],
      [gone(20, 'c@x.test', nullMx), 20, 'hard~31.2 ··S'],
      [gone(40, 'c@x.test'), 40, 'hard~130 ··S'],
      [gone(140, 'a@x.test'), 140, 'hard~320 ··S'],
      [gone(330, 'a@x.test'), 330, 'hard~510 ··S'],
    ],
  },
  {
    title: '15: a dead mailbox, a 4xx and words that nobody knows say nothing of the domain',
    steps: [
      [gone(0, 'a@x.test', unknownUser), 0, 'none MTS'],
      [gone(1.2, 'b@x.test', '451 4.4.3 Host or domain name not found, try again'), 1.2, 'none MTS'],
      [gone(2.4, 'c@x.test', '550 5.4.4'), 2.4, 'none MTS'],
      [gone(3.6, 'd@x.test'), 3.6, 'none MTS'],
    ],
  },
  {
    title: '15: a release of the domain bars what was sent before it',
    steps: [
      [gone(0, 'a@x.test'), 0, 'none MTS'],
      [gone(0, 'b@x.test'), 0, 'none MTS'],
      [gone(1.5, 'c@x.test'), 1.5, 'hard~31.5 ··S'],
      [release(2, bounces), 2, 'none MTS'],
      [gone(1.9, 'e@x.test'), 2.1, 'none MTS'],
    ],
  },
];

/** SCENARIO_TABLE=1 prints each step with the state that is expected and the one that came. */
const played: { title: string; day: number; expected: string; actual: string }[] = [];
const record = (title: string, steps: readonly (readonly [Fact | null, number, string])[], came: Played) => {
  for (const [i, [, at, expected]] of steps.entries())
    played.push({ title, day: at, expected, actual: came.actual[i] ?? '' });
};
afterAll(() => {
  if (process.env.SCENARIO_TABLE === undefined) return;
  const lines = played.map(
    ({ title, day, expected, actual }) =>
      `${expected === actual ? 'ok ' : 'BAD'} d${String(day).padEnd(7)}${expected.padEnd(34)}${actual.padEnd(34)}${title}`,
  );
  process.stdout.write(
    `\n    day     expected${' '.repeat(26)}actual${' '.repeat(28)}scenario\n${lines.join('\n')}\n`,
  );
});

describe('scenario', () => {
  test.each(scenarios)('$title', ({ title, steps }) => {
    const came = play(steps);
    record(title, steps, came);
    expect(came.actual).toEqual(came.expected);
  });

  test.each(domainScenarios)('$title', ({ title, steps }) => {
    const came = play(steps, foldedDomain);
    record(title, steps, came);
    expect(came.actual).toEqual(came.expected);
  });

  test('15: all orders of what is said of a domain give one state', () => {
    const facts = [
      gone(0, 'a@x.test'),
      gone(0, 'b@x.test'),
      delivered(0.5, { address: 'd@x.test' }),
      gone(1.5, 'c@x.test'),
      gone(2.2, 'e@x.test'),
      gone(3.5, 'a@x.test'),
    ];
    const states = new Set<string>();
    for (const order of permutations(facts)) states.add(stateAt(foldedDomain(order), 4));
    expect([...states]).toEqual(['hard~33.5']);
  });

  test('7: a complaint is not released without evidence of consent (over HTTP: 409)', () => {
    const state = folded([event('complaint', 0, null), release(6, bounces)]);
    expect(stateAt(state, 6)).toBe('complaint');
  });

  test('4: the provider that now drops the address is named', () => {
    const state = folded([bounce(1, s3150, { provider: 'postmark', listed: true })]);
    expect(state.listedAt).toEqual(['postmark']);
    expect([...state.decisions.values()]).toMatchObject([{ action: 'note', retry: 'after-fix' }]);
  });

  test('a 504 of one of several recipients suppresses none of them by a guess', () => {
    expect(folded([bounce(0, helo, { ambiguous: true })]).entries).toEqual([]);
  });

  test('3: an entry of a 504 is contradicted by a delivery, and blames the sender', () => {
    const state = folded([bounce(0, helo), delivered(1)]);
    expect(state.entries).toMatchObject([
      {
        reason: 'hard-bounce',
        rule: '504',
        contradictedAt: expect.any(Number),
        cause: { blame: 'sender', severity: 'medium', category: 'protocol', bounceType: 'hard' },
      },
    ]);
  });

  test('9: all 5,040 orders of six facts and a copy give one state', () => {
    const base = [
      bounce(1, full, { message: 'f1', eventId: 'x1' }),
      bounce(2, full, { message: 'f2', eventId: 'x2' }),
      event('unsubscribe', 2, null),
      delivered(2.5, { message: 'd1' }),
      bounce(3, full, { message: 'f3' }),
      bounce(3.5, unknownUser, { message: 'f4' }),
    ];
    const facts = [...base, base[0] as Fact];
    const states = new Set<string>();
    let orders = 0;
    for (const order of permutations(facts)) {
      orders += 1;
      const state = folded(order);
      states.add(`${stateAt(state, 4)} ${passesAt(state, 4)}`);
    }
    expect(orders).toBe(5_040);
    expect([...states]).toEqual(['hard~10.5 + unsubscribe ··S']);
  });
});

function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length <= 1) {
    yield [...items];
    return;
  }
  for (const [i, item] of items.entries()) {
    for (const rest of permutations([...items.slice(0, i), ...items.slice(i + 1)])) yield [item, ...rest];
  }
}
