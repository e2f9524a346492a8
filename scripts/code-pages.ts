/** docs/codes/, made from the catalogue: an index of every code, and a file for each that has a page. */
import { codeAsMarkdown } from '../src/cli/explain-page.ts';
import { allCodes, type CodeEntry } from '../src/core/codes/catalogue.ts';
import { pageOf } from '../src/core/codes/pages.ts';
import { codeOf } from '../src/http/shapes.ts';

const hasPage = ({ code }: CodeEntry): boolean => pageOf(code) !== null;
const linked = (code: string): string => (pageOf(code) === null ? code : `[${code}](${code}.md)`);

const actionWords = { suppress: 'suppress', strike: 'count', note: 'note', release: 'lift' } as const;

function indexOf(entries: readonly CodeEntry[]): string {
  return [
    '| code | name | type | severity | category | address | message | standard | meaning |',
    '|---|---|---|---|---|---|---|---|---|',
    ...entries.map(
      (entry) =>
        `| ${linked(entry.code)} | ${entry.name} | ${entry.bounceType} | ${entry.severity ?? '–'} | ${entry.category ?? '–'} | ${actionWords[entry.action]} | ${entry.bounceType === 'none' ? '–' : entry.retry} | ${entry.standard} | ${hasPage(entry) ? '' : entry.meaning} |`,
    ),
  ].join('\n');
}

const head = `# SMTP reply codes

What each code says with no words beside it, in a final report, and what the [default policy](../policy.md) does then: **suppress** the address, **count** the day as a strike, **note** it (the address stays good), or **lift** what stands. Words beside a code usually know better: \`mailstop explain "550 5.7.1 …"\` reads them too. Codes with a link have a page. The registry of enhanced codes is kept by [IANA](https://www.iana.org/assignments/smtp-enhanced-status-codes/smtp-enhanced-status-codes.xhtml); the classes 2, 4 and 5 of one detail are success, for now, and for good (RFC 3463).

Made by \`npm run docs\` from the code.
`;

function pageFor(entry: CodeEntry): string {
  const page = codeAsMarkdown(codeOf(entry)).replace(
    /^## Related\n\n(.*)$/m,
    (_, codes: string) => `## Related\n\n${codes.split(', ').map(linked).join(', ')}`,
  );
  return `${page}\n\n[All codes](README.md)\n`;
}

/** File name below docs/codes/ -> content. */
export function codePages(): Map<string, string> {
  const all = allCodes();
  const sections = [
    ['Basic codes', all.filter((entry) => entry.type === 'basic' && entry.standard !== 'nonstandard')],
    ['Enhanced codes', all.filter((entry) => entry.type === 'enhanced')],
    ['Basic codes outside the standards', all.filter((entry) => entry.standard === 'nonstandard')],
  ] as const;
  const index = [head, ...sections.map(([title, entries]) => `## ${title}\n\n${indexOf(entries)}\n`)].join(
    '\n',
  );
  return new Map([
    ['README.md', index],
    ...all.filter(hasPage).map((entry) => [`${entry.code}.md`, pageFor(entry)] as const),
  ]);
}
