/** Releasing many at once: what is meant, why, and the way back. */
import type { Caller } from '../../http/auth.ts';
import type { Problem } from '../../http/problem.ts';
import { Refusal } from '../forms.tsx';
import { Badge, count, Empty, Mailbox, Page, plural, Table } from '../parts.tsx';
import { Codes, State } from './suppressions.tsx';

/** Filters of POST /v1/releases that a page may carry. */
export const selectors = ['code', 'enhanced', 'category', 'domain', 'provider', 'reason'] as const;

/** What the API answers, as far as it is shown. */
export interface ReleasePreview {
  readonly id: string | null;
  readonly matched: number;
  readonly addresses: number;
  readonly released: number;
  readonly excluded: Readonly<Record<string, number>>;
  readonly preview: string;
  readonly samples: readonly {
    readonly address: string;
    readonly reason: string;
    readonly state: string;
    readonly code: string | null;
    readonly enhanced: string | null;
    readonly category: string | null;
  }[];
}

interface Props {
  readonly caller: Caller;
  readonly filter: Readonly<Record<string, string | readonly string[]>>;
  readonly preview: ReleasePreview | null;
  readonly why: string;
  readonly problem: Problem | null;
}

export const Release = ({ caller, filter, preview, why, problem }: Props) => (
  <Page title="Release" path="/suppressions" caller={caller}>
    <p class="soft small">
      <a href="/suppressions">Suppressions</a>
    </p>
    <h1>Release</h1>
    <p>
      {Object.entries(filter).map(([name, value]) => (
        <>
          <Badge>
            {typeof value === 'string'
              ? `${name} ${value}`
              : plural(value.length, 'selected address', 'selected addresses')}
          </Badge>{' '}
        </>
      ))}
    </p>
    {problem === null ? null : <Refusal problem={problem} />}
    {preview === null ? (
      problem === null ? (
        <Empty>
          Nothing is selected. <a href="/suppressions">Select addresses on the list</a>
        </Empty>
      ) : null
    ) : (
      <Preview filter={filter} preview={preview} why={why} />
    )}
  </Page>
);

const Preview = ({
  filter,
  preview,
  why,
}: {
  filter: Props['filter'];
  preview: ReleasePreview;
  why: string;
}) => {
  const excluded = Object.entries(preview.excluded);
  return (
    <>
      <p class="lead">
        {preview.matched === 0
          ? 'Nothing of this selection can be released.'
          : `${plural(preview.matched, 'entry', 'entries')} of ${plural(preview.addresses, 'address', 'addresses')} would be released.`}
      </p>
      {excluded.length === 0 ? null : (
        <p class="note amber">
          {`Left as it is: ${excluded.map(([reason, of]) => plural(of, reason)).join(', ')}. `}
          {excluded.some(([reason]) => reason === 'complaint' || reason === 'unsubscribe')
            ? 'A complaint or an unsubscribe is released one by one, with evidence of consent.'
            : ''}
        </p>
      )}
      {preview.matched === 0 ? null : (
        <>
          <Table
            titles={['Address', 'Reason', 'State', 'Code', 'Category']}
            broad={['Reason', 'State', 'Category']}
          >
            {preview.samples.map((row) => (
              <tr>
                <td class="mailbox">
                  <a href={`/address?address=${encodeURIComponent(row.address)}`}>
                    <Mailbox address={row.address} />
                  </a>
                  <div class="narrow small">
                    <State state={row.state} /> {row.reason}
                  </div>
                </td>
                <td class="broad">{row.reason}</td>
                <td class="broad">
                  <State state={row.state} />
                </td>
                <td>
                  <Codes code={row.code} enhanced={row.enhanced} />
                </td>
                <td class="soft broad">{row.category ?? '–'}</td>
              </tr>
            ))}
          </Table>
          {preview.matched > preview.samples.length ? (
            <p class="soft small">{`and ${count(preview.matched - preview.samples.length)} more`}</p>
          ) : null}
          <form class="row" method="post" action="/release">
            {Object.entries(filter).flatMap(([name, value]) =>
              typeof value === 'string' ? (
                <input type="hidden" name={name} value={value} />
              ) : (
                value.map((one) => <input type="hidden" name="address" value={one} />)
              ),
            )}
            <input type="hidden" name="preview" value={preview.preview} />
            <label>
              Release them, because
              <input
                class="wide"
                type="text"
                name="why"
                value={why}
                required
                maxlength={1000}
                placeholder="the sender is mended"
              />
            </label>
            <button type="submit">{`Release ${plural(preview.matched, 'entry', 'entries')}`}</button>
          </form>
          <p class="soft small prose">
            It is one act in the audit, and can be taken back. Were the list to change until you press the
            button, nothing is released and you see what changed.
          </p>
        </>
      )}
    </>
  );
};

interface DoneProps {
  readonly caller: Caller;
  readonly id: string;
  readonly addresses: number;
  /** It was taken back, or is no release. */
  readonly over: boolean;
  readonly problem: Problem | null;
}

export const Released = ({ caller, id, addresses, over, problem }: DoneProps) => (
  <Page title="Released" path="/suppressions" caller={caller}>
    <p class="soft small">
      <a href="/suppressions">Suppressions</a>
    </p>
    <h1>{over ? 'Taken back' : 'Released'}</h1>
    {problem === null ? null : <Refusal problem={problem} />}
    <p class="lead">
      {over
        ? 'The list is what it would be without this release.'
        : `${plural(addresses, 'address is', 'addresses are')} free.`}{' '}
      <code>{id}</code>
    </p>
    {over ? null : (
      <form class="row" method="post" action={`/release/${id}`}>
        <label>
          Take it back, because
          <input
            class="wide"
            type="text"
            name="why"
            required
            maxlength={1000}
            placeholder="it was too early"
          />
        </label>
        <button type="submit" class="danger">
          Take it back
        </button>
      </form>
    )}
  </Page>
);
