/** How a list of another system is read: what each of its columns is in our words. Pure. */
import { err, ok, type Result } from '../core/result.ts';

type Fields = Readonly<Record<string, string>>;

/** Why a row does not count. */
export interface Skip {
  readonly why: string;
  /** It was understood, and asks for no entry. */
  readonly isMeant: boolean;
}
export const unreadable = (why: string): Result<never, Skip> => err({ why, isMeant: false });
export const asksNothing = (why: string): Result<never, Skip> => err({ why, isMeant: true });

export interface ImportFormat {
  readonly id: string;
  /** For people. */
  readonly name: string;
  /** Columns by which it is known, in lower case with underscores: all of `has`, none of `lacks`. */
  readonly has: readonly string[];
  readonly lacks?: readonly string[];
  /** In our words (docs: POST /v1/suppressions/import), or why the row does not count. */
  read(fields: Fields): Result<Fields, Skip>;
}

export const take =
  (columns: Readonly<Record<string, string>>, more: (fields: Fields) => Fields = () => ({})) =>
  (fields: Fields): Result<Fields, Skip> =>
    ok({
      ...Object.fromEntries(
        Object.entries(columns).flatMap(([ours, theirs]) => (fields[theirs] ? [[ours, fields[theirs]]] : [])),
      ),
      ...more(fields),
    });

/** A word of theirs for a reason; null = not blocked there. A row with any other word is told instead of guessed. */
export const byWord =
  (
    column: string,
    words: Readonly<Record<string, string | null>>,
    columns: Readonly<Record<string, string>>,
    more?: (fields: Fields) => Fields,
  ) =>
  (fields: Fields): Result<Fields, Skip> => {
    const word = (fields[column] ?? '').trim();
    const reason = Object.entries(words).find(([theirs]) => theirs.toLowerCase() === word.toLowerCase())?.[1];
    if (reason === undefined || reason === null)
      return (reason === null ? asksNothing : unreadable)(
        `${column}: "${word.slice(0, 40)}" is no reason to block`,
      );
    const read = take(columns, more)(fields);
    return read.ok ? ok({ ...read.value, reason }) : read;
  };

/** Names of a column that holds the address. */
export const addressColumns = [
  'address',
  'email',
  'email_address',
  'emailaddress',
  'e_mail',
  'e_mail_address',
  'mail',
  'recipient',
  'recipient_email',
];

/** As columns are compared: `Email Address` and `EmailAddress` are two. */
export const columnName = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
