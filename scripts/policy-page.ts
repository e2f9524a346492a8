/** docs/policy.md, made from the default policy: `npm run docs` writes it, test/docs.test.ts holds it against the code. */
import { defaultMatrix, defaultPolicy, defaultRules } from '../src/core/default-policy.ts';
import { guard } from '../src/core/guard.ts';
import { type Matrix, streamClasses } from '../src/core/policy.ts';
import { domainWords, outcomeWords, weights, whenWords } from '../src/core/rule-words.ts';
import { categories, factsOf, isCategory } from '../src/core/taxonomy.ts';
import { DAY, HOUR } from '../src/core/time.ts';

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
- **whole domain**: once enough addresses of a domain failed because it takes no mail, on enough days and far enough apart, with nothing delivered there between, the domain is blocked for a while, and longer after each expiry. Never for ever, and never one of the big mailbox providers, whatever their DNS says.
`;

/** Held against the checks by test/docs.test.ts. */
export const policyExample = `
rules:
  - id: helo-at-corp
    why: Their gateway answers 504 to our relay; a ticket is open with them.
    when: { code: 504, receiver: corp.example }
    then: note
    retry: after-fix
  - id: recipient-soft # a default rule, changed in its place
    why: Five days of a full mailbox instead of three.
    when: { kind: [bounce, reject], category: mailbox-full }
    then: { do: strike, days: 5, within: 90d, steps: [7d, 30d, 90d] }
streams: { receipts: transactional, resets: security }
matrix:
  complaint: [marketing] # receipts go out to people who complained
tests:
  - reply: "504 5.5.2 <mx>: Helo command rejected"
    address: ann@corp.example
    expect: { rule: helo-at-corp, action: note }
`;

const conditions: readonly (readonly [string, string])[] = [
  [
    '`when.kind`',
    'bounce, deferral, reject, complaint, unsubscribe, resubscribe, delivery; where it is left out: bounce and reject for a rule that blocks for them, all failures for a note, the reason’s own kind and reject for complaint and unsubscribe',
  ],
  ['`when.code`', '`550`, a class `5xx`, or `none` where no basic code is known'],
  ['`when.enhanced`', '`5.1.1`, with x for any number: `5.7.x`'],
  ['`when.category`', 'one or several of section 8'],
  ['`when.class`', '4 or 5: of the basic code, else of the enhanced one, else 5 where the bounce is hard'],
  ['`when.strength`', 'strong, weak or none (section 1)'],
  ['`when.provider`, `when.receiver`', 'provider ids; domains of the recipient'],
  [
    '`when.text`',
    'a regular expression over the words of the reply, upper and lower case alike. Gaps need a bound (`.{0,40}`), so that no reply can keep it busy',
  ],
  [
    '`when.feedback`, `when.listed_for`, `when.hearsay`',
    'the type of a complaint; for what a provider lists the address; true where it is not certain whom it is about',
  ],
  [
    '`then`',
    '`note`; `{do: suppress, for: 30d}` (or `ever`; `reason`; `scope: stream` for mail of that stream only); `{do: strike, days: 3}`; `{do: dead, steps: [7d, ever], alive: 7d}`; `release`, for deliveries and resubscribes',
  ],
  ['`domain`', '`{addresses: 3}`: when such failures block the whole domain'],
  ['`retry`', 'no, later or after-fix: what to do with the message'],
  ['`why`', 'shown with every decision of the rule'],
];
const conditionRows = (): string => conditions.map(([name, what]) => `| ${name} | ${what} |`).join('\n');

const lifting = (): string => `## 4. What lifts an entry

| fact | lifts |
|---|---|
| a delivery of another message | soft bounces, strikes, expiring and mirrored hard bounces; a hard bounce for ever only within 30 days of its last bounce (later, the entry is marked as contradicted). Never a complaint, an unsubscribe, a manual entry or a 504 |
| a resubscribe | unsubscribes of exactly its scope. A provider that takes an address off its own list speaks for its own reports only, and never lifts a complaint |
| a release by a person | the reasons it names (bounces and manual entries, unless told otherwise). It bars failures of messages sent before it, however late they arrive |
| a release with evidence of consent | complaints and unsubscribes that are not newer than the evidence |
| an import | nothing, ever: it adds or lengthens |
| a delivery to anybody at a domain | the entry of the whole domain |
| an allowance (\`mailstop add ADDRESS --allow\`) | nothing, but for its time, a year at most, no bounce blocks the address: not a 504, a held entry or a provider's list either. A complaint, an unsubscribe and a manual entry still do |

After a release, a provider that still keeps the address on its own list makes no entry, only \`listed_at\` in every answer.

### When a receiver is wrong

On 14 December 2020 Gmail said for hours of accounts that exist that they do not. So where one reply of one receiver puts at least ${guard.alive.least} addresses that took other mail in the 90 days before on the list within an hour, and ${guard.alive.times} times as many as in the worst hour of the ${guard.memory / DAY} days before, an incident is opened. The last ten minutes are held against the worst ten minutes in the same way, so that a busy day is no shelter. Where nobody reports deliveries it takes ${guard.blind.least}, and ${guard.blind.times} times the worst hour. It goes by the time of the failures: a day's reports that arrive at once are no jump.

All that such a reply has put on the list since the first hour is \`held\`: it blocks marketing and transactional mail and counts for nothing else, until

- a person releases it: \`mailstop release --incident inc_… --why "…"\`. What stood before, complaints, unsubscribes and manual entries stay; failures of mail sent before are barred, and what failed meanwhile and is reported within a day after it goes the same way; \`--undo\` takes all of it back;
- a person confirms it (\`--confirm\`): every address is what it would be without the incident;
- another message is delivered to the address;
- or it has been quiet for ${guard.quiet / HOUR} hour, and ${guard.patience / HOUR} hours more: then it is released.

A jump of a cause of our own (504, authentication, block lists, PTR, TLS, relaying) opens an incident too, which says what to fix. It holds nobody; what 504 has suppressed stays so until it is released.

Below ${guard.alive.least} addresses an hour the guard is silent, and the ladders heal by themselves. In a simulated year it held nothing without an outage, for senders who lose 1,000 addresses a day, spread over the day, in a mailing each morning, or in one a week; every scripted outage was held within ten minutes, after 200 falsely listed addresses where the mail is spread over the day, after up to 1,200 within a morning's mailing and 2,000 within a weekly one, whose usual peaks are the measure ([test/core/guard.test.ts](../test/core/guard.test.ts)). Who mails once a month has nothing to be measured by: the first hour of such a mailing may be held, and is released with one command.

## 5. Your own policy

A policy is a document: \`mailstop policy get\` prints it, \`mailstop policy check FILE\` holds it against its own cases, \`mailstop policy diff FILE\` shows which rules change and what becomes of the list, and \`mailstop policy set FILE\` activates it. All versions are kept; \`mailstop policy set --revision 0\` goes back to the default. The list is decided anew from the facts that are kept.

\`\`\`yaml
${policyExample.trim()}
\`\`\`

A \`why\` beside the rules says why the version is made. Rules of your own are tried before the default ones, in their order. A rule with the id of a default rule takes its place. Default rules may be left out: they hold all the same. A rule that can never match is refused; so is a document whose cases do not hold.

| in a rule | what it may be |
|---|---|
${conditionRows()}

## 6. Severity and bounce type

A 5xx has the severity of its category, a 4xx or a deferral one step less: 504 is always medium; 530, 535, X.7.8 and X.7.14 are high; a complaint of fraud and Microsoft's 5.7.705, 5.7.708, 5.7.750 and 511 are critical. A 4xx is soft and a 5xx hard, but for the categories marked soft.
`;

const rules = (): string =>
  [
    '## 3. Rules',
    '',
    '| rule | when | outcome | retry | why |',
    '|---|---|---|---|---|',
    ...defaultRules.map(
      ({ id, when, then, domain, retry, why }) =>
        `| \`${id}\` | ${whenWords(when)} | ${outcomeWords(then)}${domain === undefined ? '' : `; ${domainWords(domain)}`} | ${retry} | ${why} |`,
    ),
    '',
  ].join('\n');

const matrix = (): string =>
  [
    '## 7. What blocks which class of mail',
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
    '## 8. Categories',
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
    lifting(),
    matrix(),
    taxonomy(),
    `Version of this policy: \`${defaultPolicy.version}\`. Made by \`npm run docs\` from the code.\n`,
  ].join('\n');
