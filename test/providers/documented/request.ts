/** What is documented, as the request that says it. */
import type { Documented, Say } from './documented.ts';

export interface SaidRequest {
  readonly method: 'GET' | 'POST';
  /** With its question mark, or empty. */
  readonly search: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function requestSaying(
  { contentType = 'text/plain', method }: Documented,
  say: Say,
  to: string,
): SaidRequest {
  const said = say(to);
  if (method === 'GET') return { method, search: `?${said}`, headers: {}, body: '' };
  const [type, body] =
    typeof said === 'string' ? [contentType, said] : ['application/json', JSON.stringify(said)];
  return { method: 'POST', search: '', headers: { 'content-type': type }, body };
}
