/** Where a key opens the pages. */
import { SignIn } from '../pages/sign-in.tsx';
import { pathOf } from '../session.ts';
import { page } from '../visit.ts';

export const signInPage = (next: string | null, problem: string | null = null): Response =>
  page(<SignIn next={pathOf(next)} problem={problem} />, problem === null ? 200 : 403);
