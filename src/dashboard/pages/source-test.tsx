/** What a source made of signed samples of each kind. */
import type { Caller } from '../../http/auth.ts';
import type { EventRow, SourceRow } from '../../store/store.ts';
import { Badge, Page, Table } from '../parts.tsx';

export interface Tried {
  readonly title: string;
  readonly kind: string;
  readonly address: string;
  readonly status: number;
  readonly accepted: number;
  readonly event: EventRow | null;
}

interface Props {
  readonly caller: Caller;
  readonly row: SourceRow;
  readonly proof: 'own' | 'test-key';
  readonly tried: readonly Tried[];
}

export const SourceTested = ({ caller, row, proof, tried }: Props) => (
  <Page title={`Test of ${row.name}`} path="/sources" caller={caller}>
    <p class="soft small">
      <a href="/sources">Sources</a> / <a href={`/sources/${row.id}`}>{row.name}</a>
    </p>
    <h1>What the test events did</h1>
    <p class="lead">
      {proof === 'own'
        ? 'They were proven by the secret of the source, and took the same way as the provider’s own requests.'
        : 'They were proven by a key made for this test, since only the provider can sign with its own, and took the same way as its requests.'}
    </p>
    <Table titles={['Sample', 'Answer', 'Kind', 'Code', 'Address', 'Done', 'Rule']}>
      {tried.map(({ title, kind, address, status, accepted, event }) => (
        <tr>
          <td class="wide">{title}</td>
          <td>
            <Badge color={status === 200 ? 'green' : 'red'}>{status}</Badge>
          </td>
          <td>{event?.kind ?? kind}</td>
          <td>
            {event === null || event.code === null ? '–' : <a href={`/codes/${event.code}`}>{event.code}</a>}
          </td>
          <td>
            <a href={`/address?address=${encodeURIComponent(address)}`}>{address}</a>
          </td>
          <td>{event?.action ?? (accepted > 0 ? 'counted' : 'nothing')}</td>
          <td class="soft">{event?.rule ?? '–'}</td>
        </tr>
      ))}
    </Table>
    <p class="soft small">
      The addresses are of example.com and new for each test; their events and entries stay.
    </p>
    <p>
      <a class="button" href={`/sources/${row.id}`}>
        Back to the source
      </a>
    </p>
  </Page>
);
