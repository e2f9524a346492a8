import { describe, expect, it, test } from 'vitest';
import type { RawRequest, Trust } from '../../src/providers/adapter.ts';
import { checkSharedKey, verifyShared } from '../../src/providers/verify/shared.ts';

const KEY = 'correct horse battery staple';
const NEXT = 'the key after rotation';
const trust = (...keys: string[]): Trust => ({
  secrets: { keys, basicAuth: [], topicArns: [] },
  publicUrl: null,
  requireSha256: false,
});
const request = (headers: Record<string, string> = {}, query = ''): RawRequest => ({
  method: 'POST',
  url: new URL(`https://mail.test/webhooks/generic_1${query}`),
  headers: new Headers(headers),
  body: new Uint8Array(),
});
const reasonOf = async (given: RawRequest, by = trust(KEY, NEXT), queryName?: string) => {
  const result = await verifyShared(given, by, queryName);
  return result.ok ? 'proven' : result.error.reason;
};

describe('a shared key', () => {
  test.each<[string, RawRequest]>([
    ['as a Bearer token', request({ authorization: `Bearer ${KEY}` })],
    ['as a Bearer token in any case of the scheme', request({ authorization: `bearer ${KEY}` })],
    ['in X-Mailstop-Key', request({ 'x-mailstop-key': KEY })],
    ['in the query', request({}, `?key=${encodeURIComponent(KEY)}`)],
    ['in the header, beside basic auth', request({ authorization: 'Basic eDp5', 'x-mailstop-key': KEY })],
    ['T027 while a second key is configured for rotation', request({ 'x-mailstop-key': NEXT })],
  ])('is accepted %s', async (_, given) => {
    expect(await reasonOf(given)).toBe('proven');
  });

  test.each<[string, RawRequest]>([
    ['missing', request()],
    ['wrong', request({ 'x-mailstop-key': 'something else' })],
    ['empty', request({ 'x-mailstop-key': '', authorization: 'Bearer ' }, '?key=')],
    ['cut short', request({ 'x-mailstop-key': KEY.slice(0, -1) })],
    ['longer', request({ 'x-mailstop-key': `${KEY}.` })],
    ['in another case', request({ 'x-mailstop-key': KEY.toUpperCase() })],
    ['in another query parameter', request({}, `?code=${encodeURIComponent(KEY)}`)],
    ['sent as Basic', request({ authorization: `Basic ${KEY}` })],
    ['without a scheme', request({ authorization: KEY })],
    ['one of two headers', request({ 'x-mailstop-key': `${KEY}, other` })],
    ['behind many others in the query', request({}, `?${'key=x&'.repeat(40)}key=${encodeURIComponent(KEY)}`)],
  ])('is refused when %s', async (_, given) => {
    expect(await reasonOf(given)).toBe('forged');
  });

  it('is read from the query under the name that a vendor uses', async () => {
    const given = request({}, `?code=${encodeURIComponent(KEY)}`);
    expect(await reasonOf(given, trust(KEY), 'code')).toBe('proven');
    expect(await reasonOf(request({}, `?key=${encodeURIComponent(KEY)}`), trust(KEY), 'code')).toBe('forged');
  });

  it('T027 is refused once it is taken out of the source', async () => {
    expect(await reasonOf(request({ 'x-mailstop-key': KEY }), trust(NEXT))).toBe('forged');
  });

  it('leaves a source without a key undecided, even for an empty one', async () => {
    expect(await reasonOf(request({ 'x-mailstop-key': '' }), trust(''))).toBe('undecided');
    expect(await reasonOf(request(), trust())).toBe('undecided');
  });

  test.each([
    ['', 'empty'],
    [' key', 'space'],
    ['key\n', 'space'],
    ['ke\x00y', 'control'],
  ])('is refused at configuration as %j', (key, why) => {
    expect(checkSharedKey(key)).toContain(why);
  });

  it('may be any other text', () => {
    expect(checkSharedKey(KEY)).toBeNull();
  });
});
