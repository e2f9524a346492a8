import { describe, expect, it, test } from 'vitest';
import { createCertificateFetcher, fetchLimits } from '../../src/app/certificates.ts';
import { DAY } from '../../src/core/time.ts';
import { testCertificateUrl } from '../../src/samples/amazon-ses.ts';
import { testCertificatePem } from '../../src/samples/sns.ts';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const url = new URL(testCertificateUrl);
const numbered = (i: number) => new URL(testCertificateUrl.replace(/0{32}/, String(i).padStart(32, '0')));

/** Counts what is fetched, and how many at once. */
function server(answer: (url: URL, init: RequestInit) => Promise<Response> | Response) {
  const seen = { fetches: 0, now: 0, most: 0, inits: [] as RequestInit[] };
  const fetch = async (asked: URL, init: RequestInit): Promise<Response> => {
    seen.fetches += 1;
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    seen.inits.push(init);
    try {
      return await answer(asked, init);
    } finally {
      seen.now -= 1;
    }
  };
  return { fetch, seen };
}
const pem = () => new Response(testCertificatePem);
const soon = () => new Promise<Response>((resolve) => setTimeout(() => resolve(pem()), 10));

/** Keeps each certificate that it gets. */
const fetcher = (...args: Parameters<typeof createCertificateFetcher>) => {
  const get = createCertificateFetcher(...args);
  return (url: URL) => get(url, () => true);
};

describe('a certificate', () => {
  it('is fetched once a day', async () => {
    let now = NOW;
    const { fetch, seen } = server(pem);
    const get = fetcher(fetch, () => now);
    expect(await get(url)).toEqual({ ok: true, value: testCertificatePem });
    await get(url);
    expect(seen.fetches).toBe(1);
    now += DAY + 1;
    await get(url);
    expect(seen.fetches).toBe(2);
  });

  test('T013 at most two are fetched at once, and one that is asked for twice is fetched once', async () => {
    const { fetch, seen } = server(soon);
    const get = fetcher(fetch, () => NOW);
    const answers = await Promise.all([
      get(url),
      get(url),
      ...Array.from({ length: 50 }, (_, i) => get(numbered(i + 1))),
    ]);
    expect(seen.most).toBe(2);
    expect(seen.fetches).toBe(2);
    expect(answers.filter((answer) => answer.ok)).toHaveLength(3);
    expect(answers.at(-1)).toEqual({ ok: false, error: 'unavailable' });
  });

  test('T013 at most 16 are kept', async () => {
    const { fetch, seen } = server(pem);
    const get = fetcher(fetch, () => NOW);
    for (let i = 0; i < 17; i++) await get(numbered(i));
    await get(numbered(16));
    expect(seen.fetches).toBe(17);
    await get(numbered(0));
    expect(seen.fetches).toBe(18);
  });

  test.each([
    ['a 500', () => new Response('', { status: 500 }), 'unavailable'],
    ['a 404', () => new Response('', { status: 404 }), 'unavailable'],
    [
      'a redirect',
      () => new Response('', { status: 302, headers: { location: 'https://elsewhere.example.com/' } }),
      'unavailable',
    ],
    ['no connection', () => Promise.reject(new TypeError('fetch failed')), 'unavailable'],
    ['more than 32 KiB', () => new Response('x'.repeat(fetchLimits.bytes + 1)), 'invalid'],
  ])('T014 %s is no certificate, and is not kept', async (_what, answer, error) => {
    const { fetch, seen } = server(answer);
    const get = fetcher(fetch, () => NOW);
    expect(await get(url)).toEqual({ ok: false, error });
    await get(url);
    expect(seen.fetches).toBe(2);
  });

  test('T014 an endless body is read no further than 32 KiB', async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1024;
        controller.enqueue(new Uint8Array(1024));
      },
    });
    const get = fetcher(
      async () => new Response(endless),
      () => NOW,
    );
    expect(await get(url)).toEqual({ ok: false, error: 'invalid' });
    expect(sent).toBeLessThan(64 * 1024);
  });

  test('T014 what does not answer within three seconds is given up, and redirects are not followed', async () => {
    const { fetch, seen } = server(
      (_url, { signal }) =>
        new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
    );
    const start = performance.now();
    expect(await fetcher(fetch, () => NOW)(url)).toEqual({
      ok: false,
      error: 'unavailable',
    });
    expect(performance.now() - start).toBeGreaterThan(2_500);
    expect(performance.now() - start).toBeLessThan(4_500);
    expect(seen.inits[0]?.redirect).toBe('manual');
  });
});
