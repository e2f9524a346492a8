import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { canonicalAddress } from '../../src/core/address.ts';
import { HashList, writeDelta, writeFilter } from '../../src/filter/build.ts';
import { type Filter, FilterError, keysOf, openFilter } from '../../src/filter/reader.ts';
import { KeyedHash } from '../../src/filter/siphash.ts';

const KEY = `msf_${Buffer.alloc(32, 7).toString('base64url')}`;
const OTHER_KEY = `msf_${Buffer.alloc(32, 8).toString('base64url')}`;
const about = { tenant: 'default', stream: null, version: '0.10', built_at: '2026-01-10T12:00:00.000Z' };

async function fileOf(texts: readonly string[], bits: 8 | 16 = 8): Promise<Uint8Array> {
  const keys = await keysOf(KEY);
  const hashes = new HashList(keys);
  for (const text of texts) hashes.add(text);
  return writeFilter(about, hashes, bits, keys);
}

const filterOf = async (texts: readonly string[], bits: 8 | 16 = 8): Promise<Filter> =>
  openFilter(await fileOf(texts, bits), KEY);

describe('SipHash-2-4', () => {
  // Vectors of the reference implementation (github.com/veorq/SipHash, vectors.h): key and text are 00 01 02 …
  it.each([
    [0, '726fdb47dd0e0e31'],
    [1, '74f839c593dc67fd'],
    [7, 'ab0200f58b01d137'],
    [8, '93f5f5799a932462'],
    [15, 'a129ca6149be45e5'],
  ])('of %i bytes is as published', (length, expected) => {
    const hash = new KeyedHash(Uint8Array.from({ length: 16 }, (_, i) => i));
    hash.of(String.fromCharCode(...Array.from({ length }, (_, i) => i)));
    const hex = (word: number) => word.toString(16).padStart(8, '0');
    expect(hex(hash.high) + hex(hash.low)).toBe(expected);
  });

  it('is over UTF-8, and leaves nothing of the text before', () => {
    const hash = new KeyedHash(new Uint8Array(16));
    const of = (text: string) => {
      hash.of(text);
      return [hash.high, hash.low];
    };
    const bytes = String.fromCharCode(...new TextEncoder().encode('jörg@example.com'));
    expect(of('jörg@example.com')).not.toEqual(of(bytes));
    const before = of('a@b.example');
    of('something-much-longer@than-that.example');
    expect(of('a@b.example')).toEqual(before);
    expect(() => hash.of('x'.repeat(2_000))).toThrow(RangeError);
  });
});

describe('a filter', () => {
  test.each([8, 16] as const)('of %i bits never denies what it holds', async (bits) => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 0, max: 1e6 }), { maxLength: 300 }),
        async (numbers) => {
          const addresses = numbers.map((number) => `person${number}@isp${number % 7}.example`);
          const filter = await filterOf(addresses, bits);
          expect(filter.manifest.entries).toBe(addresses.length);
          expect(addresses.filter((address) => !filter.mayBeSuppressed(address))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test.each([
    // 1/256 and 1/65,536, and three standard deviations of what 500,000 others show of it.
    [8, 0.0042, 1.3],
    [16, 0.00004, 2.4],
  ] as const)(
    'of %i bits and 100,000 entries takes others for its own in at most %f of cases, in %f bytes an entry',
    async (bits, rate, bytes) => {
      const file = await fileOf(
        Array.from({ length: 100_000 }, (_, i) => `person${i}@isp.example`),
        bits,
      );
      expect(file.length / 100_000).toBeLessThanOrEqual(bytes);
      const filter = await openFilter(file, KEY);
      let positives = 0;
      for (let i = 0; i < 500_000; i++) if (filter.mayBeSuppressed(`other${i}@isp.example`)) positives++;
      expect(positives / 500_000).toBeLessThanOrEqual(rate);
    },
  );

  it('takes an address in any case, and by its whole domain', async () => {
    const filter = await filterOf(['ann@example.com', '@gone.example']);
    expect(filter.mayBeSuppressed('ANN@Example.COM')).toBe(true);
    expect(filter.mayBeSuppressed('anyone@gone.example')).toBe(true);
    expect(filter.manifest.domains).toBe(1);
  });

  it('is the same whatever comes twice', async () => {
    expect((await filterOf(['a@b.example', 'a@b.example', 'c@d.example'])).manifest.entries).toBe(2);
  });

  it.each([
    'jörg@example.com',
    ' ann@example.com',
    'Ann <ann@example.com>',
    '"a b"@example.com',
    'ann',
    'a@xn--nxa.example',
    `${'a'.repeat(65)}@example.com`,
    '',
  ])('says of %j, which it cannot spell, that the server must be asked', async (address) => {
    expect((await filterOf([])).mayBeSuppressed(address)).toBe(true);
  });

  test('what it does spell, the server spells alike', async () => {
    const filter = await filterOf([]);
    const part = fc.stringMatching(/^[A-Za-z0-9._+=@ -]{1,70}$/);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(part, part).map((two) => two.join('@')),
          part,
        ),
        (text) => {
          if (filter.mayBeSuppressed(text)) return;
          expect(canonicalAddress(text)).toEqual({ ok: true, value: text.toLowerCase() });
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it('is read out of a Buffer in the middle of a larger one', async () => {
    const file = await fileOf(['ann@example.com'], 16);
    const larger = Buffer.concat([Buffer.alloc(13, 1), file]);
    expect((await openFilter(larger.subarray(13), KEY)).mayBeSuppressed('ann@example.com')).toBe(true);
  });

  it('tells nobody without the key who is in it', async () => {
    const texts = ['ann@example.com', 'bob@example.com'];
    const file = await fileOf(texts, 16);
    await expect(openFilter(file, OTHER_KEY)).rejects.toThrow('made with another key');
    const [ours, theirs] = await Promise.all([keysOf(KEY), keysOf(OTHER_KEY)]);
    expect(ours.hash).not.toEqual(theirs.hash);
    expect(Buffer.from(file).toString('latin1')).not.toMatch(/ann|bob|example/);
  });

  test.each([
    ['cut', (file: Uint8Array) => file.subarray(0, -1), 'damaged'],
    [
      'changed by one bit',
      (file: Uint8Array) => file.map((byte, i) => (i === 300 ? byte ^ 1 : byte)),
      'damaged',
    ],
    ['empty', () => new Uint8Array(0), 'not a filter'],
    [
      'something else',
      () => new TextEncoder().encode('{"title":"Unauthorized","status":401,"detail":"no"}'),
      'not a filter',
    ],
  ])('that is %s is refused', async (_how, change, why) => {
    const file = await fileOf(Array.from({ length: 100 }, (_, i) => `p${i}@example.com`));
    await expect(openFilter(change(file), KEY)).rejects.toThrow(why);
  });

  it.each(['', 'msf_', 'msk_0123456789', `${KEY}x`])('needs a key, not %j', async (key) => {
    await expect(openFilter(await fileOf([]), key)).rejects.toThrow(FilterError);
  });
});

describe('the test vectors of docs/offline-filter.md', () => {
  const page = readFileSync(new URL('../../docs/offline-filter.md', import.meta.url), 'utf8');
  const vectors = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '');

  it('hold for the hashes', async () => {
    const keys = await keysOf(vectors.key);
    expect(Buffer.from(keys.hash).toString('hex')).toBe(vectors.hash_key);
    const hash = new KeyedHash(keys.hash);
    expect(Object.keys(vectors.hashes)).toHaveLength(3);
    for (const [text, expected] of Object.entries(vectors.hashes)) {
      hash.of(text);
      const hex = (word: number) => word.toString(16).padStart(8, '0');
      expect(hex(hash.high) + hex(hash.low), text).toBe(expected);
    }
  });

  it('hold for the filter, which is made again to the byte', async () => {
    const bytes = new Uint8Array(Buffer.from(vectors.filter, 'base64'));
    const filter = await openFilter(bytes, vectors.key);
    for (const address of vectors.holds) expect(filter.mayBeSuppressed(address), address).toBe(true);
    for (const address of vectors.free) expect(filter.mayBeSuppressed(address), address).toBe(false);
    const keys = await keysOf(vectors.key);
    const hashes = new HashList(keys);
    for (const text of ['ann@example.com', 'bob@example.com', '@gone.example']) hashes.add(text);
    expect(await writeFilter({ ...about, version: '0.3' }, hashes, 8, keys)).toEqual(bytes);
  });
});

describe('a delta', () => {
  const deltaOf = async (texts: readonly string[], from: string, version: string) => {
    const keys = await keysOf(KEY);
    const hashes = new HashList(keys);
    for (const text of texts) hashes.add(text);
    return writeDelta({ ...about, from, version }, hashes, keys);
  };

  it('adds what came since, one after the other', async () => {
    const names = (prefix: string) => Array.from({ length: 50 }, (_, i) => `${prefix}${i}@example.com`);
    const old = await filterOf(names('a'), 16);
    const once = await old.apply(await deltaOf([...names('b'), '@gone.example'], '0.10', '0.12'));
    const twice = await once.apply(await deltaOf(names('c'), '0.12', '0.15'));
    for (const name of [...names('a'), ...names('b'), ...names('c'), 'x@gone.example'])
      expect(twice.mayBeSuppressed(name), name).toBe(true);
    expect(twice.manifest.version).toBe('0.15');
    expect(old.mayBeSuppressed('b1@example.com')).toBe(false);
    expect(names('d').filter((name) => twice.mayBeSuppressed(name))).toEqual([]);
  });

  it('of another version, and a whole filter, are refused', async () => {
    const filter = await filterOf(['ann@example.com']);
    await expect(filter.apply(await deltaOf([], '0.11', '0.12'))).rejects.toThrow('another filter');
    await expect(filter.apply(await fileOf([]))).rejects.toThrow('not a delta');
    await expect(openFilter(await deltaOf([], '0.10', '0.11'), KEY)).rejects.toThrow('apply it');
  });
});
