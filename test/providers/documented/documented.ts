/** What a vendor's page documents, written down apart from the adapter's own tables, which are held against it. */

/** The smallest body that says a label of the recipient `to`: JSON, or a string to be sent as it is. */
export type Say = (to: string) => unknown;

export interface Documented {
  /** The page that lists the labels. */
  readonly page: string;
  /** Each body holds one item, and no reply of a server's: the label speaks alone. */
  readonly labels: Readonly<Record<string, Say>>;
  /** Of bodies that are strings. */
  readonly contentType?: string;
  /** Where what is said is a query, and the request a GET. */
  readonly method?: 'GET';
  /** A label that the vendor does not have, and a body that says it. */
  readonly novelty: readonly [label: string, say: Say];
}

/** The same body with each of several labels in it. */
export const each = (
  labels: readonly string[],
  say: (label: string, to: string) => unknown,
  key: (label: string) => string = (label) => label,
): Record<string, Say> =>
  Object.fromEntries(labels.map((label) => [key(label), (to: string) => say(label, to)]));
