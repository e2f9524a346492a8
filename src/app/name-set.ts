/** A set of names by their keyed hashes: a million take 16 MB. Two are taken for one by mistake once in billions of lists. */
import { KeyedHash } from '../filter/siphash.ts';

const KEY_BYTES = 16;
const FIRST_SLOTS = 1_024;
/** 53 bits are a whole number of JavaScript's. */
const HIGH_BITS = 0x1f_ffff;
const HIGH = 2 ** 32;

export class NameSet {
  readonly #hash = new KeyedHash(crypto.getRandomValues(new Uint8Array(KEY_BYTES)));
  /** Open addressing; 0 = free. */
  #slots = new Float64Array(FIRST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(name: string): boolean {
    const digest = this.#digest(name);
    return this.#slots[this.#placeOf(digest)] === digest;
  }

  /** Whether it was new. */
  add(name: string): boolean {
    const digest = this.#digest(name);
    const place = this.#placeOf(digest);
    if (this.#slots[place] === digest) return false;
    this.#slots[place] = digest;
    this.#size += 1;
    if (this.#size * 2 > this.#slots.length) this.#grow();
    return true;
  }

  #digest(name: string): number {
    this.#hash.of(name);
    return (this.#hash.high & HIGH_BITS) * HIGH + this.#hash.low || 1;
  }

  /** Where it is, or would be. */
  #placeOf(digest: number): number {
    const last = this.#slots.length - 1;
    let place = digest % this.#slots.length;
    while (this.#slots[place] !== 0 && this.#slots[place] !== digest) place = place === last ? 0 : place + 1;
    return place;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Float64Array(before.length * 2);
    for (const digest of before) if (digest !== 0) this.#slots[this.#placeOf(digest)] = digest;
  }
}
