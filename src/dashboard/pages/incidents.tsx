/** Incidents, and one of them with what can be decided about it. */
import { firstFix } from '../../core/codes/catalogue.ts';
import { OWN } from '../../core/guard.ts';
import { type Caller, may } from '../../http/auth.ts';
import type { EntryRow, IncidentRow } from '../../store/store.ts';
import { Badge, count, Empty, Page, plural, Table, Time } from '../parts.tsx';
import { Entries } from './suppressions.tsx';

const titleOf = ({ receiver, cause }: IncidentRow): string =>
  receiver === OWN ? `Our own fault: ${cause}` : `${receiver} fails many with one reply`;

export const Incidents = ({ caller, rows }: { caller: Caller; rows: readonly IncidentRow[] }) => (
  <Page title="Incidents" path="/incidents" caller={caller}>
    <h1>Incidents</h1>
    <p class="lead">
      Failures that jumped far above their usual. What a receiver’s jump has put on the list is held until
      somebody says whether it was right.
    </p>
    {rows.length === 0 ? (
      <Empty>None so far.</Empty>
    ) : (
      <Table
        titles={['Incident', 'State', 'Opened', 'Last failure', 'Failures', 'Held']}
        numbers={['Failures', 'Held']}
        broad={['Opened', 'Last failure', 'Failures', 'Held']}
      >
        {rows.map((row) => (
          <tr>
            <td>
              <a href={`/incidents/${row.id}`}>{titleOf(row)}</a>
              <div class="narrow small soft">
                <Time at={row.opened_at} /> · {plural(row.failures, 'failure')}, {count(row.held)} held
              </div>
            </td>
            <td>
              <Badge color={row.state === 'open' ? 'red' : ''}>{row.state}</Badge>
            </td>
            <td class="broad">
              <Time at={row.opened_at} />
            </td>
            <td class="broad">
              <Time at={row.last_at} />
            </td>
            <td class="number broad">{count(row.failures)}</td>
            <td class="number broad">{count(row.held)}</td>
          </tr>
        ))}
      </Table>
    )}
  </Page>
);

interface Props {
  readonly caller: Caller;
  readonly incident: IncidentRow;
  /** What it has put on the list and still stands. */
  readonly reach: readonly EntryRow[];
  readonly excluded: Readonly<Record<string, number>>;
  readonly now: number;
}

const SHOWN = 20;

export const Incident = ({ caller, incident, reach, excluded, now }: Props) => {
  const own = incident.receiver === OWN;
  const fix = firstFix(incident);
  const addresses = new Set(reach.map(({ address }) => address)).size;
  const left = Object.entries(excluded).map(([reason, of]) => `${of} ${reason}`);
  return (
    <Page title={titleOf(incident)} path={`/incidents/${incident.id}`} caller={caller}>
      <p class="soft small">
        <a href="/incidents">Incidents</a>
      </p>
      <h1>{titleOf(incident)}</h1>
      <p>
        <Badge color={incident.state === 'open' ? 'red' : ''}>{incident.state}</Badge>{' '}
        {`${plural(incident.failures, 'failure')} since `}
        <Time at={incident.first_at} />, the last <Time at={incident.last_at} />
      </p>
      {incident.sample === null ? null : <pre>{incident.sample}</pre>}
      {own && fix !== null ? <p class="note amber">{fix}</p> : null}
      {incident.closed_at === null ? null : (
        <p class="note">
          Closed <Time at={incident.closed_at} />
          {` by ${incident.closed_by}: ${incident.why}`}
        </p>
      )}
      {reach.length > 0 && may(caller, 'release') ? (
        <form class="row" method="post" action={`/incidents/${incident.id}`}>
          <label>
            Because
            <input
              class="wide"
              type="text"
              name="why"
              required
              maxlength={1000}
              placeholder={own ? 'the HELO name is mended' : 'their status page says so'}
            />
          </label>
          <button
            type="submit"
            name="do"
            value="release"
          >{`Release ${plural(addresses, 'address', 'addresses')}`}</button>
          {own ? null : (
            <button type="submit" class="danger" name="do" value="confirm">
              They are dead: confirm
            </button>
          )}
        </form>
      ) : null}
      {left.length === 0 ? null : <p class="soft">{`Left alone: ${left.join(', ')}.`}</p>}
      {reach.length === 0 ? (
        <Empty>It holds nobody.</Empty>
      ) : (
        <Entries rows={reach.slice(0, SHOWN)} now={now} />
      )}
      {reach.length > SHOWN ? <p class="soft">{`and ${count(reach.length - SHOWN)} more`}</p> : null}
    </Page>
  );
};
