/**
 * Reads a filter of suppressed addresses: no dependency, no network. Copy this file and siphash.ts into your sender.
 * `false` means the address was not suppressed when the filter was made; `true` means: ask the server.
 * The format is described in docs/offline-filter.md.
 */

import { KeyedHash } from './siphash.ts';

/** What the file says of itself; signed. */
export interface Manifest {
  readonly format: 1;
  readonly kind: 'filter' | 'delta';
  readonly tenant: string;
  /** null = what blocks any stream. */
  readonly stream: string | null;
  /** State of the list it was made from. Of a delta: the state it leads to. */
  readonly version: string;
  /** Of a delta: the version it is applied to. */
  readonly from?: string;
  /** RFC 3339. */
  readonly built_at: string;
  readonly entries: number;
  /** Of `entries`: whole domains, kept as `@domain`. */
  readonly domains: number;
  /** Bits of a fingerprint: 8 or 16. */
  readonly bits: 8 | 16;
  /** Share of other addresses that are taken for suppressed. */
  readonly false_positive_rate: number;
  readonly seed: number;
  /** Binary length of a segment, a power of two. */
  readonly segment_length: number;
  /** Slots that the first of three places may fall into. */
  readonly segment_count_length: number;
}

export class FilterError extends Error {
  override name = 'FilterError';
}

export interface Filter {
  readonly manifest: Manifest;
  /** Milliseconds since it was made; `now` is in epoch milliseconds. */
  age(now: number): number;
  /** Never false for an address that was suppressed. What is not a plain ASCII address is always true. */
  mayBeSuppressed(address: string): boolean;
  /** By the two halves of a keyed hash, for those who keep hashes. */
  hasHash(high: number, low: number): boolean;
  /** A filter that knows what was added since. Throws a FilterError where the delta is for another version. */
  apply(delta: Uint8Array): Promise<Filter>;
}

export const MAGIC = 'MSF1';
export const SIGNATURE_BYTES = 32;

/** Throws a FilterError where the file is cut, damaged, or not signed with this key. */
export async function openFilter(file: Uint8Array, key: string): Promise<Filter> {
  const keys = await keysOf(key);
  const { manifest, data } = await openSigned(file, keys);
  if (manifest.kind !== 'filter') throw new FilterError('this is a delta: apply it to a filter');
  const slots = slotsOf(data, manifest.bits);
  return filterOf(manifest, slots, new Extra(0), keys);
}

/** Both keys come from the one that the server gives out (HMAC-SHA-256 under it of "hash" and of "sign"). */
export interface Keys {
  /** 16 bytes. */
  readonly hash: Uint8Array;
  readonly sign: CryptoKey;
}

export async function keysOf(key: string): Promise<Keys> {
  if (!/^msf_[A-Za-z0-9_-]{43}$/.test(key))
    throw new FilterError('a filter key is msf_ and 43 letters: ask GET /v1/filter/key for it');
  const bytes = fromBase64Url(key.slice('msf_'.length));
  const root = await hmacKey(bytes);
  const derived = async (use: string) =>
    new Uint8Array(await crypto.subtle.sign('HMAC', root, new TextEncoder().encode(use)));
  return { hash: (await derived('hash')).subarray(0, 16), sign: await hmacKey(await derived('sign')) };
}

const hmacKey = (bytes: Uint8Array): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytes as BufferSource, { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ]);

const fromBase64Url = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));

async function openSigned(file: Uint8Array, keys: Keys): Promise<{ manifest: Manifest; data: Uint8Array }> {
  const end = file.length - SIGNATURE_BYTES;
  if (end < 8 || new TextDecoder().decode(file.subarray(0, 4)) !== MAGIC)
    throw new FilterError('not a filter of Mailstop');
  const signed = file.subarray(0, end) as BufferSource;
  if (!(await crypto.subtle.verify('HMAC', keys.sign, file.subarray(end) as BufferSource, signed)))
    throw new FilterError('the filter is damaged, or made with another key');
  const length = new DataView(file.buffer, file.byteOffset).getUint32(4, true);
  const manifest = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length))) as Manifest;
  if (manifest.format !== 1)
    throw new FilterError(`format ${manifest.format} is newer than this reader; update it`);
  // A copy is aligned, whatever the file was a part of; slice of a Buffer would be none.
  return { manifest, data: new Uint8Array(file.subarray(8 + length, end)) };
}

type Slots = Uint8Array | Uint16Array;

/** Little-endian, as every machine that runs JavaScript today. */
const slotsOf = (data: Uint8Array, bits: 8 | 16): Slots =>
  bits === 8 ? data : new Uint16Array(data.buffer, 0, data.length / 2);

function filterOf(manifest: Manifest, slots: Slots, extra: Extra, keys: Keys): Filter {
  const hash = new KeyedHash(keys.hash);
  const { segment_length, segment_count_length, seed, bits } = manifest;
  const mask = segment_length - 1;
  const empty = segment_count_length === 0;
  // Written out: this runs millions of times a second.
  const hasHash = (high: number, low: number): boolean => {
    if (extra.has(high, low)) return true;
    if (empty) return false;
    const b = mix(low ^ seed);
    const c = mix(b ^ high);
    const first = place(high, segment_count_length);
    const second = (first + segment_length) ^ (b & mask);
    const third = (first + 2 * segment_length) ^ (c & mask);
    const found = (slots[first] as number) ^ (slots[second] as number) ^ (slots[third] as number);
    return found === fingerprint(b, c, bits);
  };
  const holds = (text: string): boolean => {
    hash.of(text);
    return hasHash(hash.high, hash.low);
  };
  return {
    manifest,
    age: (now) => now - Date.parse(manifest.built_at),
    mayBeSuppressed(address) {
      if (!isPlain(address)) return true;
      const key = address.toLowerCase();
      return holds(key) || (manifest.domains > 0 && holds(key.slice(key.indexOf('@'))));
    },
    hasHash,
    async apply(delta) {
      const { manifest: news, data } = await openSigned(delta, keys);
      if (news.kind !== 'delta') throw new FilterError('this is a filter, not a delta: open it');
      if (
        news.from !== manifest.version ||
        news.tenant !== manifest.tenant ||
        news.stream !== manifest.stream
      )
        throw new FilterError('the delta is for another filter; fetch a whole one');
      const { version, built_at } = news;
      return filterOf(
        { ...manifest, version, built_at, domains: manifest.domains + news.domains },
        slots,
        extra.with(new Uint32Array(data.buffer, 0, data.length / 4)),
        keys,
      );
    },
  };
}

/** RFC 5321 4.5.3.1: bytes before the @, and of all of it less the angle brackets. */
const MAX_LOCAL = 64;
const MAX_ADDRESS = 254;

/**
 * One spelling, and ASCII: the same that the server keeps it under, once in lower case. Anything else, and what the
 * server could not read, is asked online.
 */
const plain =
  /^[A-Za-z0-9_+=-]+(?:\.[A-Za-z0-9_+=-]+)*@(?:(?![Xx][Nn]--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?![Xx][Nn]--)[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

const isPlain = (address: string): boolean =>
  address.length <= MAX_ADDRESS && address.indexOf('@') <= MAX_LOCAL && plain.test(address);

/** What deltas added: open addressing, half full at most. */
class Extra {
  readonly #pairs: Uint32Array;
  readonly #mask: number;
  #count = 0;

  constructor(capacity: number) {
    const size = capacity === 0 ? 0 : 2 ** Math.ceil(Math.log2(capacity * 2));
    this.#pairs = new Uint32Array(size * 2);
    this.#mask = size - 1;
  }

  has(high: number, low: number): boolean {
    if (this.#count === 0) return false;
    for (let i = low & this.#mask; ; i = (i + 1) & this.#mask) {
      const [h, l] = [this.#pairs[2 * i] as number, this.#pairs[2 * i + 1] as number];
      if (h === high && l === low) return true;
      if (h === 0 && l === 0) return false;
    }
  }

  with(words: Uint32Array): Extra {
    const all = new Extra(this.#count + words.length / 2);
    for (const source of [this.#pairs, words])
      for (let i = 0; i < source.length; i += 2)
        if (source[i] !== 0 || source[i + 1] !== 0) all.#add(source[i] as number, source[i + 1] as number);
    return all;
  }

  #add(high: number, low: number): void {
    if (this.has(high, low)) return;
    let i = low & this.#mask;
    while (this.#pairs[2 * i] !== 0 || this.#pairs[2 * i + 1] !== 0) i = (i + 1) & this.#mask;
    this.#pairs[2 * i] = high;
    this.#pairs[2 * i + 1] = low;
    this.#count += 1;
  }
}

// --- Places and fingerprints of a binary fuse filter (Graf and Lemire, arXiv 2201.01174), in 32-bit arithmetic

/** The finalizer of MurmurHash3, 32 bits: a bijection. */
export function mix(word: number): number {
  let x = word >>> 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** floor(word * size / 2^32), exact for sizes below 2^36. */
export const place = (word: number, size: number): number =>
  Math.floor(((word >>> 16) * size + Math.floor(((word & 0xffff) * size) / 65_536)) / 65_536);

export const fingerprint = (b: number, c: number, bits: 8 | 16): number =>
  Math.imul(b ^ (c >>> 13), 0x9e3779b1) >>> (32 - bits);
