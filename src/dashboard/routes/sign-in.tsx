/** Where a key, or a name and password, open the pages. */
import { SignIn } from '../pages/sign-in.tsx';
import { pathOf } from '../session.ts';
import { page, queryOf } from '../visit.ts';

export const signInPage = (request: Request): Response =>
  page(<SignIn next={pathOf(queryOf(request).get('next'))} problem={null} name={null} />);

/** `wait`: seconds, where too many tried. */
export function notSignedIn(
  form: URLSearchParams,
  { problem, wait }: { problem: string; wait: number },
): Response {
  const answer = page(
    <SignIn next={pathOf(form.get('next'))} problem={problem} name={form.get('name')} />,
    wait > 0 ? 429 : 403,
  );
  if (wait > 0) answer.headers.set('Retry-After', String(wait));
  return answer;
}
