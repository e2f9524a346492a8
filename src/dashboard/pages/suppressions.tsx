/** The list, filtered in the URL. */

import { stateOf } from '../../app/list.ts';
import { reasons } from '../../core/event.ts';
import type { Caller } from '../../http/auth.ts';
import type { EntryRow } from '../../store/store.ts';
import { Badge, Empty, Page, Table, Time } from '../parts.tsx';

export const filterNames = ['q', 'reason', 'state', 'code', 'category', 'domain', 'provider'] as const;
export type ListFilters = Readonly<Partial<Record<(typeof filterNames)[number], string>>>;

interface Props {
  readonly caller: Caller;
  readonly filters: ListFilters;
  readonly rows: readonly EntryRow[];
  /** Of the next page; null where this is the last. */
  readonly after: string | null;
  readonly now: number;
}

export const Suppressions = ({ caller, filters, rows, after, now }: Props) => (
  <Page title="Suppressions" path="/suppressions" caller={caller}>
    <h1>Suppressions</h1>
    <form class="row" method="get" action="/suppressions">
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
      <label>
        Domain
        <input type="text" name="domain" value={filters.domain ?? ''} placeholder="example.com" size={16} />
      </label>
      <Choice name="reason" label="Reason" values={reasons} chosen={filters.reason} />
      <Choice
        name="state"
        label="State"
        values={['active', 'held', 'expired', 'released']}
        chosen={filters.state}
      />
      <label>
        Code
        <input type="text" name="code" value={filters.code ?? ''} placeholder="550" size={5} />
      </label>
      {(['category', 'provider'] as const).map((name) =>
        filters[name] === undefined ? null : <input type="hidden" name={name} value={filters[name]} />,
      )}
      <button type="submit">Show</button>
      {Object.keys(filters).length === 0 ? null : <a href="/suppressions">Clear</a>}
    </form>
    {filters.category === undefined ? null : (
      <p class="soft">
        Category <Badge>{filters.category}</Badge>
      </p>
    )}
    {rows.length === 0 ? <Empty>Nothing on the list fits.</Empty> : <Entries rows={rows} now={now} />}
    <div class="pager">
      {after === null ? null : (
        <a href={`/suppressions?${new URLSearchParams({ ...filters, after })}`}>Next page</a>
      )}
      <span class="soft small">
        All of it: <code>mailstop export</code>
      </span>
    </div>
  </Page>
);

const Choice = ({
  name,
  label,
  values,
  chosen,
}: {
  name: string;
  label: string;
  values: readonly string[];
  chosen: string | undefined;
}) => (
  <label>
    {label}
    <select name={name}>
      <option value="">{name === 'state' ? 'active and held' : 'any'}</option>
      {values.map((value) => (
        <option selected={value === chosen}>{value}</option>
      ))}
    </select>
  </label>
);

export const Entries = ({ rows, now }: { rows: readonly EntryRow[]; now: number }) => (
  <Table titles={['Address', 'Reason', 'State', 'Code', 'Category', 'Stream', 'Until', 'Changed']}>
    {rows.map((row) => (
      <tr>
        <td>
          <a href={`/address?address=${encodeURIComponent(row.address)}`}>{row.address}</a>
        </td>
        <td>{row.reason}</td>
        <td>
          <State state={stateOf(row, now)} />
        </td>
        <td>{row.code === null ? '–' : <a href={`/codes/${row.code}`}>{row.code}</a>}</td>
        <td class="soft">{row.category ?? '–'}</td>
        <td class="soft">{row.stream === '*' ? 'all' : row.stream}</td>
        <td>
          {row.until !== null ? <Time at={row.until} /> : row.state === 'held' ? 'decided' : 'for ever'}
        </td>
        <td class="soft">
          <Time at={row.updated_at} />
        </td>
      </tr>
    ))}
  </Table>
);

export const State = ({ state }: { state: string }) => (
  <Badge color={state === 'active' ? 'red' : state === 'held' ? 'amber' : ''}>{state}</Badge>
);
