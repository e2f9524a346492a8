/**
 * Fetches signing certificates, for adapters that need one (SNS). The URL comes from a request that nobody has
 * proven yet: the adapter has checked its host, and here the fetch is bounded in time, size and number.
 * Runs on Node and workerd.
 */
import { err, ok, type Result } from '../core/result.ts';
import { SECOND } from '../core/time.ts';
import type { VerifyIo } from '../providers/adapter.ts';
import { cacheCertificates } from '../providers/verify/certificates.ts';

export const fetchLimits = { timeout: 3 * SECOND, bytes: 32 * 1024 } as const;

/** `share` is false on workerd, where a request may not wait for what another one began. */
export const createCertificateFetcher = (
  fetch: (url: URL, init: RequestInit) => Promise<Response>,
  now: () => number,
  { share = true }: { readonly share?: boolean } = {},
): VerifyIo['fetchCertificate'] => cacheCertificates((url) => fetchPem(fetch, url), { clock: now, share });

/** `unavailable`: the sender shall try again. `invalid`: what was served can be no certificate. */
async function fetchPem(
  fetch: (url: URL, init: RequestInit) => Promise<Response>,
  url: URL,
): Promise<Result<string, 'unavailable' | 'invalid'>> {
  try {
    // workerd knows no `redirect: 'error'`; with `manual` a redirect is an answer that is not ok, on both.
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(fetchLimits.timeout) });
    if (!answer.ok) {
      await answer.body?.cancel();
      return err('unavailable');
    }
    const bytes = await readAtMost(answer, fetchLimits.bytes);
    return bytes === null ? err('invalid') : ok(new TextDecoder().decode(bytes));
  } catch {
    return err('unavailable');
  }
}

/** Null where there is more. Never trusts Content-Length. */
async function readAtMost(answer: Response, limit: number): Promise<Uint8Array | null> {
  if (answer.body === null) return new Uint8Array();
  const reader = answer.body.getReader();
  const kept: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > limit) {
      await reader.cancel();
      return null;
    }
    kept.push(value);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of kept) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
