/** The platform on Node: its clock, randomness, hashing, compression and fetch. */
import { hash, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Runtime, ScryptCost } from './app/runtime.ts';
import { createIds } from './core/ids.ts';
import { nodeOutbound } from './outbound.ts';

/** A receipt inflates to what once came in, at most 50 MiB; more would be a damaged or planted one. */
const MAX_INFLATED = 64 * 1024 * 1024;

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);
const KEY_BYTES = 32;
const scryptAsync: (password: string, salt: string, length: number, cost: ScryptCost) => Promise<Buffer> =
  promisify(scrypt);

export function nodeRuntime(): Runtime {
  const random = randomBytes();
  return {
    now: () => Date.now(),
    newId: createIds(() => random(10)),
    randomText: (length) => randomText(random, length),
    sha256: (text) => hash('sha256', text),
    scrypt: async (password, salt, cost) =>
      new Uint8Array(await scryptAsync(password, salt, KEY_BYTES, cost)),
    gzip: async (bytes) => new Uint8Array(await gzipAsync(bytes)),
    gunzip: async (bytes) => new Uint8Array(await gunzipAsync(bytes, { maxOutputLength: MAX_INFLATED })),
    fetch: (url, init) => fetch(url, init),
    outbound: nodeOutbound(),
    mailHosts: null,
    // After the I/O callbacks at hand: all requests that arrived together share the next transaction.
    defer: (callback) => void setImmediate(callback),
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** The largest multiple of 62 in a byte: bytes above it would favour the first letters. */
const FAIR = 248;

function randomText(random: (count: number) => Uint8Array, length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of random(length * 2)) {
      if (byte < FAIR && text.length < length) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}

const POOL_BYTES = 4096;

/** Random bytes out of a pool: asking the system for each few costs more than a request's other work. */
function randomBytes(): (count: number) => Uint8Array {
  let pool = new Uint8Array(0);
  let at = 0;
  return (count) => {
    if (at + count > pool.length) {
      pool = crypto.getRandomValues(new Uint8Array(Math.max(POOL_BYTES, count)));
      at = 0;
    }
    at += count;
    return pool.subarray(at - count, at);
  };
}
