/** A visit to a page, and what is answered. */
import type { Services } from '../app/services.ts';
import type { Caller } from '../http/auth.ts';
import type { Problem } from '../http/problem.ts';

export interface Visit {
  readonly services: Services;
  readonly caller: Caller;
  readonly request: Request;
  readonly requestId: string;
  readonly params: Readonly<Record<string, string>>;
  /** Empty where the page is only looked at. */
  readonly form: URLSearchParams;
}

/** null = there is no such page, or the form said nothing that can be done; a problem says why there is no page. */
export type Render = (visit: Visit) => Promise<Response | Problem | null>;

const policy = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

export const page = (content: unknown, status = 200): Response =>
  new Response(`<!doctype html>${content}`, {
    status,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': policy,
      // A browser tells no Origin of a form either where the page asks it to tell no referrer.
      'Referrer-Policy': 'same-origin',
    },
  });

/** After something was done, so that to load the page again does not do it again. */
export const seeOther = (path: string, headers: Record<string, string> = {}): Response =>
  new Response(null, { status: 303, headers: { Location: path, ...headers } });

export const queryOf = (request: Request): URLSearchParams => new URL(request.url).searchParams;
