/** The catalogue of reply codes, for everybody: nothing of anyone's traffic is in it. */
import { allCodes, type CodeEntry } from '../../core/codes/catalogue.ts';
import { isCategory } from '../../core/taxonomy.ts';
import type { Caller } from '../../http/auth.ts';
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
}

export const CodeIndex = ({ caller, q, category }: IndexProps) => {
  const words = plain(q)
    .split(' ')
    .filter((word) => word !== '');
  const found = allCodes().filter((entry) => {
    const { code: of, name, meaning, standard } = entry;
    const text = plain([of, name, meaning, entry.category ?? '', standard].join(' '));
    return (category === '' || entry.category === category) && words.every((word) => text.includes(word));
  });
  const categories = [...new Set(allCodes().flatMap((entry) => entry.category ?? []))]
    .filter(isCategory)
    .sort();
  return (
    <Page title="SMTP codes" path="/codes" caller={caller}>
      <h1>SMTP codes</h1>
      <p class="lead">What each reply means, and what Mailstop does when nothing but the code is known.</p>
      <form class="row" method="get" action="/codes">
        <label>
          Search
          <input class="wide" type="search" name="q" value={q} placeholder="504, mailbox full, RFC 7505 …" />
        </label>
        <label>
          Category
          <select name="category">
            <option value="">all</option>
            {categories.map((name) => (
              <option selected={name === category}>{name}</option>
            ))}
          </select>
        </label>
        <button type="submit">Show</button>
      </form>
      {found.length === 0 ? (
        <Empty>
          No code fits. <a href="/codes">Show all of them</a>
        </Empty>
      ) : (
        classes.map(([digit, name]) => (
          <Class entries={found.filter(({ code }) => code.startsWith(digit))} name={`${digit}xx · ${name}`} />
        ))
      )}
    </Page>
  );
};

const plain = (text: string): string => text.toLowerCase().replaceAll('-', ' ').trim();

const Class = ({ entries, name }: { entries: readonly CodeEntry[]; name: string }) =>
  entries.length === 0 ? null : (
    <section>
      <h2>{name}</h2>
      <Table titles={['Code', 'Name', 'Category', 'Severity', 'The address', 'The message']}>
        {entries.map((entry) => (
          <tr>
            <td>
              <a href={`/codes/${entry.code}`}>
                <code>{entry.code}</code>
              </a>
            </td>
            <td class="wide">{entry.name}</td>
            <td class="soft">{entry.category ?? '–'}</td>
            <td>
              {entry.severity === null ? (
                '–'
              ) : (
                <Badge color={colorOf(entry.severity)}>{entry.severity}</Badge>
              )}
            </td>
            <td>{addressWords[entry.action]}</td>
            <td>{retryWords[entry.retry]}</td>
          </tr>
        ))}
      </Table>
    </section>
  );

const addressWords: Readonly<Record<CodeEntry['action'], string>> = {
  suppress: 'is suppressed',
  strike: 'is suppressed when it goes on',
  note: 'stays good',
  release: 'is alive',
};
const retryWords: Readonly<Record<CodeEntry['retry'], string>> = {
  no: 'do not send again',
  later: 'may be sent later',
  'after-fix': 'after a fix',
};

interface CodeProps {
  readonly caller: Caller | null;
  readonly entry: CodeEntry;
  /** Of the last 30 days; null where nobody is signed in. */
  readonly traffic: {
    readonly events: number;
    readonly receivers: readonly { readonly name: string; readonly count: number }[];
  } | null;
}

export const Code = ({ caller, entry, traffic }: CodeProps) => (
  <Page title={`${entry.code} ${entry.name}`} path={`/codes/${entry.code}`} caller={caller}>
    <p class="soft small">
      <a href="/codes">SMTP codes</a> · {entry.standard}
    </p>
    <h1>
      {entry.code} {entry.name}
    </h1>
    <p class="lead">{entry.meaning}</p>
    <p>
      <Badge color={entry.bounceType === 'hard' ? 'red' : entry.bounceType === 'soft' ? 'amber' : 'green'}>
        {entry.bounceType === 'none' ? 'no failure' : `${entry.bounceType} bounce`}
      </Badge>{' '}
      {entry.severity === null ? null : (
        <Badge color={colorOf(entry.severity)}>{`severity ${entry.severity}`}</Badge>
      )}{' '}
      {entry.category === null ? null : <Badge>{entry.category}</Badge>}{' '}
      {entry.blame === null ? null : <Badge>{`about the ${entry.blame}`}</Badge>}
    </p>
    <dl class="facts">
      <dt>The address</dt>
      <dd>{addressWords[entry.action]}</dd>
      <dt>The message</dt>
      <dd>{retryWords[entry.retry]}</dd>
      <dt>Recoverable</dt>
      <dd>{entry.recoverable ? 'yes' : 'no'}</dd>
    </dl>
    {entry.example === null ? null : <pre>{entry.example}</pre>}
    <div class="prose">
      <Listed title="How it plays out" items={entry.playsOut} />
      {entry.softOrHard === null ? null : (
        <>
          <h2>Soft or hard?</h2>
          <p>{entry.softOrHard}</p>
        </>
      )}
      <Listed title="Causes" items={entry.causes} />
      <Listed title="What to do" items={entry.fixes} ordered />
      {entry.questions.length === 0 ? null : (
        <>
          <h2>Questions</h2>
          {entry.questions.map(({ q, a }) => (
            <>
              <h3>{q}</h3>
              <p>{a}</p>
            </>
          ))}
        </>
      )}
      {traffic === null ? null : <Traffic code={entry.code} traffic={traffic} />}
      {entry.related.length === 0 ? null : (
        <p>
          Related:{' '}
          {entry.related.map((code, i) => (
            <>
              {i === 0 ? '' : ', '}
              <a href={`/codes/${code}`}>{code}</a>
            </>
          ))}
        </p>
      )}
      {entry.sources.length === 0 ? null : <p class="soft small">Sources: {entry.sources.join(' · ')}</p>}
    </div>
  </Page>
);

const Listed = ({
  title,
  items,
  ordered = false,
}: {
  title: string;
  items: readonly string[];
  ordered?: boolean;
}) => {
  if (items.length === 0) return null;
  const rows = items.map((item) => <li>{item}</li>);
  return (
    <>
      <h2>{title}</h2>
      {ordered ? <ol>{rows}</ol> : <ul>{rows}</ul>}
    </>
  );
};

const Traffic = ({ code, traffic }: { code: string; traffic: NonNullable<CodeProps['traffic']> }) => (
  <>
    <h2>Your own traffic, 30 days</h2>
    {traffic.events === 0 ? (
      <p class="soft">No event with this code.</p>
    ) : (
      <p>
        {`${traffic.events.toLocaleString('en')} events, most at ${traffic.receivers.map(({ name, count }) => `${name} (${count.toLocaleString('en')})`).join(', ')}. `}
        <a href={`/suppressions?code=${code}`}>Who is suppressed for it</a>
      </p>
    )}
  </>
);
