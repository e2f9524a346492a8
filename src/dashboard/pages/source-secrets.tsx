/** The secrets of a source: how many and since when, never what they are; a new one beside the old, then the old one gone. */
import { may } from '../../http/auth.ts';
import { isClosed } from '../../http/source-rules.ts';
import { plural, Time } from '../parts.tsx';
import { hintOf, Section, type SourceFacts } from './source-parts.tsx';

export const SecretsOf = (facts: SourceFacts) => {
  const { row, adapter, secrets, problem, caller } = facts;
  const { proof } = adapter.needs;
  const waitsForKey = proof !== 'shared' && isClosed(secrets);
  const own = proof === 'topics' ? secrets.topicArns : secrets.keys;
  const what = { signature: 'signing key', shared: 'shared secret', topics: 'topic' }[proof];
  return (
    <Section id="secrets" title="Secrets" problem={problem}>
      {waitsForKey ? (
        <p class="note amber">{`It waits for its key, and takes nothing in until then. ${hintOf(adapter)}`}</p>
      ) : (
        <p>
          {[
            own.length === 0 ? null : plural(own.length, what),
            secrets.basicAuth.length === 0
              ? null
              : plural(secrets.basicAuth.length, 'user of HTTP basic auth', 'users of HTTP basic auth'),
          ]
            .filter((part) => part !== null)
            .join(' and ') || 'None'}
          {row.secrets_at === null ? '' : ', given '}
          {row.secrets_at === null ? null : <Time at={row.secrets_at} />}
          <span class="soft">. They are sealed at rest and shown to nobody.</span>
        </p>
      )}
      {may(caller, 'admin') ? (
        <Rotation facts={facts} own={own.length} waitsForKey={waitsForKey} what={what} />
      ) : null}
    </Section>
  );
};

const Rotation = ({
  facts: { row, adapter, problem },
  own,
  waitsForKey,
  what,
}: {
  facts: SourceFacts;
  own: number;
  waitsForKey: boolean;
  what: string;
}) => {
  const { proof } = adapter.needs;
  const typed = problem?.at === 'secrets' ? (problem.form.get('key') ?? '') : '';
  return (
    <>
      {own < 2 ? null : (
        <ol class="plain">
          {Array.from({ length: own }, (_, i) => (
            <li>
              <form class="inline" method="post" action={`/sources/${row.id}`}>
                {`${what.charAt(0).toUpperCase()}${what.slice(1)} ${i + 1}, ${i === 0 ? 'the oldest' : i === own - 1 ? 'the newest' : 'between'} `}
                <input type="hidden" name="index" value={i} />
                <input type="hidden" name="secrets_at" value={row.secrets_at ?? ''} />
                <button type="submit" class="plain small" name="do" value="drop-secret">
                  Remove
                </button>
              </form>
            </li>
          ))}
        </ol>
      )}
      <form class="stack" method="post" action={`/sources/${row.id}`}>
        <label>
          {waitsForKey || own === 0
            ? `The ${what}`
            : `Another ${what}, which is good beside the old one until you remove that`}
          {proof === 'shared' ? ' (empty: Mailstop makes one and shows it once)' : ''}
          <textarea
            class="code"
            name="key"
            rows={2}
            spellcheck={false}
            autocomplete="off"
            required={proof !== 'shared'}
          >
            {typed}
          </textarea>
        </label>
        <div>
          <button type="submit" class={waitsForKey ? undefined : 'second'} name="do" value="add-secret">
            {waitsForKey ? 'Take it into use' : `Add the ${what}`}
          </button>
        </div>
      </form>
    </>
  );
};
