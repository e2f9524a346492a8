/** Who may call the API, and who may sign in with a password. */
import { passwordLimits } from '../../app/passwords.ts';
import { type Caller, scopes } from '../../http/auth.ts';
import { Alert, Badge, Empty, Page, Sure, Table, Time } from '../parts.tsx';
import { SettingsTabs } from './settings.tsx';

/** As GET /v1/keys answers. */
export interface Key {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly rate_limit: number | null;
}

/** As GET /v1/users answers. */
export interface User {
  readonly name: string;
  readonly role: string;
  readonly changed_at: string;
}

/** What a form of this page could not do, with what was typed. */
export interface Failed {
  readonly of: 'key' | 'user';
  readonly problem: string;
  readonly typed: Readonly<Record<string, string>>;
}

interface Props {
  readonly caller: Caller;
  readonly keys: readonly Key[];
  readonly users: readonly User[];
  readonly failed: Failed | null;
  /** The key that was just made. */
  readonly made: string | null;
}

/** What each scope lets a key do. */
const meanings: Record<(typeof scopes)[number], string> = {
  check: 'ask before each send',
  read: 'see everything',
  write: 'add and import',
  release: 'release from the list',
  admin: 'everything',
};

export const Keys = ({ caller, keys, users, failed, made }: Props) => (
  <Page title="Keys and people" path="/keys" caller={caller}>
    <h1>Settings</h1>
    <SettingsTabs path="/keys" caller={caller} />
    <h2>API keys</h2>
    {made === null ? null : (
      <div class="note green" role="status">
        <p>The key is made, and shown only now; its hash is all that is kept:</p>
        <p>
          <code data-copy="">{made}</code>
        </p>
      </div>
    )}
    {failed?.of === 'key' ? <Alert>{failed.problem}</Alert> : null}
    {keys.length === 0 ? (
      <Empty>None yet, but for the admin key of the server’s settings.</Empty>
    ) : (
      <Table
        titles={['Name', 'Begins with', 'May', 'A minute', 'Made', 'Last used', 'Change']}
        numbers={['A minute']}
        broad={['Begins with', 'May', 'A minute', 'Made', 'Last used']}
      >
        {keys.map(({ id, name, prefix, scopes: of, rate_limit, created_at, last_used_at }) => (
          <tr>
            <td class="wide">
              {name}
              <div class="soft small broad">{id}</div>
              <div class="narrow small">
                {of.join(', ')}
                <div class="soft">
                  <code>{prefix}…</code>, last used <Time at={last_used_at} />
                </div>
              </div>
            </td>
            <td class="broad">
              <code>{prefix}…</code>
            </td>
            <td class="broad">
              {of.map((scope) => (
                <>
                  <Badge color={scope === 'admin' ? 'amber' : ''}>{scope}</Badge>{' '}
                </>
              ))}
            </td>
            <td class="number broad">
              {rate_limit === null ? <span class="soft">no limit</span> : rate_limit.toLocaleString('en')}
            </td>
            <td class="broad">
              <Time at={created_at} />
            </td>
            <td class="broad">
              <Time at={last_used_at} />
            </td>
            <td>
              <form method="post" action="/keys/revoke">
                <input type="hidden" name="id" value={id} />
                <Sure what="Revoke">
                  <button class="danger" type="submit" aria-label={`Revoke ${name} for good`}>
                    Revoke for good
                  </button>
                </Sure>
              </form>
            </td>
          </tr>
        ))}
      </Table>
    )}
    <form method="post" action="/keys">
      <fieldset>
        <legend>Another key may</legend>
        {scopes.map((scope) => (
          <label class="check">
            <input
              type="checkbox"
              name="scope"
              value={scope}
              checked={(failed?.typed.scopes ?? 'check').split(' ').includes(scope)}
            />
            {scope} <span class="soft">{meanings[scope]}</span>
          </label>
        ))}
      </fieldset>
      <div class="row">
        <label>
          Who will use it
          <input
            class="wide"
            type="text"
            name="name"
            value={failed?.typed.name ?? ''}
            required
            maxlength={200}
            placeholder="shop, in production"
            autocomplete="off"
          />
        </label>
        <label>
          Requests a minute
          <input
            type="number"
            name="rate_limit"
            value={failed?.typed.rate_limit ?? ''}
            min={1}
            max={1_000_000}
            placeholder="no limit"
          />
        </label>
        <button type="submit">Make the key</button>
      </div>
    </form>
    <h2>People</h2>
    <p class="soft prose">
      Who signs in to these pages with a name and a password. An admin may do everything; who may read sees
      everything but keys and the audit, and changes nothing.
      {caller.tenant === 'default' ? '' : ` They sign in as ${caller.tenant}/NAME.`}
    </p>
    {failed?.of === 'user' ? <Alert>{failed.problem}</Alert> : null}
    {users.length === 0 ? (
      <Empty>Nobody yet; keys open these pages as well.</Empty>
    ) : (
      <Table titles={['Name', 'Role', 'Password or role set', 'Change']}>
        {users.map(({ name, role, changed_at }) => (
          <tr>
            <td>{name}</td>
            <td>
              <Badge color={role === 'admin' ? 'amber' : ''}>{role}</Badge>
            </td>
            <td>
              <Time at={changed_at} />
            </td>
            <td>
              <form method="post" action="/keys/users">
                <input type="hidden" name="name" value={name} />
                <Sure what="Remove">
                  <button class="danger" type="submit" name="do" value="remove">{`Remove ${name}`}</button>
                </Sure>
              </form>
            </td>
          </tr>
        ))}
      </Table>
    )}
    <form class="row" method="post" action="/keys/users">
      <label>
        Name
        <input
          type="text"
          name="name"
          value={failed?.typed.user ?? ''}
          required
          maxlength={63}
          autocapitalize="none"
          autocomplete="off"
        />
      </label>
      <label>
        {`Password, ${passwordLimits.least} characters or more`}
        <input
          type="password"
          name="password"
          required
          minlength={passwordLimits.least}
          maxlength={passwordLimits.most}
          autocomplete="new-password"
        />
      </label>
      <label>
        Role
        <select name="role">
          <option>read</option>
          <option selected={failed?.typed.role === 'admin'}>admin</option>
        </select>
      </label>
      <button type="submit" name="do" value="set">
        Set
      </button>
    </form>
    <p class="soft small">
      The name of somebody who is there already sets another password and role, and signs them out.
    </p>
  </Page>
);
