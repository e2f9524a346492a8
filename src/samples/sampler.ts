/** Signed sample requests: what `mailstop demo` sends, and what the security suite bends. */
import type { Kind } from '../core/event.ts';
import type { VerifyIo } from '../providers/adapter.ts';

/** The body of `POST /v1/sources` that goes with a sampler, less provider and name. */
export interface SampleSource {
  readonly secrets: {
    readonly keys?: readonly string[];
    readonly basic_auth?: readonly { readonly username: string; readonly password: string }[];
    readonly topic_arns?: readonly string[];
  };
  readonly public_url?: string;
}

export interface Sample {
  /** What happens in it, as a sentence: "SendGrid reports a 550 5.1.1". */
  readonly title: string;
  readonly kind: Kind;
  readonly recipient: string;
  /** The provider's payload before it is wrapped and signed. */
  readonly payload: unknown;
}

export interface Sampler {
  readonly provider: string;
  /** Where a certificate of our own signs, which the vendor would not serve. */
  readonly fetchCertificate?: VerifyIo['fetchCertificate'];
  /** Fresh secrets on every call. */
  source(): Promise<{ readonly source: SampleSource; readonly signing: unknown }>;
  /** Wraps and signs a payload as the provider does. `signing` comes from `source()`. */
  request(
    payload: unknown,
    signing: unknown,
    now: number,
  ): Promise<{ readonly headers: Record<string, string>; readonly body: string }>;
  /** One sample of each kind the provider sends, with events a minute or so before `now` (epoch ms). */
  samples(now: number): readonly Sample[];
}
