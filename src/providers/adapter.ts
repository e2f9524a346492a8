/** What every provider file implements. Adapters are pure but for WebCrypto: no I/O, no clock of their own. */
import type { LabelMeaning, ProviderEvent } from '../core/event.ts';
import type { Result } from '../core/result.ts';

/** A request as it came. `body` is read once, before anything is parsed. */
export interface RawRequest {
  readonly method: string;
  /** The URL as the provider called it (path and query). */
  readonly url: URL;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** What proves that a request is the provider's. One shape for all; within a list any entry may match. */
export interface Secrets {
  readonly keys: readonly string[];
  readonly basicAuth: readonly { readonly username: string; readonly password: string }[];
  readonly topicArns: readonly string[];
}

/** The parts of a source that verification needs. */
export interface Trust {
  readonly secrets: Secrets;
  readonly publicUrl: string | null;
  readonly requireSha256: boolean;
}

export interface VerifyIo {
  /** Epoch ms. */
  readonly now: number;
  /** Fetches a signing certificate as PEM. The adapter has already checked the URL. */
  fetchCertificate(
    url: URL,
    /** Whether the PEM would do, now: only then may it be kept. */
    isGood: (pem: string) => boolean,
  ): Promise<Result<string, 'unavailable' | 'invalid'>>;
}

/** `forged`: answer 401, final. `undecided`: we could not tell (no certificate): answer the busy code. */
export type VerifyError = {
  readonly reason: 'forged' | 'undecided';
  readonly detail: string;
  /** Its signature holds, its time does not: verify/untimely.ts. */
  readonly untimely?: true;
};

/** A proven request. */
export interface Proof {
  /**
   * Set where the signature does not cover the body: the nonce may come again only with this same body
   * (`digest` = hex SHA-256 of it).
   */
  readonly bind?: { readonly nonce: string; readonly digest: string };
  /** Shown to the operator, e.g. that SHA-1 was accepted and how to switch. */
  readonly warning?: string;
}

export type Item =
  | { readonly type: 'event'; readonly event: ProviderEvent }
  /** `known: false` = a label this adapter has no row for: counted, and listed as unmapped. */
  | { readonly type: 'ignored'; readonly label: string; readonly known: boolean }
  | { readonly type: 'unreadable'; readonly why: string; readonly raw: unknown };

export type Delivery =
  /** `left`: the provider says that it sends no more here. */
  | { readonly type: 'items'; readonly items: readonly Item[]; readonly left?: true }
  /** A handshake: the shell fetches `url`, which the adapter built or checked, once, without redirects. */
  | { readonly type: 'confirm'; readonly url: URL; readonly what: string }
  | Reply;

/** Answers a probe or a challenge. */
export interface Reply {
  readonly type: 'reply';
  readonly body: string;
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Authenticated but not readable at all: the whole body goes to quarantine with this reason. */
export interface ParseError {
  readonly why: string;
}

/** `ignored` = known, and nothing about whether mail may be sent. */
export type Meaning = LabelMeaning | 'ignored';

/**
 * Every label that the vendor documents, and what it means by itself. Keyed by what `providerType` and ignored
 * items say; where several words of theirs decide, by the longer `bounce/blocked` of which that is the beginning.
 */
export type Labels = Readonly<Record<string, Meaning>>;

export interface ProviderAdapter {
  readonly id: string;
  /** As the vendor writes it. */
  readonly name: string;
  /** The vendor's webhook page. */
  readonly docs: string;
  /** What a source needs: `keys` (or the alternatives), told to the user in these words. */
  readonly needs: {
    /** `signature`: `keys` are signing keys; `shared`: `keys` are shared secrets; `topics`: `topicArns`. */
    readonly proof: 'signature' | 'shared' | 'topics';
    /** One sentence: what goes into `keys` or `topic_arns` and where the vendor shows it. */
    readonly hint: string;
    readonly publicUrl?: true;
  };
  /** How to set it up at the vendor's, in order, a sentence each: where the URL goes, which events to choose. */
  readonly setup: readonly string[];
  /** Where a sender puts the tag of the recipient so that the events bring it back; absent where they bring nothing back. */
  readonly attach?: string;
  readonly labels: Labels;
  /** What the vendor's pages leave open and nobody has seen yet, a sentence each. */
  readonly unverified?: readonly string[];
  /** Refuses a key or a topic that cannot work, when the source is configured: null, or what is wrong. */
  checkKey?(key: string): Promise<string | null> | string | null;
  /** Status for "try later"; 503 where absent. */
  readonly busyStatus?: 429;
  /** Largest body in bytes; 5 MiB where absent. */
  readonly maxBodyBytes?: number;
  /** Takes events by GET with a query. */
  readonly acceptsGet?: true;
  /** Is asked by OPTIONS whether it wants events at all. */
  readonly acceptsOptions?: true;
  /** Proves the origin from `keys`/`topicArns`. Basic auth and `allow_unsigned` are the runner's business. */
  verify(request: RawRequest, trust: Trust, io: VerifyIo): Promise<Result<Proof, VerifyError>>;
  parse(request: RawRequest): Result<Delivery, ParseError> | Promise<Result<Delivery, ParseError>>;
}

export const defineAdapter = <const A extends ProviderAdapter>(adapter: A): A & ProviderAdapter => adapter;
