/** Speaks to a provider's API on behalf of its list; patient where it is told to wait. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ask } from '../lists/list.ts';
import { Failure } from './failure.ts';
import { clean } from './output.ts';

const ATTEMPTS = 6;
const TIMEOUT = 60_000;
const LONGEST_WAIT = 120_000;

/** `provider` is for errors. */
export function asker(provider: string): Ask {
  return async ({ method = 'GET', url, headers = {}, json }) => {
    for (let attempt = 1; ; attempt++) {
      const answer = await reach(provider, url, {
        method,
        headers: { ...headers, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(json === undefined ? {} : { body: JSON.stringify(json) }),
        redirect: 'error',
      });
      if (method === 'DELETE' && (answer.ok || answer.status === 404)) {
        await answer.body?.cancel();
        return null;
      }
      if (answer.ok) return await read(provider, answer);
      const mayPass = answer.status === 429 || answer.status >= 500;
      if (!mayPass || attempt === ATTEMPTS)
        throw new Failure(refusal(provider, answer.status, await answer.text()));
      await answer.body?.cancel();
      const asked = Number(answer.headers.get('retry-after')) * 1_000;
      await sleep(Math.min(asked > 0 ? asked : 1_000 * 2 ** attempt, LONGEST_WAIT));
    }
  };
}

async function reach(provider: string, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT) });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Failure(
      `cannot reach the API of ${provider} (${cause instanceof Error ? clean(cause.message) : 'unknown'})`,
    );
  }
}

async function read(provider: string, answer: Response): Promise<unknown> {
  const text = await answer.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new Failure(`the API of ${provider} answered what is no JSON`);
  }
}

function refusal(provider: string, status: number, text: string): string {
  const hint =
    status === 401 || status === 403
      ? '; is the key right, and may it read (and, to take off, change) suppressions?'
      : '';
  return `the API of ${provider} answered ${status}: ${clean(text.slice(0, 200))}${hint}`;
}
