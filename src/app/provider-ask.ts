/** Speaks to a provider's API for the server: through the guard of what goes out, once; who comes again is decided elsewhere. */
import { MINUTE, SECOND } from '../core/time.ts';
import { type Ask, Refusal } from '../lists/list.ts';
import type { Outbound } from './runtime.ts';

export const ANSWER_BYTES = 32 * 1024 * 1024;
const MAX_TOLD = 200;
/** Who asks to wait longer is asked another time. */
export const LONGEST_WAIT = 2 * MINUTE;

export type Wait = (ms: number) => Promise<void>;

export const askOver =
  ({ ask }: Pick<Outbound, 'ask'>): Ask =>
  async ({ method = 'GET', url, headers = {}, json }) => {
    const answer = await ask(new URL(url), {
      method,
      headers: {
        ...headers,
        'user-agent': 'Mailstop',
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: json === undefined ? null : JSON.stringify(json),
      limit: ANSWER_BYTES,
    });
    if (answer === null) throw new Refusal(0, 'cannot be reached');
    const { status, text, retryAfter } = answer;
    const isDone = status >= 200 && status < 300;
    if (method === 'DELETE' && (isDone || status === 404)) return null;
    if (!isDone) throw new Refusal(status, `${status} ${text.slice(0, MAX_TOLD)}`.trim(), retryAfter);
    return read(status, text);
  };

/** For people, without what the provider wrote. `to`: what the key must be allowed to do. */
export function refusalWords(status: number, to: 'read' | 'change'): string {
  if (status === 0) return 'The API cannot be reached, or its answer is larger than is read.';
  if (status === 401 || status === 403)
    return `The API answered ${status}: is the key right, and may it ${to} suppressions?`;
  if (status === 404) return 'The API answered 404: is "of" right?';
  if (status === 408) return 'The API takes too long.';
  if (status === 429) return 'The API answered 429: too many requests.';
  return status < 300 ? 'The API answered what is no JSON.' : `The API answered ${status}.`;
}

function read(status: number, text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(status, 'answered what is no JSON');
  }
}

/** Waits where the provider asks it to, if that is not long: a list of many pages meets its limits. */
export const patient =
  (ask: Ask, wait: Wait, deadline: number, now: () => number): Ask =>
  async (request) => {
    for (;;) {
      try {
        return await ask(request);
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 429) throw error;
        const ms = waitOf(error.retryAfter, now());
        if (ms > LONGEST_WAIT || performance.now() + ms > deadline) throw error;
        await wait(ms);
      }
    }
  };

/** RFC 9110: seconds, or a date; a minute where it does not say. */
function waitOf(retryAfter: string | null, now: number): number {
  if (retryAfter === null) return MINUTE;
  const seconds = Number(retryAfter);
  const ms = Number.isFinite(seconds) ? seconds * SECOND : Date.parse(retryAfter) - now;
  return Number.isFinite(ms) ? Math.max(SECOND, ms) : MINUTE;
}

export const sleep: Wait = (ms) => new Promise((done) => setTimeout(done, ms));
