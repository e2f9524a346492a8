/** Labels and replies that no rule knew, and a rule of one's own for a reply. */
import { type Caller, may } from '../../http/auth.ts';
import { providerOf } from '../../providers/registry.ts';
import type { UnmappedRow } from '../../store/store.ts';
import { Alert, Badge, count, Empty, Page, plural, Table, Time } from '../parts.tsx';
import { InputTabs } from './source-parts.tsx';
import { UnmappedFields } from './unmapped-replay.tsx';

export interface Unmapped {
  readonly row: UnmappedRow;
  /** The tenant's own rule that decides such a reply; null = none does. */
  readonly rule: string | null;
  /** The adapter of today has the label. */
  readonly isKnown: boolean;
}

/** What a rule that was just put in force has changed. */
export interface Named {
  readonly suppressed: number;
  readonly released: number;
  readonly changed: number;
}

const Provider = ({ id }: { id: string }) => <>{providerOf(id)?.name ?? id}</>;

interface Props {
  readonly caller: Caller;
  readonly found: readonly Unmapped[];
  readonly named: Named | null;
}

export const UnmappedPage = ({ caller, found, named }: Props) => {
  const replies = found.filter(({ row }) => row.kind === 'template');
  const labels = found.filter(({ row }) => row.kind === 'label');
  return (
    <Page title="Unmapped" path="/sources" caller={caller}>
      <h1>Unmapped</h1>
      <InputTabs path="/unmapped" />
      <p class="lead">
        What no rule of Mailstop knew, most frequent first. Whatever could tell of a person is masked.
      </p>
      {named === null ? null : (
        <p class="note green" role="status">
          {`The rule is in force, and what is on record was decided again: ${plural(named.suppressed, 'address', 'addresses')} suppressed more, ${count(named.released)} released, ${count(named.changed)} changed.`}
        </p>
      )}
      <h2>Replies</h2>
      <p class="prose soft">
        They were decided by their code alone. A rule of your own decides those to come, and those on record
        again; worth an issue as well, so that everybody has it.
      </p>
      {replies.length === 0 ? (
        <Empty>Every reply was known.</Empty>
      ) : (
        <Table
          titles={['Reply', 'Provider', 'Count', 'Last', 'Rule']}
          numbers={['Count']}
          broad={['Provider', 'Count', 'Last']}
        >
          {replies.map(({ row, rule }) => (
            <tr>
              <td class="reply">
                {row.sample}
                <Seen row={row} />
              </td>
              <td class="broad">
                <Provider id={row.provider} />
              </td>
              <td class="number broad">{count(row.count)}</td>
              <td class="soft broad">
                <Time at={row.last_at} />
              </td>
              <td class="wide">
                {rule !== null ? (
                  <>
                    {rule} <ReadAgain caller={caller} row={row} />
                  </>
                ) : may(caller, 'admin') ? (
                  <a
                    href={`/unmapped/name?${new URLSearchParams({ provider: row.provider, reply: row.name })}`}
                  >
                    Name it
                  </a>
                ) : (
                  '–'
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
      <h2>Labels</h2>
      <p class="prose soft">
        Words of a provider for a kind of event that its adapter does not have. They decide nothing. Once an
        update knows one, its kept requests are read again from here; all there are, by{' '}
        <code>mailstop replay --all</code>
      </p>
      {labels.length === 0 ? (
        <Empty>Every label was known.</Empty>
      ) : (
        <Table
          titles={['Label', 'Provider', 'Count', 'First', 'Last', 'Now']}
          numbers={['Count']}
          broad={['Provider', 'Count', 'First', 'Last']}
        >
          {labels.map(({ row, isKnown }) => (
            <tr>
              <td class="reply">
                <code>{row.name}</code>
                <Seen row={row} />
              </td>
              <td class="broad">
                <Provider id={row.provider} />
              </td>
              <td class="number broad">{count(row.count)}</td>
              <td class="soft broad">
                <Time at={row.first_at} />
              </td>
              <td class="soft broad">
                <Time at={row.last_at} />
              </td>
              <td class="wide">
                {isKnown ? (
                  <>
                    <Badge color="green">known</Badge> <ReadAgain caller={caller} row={row} />
                  </>
                ) : (
                  <span class="soft">unknown</span>
                )}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </Page>
  );
};

/** On a phone: where, how often, and when last. */
const Seen = ({ row }: { row: UnmappedRow }) => (
  <div class="narrow small soft">
    <Provider id={row.provider} />
    {`, ${plural(row.count, 'time')}, last `}
    <Time at={row.last_at} />
  </div>
);

const ReadAgain = ({ caller, row }: { caller: Caller; row: UnmappedRow }) =>
  may(caller, 'write') ? (
    <form class="inline" method="post" action="/unmapped/replay">
      <UnmappedFields row={row} />
      <button type="submit" class="second" aria-label={`Read its requests again: ${row.sample}`}>
        Read its requests again
      </button>
    </form>
  ) : null;

/** What a rule for a reply may do, and how that is said. */
export const outcomes = {
  suppress: 'The address is dead: suppress it for good',
  strike: 'It may pass: suppress it for a time after failures on three days',
  note: 'It says nothing of the address: record it only',
} as const;

export interface Previewed {
  readonly addresses: number;
  readonly events: number;
  readonly suppressed: number;
  readonly released: number;
  readonly changed: number;
  readonly next_cursor: string | null;
}

interface NameProps {
  readonly caller: Caller;
  readonly row: UnmappedRow;
  /** What was typed, or what it starts with. */
  readonly form: URLSearchParams;
  readonly problems: readonly string[];
  /** What the rule would do to the list; null = not asked so far. */
  readonly preview: Previewed | null;
}

export const NameReply = ({ caller, row, form, problems, preview }: NameProps) => {
  const typed = (name: string) => form.get(name) ?? '';
  return (
    <Page title="Name a reply" path="/sources" caller={caller}>
      <p class="soft small">
        <a href="/unmapped">Unmapped</a>
      </p>
      <h1>Name a reply</h1>
      <pre>{row.sample}</pre>
      <p class="soft">
        {`${plural(row.count, 'time', 'times')} by `}
        <Provider id={row.provider} />
        {', last '}
        <Time at={row.last_at} />
      </p>
      {problems.map((problem) => (
        <Alert>{problem}</Alert>
      ))}
      <form class="stack" method="post" action="/unmapped/name">
        <input type="hidden" name="provider" value={row.provider} />
        <input type="hidden" name="reply" value={row.name} />
        <label>
          Words that such a reply holds, as a regular expression; upper and lower case are alike
          <textarea class="code" name="text" rows={3} required maxlength={500} spellcheck={false}>
            {typed('text')}
          </textarea>
        </label>
        <label>
          What it means
          <select name="then">
            {Object.entries(outcomes).map(([name, words]) => (
              <option value={name} selected={typed('then') === name}>
                {words}
              </option>
            ))}
          </select>
        </label>
        <label>
          Id of the rule
          <input class="wide" type="text" name="rule" value={typed('rule')} required maxlength={64} />
        </label>
        <label>
          Why, which every decision of it shows
          <input
            type="text"
            name="why"
            value={typed('why')}
            required
            maxlength={500}
            placeholder="their postmaster says so"
          />
        </label>
        {preview === null ? null : <Preview of={preview} />}
        <div class="row">
          <button type="submit" class={preview === null ? undefined : 'second'} name="do" value="preview">
            See what it would change
          </button>
          <button type="submit" class={preview === null ? 'second' : undefined} name="do" value="activate">
            Put the rule in force
          </button>
        </div>
      </form>
    </Page>
  );
};

const Preview = ({ of }: { of: Previewed }) => (
  <p class="note" role="status">
    {`Of ${plural(of.addresses, 'address', 'addresses')} with ${plural(of.events, 'event')}, ${of.suppressed} would be suppressed more, ${of.released} released, ${of.changed} changed`}
    {of.next_cursor === null ? '.' : '; that is the beginning of the list.'}
  </p>
);
