/** docs/import.md, made from the formats that are known: `npm run docs` writes it, test/docs.test.ts holds it against the code. */
import { addressColumns } from '../src/app/import-format.ts';
import { importFormats } from '../src/app/import-formats.ts';

const columns = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

export const importPage = (): string => `# Bringing a list along

\`mailstop import FILE\` and \`POST /v1/suppressions/import\` take CSV with a header line, NDJSON, or an address a line. What a file is shows in its columns; \`--dry-run\` (\`?dry_run=true\`) says what is understood of it, row by row where something is not, and changes nothing. An import adds and lengthens, and never removes or shortens; sent again it changes nothing, so one that broke off is simply sent again.

Columns of our own, in any order: ${columns(['address', 'reason', 'stream', 'note', 'until', 'created_at', 'code', 'enhanced', 'text'])}. The address may be in ${columns(addressColumns.slice(1))} as well. A row that names no reason gets that of \`--reason\`, or \`manual\`.

Bounces that come with a reply are judged by the policy: what was the sender's fault there is no reason to block here, and is told as skipped.

Exports of other systems are known by these columns (upper and lower case alike; spaces and hyphens are underscores; in NDJSON \`reason_code\` is the \`code\` within \`reason\`):

| format | list | known by | and without |
|---|---|---|---|
${importFormats.map(({ id, name, has, lacks = [] }) => `| \`${id}\` | ${name} | ${columns(has)} | ${columns(lacks)} |`).join('\n')}

Mailgun's complaints have the columns of any list with dates: import them with \`--reason complaint\`. A JSON document of an API becomes NDJSON with \`jq -c '.SuppressedDestinationSummaries[]'\` (SES), \`.Suppressions[]\` (Postmark), \`.results[]\` (SparkPost), \`.contacts[]\` (Brevo), \`.items[]\` (Mailgun) or \`.data[]\`.
`;
