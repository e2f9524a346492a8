/** The index of reply codes, for everybody: nothing of anyone's traffic is in it. */
import { allCodes, type CodeEntry } from '../../core/codes/catalogue.ts';
import { isCategory } from '../../core/taxonomy.ts';
import type { Caller } from '../../http/auth.ts';
import { Choice } from '../forms.tsx';
import { Badge, colorOf, Empty, Page, Table } from '../parts.tsx';

const classes = [
  ['2', 'Success'],
  ['3', 'More is expected'],
  ['4', 'Failed for now'],
  ['5', 'Failed for good'],
] as const;

interface IndexProps {
  readonly caller: Caller | null;
  readonly q: string;
  readonly category: string;
  /** The first digit. */
  readonly digit: string;
  readonly type: string;
}

export const CodeIndex = ({ caller, q, category, digit, type }: IndexProps) => {
  const words = plain(q)
    .split(' ')
    .filter((word) => word !== '');
  const found = allCodes().filter((entry) => {
    const { code: of, name, meaning, standard } = entry;
    const text = plain([of, name, meaning, entry.category ?? '', standard].join(' '));
    return (
      (category === '' || entry.category === category) &&
      (digit === '' || of.startsWith(digit)) &&
      (type === '' || entry.type === type) &&
      words.every((word) => text.includes(word))
    );
  });
  const categories = [...new Set(allCodes().flatMap((entry) => entry.category ?? []))]
    .filter(isCategory)
    .sort();
  return (
    <Page title="SMTP codes" path="/codes" caller={caller}>
      <h1>SMTP codes</h1>
      <p class="lead">What each reply means, and what Mailstop does when nothing but the code is known.</p>
      <form class="row" method="get" action="/codes" data-live="found">
        <label>
          Search
          <input class="wide" type="search" name="q" value={q} placeholder="504, mailbox full, RFC 7505 …" />
        </label>
        <label>
          Class
          <select name="class">
            <option value="">all</option>
            {classes.map(([of, name]) => (
              <option value={of} selected={of === digit}>{`${of}xx · ${name}`}</option>
            ))}
          </select>
        </label>
        <Choice name="type" label="Kind" values={['basic', 'enhanced']} chosen={type} none="all" />
        <Choice name="category" label="Category" values={categories} chosen={category} none="all" />
        <button type="submit">Show</button>
      </form>
      <div id="found" aria-live="polite">
        {found.length === 0 ? (
          <Empty>
            No code fits. <a href="/codes">Show all of them</a>
          </Empty>
        ) : (
          classes.map(([of, name]) => (
            <Class entries={found.filter(({ code }) => code.startsWith(of))} name={`${of}xx · ${name}`} />
          ))
        )}
      </div>
    </Page>
  );
};

const plain = (text: string): string => text.toLowerCase().replaceAll('-', ' ').trim();

const Class = ({ entries, name }: { entries: readonly CodeEntry[]; name: string }) =>
  entries.length === 0 ? null : (
    <section class="codes">
      <h2>{name}</h2>
      <Table
        titles={['Code', 'Name', 'Category', 'Severity', 'The address', 'The message']}
        broad={['Category', 'Severity', 'The message']}
      >
        {entries.map((entry) => (
          <tr>
            <td>
              <a href={`/codes/${entry.code}`}>
                <code>{entry.code}</code>
              </a>
            </td>
            <td class="wide">{entry.name}</td>
            <td class="soft broad">{entry.category ?? '–'}</td>
            <td class="broad">
              {entry.severity === null ? (
                '–'
              ) : (
                <Badge color={colorOf(entry.severity)}>{entry.severity}</Badge>
              )}
            </td>
            <td>{addressWords[entry.action]}</td>
            <td class="broad">{retryWords[entry.retry]}</td>
          </tr>
        ))}
      </Table>
    </section>
  );

export const addressWords: Readonly<Record<CodeEntry['action'], string>> = {
  suppress: 'is suppressed',
  strike: 'is suppressed when it goes on',
  note: 'stays good',
  release: 'is alive',
};
export const retryWords: Readonly<Record<CodeEntry['retry'], string>> = {
  no: 'do not send again',
  later: 'may be sent later',
  'after-fix': 'after a fix',
};
