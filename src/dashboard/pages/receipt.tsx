/** A request as it came: where from, what proved it, its headers and body, and the events that came of it. */
import type { Caller } from '../../http/auth.ts';
import type { EventRow, SourceRow } from '../../store/store.ts';
import { Alert, Badge, count, Empty, Mailbox, Page, plural, Table, Time } from '../parts.tsx';
import { readable } from '../readable.ts';
import { Codes } from './suppressions.tsx';

/** As GET /v1/receipts/{id} answers: what proves the caller was not kept. */
export interface Kept {
  readonly id: string;
  readonly source_id: string;
  readonly received_at: string;
  readonly method: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** null where it is not UTF-8. */
  readonly body: string | null;
  readonly body_base64: string | null;
}

export interface Replayed {
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly quarantined: number;
}

interface Props {
  readonly caller: Caller;
  readonly kept: Kept;
  /** null = it is gone. */
  readonly source: SourceRow | null;
  readonly events: readonly EventRow[];
  readonly hasMore: boolean;
  /** What reading it again made. */
  readonly done: Replayed | null;
  readonly problem: string | null;
}

export const Receipt = ({ caller, kept, source, events, hasMore, done, problem }: Props) => (
  <Page title="A request" path="/sources" caller={caller}>
    <p class="soft small">
      <a href="/sources">Sources</a> /{' '}
      {source === null ? 'a source that is gone' : <a href={`/sources/${source.id}`}>{source.name}</a>}
    </p>
    <div class="head">
      <h1>
        Request of <Time at={kept.received_at} />
      </h1>
      {source === null ? null : (
        <form method="post" action={`/receipts/${kept.id}`}>
          <button type="submit" class="second">
            Read it again
          </button>
        </form>
      )}
    </div>
    {done === null ? null : (
      <p class="note green" role="status">
        {`Read again: ${plural(done.accepted, 'event')} taken in, ${count(done.duplicates)} known before, ${count(done.ignored)} of no concern, ${count(done.quarantined)} that cannot be read.`}
      </p>
    )}
    {problem === null ? null : <Alert>{problem}</Alert>}
    <dl class="facts">
      <dt>Proof</dt>
      <dd>
        {source?.allow_unsigned === 1 ? (
          <Badge color="red">not asked for</Badge>
        ) : (
          <>
            <Badge color="green">good</Badge>{' '}
            <span class="soft small">
              without one it would not have been kept, unless its source asked for none at the time
            </span>
          </>
        )}
      </dd>
      <dt>Id</dt>
      <dd>
        <code data-copy="">{kept.id}</code>
      </dd>
      <dt>Sent</dt>
      <dd>
        <code>{kept.query === '' ? kept.method : `${kept.method} ?${kept.query}`}</code>
      </dd>
    </dl>
    <h2>What came of it</h2>
    {events.length === 0 ? (
      <Empty>
        {done !== null && done.accepted > 0
          ? 'What was taken in just now is kept under a request of its own; the addresses tell of it.'
          : 'No event that is kept. Deliveries are only counted while no failure is open, and a request of a paused source waits.'}{' '}
        What could not be read is in <a href="/quarantine">quarantine</a>.
      </Empty>
    ) : (
      <Events rows={events} />
    )}
    {hasMore ? <p class="soft small">{`These are ${events.length}; it brought more.`}</p> : null}
    <Body kept={kept} />
    <h2>Headers</h2>
    <dl class="facts wire">
      {Object.entries(kept.headers).map(([name, value]) => (
        <>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </>
      ))}
    </dl>
    <p class="soft small">Those that carry a secret are not kept.</p>
  </Page>
);

const Events = ({ rows }: { rows: readonly EventRow[] }) => (
  <Table
    titles={['Address', 'Kind', 'Code', 'Reply', 'Decision']}
    broad={['Kind', 'Code', 'Reply', 'Decision']}
  >
    {rows.map(({ address, kind, code, enhanced, text, provider_type, action, rule }) => (
      <tr>
        <td class="mailbox">
          <a href={`/address?address=${encodeURIComponent(address)}`}>
            <Mailbox address={address} />
          </a>
          <div class="narrow small">
            {kind} <Codes code={code} enhanced={enhanced} /> <span class="soft">{action}</span>
          </div>
        </td>
        <td class="broad">{kind}</td>
        <td class="broad">
          <Codes code={code} enhanced={enhanced} />
        </td>
        <td class="reply broad">{text ?? <span class="soft">{provider_type}</span>}</td>
        <td class="broad">
          {action} <span class="soft small">{rule}</span>
        </td>
      </tr>
    ))}
  </Table>
);

const Body = ({ kept: { id, body, body_base64, headers } }: { kept: Kept }) => {
  const shown = body === null ? null : readable(body, headers['content-type'] ?? '');
  return (
    <>
      <h2>Body</h2>
      {shown === null ? (
        <Empty>
          {`It is not text: ${plural(Math.floor(((body_base64 ?? '').length * 3) / 4), 'byte')}, which the API shows as Base64.`}
        </Empty>
      ) : shown.text === '' ? (
        <Empty>It is empty.</Empty>
      ) : (
        <pre class="wire">{shown.text}</pre>
      )}
      {shown === null || shown.more === 0 ? null : (
        <p class="soft small">
          {`and ${plural(shown.more, 'character')} more; all of it: `}
          <code>{`GET /v1/receipts/${id}`}</code>
        </p>
      )}
    </>
  );
};
