/** The list, filtered in the URL. */

import { stateOf } from '../../app/list.ts';
import { reasons } from '../../core/event.ts';
import { type Caller, may } from '../../http/auth.ts';
import type { Problem } from '../../http/problem.ts';
import { type EntryRow, LOOKED_AT } from '../../store/store.ts';
import { Choice, Refusal } from '../forms.tsx';
import { Badge, count, Empty, Mailbox, Page, Table, Time } from '../parts.tsx';

export const filterNames = [
  'q',
  'domain',
  'reason',
  'state',
  'code',
  'enhanced',
  'category',
  'provider',
  'stream',
  'since',
  'until',
] as const;
export type ListFilters = Readonly<Partial<Record<(typeof filterNames)[number], string>>>;

/** What the form to add an address holds. */
export interface Blocking {
  readonly address: string;
  readonly reason: string;
  readonly stream: string;
  readonly note: string;
}

interface Props {
  readonly caller: Caller;
  readonly filters: ListFilters;
  readonly rows: readonly EntryRow[];
  /** Of the next page; null where this is the last. */
  readonly after: string | null;
  /** So few fit that it holds less than a page does, and others may follow. */
  readonly isShort: boolean;
  readonly first: boolean;
  readonly now: number;
  readonly typed: Blocking | null;
  readonly problem: Problem | null;
}

export const Suppressions = (props: Props) => {
  const { caller, filters, rows, after, isShort, first, now, typed, problem } = props;
  const query = new URLSearchParams(filters).toString();
  return (
    <Page title="Suppressions" path="/suppressions" caller={caller}>
      <div class="bar">
        <h1>Suppressions</h1>
        <div class="actions">
          <a href={`/suppressions/export?${query}`} data-export>
            Export what is shown
          </a>
          {may(caller, 'write') ? <a href="/import">Import a list</a> : null}
        </div>
      </div>
      <Filters filters={filters} />
      {may(caller, 'write') ? <Add typed={typed} problem={problem} /> : null}
      <div id="found" aria-live="polite">
        {rows.length > 0 ? (
          <Found caller={caller} rows={rows} now={now} />
        ) : isShort ? null : query === '' && first ? (
          <Empty>
            The list is empty. It fills from what providers report, from{' '}
            <a href="/import">a list that you import</a>, and by hand.
          </Empty>
        ) : (
          <Empty>
            {first ? 'Nothing on the list fits. ' : 'That was all. '}
            <a href="/suppressions">Show the whole list</a>
          </Empty>
        )}
        {isShort ? (
          <p class="note" role="status">
            {`Looked at ${count(LOOKED_AT)} entries, of which ${rows.length === 0 ? 'none fits' : rows.length === 1 ? 'one fits' : `${rows.length} fit`}; the list goes on.`}
          </p>
        ) : null}
        <div class="pager">
          {first ? null : <a href={`/suppressions?${query}`}>First page</a>}
          {after === null ? null : (
            <a href={`/suppressions?${new URLSearchParams({ ...filters, after })}`} rel="next">
              {isShort ? `Look at the next ${count(LOOKED_AT)}` : 'Next page'}
            </a>
          )}
        </div>
      </div>
    </Page>
  );
};

/** With the script the table follows what is typed (client/live.ts). */
const Filters = ({ filters }: { filters: ListFilters }) => {
  const rare = (['enhanced', 'category', 'provider', 'stream', 'since', 'until'] as const).some(
    (name) => filters[name] !== undefined,
  );
  const text = (name: keyof ListFilters, label: string, placeholder: string, size: number, type = 'text') => (
    <label>
      {label}
      <input type={type} name={name} value={filters[name] ?? ''} placeholder={placeholder} size={size} />
    </label>
  );
  return (
    <form class="row" method="get" action="/suppressions" data-live="found">
      <label>
        Address begins with
        <input
          class="wide"
          type="search"
          name="q"
          value={filters.q ?? ''}
          placeholder="ann@"
          autocomplete="off"
        />
      </label>
      {text('domain', 'Domain', 'example.com', 16)}
      <Choice name="reason" label="Reason" values={reasons} chosen={filters.reason} none="any" />
      <Choice
        name="state"
        label="State"
        values={['any', 'active', 'held', 'expired', 'released']}
        chosen={filters.state}
        none="active and held"
      />
      {text('code', 'Code', '550', 5)}
      <button type="submit">Show</button>
      {Object.keys(filters).length === 0 ? null : <a href="/suppressions">Clear</a>}
      <details open={rare}>
        <summary class="small">More filters</summary>
        <div class="row">
          {text('enhanced', 'Enhanced code', '5.1.1', 7)}
          {text('category', 'Category', 'mailbox-full', 16)}
          {text('provider', 'Provider', 'ses', 12)}
          {text('stream', 'Stream', 'newsletter', 12)}
          {text('since', 'Changed from', '', 10, 'date')}
          {text('until', 'Changed to', '', 10, 'date')}
        </div>
      </details>
    </form>
  );
};

const Add = ({ typed, problem }: { typed: Blocking | null; problem: Problem | null }) => (
  <details class="fold" open={problem !== null}>
    <summary>Add an address</summary>
    {problem === null ? null : <Refusal problem={problem} />}
    <form class="row" method="post" action="/suppressions">
      <label>
        Address, or @domain
        <input
          class="wide"
          type="text"
          name="address"
          value={typed?.address ?? ''}
          required
          autocomplete="off"
          placeholder="ann@example.com"
        />
      </label>
      <Choice name="reason" label="Reason" values={reasons} chosen={typed?.reason ?? 'manual'} />
      <label>
        Stream
        <input type="text" name="stream" value={typed?.stream ?? '*'} size={12} />
      </label>
      <label>
        Note
        <input
          class="wide"
          type="text"
          name="note"
          value={typed?.note ?? ''}
          maxlength={1000}
          placeholder="asked us by telephone"
        />
      </label>
      <button type="submit">Add</button>
    </form>
  </details>
);

const Found = ({ caller, rows, now }: { caller: Caller; rows: readonly EntryRow[]; now: number }) =>
  may(caller, 'release') ? (
    <form method="post" action="/release" data-select>
      <Entries rows={rows} now={now} selectable />
      <p class="actions stays">
        <button type="submit">Release the selected…</button>
        <span class="soft small">You see first what would be released.</span>
      </p>
    </form>
  ) : (
    <Entries rows={rows} now={now} />
  );

export const Entries = ({
  rows,
  now,
  selectable = false,
}: {
  rows: readonly EntryRow[];
  now: number;
  selectable?: boolean;
}) => (
  <Table
    titles={[
      ...(selectable ? [''] : []),
      'Address',
      'Reason',
      'State',
      'Code',
      'Category',
      'Stream',
      'Until',
      'Changed',
    ]}
    broad={['Reason', 'State', 'Code', 'Category', 'Stream', 'Until', 'Changed']}
  >
    {rows.map((row) => (
      <tr>
        {selectable ? (
          <td>
            <input
              type="checkbox"
              name="address"
              value={row.address}
              aria-label={`Select ${row.address}`}
              disabled={row.state === 'released'}
            />
          </td>
        ) : null}
        <td class="mailbox">
          <a href={`/address?address=${encodeURIComponent(row.address)}`}>
            <Mailbox address={row.address} />
          </a>
          <div class="narrow small">
            <State state={stateOf(row, now)} /> {row.reason}
            {row.stream === '*' ? '' : ` from ${row.stream}`}{' '}
            {row.code === null && row.enhanced === null ? null : (
              <Codes code={row.code} enhanced={row.enhanced} />
            )}
          </div>
        </td>
        <td class="broad">{row.reason}</td>
        <td class="broad">
          <State state={stateOf(row, now)} />
        </td>
        <td class="broad">
          <Codes code={row.code} enhanced={row.enhanced} />
        </td>
        <td class="soft broad">{row.category ?? '–'}</td>
        <td class="soft broad">{row.stream === '*' ? 'all' : row.stream}</td>
        <td class="broad">
          {row.until !== null ? <Time at={row.until} /> : row.state === 'held' ? 'decided' : 'for ever'}
        </td>
        <td class="soft broad">
          <Time at={row.updated_at} />
        </td>
      </tr>
    ))}
  </Table>
);

export const Codes = ({ code, enhanced }: { code: string | null; enhanced: string | null }) => (
  <span>
    {code === null && enhanced === null ? '–' : null}
    {code === null ? null : <a href={`/codes/${code}`}>{code}</a>}
    {code !== null && enhanced !== null ? ' ' : null}
    {enhanced === null ? null : <a href={`/codes/${enhanced}`}>{enhanced}</a>}
  </span>
);

export const State = ({ state }: { state: string }) => (
  <Badge color={state === 'active' ? 'red' : state === 'held' ? 'amber' : ''}>{state}</Badge>
);
