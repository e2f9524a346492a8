/** A provider's own suppression list, as its API gives it: read whole, and one address taken off. Knows no way of transport. */

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

/** The JSON of the answer. Throws where the provider refuses; a DELETE gives null, also of what was not on the list. */
export type Ask = (request: Asked) => Promise<unknown>;

export interface ProviderList {
  /** What `of` is; null where there is but one list. */
  readonly of: string | null;
  /** Must be named, for nothing is usual. */
  readonly needsOf?: boolean;
  pages(ask: Ask, given: Given): AsyncIterable<readonly Item[]>;
  /** Takes an address off every list of it that `pages` reads. One that is on none is no error. */
  remove(ask: Ask, given: Given, address: string): Promise<void>;
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
