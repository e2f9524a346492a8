/** Where a key, or a name and password, open the pages. */
import { SignIn } from '../pages/sign-in.tsx';
import { pathOf } from '../session.ts';
import { page } from '../visit.ts';

/** `name`: of the user who tried a password; null = a key was tried, or nothing. */
export const signInPage = (
  next: string | null,
  problem: string | null = null,
  name: string | null = null,
): Response =>
  page(<SignIn next={pathOf(next)} problem={problem} name={name} />, problem === null ? 200 : 403);
