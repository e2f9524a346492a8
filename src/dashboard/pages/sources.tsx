/** Where providers post to, and how each of them is. */
import { alarmsOf } from '../../core/alarms.ts';
import type { Caller } from '../../http/auth.ts';
import type { SourceRow } from '../../store/store.ts';
import { Badge, Empty, Page, Table, Time } from '../parts.tsx';

interface Props {
  readonly caller: Caller;
  readonly rows: readonly SourceRow[];
  urlOf(id: string): string;
}

export const Sources = ({ caller, rows, urlOf }: Props) => (
  <Page title="Sources" path="/sources" caller={caller}>
    <h1>Sources</h1>
    <p class="lead">Where providers post to. Each has a URL that nobody can guess, and a proof of its own.</p>
    {rows.length === 0 ? (
      <Empty>
        None yet. <code>mailstop source add PROVIDER</code> asks for what the provider needs, and says where
        to paste the URL.
      </Empty>
    ) : (
      <Table titles={['Name', 'Provider', 'State', 'Last event', 'Stream', 'URL']}>
        {rows.map((row) => (
          <tr>
            <td>{row.name}</td>
            <td>{row.provider}</td>
            <td>
              <State row={row} />
            </td>
            <td>
              <Time at={row.last_event_at} />
            </td>
            <td class="soft">{row.stream ?? 'all'}</td>
            <td class="reply">
              <code>{urlOf(row.id)}</code>
            </td>
          </tr>
        ))}
      </Table>
    )}
    <p class="soft">
      Another: <code>mailstop source add PROVIDER</code> · send it signed samples:{' '}
      <code>mailstop source test ID</code>
    </p>
  </Page>
);

const State = ({ row }: { row: SourceRow }) => {
  if (row.disabled === 1) return <Badge>disabled</Badge>;
  if (row.allow_unsigned === 1) return <Badge color="red">unsigned</Badge>;
  const alarms = alarmsOf(row);
  if (alarms.length > 0) return <Badge color="amber">{alarms.map(({ kind }) => kind).join(', ')}</Badge>;
  return row.last_event_at === null ? <Badge>never heard</Badge> : <Badge color="green">heard</Badge>;
};
