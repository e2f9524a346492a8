/** A code or a reply explained, for a terminal and as Markdown, from the API's JSON. Pure but for the colours. */
import { clean, facts, paint, wrap } from './output.ts';
import { type CodePage, codesOf, type Meaning } from './shapes.ts';

const actionWords: Readonly<Record<string, string>> = {
  suppress: 'the address gets no more mail',
  strike: 'it counts; enough of them on different days suppress the address for a while',
  note: 'it is recorded, and the address stays as it is',
  release: 'what stands against the address is lifted',
};

const retryWords: Readonly<Record<string, string>> = {
  no: 'sending the message again will not help',
  later: 'the message may get through later',
  'after-fix': 'the message may get through once the cause is fixed',
};

const fullAction = (action: string): string => actionWords[action] ?? action;
const fullRetry = (retry: string): string => retryWords[retry] ?? retry;

/** Items are bullets, numbered steps, or plain paragraphs. */
type Section = readonly [title: string, items: readonly string[], form?: 'numbered' | 'plain'];

const sectionsOf = (page: CodePage): readonly Section[] => [
  ['How it plays out', page.plays_out, 'numbered'],
  ['Soft or hard', page.soft_or_hard === null ? [] : [page.soft_or_hard], 'plain'],
  ['Causes', page.causes],
  ['What to do', page.fixes, 'numbered'],
];

export function codeForTerminal(page: CodePage, width: number): string {
  const inner = Math.min(width, 100) - 2;
  const title = `${paint('bold', `${page.code}  ${clean(page.name)}`)}  ${paint('dim', page.standard)}`;
  const parts = [title, paragraph(page.meaning, inner), judgement(page, inner)];
  if (page.example !== null) parts.push(`${heading('Example')}\n${paragraph(page.example, inner)}`);
  for (const [name, items, form] of sectionsOf(page))
    if (items.length > 0)
      parts.push(
        `${heading(name)}\n${form === 'plain' ? items.map((item) => paragraph(item, inner)).join('\n') : bullets(items, inner, form)}`,
      );
  if (page.questions.length > 0) {
    parts.push(
      `${heading('Questions')}\n${page.questions.map(({ q, a }) => `  ${paint('bold', clean(q))}\n${paragraph(a, inner)}`).join('\n\n')}`,
    );
  }
  if (page.related.length > 0)
    parts.push(`${heading('Related')}\n${paragraph(page.related.join(', '), inner)}`);
  if (page.sources.length > 0)
    parts.push(`${heading('Sources')}\n${page.sources.map((source) => `  ${clean(source)}`).join('\n')}`);
  return parts.join('\n\n');
}

export function codeAsMarkdown(page: CodePage): string {
  const rows = judgementOf(page).map(([name, value]) => `| ${name} | ${cell(value)} |`);
  const parts = [
    `# ${page.code} ${page.name}`,
    page.meaning,
    ['| | |', '|---|---|', `| Standard | ${cell(page.standard)} |`, ...rows].join('\n'),
  ];
  if (page.example !== null) parts.push(`## Example\n\n\`${page.example.replaceAll('`', "'")}\``);
  for (const [name, items, form] of sectionsOf(page)) {
    const mark = (i: number) => (form === 'plain' ? '' : form === 'numbered' ? `${i + 1}. ` : '- ');
    if (items.length > 0) parts.push(`## ${name}\n\n${items.map((item, i) => mark(i) + item).join('\n')}`);
  }
  if (page.questions.length > 0)
    parts.push(`## Questions\n\n${page.questions.map(({ q, a }) => `**${q}**\n\n${a}`).join('\n\n')}`);
  if (page.related.length > 0) parts.push(`## Related\n\n${page.related.join(', ')}`);
  if (page.sources.length > 0)
    parts.push(
      `## Sources\n\n${page.sources.map((source) => (/^https?:/.test(source) ? `- <${source}>` : `- ${source}`)).join('\n')}`,
    );
  return parts.join('\n\n');
}

/** A reply: what was read out of it, and what is done. The page of its code follows where there is one. */
export function replyForTerminal(
  reply: string,
  result: Meaning,
  page: CodePage | null,
  width: number,
): string {
  const inner = Math.min(width, 100) - 2;
  const parts = [
    paint('bold', clean(reply)),
    judgement(result, inner, [['Codes', codesOf(result) || 'none found'], ...groundsOf(result)]),
  ];
  if (result.meaning !== null && result.meaning !== page?.meaning)
    parts.splice(1, 0, paragraph(result.meaning, inner));
  if (page !== null) parts.push(paint('dim', '-'.repeat(inner + 2)), codeForTerminal(page, width));
  return parts.join('\n\n');
}

export function replyAsMarkdown(reply: string, result: Meaning, page: CodePage | null): string {
  const rows = [
    ['Codes', codesOf(result) || 'none found'] as const,
    ...judgementOf(result),
    ...groundsOf(result),
  ];
  const quoted = `> ${clean(reply)}`;
  const parts = [
    quoted,
    ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${cell(value)} |`)].join('\n'),
  ];
  if (page !== null) parts.push(codeAsMarkdown(page));
  return parts.join('\n\n');
}

type Judged = Pick<
  Meaning,
  'bounce_type' | 'severity' | 'category' | 'blame' | 'verdict' | 'action' | 'retry'
>;

const judgementOf = (of: Judged): readonly (readonly [string, string])[] => [
  ['Bounce type', of.bounce_type === 'none' ? 'none, this is no failure' : of.bounce_type],
  ['Severity', of.severity ?? 'none'],
  ['Category', of.category ?? 'none'],
  ['Blame', of.blame ?? 'none'],
  ['Verdict', of.verdict],
  ['Action', `${of.action}: ${fullAction(of.action)}`],
  ['Retry', `${of.retry}: ${fullRetry(of.retry)}`],
];

const judgement = (of: Judged, width: number, more: readonly (readonly [string, string])[] = []): string =>
  facts([...more.slice(0, 1), ...judgementOf(of), ...more.slice(1)], width).replace(/^/gm, '  ');

/** What of the reply decided, why, who says so, and how sure that is. */
const groundsOf = (of: Meaning): readonly (readonly [string, string])[] => [
  ['Policy rule', of.rule],
  ['Known by', `${of.classified_by} (confidence ${of.confidence})`],
  ['Evidence', of.evidence.join(', ') || 'none'],
  ...(of.why === null ? [] : [['Because', of.why] as const]),
  ...(of.source === null ? [] : [['Source', of.source] as const]),
];

const heading = (text: string): string => paint('cyan', text);
const paragraph = (text: string, width: number): string =>
  wrap(clean(text), width)
    .map((line) => `  ${line}`)
    .join('\n');
const cell = (text: string): string => clean(text).replaceAll('|', '\\|');

const bullets = (items: readonly string[], width: number, numbered: 'numbered' | undefined): string =>
  items
    .map((item, i) => {
      const mark = numbered === undefined ? '- ' : `${i + 1}. `;
      return `  ${mark}${wrap(clean(item), width - mark.length).join(`\n  ${' '.repeat(mark.length)}`)}`;
    })
    .join('\n');
