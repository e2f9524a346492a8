/** What is refused to whoever looks with a browser is a page that says what to try; scripts get the problem as it is. */
import type { Services } from '../app/services.ts';
import { raw } from '../http/problem.ts';
import type { Present } from '../http/serve.ts';
import { callerOf, pageBefore } from './session.ts';

/** Of machines: what they ask for is no page, whatever they say that they take. */
const machines = /^\/(?:v1|webhooks)(?:\/|$)/;

export const asPage =
  (services: Services, request: Request): Present =>
  async (problem, requestId) => {
    const isOfPeople =
      /\btext\/html\b/.test(request.headers.get('accept') ?? '') &&
      !machines.test(new URL(request.url).pathname);
    if (!isOfPeople) return problem;
    // Of a database that cannot be read nobody asks who that is.
    const caller = problem.status >= 500 ? undefined : await callerOf(services, request);
    const { refused } = await import('./pages.ts');
    return raw(refused({ problem, requestId, caller, before: pageBefore(services, request) }));
  };
