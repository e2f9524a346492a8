/** What the shell needs of its platform; everything else in app runs the same on Node and workerd. */
import type { NewId } from '../core/ids.ts';
import type { MailHosts } from './mail-hosts.ts';

/** Requests to addresses that somebody typed in. */
export interface Outbound {
  /** Null, or why nothing is sent there: the end of a sentence about the URL. */
  refusal(url: URL): Promise<string | null>;
  /** Null where no answer came. */
  ask(
    url: URL,
    request: {
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | null;
      /** Bytes of the answer that are read; what is longer is no answer. */
      readonly limit: number;
    },
  ): Promise<{ readonly status: number; readonly retryAfter: string | null; readonly text: string } | null>;
  /** As `ask`, of which nobody reads the answer. */
  post(
    url: URL,
    request: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  ): Promise<{ readonly status: number; readonly retryAfter: string | null } | null>;
}

export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

export interface Runtime {
  /** Epoch ms. */
  now(): number;
  newId: NewId;
  /** Unguessable text of `length` characters out of [A-Za-z0-9]. */
  randomText(length: number): string;
  /** SHA-256 as lower-case hex. */
  sha256(text: string): string;
  /** RFC 7914; the key has 32 bytes. */
  scrypt(password: string, salt: string, cost: ScryptCost): Promise<Uint8Array>;
  gzip(bytes: Uint8Array): Promise<Uint8Array>;
  gunzip(bytes: Uint8Array): Promise<Uint8Array>;
  fetch(url: URL, init: RequestInit): Promise<Response>;
  readonly outbound: Outbound;
  /** Null where nobody has said which resolver to ask. */
  readonly mailHosts: MailHosts | null;
  /** Calls back once the I/O at hand has been looked at; null = at once (a Worker commits each request alone). */
  readonly defer: ((callback: () => void) => void) | null;
}

/** For long work, between its parts: requests come first. What a database in this process answers leaves no room for them by itself. */
export const aTurn = ({ defer }: Pick<Runtime, 'defer'>): Promise<void> =>
  defer === null ? Promise.resolve() : new Promise((resolve) => defer(resolve));
