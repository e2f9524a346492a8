/**
 * Routes as data. From one description come the mounted route, its checks, OpenAPI and /docs. The order is
 * the same everywhere: key, scope, query, path, body, then the handler, which sees only what is valid.
 */
import * as z from 'zod';
import type { Services } from '../app/services.ts';
import type { Caller, Scope } from './auth.ts';
import { isEncoded, mediaType, readBody } from './body.ts';
import { type Answer, brokenOff, type FieldError, type Problem, refuse } from './problem.ts';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'options';

/** What an answer holds: a schema where it is JSON, else its media types. */
export interface Described {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly types?: readonly string[];
}

export interface Call<Params = undefined, Query = undefined, Body = undefined> {
  readonly services: Services;
  readonly caller: Caller;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  /** Its body is read already, unless `takes` says that the handler reads it. */
  readonly request: Request;
  readonly requestId: string;
}

export interface EndpointFacts {
  readonly method: Method;
  /** In hono's form: `/v1/suppressions/:address`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** null = no API key. */
  readonly scope: Scope | null;
  readonly params?: z.ZodObject;
  /** Parameters that are not in it are refused; `any` = the handler looks for itself. */
  readonly query?: z.ZodObject | 'any';
  /** Of a JSON body. */
  readonly body?: z.ZodType;
  readonly bodyLimit?: number;
  /** Media types of a body that the handler reads itself, beside or instead of JSON; empty = any. */
  readonly takes?: readonly string[];
  readonly answers: Readonly<Record<number, Described>>;
}

export interface Endpoint extends EndpointFacts {
  run(call: Call<Readonly<Record<string, string>>, undefined, undefined>): Promise<Answer>;
}

type Nothing = z.ZodObject<Record<never, never>>;

interface Spec<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> extends EndpointFacts {
  readonly params?: P;
  readonly query?: Q | 'any';
  readonly body?: B;
  handle(call: Call<z.output<P>, z.output<Q>, z.output<B>>): Promise<Answer> | Answer;
}

export const DEFAULT_BODY_LIMIT = 1024 * 1024;
const nothing: Nothing = z.strictObject({});

export function endpoint<
  P extends z.ZodObject = Nothing,
  Q extends z.ZodObject = Nothing,
  B extends z.ZodType = z.ZodUndefined,
>(spec: Spec<P, Q, B>): Endpoint {
  const { handle, ...facts } = spec;
  return {
    ...facts,
    async run(call) {
      const query = spec.query === 'any' ? {} : readQuery(spec.query ?? nothing, call.request.url);
      if (isProblem(query)) return query;
      const params = check(spec.params ?? nothing, call.params);
      if (isProblem(params)) return params;
      const body = await readJson(spec, call.request);
      if (isProblem(body)) return body;
      // Each was just parsed by its own schema; only the link between schema and value is lost on the way.
      return handle({ ...call, query, params, body } as Call<z.output<P>, z.output<Q>, z.output<B>>);
    },
  };
}

/** Private to this file, so that no parsed input can be taken for a problem. */
const problems = new WeakSet<object>();
const stop = (problem: Problem): Problem => {
  problems.add(problem);
  return problem;
};
const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && problems.has(value);

function readQuery(schema: z.ZodObject, url: string): unknown {
  // To read an address as a URL costs more than the rest of a request that has no query.
  if (!url.includes('?')) return check(schema, {});
  const { searchParams } = new URL(url);
  const allowed = Object.keys(schema.shape);
  const unknown = [...searchParams.keys()].find((name) => !allowed.includes(name));
  if (unknown !== undefined) {
    const known = allowed.length === 0 ? 'takes no parameters' : `takes ${allowed.join(', ')}`;
    const detail = `Unknown query parameter "${unknown.slice(0, 100)}"; this address ${known}.`;
    return stop(refuse(400, detail, [{ pointer: pointerOf([unknown]), detail }]));
  }
  // A parameter given twice is a list.
  return check(
    schema,
    Object.fromEntries([...searchParams.keys()].map((name) => [name, searchParams.getAll(name).join(',')])),
  );
}

async function readJson(spec: EndpointFacts, request: Request): Promise<unknown> {
  if (spec.body === undefined || spec.takes?.includes(mediaType(request) ?? '') === true) return undefined;
  if (isEncoded(request)) return stop(refuse(415, 'Send the body as it is, without a Content-Encoding.'));
  const limit = spec.bodyLimit ?? DEFAULT_BODY_LIMIT;
  const bytes = await readBody(request, limit);
  if (!bytes.ok) {
    return stop(
      bytes.error === 'broken'
        ? brokenOff()
        : refuse(413, `The body is larger than ${limit / 1024 / 1024} MiB.`),
    );
  }
  // No body at all: the schema says whether there must be one.
  if (bytes.value.length === 0) {
    if (!spec.body.safeParse(undefined).success) return stop(refuse(400, 'Send a JSON body.'));
    return check(spec.body, undefined);
  }
  const type = mediaType(request);
  if (type === null || !/^application\/([\w.+-]+\+)?json$/.test(type)) {
    return stop(refuse(415, 'Send the body as Content-Type: application/json, in UTF-8.'));
  }
  const value = parse(bytes.value);
  return value === undefined ? stop(refuse(400, 'The body is not JSON.')) : check(spec.body, value);
}

/** `undefined` is no JSON value, so it can say that this is none. */
function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** 422 with one pointer for each field that is wrong. */
function check(schema: z.ZodType, value: unknown): unknown {
  const parsed = schema.safeParse(value, { error: wording });
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.flatMap(errorsOf).slice(0, 50);
  const [first] = errors;
  return stop(
    refuse(422, first === undefined ? 'Invalid.' : `${first.pointer || 'The body'}: ${first.detail}`, errors),
  );
}

const wording: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_type' && issue.input === undefined) return `is required (${issue.expected})`;
  if (issue.code === 'invalid_type') return `must be of type ${issue.expected}`;
  if (issue.code === 'invalid_value')
    return `must be one of ${issue.values.map((one) => JSON.stringify(one)).join(', ')}`;
  if (issue.code === 'invalid_key') return `is no name for it: ${issue.issues[0]?.message}`;
  return undefined;
};

function errorsOf(issue: z.core.$ZodIssue): FieldError[] {
  if (issue.code !== 'unrecognized_keys') return [{ pointer: pointerOf(issue.path), detail: issue.message }];
  return issue.keys.map((key) => ({
    pointer: pointerOf([...issue.path, key]),
    detail: 'is not a known field; leave it out',
  }));
}

/** RFC 6901. */
export const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
