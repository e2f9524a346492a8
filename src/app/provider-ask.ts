/** Speaks to a provider's API for the server: through the guard of what goes out, once; who comes again is decided elsewhere. */
import { type Ask, Refusal } from '../lists/list.ts';
import type { Outbound } from './runtime.ts';

export const ANSWER_BYTES = 32 * 1024 * 1024;
const MAX_TOLD = 200;

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

function read(status: number, text: string): unknown {
  if (text.trim() === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(status, 'answered what is no JSON');
  }
}
