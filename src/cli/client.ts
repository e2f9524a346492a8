/**
 * How every command reaches a list: the HTTP API. Of a running server with `--url`; of the local database
 * otherwise, through the same app in this process, with a key that lives as long as the process.
 */
import { createLog } from '../app/log.ts';
import type { Config } from '../config.ts';
import { readConfig } from '../config.ts';
import type { Missing } from '../database.ts';
import { nodeRuntime } from '../node-runtime.ts';
import type { Opened } from '../open.ts';
import { exitCodes, Failure, Unreachable, usage } from './failure.ts';
import { clean, say } from './output.ts';

/** The options that every command has. */
export interface Shared {
  readonly json?: boolean;
  readonly tenant?: string;
  readonly url?: string;
  readonly key?: string;
}

export interface Call {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds for the whole answer; none = however long it takes. */
  readonly within?: number;
}

export interface Client {
  /** Set where the list is a local database. */
  readonly opened: Opened | null;
  readonly config: Config | null;
  /** Throws a Failure where the answer is a problem. */
  call(method: string, path: string, call?: Call): Promise<Response>;
  /** The answer's JSON. The API is our own and of our version: its shape is taken as promised. */
  ask<T>(method: string, path: string, call?: Call): Promise<T>;
  /** All pages of a list that is short by nature, such as sources. */
  all<T>(path: string): Promise<{ readonly data: readonly T[]; readonly next_cursor: null }>;
  close(): Promise<void>;
}

type Fetch = (request: Request, init: { readonly signal?: AbortSignal }) => Promise<Response> | Response;

/** `missing`: what to do where there is no local database. Commands that only read refuse: an empty list says "not suppressed". */
export async function connect(shared: Shared, missing: Missing = 'refuse'): Promise<Client> {
  if (shared.url !== undefined) return remote(shared.url, shared);
  if (shared.key !== undefined)
    throw usage('--key is the API key of a running server and goes with --url; a source’s own is --secret');
  const config = configOrFail();
  const { open, withKey } = await import('../open.ts');
  const { createApp } = await import('../http/app.ts');
  const opened = await open(config, { missing, patient: true, log: createLog(say, Date.now, 'error') });
  try {
    const tenant = shared.tenant ?? 'default';
    await refuseUnknownTenant(opened, tenant);
    const key = nodeRuntime().randomText(43);
    const app = createApp(
      await withKey(opened.services, { hash: opened.services.runtime.sha256(key), tenant, id: 'cli' }),
    );
    return {
      ...clientOf((request) => app.fetch(request), `http://localhost:${config.port}`, key),
      opened,
      config,
      close: () => opened.services.close(),
    };
  } catch (error) {
    await opened.services.close();
    throw error;
  }
}

/** Opens, runs and closes, whatever happens. */
export async function withClient<T>(
  shared: Shared,
  missing: Missing,
  run: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connect(shared, missing);
  try {
    return await run(client);
  } finally {
    await client.close();
  }
}

export function configOrFail(env: NodeJS.ProcessEnv = process.env): Config {
  const config = readConfig(env);
  if (!config.ok)
    throw usage(
      config.error.length === 1
        ? `${config.error[0]}`
        : `the environment has ${config.error.length} problems:\n${config.error.map((line) => `  ${line}`).join('\n')}`,
    );
  return config.value;
}

/** A client of one server, real or in this process. */
export function clientOf(fetch: Fetch, base: string, key: string): Pick<Client, 'call' | 'ask' | 'all'> {
  const call: Client['call'] = async (
    method,
    path,
    { query = {}, json, body, headers = {}, within } = {},
  ) => {
    const url = new URL(base + path);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const request = new Request(url, {
      method,
      headers: {
        ...headers,
        authorization: `Bearer ${key}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(body === undefined ? {} : { body }),
    });
    // Given to fetch itself: what a Request holds may be collected before it fires.
    const answer = await fetch(request, within === undefined ? {} : { signal: AbortSignal.timeout(within) });
    if (!answer.ok) throw await failureOf(answer);
    return answer;
  };
  const ask = async <T>(method: string, path: string, options?: Call) =>
    (await (await call(method, path, options)).json()) as T;
  const all = async <T>(path: string) => {
    const data: T[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask<{ data: T[]; next_cursor: string | null }>('GET', path, {
        query: { limit: 1_000, cursor },
      });
      data.push(...page.data);
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    return { data, next_cursor: null };
  };
  return { call, ask, all };
}

function remote(text: string, { key = process.env.MAILSTOP_KEY, tenant }: Shared): Client {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw usage(`--url must be the address of a server, such as http://localhost:8787, not "${clean(text)}"`);
  if (key === undefined || key === '') throw usage('--url needs --key, or MAILSTOP_KEY in the environment');
  if (!/^[\x21-\x7e]+$/.test(key)) throw usage('the key holds characters that no key has; copy it again');
  if (tenant !== undefined)
    throw usage('--tenant is for the local database; with --url, the key decides whose list it is');
  return { ...clientAt(text, key), opened: null, config: null, close: async () => {} };
}

/** Of a running server; where it cannot be reached, the error says which one. */
export function clientAt(url: string, key: string): Pick<Client, 'call' | 'ask' | 'all'> {
  const base = url.replace(/\/+$/, '');
  const fetchOrFail: Fetch = async (request, init) => {
    try {
      return await fetch(request, init);
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new Unreachable(
        `cannot reach ${base} (${cause instanceof Error ? clean(cause.message) || cause.name : 'unknown'}); is the server running there?`,
      );
    }
  };
  return clientOf(fetchOrFail, base, key);
}

async function refuseUnknownTenant({ services }: Opened, tenant: string): Promise<void> {
  const known = (await services.store.tenants()).map(({ id }) => id);
  if (!known.includes(tenant))
    throw usage(
      `there is no tenant "${clean(tenant)}" (there is ${known.slice(0, 10).join(', ')}); make it with "mailstop tenant create ${clean(tenant)}"`,
    );
}

interface Problem {
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly { readonly pointer?: string; readonly detail?: string }[];
}

/** Input that the server refuses is the caller's (exit code 2); everything else failed (1). */
async function failureOf(answer: Response): Promise<Failure> {
  const problem = await readProblem(answer);
  const { detail = problem.title ?? `the server answered ${answer.status}`, errors = [] } = problem;
  const more = errors
    .filter((one) => !detail.includes(one.detail ?? ''))
    .map((one) => `${one.pointer ?? ''} ${one.detail ?? ''}`.trim());
  const sentence = clean([detail.replace(/\.$/, ''), ...more].join('; '));
  const pointers = errors.map((one) => ({ pointer: one.pointer ?? '', detail: one.detail ?? '' }));
  return answer.status === 400 || answer.status === 422
    ? new Failure(sentence, exitCodes.usage, pointers, answer.status)
    : new Failure(sentence, exitCodes.failed, [], answer.status);
}

/** Of what stands before a server, such as a proxy, the first line is all that is told. */
async function readProblem(answer: Response): Promise<Problem> {
  const text = await answer.text().catch(() => '');
  try {
    const problem: unknown = JSON.parse(text);
    return typeof problem === 'object' && problem !== null ? problem : {};
  } catch {
    const line = /^text\/plain\b/.test(answer.headers.get('content-type') ?? '')
      ? text.split('\n', 1)[0]
      : '';
    return line ? { title: `the server answered ${answer.status}: ${line.slice(0, 200)}` } : {};
  }
}
