/** Which mail a source speaks of, and the rest of what can be set of it. */
import { may } from '../../http/auth.ts';
import { signsWithSha1 } from '../../http/source-rules.ts';
import { Table } from '../parts.tsx';
import { Trust } from './source-new.tsx';
import { Section, type SourceFacts } from './source-parts.tsx';

/** Rows for groups that are still to be named. */
const EMPTY_ROWS = 2;

export const StreamsOf = ({ row, adapter, streams, problem, caller }: SourceFacts) => {
  const typed = problem?.at === 'streams' ? problem.form : null;
  const pairs: readonly (readonly [string, string])[] =
    typed === null
      ? Object.entries(JSON.parse(row.streams) as Record<string, string>)
      : typed.getAll('group').map((group, i) => [group, typed.getAll('to')[i] ?? ''] as const);
  const rows = [
    ...pairs.filter(([group]) => group !== ''),
    ...Array.from({ length: EMPTY_ROWS }, () => ['', ''] as const),
  ];
  const isAdmin = may(caller, 'admin');
  return (
    <Section id="streams" title="Streams" problem={problem}>
      <p class="prose soft">
        {`What a stream is suppressed for stays in that stream. Name what ${adapter.name} calls a group, topic, list or message stream, and the stream it is here; what is not named speaks of ${row.stream === null ? 'all mail' : row.stream}.`}
      </p>
      {isAdmin ? (
        <form class="stack" method="post" action={`/sources/${row.id}`}>
          <label>
            Stream of what is not named below (empty: all mail)
            <input
              class="wide"
              type="text"
              name="stream"
              value={typed?.get('stream') ?? row.stream ?? ''}
              list="streams"
              maxlength={64}
            />
          </label>
          <table class="fields">
            <thead>
              <tr>
                <th scope="col">{`Group at ${adapter.name}`}</th>
                <th scope="col">Stream here</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(([group, to]) => (
                <tr>
                  <td>
                    <input
                      type="text"
                      name="group"
                      value={group}
                      aria-label={`Group at ${adapter.name}`}
                      maxlength={200}
                    />
                  </td>
                  <td>
                    <input
                      type="text"
                      name="to"
                      value={to}
                      aria-label="Stream here"
                      list="streams"
                      maxlength={64}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <datalist id="streams">
            {streams.map((stream) => (
              <option value={stream} />
            ))}
          </datalist>
          <div>
            <button type="submit" class="second" name="do" value="streams">
              Save the streams
            </button>
          </div>
        </form>
      ) : (
        <Table titles={['Group', 'Stream']}>
          {pairs.map(([group, to]) => (
            <tr>
              <td>{group}</td>
              <td>{to}</td>
            </tr>
          ))}
        </Table>
      )}
    </Section>
  );
};

export const SettingsOf = ({ row, adapter, problem }: SourceFacts) => {
  const typed = problem?.at === 'settings' ? problem.form : null;
  const isOn = (name: string, now: number) => (typed === null ? now === 1 : typed.has(name));
  return (
    <Section id="settings" title="Settings" problem={problem}>
      <form class="stack" method="post" action={`/sources/${row.id}`}>
        <label>
          Name
          <input
            class="wide"
            type="text"
            name="name"
            value={typed?.get('name') ?? row.name}
            required
            maxlength={200}
          />
        </label>
        {adapter.needs.publicUrl !== true ? null : (
          <label>
            {`URL as ${adapter.name} calls it, which it signs`}
            <input type="text" name="public_url" value={typed?.get('public_url') ?? row.public_url ?? ''} />
          </label>
        )}
        {row.provider === 'dsn' || row.provider === 'arf' ? (
          <Trust chosen={typed?.get('trust') ?? row.trust ?? ''} />
        ) : null}
        {!signsWithSha1(row.provider) ? null : (
          <label class="check">
            <input
              type="checkbox"
              name="require_sha256"
              checked={isOn('require_sha256', row.require_sha256)}
            />
            Refuse the old SHA-1 signatures
          </label>
        )}
        <details open={row.allow_unsigned === 1}>
          <summary>Take its requests without any proof</summary>
          <p class="note red">
            Whoever learns the URL can then add any address to your list, and take unsubscribes back.
          </p>
          <label class="check">
            <input
              type="checkbox"
              name="allow_unsigned"
              checked={isOn('allow_unsigned', row.allow_unsigned)}
            />
            Check nothing
          </label>
        </details>
        <div>
          <button type="submit" class="second" name="do" value="settings">
            Save
          </button>
        </div>
      </form>
    </Section>
  );
};
