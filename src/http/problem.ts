/** Answers of the HTTP layer as values, and RFC 9457 problems. */
import type { LogFields } from '../app/log.ts';
import { onEveryAnswer, withHeaders } from './headers.ts';

export interface FieldError {
  /** JSON pointer into the body, or `/name` of a query or path parameter. */
  readonly pointer: string;
  readonly detail: string;
}

export interface Problem {
  readonly type: 'problem';
  readonly status: number;
  readonly detail: string;
  readonly errors: readonly FieldError[];
  readonly headers: Readonly<Record<string, string>>;
  readonly log?: LogFields;
}

export type Answer =
  | {
      readonly type: 'json';
      readonly status: number;
      readonly body: unknown;
      readonly headers: Readonly<Record<string, string>>;
      readonly log?: LogFields;
    }
  /** Anything but JSON: a stream, text, a page. */
  | { readonly type: 'raw'; readonly response: Response; readonly log?: LogFields }
  | Problem;

export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Answer => ({
  type: 'json',
  status,
  body,
  headers,
});

export const raw = (response: Response): Answer => ({ type: 'raw', response });

export const noContent = (): Answer => raw(new Response(null, { status: 204 }));

export const refuse = (
  status: number,
  detail: string,
  errors: readonly FieldError[] = [],
  headers: Record<string, string> = {},
): Problem => ({ type: 'problem', status, detail, errors, headers });

/** 422 about one field. */
export const invalid = (pointer: string, detail: string): Problem =>
  refuse(422, detail, [{ pointer, detail }]);

export const brokenOff = (): Problem => refuse(400, 'The body broke off.');

export const notFound = (what: string): Problem => refuse(404, what);

export const tryLater = (detail: string, seconds = 5): Problem =>
  refuse(503, detail, [], { 'Retry-After': String(seconds) });

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

export const problemBody = ({ status, detail, errors }: Problem, requestId: string) => ({
  type: 'about:blank',
  title: titles[status] ?? 'Error',
  status,
  detail,
  errors,
  request_id: requestId,
});

/** The one place where answers become responses. */
export function responseOf(answer: Answer, requestId: string): Response {
  if (answer.type === 'raw') return withHeaders(answer.response, requestId);
  const body = answer.type === 'json' ? answer.body : problemBody(answer, requestId);
  const contentType = answer.type === 'json' ? 'application/json' : 'application/problem+json';
  return new Response(JSON.stringify(body), {
    status: answer.status,
    headers: { ...onEveryAnswer, 'Content-Type': contentType, ...answer.headers, 'X-Request-Id': requestId },
  });
}
