/** What a page does is what the API does: the same endpoint with its scope, its checks, its audit and its words. */
import { forbidden, may } from '../http/auth.ts';
import type { Method } from '../http/endpoint.ts';
import { endpoints } from '../http/endpoints.ts';
import type { Answer, Problem } from '../http/problem.ts';
import type { Visit } from './visit.ts';

interface Asking {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** A body that is no JSON, with its media type. */
  readonly text?: { readonly type: string; readonly body: string };
}

export type Asked<T> =
  | { readonly ok: true; readonly body: T }
  | { readonly ok: false; readonly problem: Problem };

type Asker = Pick<Visit, 'services' | 'caller' | 'request' | 'requestId'>;

/** `path` as the endpoint has it: `/v1/sources/:id`. `T` is what its description says that it answers. */
export async function ask<T = unknown>(
  visit: Asker,
  method: Method,
  path: string,
  asking: Asking = {},
): Promise<Asked<T>> {
  const answer = await answerOf(visit, method, path, asking);
  if (answer.type === 'problem') return { ok: false, problem: answer };
  if (answer.type === 'json') return { ok: true, body: answer.body as T };
  const told = await answer.response.text();
  const isJson = /json/.test(answer.response.headers.get('content-type') ?? '');
  return { ok: true, body: (isJson ? JSON.parse(told) : told) as T };
}

/** As it is: what is long is not read whole. */
export async function answerOf(
  { services, caller, request, requestId }: Asker,
  method: Method,
  path: string,
  { params = {}, query = {}, json, text, headers: given = {} }: Asking = {},
): Promise<Answer> {
  const of = endpoints.find((one) => one.method === method && one.path === path);
  if (of === undefined) throw new TypeError(`there is no endpoint ${method} ${path}`);
  if (of.scope !== null && !may(caller, of.scope)) return forbidden(of.scope);
  const url = new URL(`${path}?${new URLSearchParams(query)}`.replace(/\?$/, ''), request.url);
  const body = text?.body ?? (json === undefined ? null : JSON.stringify(json));
  const type = body === null ? {} : { 'content-type': text?.type ?? 'application/json' };
  return of.run({
    services,
    caller,
    params,
    request: new Request(url, { method: method.toUpperCase(), headers: { ...type, ...given }, body }),
    requestId,
    query: undefined,
    body: undefined,
  });
}
