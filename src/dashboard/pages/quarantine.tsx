/** What was proven but could not be read: the reason beside the text, read again or dropped. */
import { type Caller, may } from '../../http/auth.ts';
import type { QuarantineRow, SourceRow } from '../../store/store.ts';
import { Alert, Empty, Page, plural, Time } from '../parts.tsx';
import { readable } from '../readable.ts';
import { InputTabs } from './source-parts.tsx';

/** Of one item; the receipt has all of it. */
const CHARACTERS_SHOWN = 2_000;

interface Props {
  readonly caller: Caller;
  readonly rows: readonly QuarantineRow[];
  /** By receipt, the bodies of those that could not be read as a whole; for keys that may see them. */
  readonly bodies: ReadonlyMap<string, string>;
  readonly sources: readonly SourceRow[];
  /** Where this page and the next one begin. */
  readonly place: string | null;
  readonly next: string | null;
  /** What was just done, in a sentence. */
  readonly done: string | null;
  readonly problem: string | null;
}

export const Quarantine = ({ caller, rows, bodies, sources, place, next, done, problem }: Props) => (
  <Page title="Quarantine" path="/sources" caller={caller}>
    <h1>Quarantine</h1>
    <InputTabs path="/quarantine" />
    <p class="lead">
      Requests that carried a good proof and could not be read, whole or in part. They decide nothing until
      they are read again, and are kept until they are dropped.
    </p>
    {done === null ? null : (
      <p class="note green" role="status">
        {done}
      </p>
    )}
    {problem === null ? null : <Alert>{problem}</Alert>}
    {rows.length === 0 ? (
      <Empty>{place === null ? 'Everything that came could be read.' : 'That was all.'}</Empty>
    ) : (
      <>
        {rows.length > 1 && may(caller, 'write') ? (
          <form class="row" method="post" action="/quarantine">
            <Back place={place} />
            {rows.map(({ id }) => (
              <input type="hidden" name="id" value={id} />
            ))}
            <button type="submit" class="second" name="do" value="replay">
              {`Read these ${rows.length} again`}
            </button>
          </form>
        ) : null}
        {rows.map((row) => (
          <Item
            caller={caller}
            row={row}
            body={bodies.get(row.receipt_id)}
            source={sources.find(({ id }) => id === row.source_id)}
            place={place}
          />
        ))}
      </>
    )}
    <div class="pager">
      {place === null ? null : <a href="/quarantine">First page</a>}
      {next === null ? null : <a href={`/quarantine?after=${next}`}>Next page</a>}
    </div>
  </Page>
);

const Back = ({ place }: { place: string | null }) =>
  place === null ? null : <input type="hidden" name="after" value={place} />;

const Item = ({
  caller,
  row,
  body,
  source,
  place,
}: {
  caller: Caller;
  row: QuarantineRow;
  body: string | undefined;
  source: SourceRow | undefined;
  place: string | null;
}) => (
  <article class="pair">
    <div>
      <p class="soft small">
        <Time at={row.received_at} />
        {' · '}
        {source === undefined ? 'its source is gone' : <a href={`/sources/${source.id}`}>{source.name}</a>}
        {' · '}
        {row.item === -1 ? 'the whole of ' : `item ${row.item + 1} of `}
        {may(caller, 'admin') ? <a href={`/receipts/${row.receipt_id}`}>its request</a> : 'its request'}
      </p>
      <p>{row.why}</p>
      {may(caller, 'write') ? (
        <form class="row" method="post" action="/quarantine">
          <Back place={place} />
          <input type="hidden" name="id" value={row.id} />
          <button type="submit" class="second" name="do" value="replay">
            Read again
          </button>
          {may(caller, 'admin') ? (
            <button type="submit" class="plain" name="do" value="drop">
              Drop it
            </button>
          ) : null}
        </form>
      ) : null}
    </div>
    <Raw text={row.raw === '' ? (body ?? '') : row.raw} />
  </article>
);

const Raw = ({ text }: { text: string }) =>
  text === '' ? (
    <p class="soft">The whole body, which only keys that may administer are shown, or which is empty.</p>
  ) : (
    <div>
      <pre>{readable(text.slice(0, CHARACTERS_SHOWN), '').text}</pre>
      {text.length > CHARACTERS_SHOWN ? (
        <p class="soft small">{`and ${plural(text.length - CHARACTERS_SHOWN, 'character')} more`}</p>
      ) : null}
    </div>
  );
