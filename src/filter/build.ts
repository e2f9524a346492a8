/**
 * Makes a filter: a 3-wise binary fuse filter (Graf and Lemire, arXiv 2201.01174) over keyed hashes. About 9.1 bits an
 * entry at a false positive rate of 1/256, 18.2 at 1/65,536.
 */
import { fingerprint, type Keys, MAGIC, type Manifest, mix, place } from './reader.ts';
import { KeyedHash } from './siphash.ts';

/** Hashes of what is suppressed, as it comes from the list. */
export class HashList {
  #words: Uint32Array;
  #length = 0;
  readonly #hash: KeyedHash;
  domains = 0;

  constructor(keys: Pick<Keys, 'hash'>, capacity = 1_024) {
    this.#hash = new KeyedHash(keys.hash);
    this.#words = new Uint32Array(capacity * 2);
  }

  /** A canonical address, or `@domain`. */
  add(text: string): void {
    this.#hash.of(text);
    this.addHash(this.#hash.low, this.#hash.high);
    if (text.startsWith('@')) this.domains += 1;
  }

  addHash(low: number, high: number): void {
    if (this.#length === this.#words.length) {
      const grown = new Uint32Array(this.#words.length * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words[this.#length++] = low;
    this.#words[this.#length++] = high;
  }

  get size(): number {
    return this.#length / 2;
  }

  /** In order and each once: pairs of low and high word. */
  sorted(): Uint32Array {
    const words = this.#words.slice(0, this.#length);
    // Little-endian: the high word is the upper half of each 64 bits.
    const whole = new BigUint64Array(words.buffer).sort();
    let kept = 0;
    for (let i = 0; i < whole.length; i++)
      if (i === 0 || whole[i] !== whole[kept - 1]) whole[kept++] = whole[i] as bigint;
    return words.subarray(0, kept * 2);
  }
}

export interface Fuse {
  readonly seed: number;
  readonly segment_length: number;
  readonly segment_count_length: number;
  readonly slots: Uint8Array | Uint16Array;
}

/** Each try fails with a chance of a few percent for small sets, and far less for large ones. */
const MAX_TRIES = 100;

/** `pairs`: low and high word of each hash, in order and each once. */
export function buildFuse(pairs: Uint32Array, bits: 8 | 16): Fuse {
  const size = pairs.length / 2;
  const { segment, slots, first } = dimensions(size);
  const table = bits === 8 ? new Uint8Array(slots) : new Uint16Array(slots);
  const fuse = { segment_length: segment, segment_count_length: first, slots: table };
  if (size === 0) return { ...fuse, seed: 0 };
  for (let seed = 1; seed <= MAX_TRIES; seed++) {
    const peeled = peel(pairs, { segment, slots, first }, seed);
    if (peeled === null) continue;
    assign(pairs, peeled, table, { segment, first, seed, bits });
    return { ...fuse, seed };
  }
  throw new Error(`no filter was found for ${size} hashes in ${MAX_TRIES} tries`);
}

interface Dimensions {
  readonly segment: number;
  readonly slots: number;
  /** Slots that the first place may fall into. */
  readonly first: number;
}

/** The paper's sizes, table 1; a segment fits the second level cache. */
function dimensions(size: number): Dimensions {
  if (size === 0) return { segment: 4, slots: 0, first: 0 };
  const segment = Math.min(262_144, Math.max(4, 2 ** Math.floor(Math.log(size) / Math.log(3.33) + 2.25)));
  const factor = size <= 1 ? 2 : Math.max(1.125, 0.875 + (0.25 * Math.log(1_000_000)) / Math.log(size));
  const count = Math.max(1, Math.ceil((size * factor) / segment) - 2);
  return { segment, slots: (count + 2) * segment, first: count * segment };
}

interface Peeled {
  /** Indexes of hashes in the order in which they were taken away, and the slot that is theirs. */
  readonly order: Uint32Array;
  readonly owned: Uint32Array;
}

/** Takes away hash after hash that alone has a slot; null where some are left that share all of theirs. */
function peel(pairs: Uint32Array, { segment, slots, first }: Dimensions, seed: number): Peeled | null {
  const size = pairs.length / 2;
  const mask = segment - 1;
  const counts = new Uint8Array(slots);
  /** XOR of the indexes of the hashes in a slot: the one itself where it is alone. */
  const inside = new Uint32Array(slots);
  const places = new Uint32Array(3);
  const find = (i: number): void => {
    const high = pairs[2 * i + 1] as number;
    const b = mix((pairs[2 * i] as number) ^ seed);
    const c = mix(b ^ high);
    const at = place(high, first);
    places[0] = at;
    places[1] = (at + segment) ^ (b & mask);
    places[2] = (at + 2 * segment) ^ (c & mask);
  };
  for (let i = 0; i < size; i++) {
    find(i);
    for (let k = 0; k < 3; k++) {
      const slot = places[k] as number;
      if (counts[slot] === 255) return null;
      (counts[slot] as number)++;
      (inside[slot] as number) ^= i;
    }
  }
  const alone = new Uint32Array(slots);
  let waiting = 0;
  for (let slot = 0; slot < slots; slot++) if (counts[slot] === 1) alone[waiting++] = slot;
  const order = new Uint32Array(size);
  const owned = new Uint32Array(size);
  let taken = 0;
  while (waiting > 0) {
    const slot = alone[--waiting] as number;
    if (counts[slot] !== 1) continue;
    const i = inside[slot] as number;
    order[taken] = i;
    owned[taken++] = slot;
    find(i);
    for (let k = 0; k < 3; k++) {
      const other = places[k] as number;
      const left = (counts[other] as number) - 1;
      counts[other] = left;
      (inside[other] as number) ^= i;
      if (left === 1) alone[waiting++] = other;
    }
  }
  return taken === size ? { order, owned } : null;
}

/** In reverse, so that each hash finds two of its slots settled and sets the third. */
function assign(
  pairs: Uint32Array,
  { order, owned }: Peeled,
  table: Uint8Array | Uint16Array,
  { segment, first, seed, bits }: Pick<Dimensions, 'segment' | 'first'> & { seed: number; bits: 8 | 16 },
): void {
  const mask = segment - 1;
  for (let n = order.length - 1; n >= 0; n--) {
    const i = order[n] as number;
    const high = pairs[2 * i + 1] as number;
    const b = mix((pairs[2 * i] as number) ^ seed);
    const c = mix(b ^ high);
    const at = place(high, first);
    const [second, third] = [(at + segment) ^ (b & mask), (at + 2 * segment) ^ (c & mask)];
    // Its own slot is still 0.
    table[owned[n] as number] =
      fingerprint(b, c, bits) ^ (table[at] as number) ^ (table[second] as number) ^ (table[third] as number);
  }
}

type Described = Pick<Manifest, 'tenant' | 'stream' | 'version' | 'built_at'>;

/** The whole file of a filter. */
export function writeFilter(
  about: Described,
  hashes: HashList,
  bits: 8 | 16,
  keys: Keys,
): Promise<Uint8Array<ArrayBuffer>> {
  const pairs = hashes.sorted();
  const { slots, ...fuse } = buildFuse(pairs, bits);
  const manifest: Manifest = {
    format: 1,
    kind: 'filter',
    ...about,
    entries: pairs.length / 2,
    domains: hashes.domains,
    bits,
    false_positive_rate: 2 ** -bits,
    ...fuse,
  };
  return signed(manifest, new Uint8Array(slots.buffer), keys);
}

/** What was added since `from`, as hashes: high and low word each. */
export function writeDelta(
  about: Described & { readonly from: string },
  hashes: HashList,
  keys: Keys,
): Promise<Uint8Array<ArrayBuffer>> {
  const pairs = hashes.sorted();
  const words = Uint32Array.from(pairs, (_, i) => pairs[i ^ 1] as number);
  const manifest = {
    format: 1,
    kind: 'delta',
    ...about,
    entries: pairs.length / 2,
    domains: hashes.domains,
  } as const;
  return signed(manifest, new Uint8Array(words.buffer), keys);
}

async function signed(manifest: object, data: Uint8Array, keys: Keys): Promise<Uint8Array<ArrayBuffer>> {
  const text = new TextEncoder().encode(JSON.stringify(manifest));
  const body = new Uint8Array(8 + text.length + data.length);
  body.set(new TextEncoder().encode(MAGIC));
  new DataView(body.buffer).setUint32(4, text.length, true);
  body.set(text, 8);
  body.set(data, 8 + text.length);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', keys.sign, body));
  const file = new Uint8Array(body.length + signature.length);
  file.set(body);
  file.set(signature, body.length);
  return file;
}
