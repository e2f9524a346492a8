/**
 * Keeps SNS's signing certificates, so that a webhook costs no fetch. Bounded in every way, for the URL of a
 * certificate comes from a request that nobody has proven yet. Never keeps a failure, nor a certificate that
 * would be refused: the next request tries again.
 */
import { err, ok } from '../../core/result.ts';
import { DAY } from '../../core/time.ts';
import type { VerifyIo } from '../adapter.ts';

export const certificateLimits = { entries: 16, age: DAY, concurrent: 2 } as const;

export interface CertificateCache {
  get(url: string, now: number): string | null;
  put(url: string, pem: string, now: number): void;
}

/** Forgets the oldest when full. */
export function createCertificateCache(): CertificateCache {
  const kept = new Map<string, { readonly pem: string; readonly at: number }>();
  return {
    get(url, now) {
      const entry = kept.get(url);
      // An entry from the future means that the clock was set back: its age is unknown.
      return entry !== undefined && Math.abs(now - entry.at) < certificateLimits.age ? entry.pem : null;
    },
    put(url, pem, now) {
      kept.delete(url);
      kept.set(url, { pem, at: now });
      const [oldest] = kept.keys();
      if (kept.size > certificateLimits.entries && oldest !== undefined) kept.delete(oldest);
    },
  };
}

/**
 * `fetchPem` behind the cache. A third URL while two are being fetched is `unavailable`: the sender tries
 * again later, and a hanging server holds up two requests, not all. Concurrent requests for one URL share its
 * fetch, unless `share` is false: on workerd a request may not wait for what another one began.
 */
export function cacheCertificates(
  fetchPem: VerifyIo['fetchCertificate'],
  { clock, share = true }: { readonly clock: () => number; readonly share?: boolean },
): VerifyIo['fetchCertificate'] {
  const cache = createCertificateCache();
  const flights = new Map<string, ReturnType<VerifyIo['fetchCertificate']>>();
  let flying = 0;
  const fetchAndKeep: VerifyIo['fetchCertificate'] = async (url, isGood) => {
    flying++;
    try {
      const pem = await fetchPem(url, isGood);
      if (pem.ok && isGood(pem.value)) cache.put(url.href, pem.value, clock());
      return pem;
    } finally {
      flying--;
      flights.delete(url.href);
    }
  };
  return async (url, isGood) => {
    const pem = cache.get(url.href, clock());
    if (pem !== null) return ok(pem);
    const shared = share ? flights.get(url.href) : undefined;
    if (shared !== undefined) return shared;
    if (flying >= certificateLimits.concurrent) return err('unavailable');
    const flight = fetchAndKeep(url, isGood);
    if (share) flights.set(url.href, flight);
    return flight;
  };
}
