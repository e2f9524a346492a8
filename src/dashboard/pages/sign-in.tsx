/** Where a key opens the pages. */
import { Page } from '../parts.tsx';

export const SignIn = ({ next, problem }: { next: string; problem: string | null }) => (
  <Page title="Sign in" path="/sign-in" caller={null}>
    <div class="sign-in">
      <h1>Sign in</h1>
      <p class="soft">With an API key. One with the scope “read” sees everything and changes nothing.</p>
      {problem === null ? null : (
        <p class="note red" role="alert">
          {problem}
        </p>
      )}
      <form method="post" action="/sign-in">
        <input type="hidden" name="next" value={next} />
        <label>
          API key
          <input type="password" name="key" autocomplete="current-password" required autofocus />
        </label>
        <button type="submit">Sign in</button>
      </form>
      <p class="soft small">
        The first key was shown when the server started. Another:{' '}
        <code>mailstop key create --name me --scopes admin</code>
      </p>
    </div>
  </Page>
);
