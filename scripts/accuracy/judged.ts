/**
 * What replies were taken for beside what they are labelled, in the columns in which the classifiers of others have
 * been measured: answered, verdict (suppress, retry, fix-sender), precision and recall of `suppress`, the sender's
 * own faults that would suppress an address (504 apart: it does so by rule), blame where answered, and category.
 */
import type { Classification } from '../../src/core/classify.ts';

export interface Label {
  readonly category: string;
  readonly blame: string;
  readonly verdict: string;
}

export interface Judged {
  readonly text: string;
  readonly code: string;
  /** Who answered, as far as the row tells: what is held out together. */
  readonly receiver: string;
  readonly label: Label;
  readonly found: Pick<Classification, 'category' | 'blame' | 'verdict' | 'rule'>;
}

export const MISSED: Judged['found'] = {
  category: null,
  blame: 'unknown',
  verdict: 'unknown',
  rule: 'not found',
};

export interface Figures {
  readonly rows: number;
  readonly answered: number;
  readonly verdict: number;
  readonly precision: number;
  readonly recall: number;
  readonly senderSuppressed: number;
  readonly blame: number;
  readonly category: number;
}

/** Shares in percent. */
export function figuresOf(judged: readonly Judged[]): Figures {
  const answered = judged.filter(isAnswered);
  const suppressed = judged.filter(({ found }) => found.verdict === 'suppress');
  const toSuppress = judged.filter(({ label }) => label.verdict === 'suppress');
  const senders = judged.filter(isSendersFault);
  return {
    rows: judged.length,
    answered: share(answered, judged),
    verdict: share(judged.filter(hasVerdict), judged),
    precision: share(suppressed.filter(hasVerdict), suppressed),
    recall: share(toSuppress.filter(hasVerdict), toSuppress),
    senderSuppressed: share(
      senders.filter(({ found }) => found.verdict === 'suppress'),
      senders,
    ),
    blame: share(
      answered.filter(({ label, found }) => blameOf(label.blame) === blameOf(found.blame)),
      answered,
    ),
    category: share(judged.filter(hasCategory), judged),
  };
}

const share = (some: readonly unknown[], all: readonly unknown[]): number =>
  all.length === 0 ? 100 : (some.length / all.length) * 100;

const isAnswered = ({ found }: Judged): boolean => found.verdict !== 'unknown';
const hasVerdict = ({ label, found }: Judged): boolean => label.verdict === found.verdict;
const hasCategory = ({ label, found }: Judged): boolean => label.category === found.category;

const isSendersFault = ({ label, code }: Judged): boolean =>
  ['sender', 'content', 'protocol'].includes(label.blame) && code !== '504';

/** Some labels tell protocol faults from the sender's other ones. */
const blameOf = (blame: string): string => (blame === 'protocol' ? 'sender' : blame);

const columns = [
  ['rows', 'rows'],
  ['answered', 'answered'],
  ['verdict', 'verdict'],
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['senderSuppressed', 'sender supp.'],
  ['blame', 'blame'],
  ['category', 'category'],
] as const satisfies readonly (readonly [keyof Figures, string])[];

export function figureTable(rows: readonly (readonly [string, Partial<Figures>])[]): string[] {
  const cell = (name: keyof Figures, value: number | undefined): string =>
    value === undefined ? '' : name === 'rows' ? String(value) : `${value.toFixed(1)} %`;
  return [
    ['', ...columns.map(([, title]) => title)],
    ...rows.map(([title, figures]) => [title, ...columns.map(([name]) => cell(name, figures[name]))]),
  ].map((cells) => cells.map((text, i) => (i === 0 ? text.padEnd(36) : text.padStart(13))).join(''));
}

/** What is taken for what, the most frequent first, each with examples. */
export function confusionsOf(
  judged: readonly Judged[],
  of: 'category' | 'verdict',
  examples: number,
): string[] {
  const wrong = judged.filter((one) => one.label[of] !== one.found[of]);
  const groups = Map.groupBy(wrong, ({ label, found }) => `${label[of]} taken for ${found[of]}`);
  return [...groups]
    .toSorted(([, some], [, others]) => others.length - some.length)
    .flatMap(([title, rows]) => [
      `${String(rows.length).padStart(4)}  ${title}`,
      ...rows.slice(0, examples).map(({ text, found }) => `        ${text.slice(0, 160)}  [${found.rule}]`),
    ]);
}
