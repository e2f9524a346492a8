/** What happens around every request: its id, its log line, its count, its headers, and no exception ever shown. */
import type { LogFields } from '../app/log.ts';
import { safeMessage } from '../app/log.ts';
import type { Services } from '../app/services.ts';
import { Busy } from '../app/until-fresh.ts';
import { authenticate, forbidden, may, refuseCaller, stranger, tooMany } from './auth.ts';
import { BrokeOff } from './body.ts';
import type { Endpoint } from './endpoint.ts';
import { misencoded } from './path-encoding.ts';
import { type Answer, brokenOff, type Problem, refuse, responseOf, tryLater } from './problem.ts';
import { limiterOf } from './rate-limit.ts';

/** How a refusal is shown; as it is, where nobody says another way. */
export type Present = (problem: Problem, requestId: string) => Promise<Answer>;

export async function serve(
  services: Services,
  request: Request,
  route: string,
  answer: (requestId: string) => Promise<Answer>,
  present: Present = async (problem) => problem,
): Promise<Response> {
  const { runtime, log, metrics } = services;
  const requestId = `req_${runtime.randomText(16)}`;
  const startedAt = runtime.now();
  const wrongPath = misencoded(request.url, route);
  const { answered, error } =
    wrongPath === null
      ? await attempt(services, () => answer(requestId))
      : { answered: wrongPath, error: null };
  const { answered: shown } =
    answered.type === 'problem' ? await attempt(services, () => present(answered, requestId)) : { answered };
  const response = responseOf(shown, requestId);
  const fields: LogFields = {
    request_id: requestId,
    method: request.method,
    route,
    status: response.status,
    duration_ms: runtime.now() - startedAt,
    ...answered.log,
    ...(error === null ? {} : { error }),
  };
  const level = response.status >= 500 ? 'error' : fields.why === undefined ? 'info' : 'warn';
  log(level, 'request', fields);
  metrics.count('mailstop_requests_total', { route, status: String(response.status) });
  return response;
}

export const serveEndpoint = (
  services: Services,
  request: Request,
  params: Record<string, string>,
  of: Endpoint,
) =>
  serve(services, request, of.path, async (requestId) => {
    const caller = of.scope === null ? stranger : await authenticate(services, request);
    if (caller === null) return refuseCaller(services, request);
    if (of.scope !== null && !may(caller, of.scope)) return forbidden(of.scope);
    const { actor, rateLimit } = caller;
    const wait = rateLimit === null ? 0 : limiterOf(services).take(actor, rateLimit);
    if (rateLimit !== null && wait > 0) return tooMany(rateLimit, wait);
    return of.run({ services, caller, params, request, requestId, query: undefined, body: undefined });
  });

async function attempt(
  services: Services,
  run: () => Promise<Answer>,
): Promise<{ answered: Answer; error: string | null }> {
  try {
    return { answered: await run(), error: null };
  } catch (error) {
    // Its sender knows, and nothing is wrong here.
    if (error instanceof BrokeOff) return { answered: brokenOff(), error: null };
    const told =
      error instanceof Error ? `${error.name}: ${safeMessage(error.message)}`.slice(0, 500) : 'unknown';
    if (error instanceof Busy)
      return { answered: tryLater('Too much to store at once; try again.'), error: told };
    const ours = isMistake(error) && (await isReadable(services));
    const answered = ours
      ? refuse(500, 'Something went wrong here; the log has more under the request id.')
      : tryLater('The list cannot be read or written right now; try again.');
    return { answered, error: told };
  }
}

/** Our own bug. better-sqlite3 says of a closed database that it is a TypeError, so the store is asked as well. */
const isMistake = (error: unknown): boolean =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof ReferenceError ||
  error instanceof SyntaxError ||
  (error instanceof Error && error.name.endsWith('ZodError'));

const isReadable = ({ store }: Pick<Services, 'store'>): Promise<boolean> =>
  store.ping().then(
    () => true,
    () => false,
  );
