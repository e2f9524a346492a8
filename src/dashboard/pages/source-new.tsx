/** A new source: choose the provider, give what it needs, and paste what comes of it over there. */
import type { Caller } from '../../http/auth.ts';
import { signsWithSha1 } from '../../http/source-rules.ts';
import type { ProviderAdapter } from '../../providers/adapter.ts';
import { Alert, Empty, Page } from '../parts.tsx';
import { Copied, hintOf, Steps } from './source-parts.tsx';

const proofs = {
  signature: 'signs its requests',
  topics: 'signs, through topics of SNS',
  shared: 'sends a secret along',
} as const;

const Trail = () => (
  <p class="soft small">
    <a href="/sources">Sources</a>
  </p>
);

export const ChooseProvider = ({
  caller,
  q,
  found,
  problem,
}: {
  caller: Caller;
  q: string;
  found: readonly ProviderAdapter[];
  problem: string | null;
}) => (
  <Page title="Add a source" path="/sources/new" caller={caller}>
    <Trail />
    <h1>Add a source</h1>
    <p class="lead">Who reports your bounces? A source takes the webhooks of one provider.</p>
    {problem === null ? null : <Alert>{problem}</Alert>}
    <form class="row" method="get" action="/sources/new">
      <label>
        Provider
        <input class="wide" type="search" name="q" value={q} placeholder="postmark" autocomplete="off" />
      </label>
      <button type="submit">Search</button>
      {q === '' ? null : <a href="/sources/new">All</a>}
    </form>
    {found.length === 0 ? (
      <Empty>
        {`No provider is called “${q}”. Anything that can post JSON goes in through `}
        <a href="/sources/new?provider=generic">generic</a>.
      </Empty>
    ) : (
      <ul class="tiles choices">
        {found.map(({ id, name, needs }) => (
          <li>
            <a href={`/sources/new?provider=${id}`}>{name}</a>
            <span class="soft small">{proofs[needs.proof]}</span>
          </li>
        ))}
      </ul>
    )}
  </Page>
);

interface NewProps {
  readonly caller: Caller;
  readonly adapter: ProviderAdapter;
  /** What was typed, or what it starts with. */
  readonly form: URLSearchParams;
  readonly problems: readonly string[];
  readonly streams: readonly string[];
}

export const NewSource = ({ caller, adapter, form, problems, streams }: NewProps) => {
  const { id, name, needs } = adapter;
  const typed = (field: string) => form.get(field) ?? '';
  return (
    <Page title={`Add ${name}`} path="/sources/new" caller={caller}>
      <p class="soft small">
        <a href="/sources">Sources</a> / <a href="/sources/new">Add a source</a>
      </p>
      <h1>{`Add ${name}`}</h1>
      <p class="lead">First what Mailstop must know; then it shows the URL and where to paste it.</p>
      {problems.map((problem) => (
        <Alert>{problem}</Alert>
      ))}
      <form class="stack" method="post" action="/sources/new">
        <input type="hidden" name="provider" value={id} />
        <label>
          Name
          <input class="wide" type="text" name="name" value={typed('name')} required maxlength={200} />
        </label>
        <Proof adapter={adapter} form={form} />
        {needs.publicUrl !== true ? null : (
          <label>
            {`URL as ${name} will call it; it is signed, so it must be exact. {id} stands for the id of the source.`}
            <input type="text" name="public_url" value={typed('public_url')} />
          </label>
        )}
        <label>
          Stream of its mail (empty: all mail)
          <input
            class="wide"
            type="text"
            name="stream"
            value={typed('stream')}
            list="streams"
            maxlength={64}
          />
        </label>
        <datalist id="streams">
          {streams.map((stream) => (
            <option value={stream} />
          ))}
        </datalist>
        {id === 'dsn' || id === 'arf' ? <Trust chosen={typed('trust')} /> : null}
        {!signsWithSha1(id) ? null : (
          <label class="check">
            <input type="checkbox" name="require_sha256" checked={form.has('require_sha256')} />
            Refuse the old SHA-1 signatures
          </label>
        )}
        <details open={form.has('username') && typed('username') !== ''}>
          <summary>HTTP basic auth as well</summary>
          <div class="row">
            <label>
              User
              <input type="text" name="username" value={typed('username')} autocomplete="off" />
            </label>
            <label>
              Password
              <input type="password" name="password" autocomplete="new-password" />
            </label>
          </div>
        </details>
        <details open={form.has('allow_unsigned')}>
          <summary>Take its requests without any proof</summary>
          <p class="note red">
            Whoever learns the URL can then add any address to your list, and take unsubscribes back. For a
            trial or a closed network only; it is shown on every page until it is changed.
          </p>
          <label class="check">
            <input type="checkbox" name="allow_unsigned" checked={form.has('allow_unsigned')} />
            Check nothing
          </label>
        </details>
        <div>
          <button type="submit">Make the source</button>
        </div>
      </form>
    </Page>
  );
};

const Proof = ({ adapter, form }: { adapter: ProviderAdapter; form: URLSearchParams }) => {
  const { name, needs } = adapter;
  const typed = form.get('keys') ?? '';
  if (needs.proof === 'topics')
    return (
      <label>
        {`Topic ARNs, one a line. ${hintOf(adapter)}`}
        <textarea class="code" name="keys" rows={3} spellcheck={false}>
          {typed}
        </textarea>
      </label>
    );
  if (needs.proof === 'signature')
    return (
      <label>
        {`Signing key. ${hintOf(adapter)} Leave it empty if ${name} shows it only once it has the URL: until the key is there, nothing is taken in.`}
        <textarea class="code" name="keys" rows={3} spellcheck={false} autocomplete="off">
          {typed}
        </textarea>
      </label>
    );
  return (
    <>
      <p class="prose">
        {`${name} does not sign what it sends. A secret that only it and Mailstop know proves its requests: Mailstop makes one and shows it once.`}
      </p>
      <details open={typed !== ''}>
        <summary>Use a secret of your own</summary>
        <label>
          {hintOf(adapter)}
          <textarea class="code" name="keys" rows={2} spellcheck={false} autocomplete="off">
            {typed}
          </textarea>
        </label>
      </details>
    </>
  );
};

export const Trust = ({ chosen }: { chosen: string }) => (
  <label>
    Anyone can mail a bounce. Which do you act on in full?
    <select name="trust">
      <option value="" selected={chosen === ''}>
        what is proven in full, the rest as weak evidence
      </option>
      <option value="proven" selected={chosen === 'proven'}>
        only what is proven
      </option>
      <option value="full" selected={chosen === 'full'}>
        all: my own mail server hands it over
      </option>
    </select>
  </label>
);

/** The only page that ever shows a secret: the answer to the form that made it. */
export const Made = ({
  caller,
  adapter,
  source: { id, url, name },
  secret,
}: {
  caller: Caller;
  adapter: ProviderAdapter;
  source: { readonly id: string; readonly url: string; readonly name: string };
  secret: string;
}) => (
  <Page title={`${name} is ready`} path="/sources/new" caller={caller}>
    <Trail />
    <h1>{`${name} is ready`}</h1>
    <p class="note amber">The secret is shown only now. Copy it before you leave this page.</p>
    <dl class="facts">
      <dt>URL</dt>
      <dd>
        <Copied>{url}</Copied>
      </dd>
      <dt>Secret</dt>
      <dd>
        <Copied>{secret}</Copied>
      </dd>
    </dl>
    <p class="prose soft">
      It is sent as <code>Authorization: Bearer</code>, in the header <code>X-Mailstop-Key</code>, or in the
      URL as <code>?key=</code>.
    </p>
    <h2>{`At ${adapter.name}`}</h2>
    <Steps adapter={adapter} />
    {adapter.id !== 'generic' ? null : (
      <pre>{`curl ${url} -H 'X-Mailstop-Key: ${secret}' -H 'Content-Type: application/json' \\\n  -d '{"recipient":"ann@example.com","event":"bounce","text":"550 5.1.1 user unknown"}'`}</pre>
    )}
    <p>
      <a class="button" href={`/sources/${id}`}>
        I have copied it
      </a>
    </p>
  </Page>
);
