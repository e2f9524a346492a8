/** A provider's own suppression list, as its API gives it: read whole, and written to. Knows no way of transport. */
import type { Reason } from '../core/event.ts';

/** As the provider wrote it; its columns are known to imports (app/import-formats.ts). */
export type Item = Readonly<Record<string, unknown>>;

export interface Given {
  /** The API key; of Amazon, `access key id:secret access key`. */
  readonly key: string;
  /** Which of its lists: a domain, message stream, account or region; null = the usual one. */
  readonly of: string | null;
  /** Where its API is, without a trailing slash; null = its usual address. */
  readonly url: string | null;
}

export interface Asked {
  readonly method?: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
}

/** The JSON of the answer, null of an empty one. Throws where the provider refuses; a DELETE gives null, also of what was not on the list. */
export type Ask = (request: Asked) => Promise<unknown>;

export interface ProviderList {
  /** What `of` is; null where there is but one list. */
  readonly of: string | null;
  /** Must be named, for nothing is usual. */
  readonly needsOf?: boolean;
  pages(ask: Ask, given: Given): AsyncIterable<readonly Item[]>;
  /** Takes an address off every list of it that `pages` reads. One that is on none is no error. */
  remove(ask: Ask, given: Given, address: string): Promise<void>;
  /** How the list is kept like ours; undefined where the API cannot, and `readOnly` says why: "the API …". */
  readonly write?: ListWriting;
  readonly readOnly?: string;
}

export interface ListWriting {
  /** Addresses of one `add`. */
  readonly atOnce: number;
  /** Those that the provider does not take; again what is on the list already is no error. */
  add(ask: Ask, given: Given, rows: readonly Blocked[]): Promise<readonly NotTaken[]>;
  /** Takes off what `add` made and what a bounce made; what a recipient asked for stays there. `ours`: we put it there. */
  lift(ask: Ask, given: Given, address: string, ours: boolean): Promise<void>;
}

export interface Blocked {
  readonly address: string;
  readonly reason: Reason;
}

export interface NotTaken {
  readonly address: string;
  readonly why: string;
}

/** What a recipient asked for: a provider is never told to forget it. */
export const isConsent = (reason: Reason): boolean => reason === 'complaint' || reason === 'unsubscribe';

/** The provider's API did not do it; 0 = it could not be reached. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;
  readonly retryAfter: string | null;

  constructor(status: number, message: string, retryAfter: string | null = null) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** What is asked for by its name may not be there. */
export async function orNull(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null;
    throw error;
  }
}

export const itemsOf = (value: unknown): readonly Item[] =>
  Array.isArray(value) ? value.filter((one): one is Item => typeof one === 'object' && one !== null) : [];

export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

export const textField = (value: unknown, name: string): string | null => {
  const found = field(value, name);
  return typeof found === 'string' && found !== '' ? found : null;
};

export const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
