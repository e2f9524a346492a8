/** What reading the requests with one label or reply again has made. */
import { type Caller, may } from '../../http/auth.ts';
import { providerOf } from '../../providers/registry.ts';
import type { UnmappedRow } from '../../store/store.ts';
import { Badge, count, Empty, Mailbox, Page, plural, Table, Time } from '../parts.tsx';
import type { Replayed } from './receipt.tsx';

export interface Found {
  readonly id: string;
  readonly at: number;
  /** null where it could not be read. */
  readonly done: Replayed | null;
  readonly problem: string | null;
}

interface Props {
  readonly caller: Caller;
  readonly row: UnmappedRow;
  readonly found: readonly Found[];
  readonly looked: number;
  /** When the last one of them came. */
  readonly reached: number;
  /** Where to go on; null = all were looked at. */
  readonly after: string | null;
  /** Those that they speak of, and the reasons for which each is on the list. */
  readonly addresses: readonly {
    readonly address: string;
    readonly before: readonly string[];
    readonly now: readonly string[];
  }[];
}

export const UnmappedReplayed = ({ caller, row, found, looked, reached, after, addresses }: Props) => {
  const isChanged = ({ before, now }: Props['addresses'][number]) => before.join() !== now.join();
  const changed = addresses.filter(isChanged);
  return (
    <Page title="Read again" path="/sources" caller={caller}>
      <p class="soft small">
        <a href="/sources">Sources</a> / <a href="/unmapped">Unmapped</a>
      </p>
      <h1>{row.kind === 'label' ? 'A label, read again' : 'A reply, read again'}</h1>
      <pre>{row.sample}</pre>
      <p class="lead" role="status">
        {`Looked at ${plural(looked, 'kept request')}; ${found.length === 0 ? 'none has it' : found.length === 1 ? 'one has it' : `${count(found.length)} have it`}${found.length === 0 ? '' : `, and ${plural(changed.length, 'address has', 'addresses have')} changed`}.`}
      </p>
      {after === null ? null : (
        <form class="row" method="post" action="/unmapped/replay">
          <UnmappedFields row={row} />
          <input type="hidden" name="after" value={after} />
          <button type="submit">Go on</button>
          <span class="soft small">
            This was up to <Time at={reached} />; others came later.
          </span>
        </form>
      )}
      {addresses.length === 0 ? null : (
        <>
          <h2>Addresses</h2>
          <Table titles={['Address', 'Before', 'Now']}>
            {[...changed, ...addresses.filter((one) => !isChanged(one))].map((one) => (
              <tr>
                <td class="mailbox">
                  <a href={`/address?address=${encodeURIComponent(one.address)}`}>
                    <Mailbox address={one.address} />
                  </a>
                </td>
                <td>
                  <Standing reasons={one.before} />
                </td>
                <td>
                  {isChanged(one) ? <Standing reasons={one.now} /> : <span class="soft">the same</span>}
                </td>
              </tr>
            ))}
          </Table>
        </>
      )}
      <h2>Requests</h2>
      {found.length === 0 ? (
        <Empty>
          {`None of those that ${providerOf(row.provider)?.name ?? row.provider} sent then is kept any more, or none of them has it.`}
        </Empty>
      ) : (
        <Table
          titles={['Received', 'Taken in', 'Known before', 'Of no concern', 'Unreadable', '']}
          numbers={['Taken in', 'Known before', 'Of no concern', 'Unreadable']}
        >
          {found.map(({ id, at, done, problem }) => (
            <tr>
              <td>
                {may(caller, 'admin') ? (
                  <a href={`/receipts/${id}`}>
                    <Time at={at} />
                  </a>
                ) : (
                  <Time at={at} />
                )}
              </td>
              {(['accepted', 'duplicates', 'ignored', 'quarantined'] as const).map((name) => (
                <td class="number">{done === null ? '–' : count(done[name])}</td>
              ))}
              <td class="reply">{problem}</td>
            </tr>
          ))}
        </Table>
      )}
    </Page>
  );
};

const Standing = ({ reasons }: { reasons: readonly string[] }) =>
  reasons.length === 0 ? (
    <Badge color="green">may go</Badge>
  ) : (
    <span>
      {reasons.map((reason) => (
        <Badge color="red">{reason}</Badge>
      ))}
    </span>
  );

/** Which one is meant, in a form. */
export const UnmappedFields = ({ row: { provider, kind, name } }: { row: UnmappedRow }) => (
  <>
    <input type="hidden" name="provider" value={provider} />
    <input type="hidden" name="kind" value={kind} />
    <input type="hidden" name="reply" value={name} />
  </>
);
