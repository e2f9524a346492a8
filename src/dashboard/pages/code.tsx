/** One reply code: what the catalogue says, and for who is signed in, what came with it. */
import type { CodeEntry } from '../../core/codes/catalogue.ts';
import { factsOf } from '../../core/taxonomy.ts';
import { type Caller, may } from '../../http/auth.ts';
import { Spark } from '../charts.tsx';
import { Badge, colorOf, count, Mailbox, Page, plural, Time } from '../parts.tsx';
import { addressWords, retryWords } from './codes.tsx';

export interface Traffic {
  readonly events: number;
  /** By day, the last one today. */
  readonly days: readonly number[];
  readonly receivers: readonly { readonly domain: string; readonly count: number }[];
  /** Who it came for last; of one hour. */
  readonly last: readonly { readonly address: string; readonly at: number }[];
}

interface Props {
  readonly caller: Caller | null;
  readonly entry: CodeEntry;
  /** Of the last 30 days; null where nobody is signed in. */
  readonly traffic: Traffic | null;
}

export const Code = ({ caller, entry, traffic }: Props) => (
  <Page title={`${entry.code} ${entry.name}`} path={`/codes/${entry.code}`} caller={caller}>
    <p class="soft small">
      <a href="/codes">SMTP codes</a> · {entry.standard}
    </p>
    <h1>
      <span class="figure">{entry.code}</span> {entry.name}
    </h1>
    <p class="lead">{entry.meaning}</p>
    <p>
      <Badge color={entry.bounceType === 'hard' ? 'red' : entry.bounceType === 'soft' ? 'amber' : 'green'}>
        {entry.bounceType === 'none' ? 'no failure' : `${entry.bounceType} bounce`}
      </Badge>{' '}
      {entry.severity === null ? null : (
        <Badge color={colorOf(entry.severity)}>{`severity ${entry.severity}`}</Badge>
      )}{' '}
      {entry.blame === null ? null : <Badge>{`about the ${entry.blame}`}</Badge>}
    </p>
    <div class="beside">
      <aside>
        <Facts entry={entry} />
        {traffic === null || caller === null ? null : (
          <TrafficOf caller={caller} entry={entry} traffic={traffic} />
        )}
      </aside>
      <div class="prose">
        {entry.example === null ? null : (
          <>
            <h2>A server says</h2>
            <pre>
              <code data-copy>{entry.example}</code>
            </pre>
          </>
        )}
        <Listed title="How it plays out" items={entry.playsOut} ordered />
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
        {entry.related.length === 0 ? null : (
          <>
            <h2>Related</h2>
            <ul class="inline">
              {entry.related.map((code) => (
                <li>
                  <a href={`/codes/${code}`}>{code}</a>
                </li>
              ))}
            </ul>
          </>
        )}
        {entry.sources.length === 0 ? null : (
          <>
            <h2>Sources</h2>
            <ul class="small">
              {entry.sources.map((source) => (
                <li>
                  {/^https:\/\//.test(source) ? (
                    <a href={source} rel="noreferrer">
                      {source.replace(/^https:\/\/(www\.)?/, '')}
                    </a>
                  ) : (
                    source
                  )}
                </li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  </Page>
);

/** What the default policy does. */
const Facts = ({ entry }: { entry: CodeEntry }) => (
  <section>
    <h2>What Mailstop does</h2>
    <dl class="facts">
      <dt>The address</dt>
      <dd>{addressWords[entry.action]}</dd>
      <dt>The message</dt>
      <dd>{retryWords[entry.retry]}</dd>
      <dt>Recoverable</dt>
      <dd>{entry.recoverable ? 'yes' : 'no'}</dd>
      {entry.category === null ? null : (
        <>
          <dt>Category</dt>
          <dd>
            <a href={`/codes?category=${entry.category}`}>{entry.category}</a>
            <div class="soft small">{factsOf(entry.category).meaning}</div>
          </dd>
        </>
      )}
      <dt>Verdict</dt>
      <dd>{entry.verdict}</dd>
    </dl>
    <p class="soft small">
      By the default policy, with nothing but the code known. A text beside it may say more.
    </p>
  </section>
);

const TrafficOf = ({ caller, entry, traffic }: { caller: Caller; entry: CodeEntry; traffic: Traffic }) => {
  const by = `${entry.type === 'basic' ? 'code' : 'enhanced'}=${entry.code}`;
  return (
    <section>
      <h2>Your own traffic, 30 days</h2>
      {traffic.events === 0 ? (
        <p class="soft">No event with this code.</p>
      ) : (
        <>
          <p>
            <b class="figure">{count(traffic.events)}</b>{' '}
            <span class="soft">{traffic.events === 1 ? 'event' : 'events'}</span>
          </p>
          <Spark values={traffic.days} label={`${plural(traffic.events, 'event')} over 30 days`} />
          {traffic.receivers.length === 0 ? null : (
            <table class="ranked">
              <caption>Receivers</caption>
              <tbody>
                {traffic.receivers.map(({ domain, count: of }) => (
                  <tr>
                    <td>
                      <a href={`/suppressions?domain=${domain}&${by}`}>{domain}</a>
                    </td>
                    <td class="number">{count(of)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {traffic.last.length === 0 ? null : (
            <table class="ranked">
              <caption>Last for</caption>
              <tbody>
                {traffic.last.map(({ address, at }) => (
                  <tr>
                    <td class="clip">
                      <a href={`/address?address=${encodeURIComponent(address)}`}>
                        <Mailbox address={address} />
                      </a>
                    </td>
                    <td class="number soft small">
                      <Time at={at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </>
      )}
      <p>
        <a href={`/suppressions?${by}`}>Who is suppressed for it</a>
        {entry.code === '504' && may(caller, 'release') ? (
          <>
            {' · '}
            <a href="/release?code=504">Release all of this cause</a>
          </>
        ) : null}
      </p>
    </section>
  );
};

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
