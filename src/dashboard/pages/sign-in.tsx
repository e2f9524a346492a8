/** Where a key, or a name and password, open the pages. */
import { Page } from '../parts.tsx';

interface Props {
  readonly next: string;
  readonly problem: string | null;
  /** Of the user who tried a password. */
  readonly name: string | null;
}

export const SignIn = ({ next, problem, name }: Props) => (
  <Page title="Sign in" path="/sign-in" caller={null}>
    <div class="sign-in">
      <h1>Sign in</h1>
      {problem === null ? null : (
        <p class="note red" role="alert">
          {problem}
        </p>
      )}
      <form method="post" action="/sign-in">
        <input type="hidden" name="next" value={next} />
        <label>
          Name
          <input
            type="text"
            name="name"
            value={name ?? ''}
            autocomplete="username"
            autocapitalize="none"
            maxlength={130}
            required
            autofocus={name === null}
          />
        </label>
        <label>
          Password
          <input
            type="password"
            name="password"
            autocomplete="current-password"
            required
            autofocus={name !== null}
          />
        </label>
        <button type="submit">Sign in</button>
      </form>
      <p class="or soft small">or with an API key</p>
      <form method="post" action="/sign-in">
        <input type="hidden" name="next" value={next} />
        <label>
          API key
          <input type="password" name="key" autocomplete="off" required />
        </label>
        <button type="submit" class="second">
          Sign in with the key
        </button>
      </form>
      <p class="soft small">
        The first key was shown when the server started. Another:{' '}
        <code>mailstop key create --name me --scopes admin</code>. A user with a password:{' '}
        <code>mailstop user add ann --role read</code>
      </p>
    </div>
  </Page>
);
