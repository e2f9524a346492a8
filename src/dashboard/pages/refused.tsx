/** What could not be shown or done, and what to try instead. */
import type { Caller } from '../../http/auth.ts';
import type { Problem } from '../../http/problem.ts';
import { Page } from '../parts.tsx';
import { problemWords } from '../problem-words.ts';

export interface RefusedProps {
  readonly problem: Problem;
  readonly requestId: string;
  /** undefined = it cannot be told who that is. */
  readonly caller: Caller | null | undefined;
  /** The page of ours that led here. */
  readonly before: string | null;
}

const titles: Readonly<Record<number, string>> = {
  403: 'That is not allowed',
  404: 'Not found',
  405: 'This is only sent as a form',
  422: 'Something is missing',
  500: 'Something went wrong',
  503: 'Not right now',
};

export const Refused = ({ problem, requestId, caller, before }: RefusedProps) => {
  const title = titles[problem.status] ?? 'That could not be done';
  return (
    <Page title={title} path="" caller={caller}>
      <div class="refused">
        <p class="soft small">{problem.status}</p>
        <h1>{title}</h1>
        {problemWords(problem).map((words) => (
          <p class="lead">{words}</p>
        ))}
        <p class="actions">
          {caller === null ? (
            <a class="button" href={`/sign-in?next=${encodeURIComponent(before ?? '/')}`}>
              Sign in
            </a>
          ) : before === null ? (
            <a class="button" href="/">
              To the overview
            </a>
          ) : (
            <a class="button" href={before}>
              Back to the page before
            </a>
          )}
          {caller !== null && before !== null ? <a href="/">Overview</a> : null}
          {caller != null && problem.status === 403 ? <a href="/sign-in">Sign in as somebody else</a> : null}
        </p>
        <p class="soft small">
          In the log, this request is <code>{requestId}</code>.
        </p>
      </div>
    </Page>
  );
};
