/** docs/import.md, made from the formats that are known: `npm run docs` writes it, test/docs.test.ts holds it against the code. */
import { type ExportFormat, toldAs } from '../src/app/export-format.ts';
import { exportFormats } from '../src/app/export-formats.ts';
import { addressColumns } from '../src/app/import-format.ts';
import { importFormats } from '../src/app/import-formats.ts';
import { type Reason, reasons } from '../src/core/event.ts';

const columns = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** Its own word, or the reason as which it is told. */
function told(format: ExportFormat, reason: Reason): string {
  const as = toldAs(format, reason);
  if (format.type === 'txt') return 'not told';
  if (as === null) return '—';
  return as === reason ? `\`${format.words[reason]}\`` : `as ${as}`;
}

export const importPage = (): string => `# Bringing a list along

\`mailstop import FILE\` and \`POST /v1/suppressions/import\` take CSV with a header line, NDJSON, or an address a line; CSV as spreadsheets write it, with commas, semicolons or tabs, in UTF-8, or in UTF-16 with its mark. What a file is shows in its columns; \`--dry-run\` (\`?dry_run=true\`) says what is understood of it, row by row where something is not, and changes nothing. An import adds and lengthens, and never removes or shortens; sent again it changes nothing, so one that broke off is simply sent again. A line with a quote out of place is told and skipped, and no other with it; half characters and NUL become U+FFFD.

Columns of our own, in any order: ${columns(['address', 'reason', 'stream', 'note', 'until', 'created_at', 'code', 'enhanced', 'text'])}. The address may be in ${columns(addressColumns.slice(1))} as well. A row without a reason takes it from \`status\` or \`type\` where these name one, and else gets that of \`--reason\`, or \`manual\`.

Bounces that come with a reply are judged by the policy: what was the sender's fault there is no reason to block here, and is told as skipped.

Exports of other systems are known by these columns (upper and lower case alike; spaces and hyphens are underscores; in NDJSON \`reason_code\` is the \`code\` within \`reason\`):

| format | list | known by | and without |
|---|---|---|---|
${importFormats.map(({ id, name, has, lacks = [] }) => `| \`${id}\` | ${name} | ${columns(has)} | ${columns(lacks)} |`).join('\n')}

Mailgun's complaints without a count have the columns of any list with dates: import them with \`--reason complaint\`. A JSON document of an API becomes NDJSON with \`jq -c '.SuppressedDestinationSummaries[]'\` (SES), \`.Suppressions[]\` (Postmark), \`.results[]\` (SparkPost), \`.contacts[]\` (Brevo), \`.items[]\` (Mailgun) or \`.data[]\`.

# Taking a list elsewhere

\`mailstop export --format FORMAT\` and \`GET /v1/suppressions/export?format=FORMAT\` write the list as another system writes its own; an import reads it back as that system's. Without one, \`csv\` and \`ndjson\` tell everything. A reason that a format has no word for is told by one that is harder to lift, or by the only one it has; so it is marked here. Soft bounces pass by themselves: they are left out (—) where no end can be told.

| format | file | tells the end | ${reasons.join(' | ')} |
|---|---|---|${reasons.map(() => '---|').join('')}
${exportFormats.map((format) => `| \`${format.id}\` | ${format.type} | ${format.ends ? 'yes' : 'no'} | ${reasons.map((reason) => told(format, reason)).join(' | ')} |`).join('\n')}

Whole domains are in \`plain\` alone, which tells no reason and no end, and an unsubscribe of one stream counts for all (\`--stream '*'\` leaves it out). An address with two reasons has two rows, and one that was [erased](erasure.md) has none. A reply is told by \`csv\` and \`ndjson\` alone. Rows of \`sendgrid\` and \`mailgun\` have the columns of the list that they belong to. With \`--spreadsheet\`, no cell of a file is taken for a formula, which an empty column \`formulas_marked\` tells; an import undoes it there and nowhere else, another system may not at all.
`;
