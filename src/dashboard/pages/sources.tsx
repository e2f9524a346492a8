/** Where providers post to, and how each of them is. */
import { alarmsOf } from '../../core/alarms.ts';
import { type Caller, may } from '../../http/auth.ts';
import { providerOf } from '../../providers/registry.ts';
import type { SourceRow } from '../../store/store.ts';
import { Spark } from '../charts.tsx';
import { Badge, count, Empty, Page, plural, Table, Time } from '../parts.tsx';
import type { RefusedDays } from '../refused-days.ts';
import { InputTabs } from './source-parts.tsx';

interface Props {
  readonly caller: Caller;
  readonly rows: readonly SourceRow[];
  /** By source, how many requests wait for it to be resumed. */
  readonly waiting: ReadonlyMap<string, number>;
  readonly refused: (source: string) => RefusedDays;
}

export const Sources = ({ caller, rows, waiting, refused }: Props) => (
  <Page title="Sources" path="/sources" caller={caller}>
    <div class="head">
      <h1>Sources</h1>
      {may(caller, 'admin') ? (
        <a class="button" href="/sources/new">
          Add a source
        </a>
      ) : null}
    </div>
    <InputTabs path="/sources" />
    <p class="lead">Where providers post to. Each has a URL that nobody can guess, and a proof of its own.</p>
    {rows.length === 0 ? (
      <Empty>
        None yet. Add one for each provider that you send through: Mailstop says what to paste where.
      </Empty>
    ) : (
      <Table
        titles={['Name', 'Provider', 'State', 'Last event', 'Refused, 14 days', 'Stream', 'Waiting']}
        numbers={['Waiting']}
        broad={['Provider', 'Last event', 'Refused, 14 days', 'Stream', 'Waiting']}
      >
        {rows.map((row) => (
          <tr>
            <td>
              <a href={`/sources/${row.id}`}>{row.name}</a>
              <div class="narrow small soft">
                {providerOf(row.provider)?.name ?? row.provider} · <Time at={row.last_event_at} />
              </div>
            </td>
            <td class="broad">{providerOf(row.provider)?.name ?? row.provider}</td>
            <td>
              <State row={row} />
            </td>
            <td class="broad">
              <Time at={row.last_event_at} />
            </td>
            <td class="broad">
              <RefusedLine of={refused(row.id)} />
            </td>
            <td class="soft broad">{row.stream ?? 'all'}</td>
            <td class="number broad">{waiting.has(row.id) ? count(waiting.get(row.id) ?? 0) : '–'}</td>
          </tr>
        ))}
      </Table>
    )}
  </Page>
);

const RefusedLine = ({ of }: { of: RefusedDays }) => {
  const days = of.unproven.map((unproven, i) => unproven + (of.untimely[i] ?? 0));
  const all = days.reduce((sum, day) => sum + day, 0);
  return all === 0 ? (
    <span class="soft">none</span>
  ) : (
    <span class="line">
      {count(all)} <Spark values={days} label={`${plural(all, 'request')} refused in 14 days, by day`} />
    </span>
  );
};

export const State = ({ row }: { row: SourceRow }) => {
  if (row.disabled === 1) return <Badge>disabled</Badge>;
  if (row.paused_at !== null) return <Badge color="amber">paused</Badge>;
  if (row.allow_unsigned === 1) return <Badge color="red">unsigned</Badge>;
  const alarms = alarmsOf(row);
  if (alarms.length > 0) return <Badge color="amber">{alarms.map(({ kind }) => kind).join(', ')}</Badge>;
  return row.last_event_at === null ? <Badge>never heard</Badge> : <Badge color="green">heard</Badge>;
};
