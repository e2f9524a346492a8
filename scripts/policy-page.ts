/** docs/policy.md, made from the default policy: `npm run docs` writes it, test/docs.test.ts holds it against the code. */
import { defaultMatrix, defaultPolicy, defaultRules } from '../src/core/default-policy.ts';
import { type Matrix, type Outcome, streamClasses, type When } from '../src/core/policy.ts';
import { categories, factsOf, isCategory } from '../src/core/taxonomy.ts';

const words = `# The default policy

Ordered rules; the first that matches decides, and every decision names its rule. What a rule's outcome means for an address over time is a fold of all its facts in the order of their own time ([decision 1](decisions/0001-the-list-is-a-fold.md)).

## 1. Evidence

What decides is, in this order: words that a text rule knows, the enhanced code, the basic code, the provider's label. A known text beats every label, in both directions. The one exception is basic code 504.

- **Strong**: a final 5xx with known words for a dead address; or 5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10, 5.7.17, 5.7.18, 551 or 556 with no words against it; or a provider's label that names the cause.
- **Weak**: final, and only 550, 5.0.0 or 5.2.1 without words, or a label that says no more than "hard".
- **None**: everything else. 5.1.0, 5.2.0, 553 and 554 without known words prove nothing about the address.
- Bounce mail proves nothing by itself, since anyone can send one: unproven reports are weak at most, and an unproven success report lifts nothing.
- **Alive**: another message was delivered to the address in the 90 days before the failure.

## 2. Outcomes

- **suppress**: blocks until it runs out or somebody releases it; no delivery lifts it (but for what a provider's list mirrors).
- **dead**: a ladder. A further bounce of another message, at least 72 hours after the last counted one, within 365 days and with no delivery between, climbs a step; a strong one among them goes to the top. Sooner than that, the current step starts again. An address that was alive starts with the step for living addresses.
- **strike**: UTC days with such a failure are counted; a message counts once. Enough of them suppress for the first step; after an expiry one strike within 90 days goes to the next step. A delivery clears them.
- **note**: recorded, nothing more. **release**: lifts what section 4 says.
`;

const lifting = `## 4. What lifts an entry

| fact | lifts |
|---|---|
| a delivery of another message | soft bounces, strikes, expiring and mirrored hard bounces; a hard bounce for ever only within 30 days of its last bounce (later, the entry is marked as contradicted). Never a complaint, an unsubscribe, a manual entry or a 504 |
| a resubscribe | unsubscribes of exactly its scope. A provider that takes an address off its own list speaks for its own reports only, and never lifts a complaint |
| a release by a person | the reasons it names (bounces and manual entries, unless told otherwise). It bars failures of messages sent before it, however late they arrive |
| a release with evidence of consent | complaints and unsubscribes that are not newer than the evidence |
| an import | nothing, ever: it adds or lengthens |

After a release, a provider that still keeps the address on its own list makes no entry, only \`listed_at\` in every answer.

## 5. Severity and bounce type

A 5xx has the severity of its category, a 4xx or a deferral one step less: 504 is always medium; 530, 535, X.7.8 and X.7.14 are high; a complaint of fraud and Microsoft's 5.7.705, 5.7.708, 5.7.750 and 511 are critical. A 4xx is soft and a 5xx hard, but for the categories marked soft.
`;

const outcomeText = (outcome: Outcome): string => {
  switch (outcome.do) {
    case 'suppress':
      return `suppress (${outcome.reason}) ${outcome.for === 'ever' ? 'for ever' : `for ${outcome.for}`}`;
    case 'dead':
      return `dead: ${outcome.steps.join(' → ')}${outcome.alive === null ? '' : `; ${outcome.alive} first where alive`}`;
    case 'strike':
      return `strike: ${outcome.days} day${outcome.days === 1 ? '' : 's'} within ${outcome.within}, then ${outcome.steps.slice(outcome.from).join(' → ')}`;
    default:
      return outcome.do;
  }
};

const whenText = (when: When): string => {
  const parts = Object.entries(when).map(([name, value]) => {
    if (name === 'class') return `${value}xx`;
    return `${name === 'listedFor' ? 'listed for' : name} ${Array.isArray(value) ? value.join(', ') : String(value)}`;
  });
  return parts.length === 0 ? 'everything else' : parts.join('; ');
};

const rules = (): string =>
  [
    '## 3. Rules',
    '',
    '| rule | when | outcome | retry | why |',
    '|---|---|---|---|---|',
    ...defaultRules.map(
      ({ id, when, then, retry, why }) =>
        `| \`${id}\` | ${whenText(when)} | ${outcomeText(then)} | ${retry} | ${why} |`,
    ),
    '',
  ].join('\n');

const weights: Record<keyof Matrix, string> = {
  'hard-bounce': 'hard bounce for ever, 504',
  'hard-bounce-doubtful': 'hard bounce that expires, is held or mirrored',
  'soft-bounce': 'soft bounce',
  complaint: 'complaint',
  unsubscribe: 'unsubscribe from all mail (from one stream: that stream only)',
  manual: 'manual',
};

const matrix = (): string =>
  [
    '## 6. What blocks which class of mail',
    '',
    'A stream is a named kind of mail with a class; an unknown stream is marketing. A check without a stream gets the strictest answer.',
    '',
    `| entry | ${streamClasses.join(' | ')} |`,
    `|---|${streamClasses.map(() => '---|').join('')}`,
    ...Object.entries(defaultMatrix).map(
      ([name, blocked]) =>
        `| ${weights[name as keyof Matrix]} | ${streamClasses.map((one) => (blocked.includes(one) ? 'blocked' : 'passes')).join(' | ')} |`,
    ),
    '',
  ].join('\n');

const taxonomy = (): string =>
  [
    '## 7. Categories',
    '',
    '| category | meaning | whose fault | a 5xx says of the address | severity of a 5xx |',
    '|---|---|---|---|---|',
    ...Object.keys(categories)
      .filter(isCategory)
      .map((name) => {
        const { meaning, blame, verdict, severity, soft } = factsOf(name);
        return `| \`${name}\` | ${meaning} | ${blame} | ${verdict}${soft === true ? ' (soft)' : ''} | ${severity} |`;
      }),
    '',
  ].join('\n');

export const policyPage = (): string =>
  [
    words,
    rules(),
    lifting,
    matrix(),
    taxonomy(),
    `Version of this policy: \`${defaultPolicy.version}\`. Made by \`npm run docs\` from the code.\n`,
  ].join('\n');
