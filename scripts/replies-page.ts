/** docs/replies.md: how a reply is read, and every rule about words, from the code. */

import { generalRules } from '../src/core/text-rules/index.ts';
import { receivers } from '../src/core/text-rules/receivers/registry.ts';
import type { TextRule } from '../src/core/text-rules/rule.ts';

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const quoted = (text: string): string => `\`${text.replaceAll('`', "'").replaceAll('|', '\\|')}\``;

const row = ({ id, category, why, source, examples }: TextRule): string =>
  `| \`${id}\` | ${category} | ${cell(why)} | ${quoted(examples[0] ?? '')} | ${cell(source)} |`;

const table = (rules: readonly TextRule[]): string =>
  ['| rule | category | why | example | who says so |', '|---|---|---|---|---|', ...rules.map(row)].join(
    '\n',
  );

export const repliesPage = (): string =>
  `# What replies mean

Every failure, whoever reports it, goes through one classifier. \`mailstop explain "<reply>"\`, \`mailstop classify\` and \`POST /v1/classify\` show what it makes of a reply: the category and whose fault it is, the rule that decided, the words or the code it went by, who says so, and how sure that is.

What decides, in this order:

1. **504**, whatever stands beside it: the owner's rule.
2. **Words of one receiver**, by what it publishes of its own replies. A gate, a few words or marks that all of them hold, opens its rules.
3. **Words that any server may say.** What the sender did comes before what is wrong with the address, and both before general words of refusal. A reply to a command before RCPT never speaks of the recipient.
4. **The enhanced code**, by the IANA registry and by Microsoft's numbers above it.
5. **The basic code**, where it means one thing.
6. **The provider's own label**, then a bare 550, 553 or 554. Words that no rule knows stand against both: such a reply proves nothing, and is counted under \`mailstop unmapped\`.

Your own words go into the policy, in front of all this: a rule with \`when.text\` is matched against the reply itself ([policy.md](policy.md)).

## Receivers

${receivers.map(({ name, rules }) => `### ${name}\n\n${table(rules)}`).join('\n\n')}

## Any server

${table(generalRules)}
`;
