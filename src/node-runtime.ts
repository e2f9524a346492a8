/** The platform on Node: its clock, randomness, hashing, compression and fetch. */
import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Runtime } from './app/runtime.ts';
import { createIds } from './core/ids.ts';

/** A receipt inflates to what once came in, at most 50 MiB; more would be a damaged or planted one. */
const MAX_INFLATED = 64 * 1024 * 1024;

const gzipAsync = promisify(gzip);
const gunzipAsync = promisify(gunzip);

export function nodeRuntime(): Runtime {
  return {
    now: () => Date.now(),
    newId: createIds(() => crypto.getRandomValues(new Uint8Array(10))),
    randomText,
    sha256: (text) => hash('sha256', text),
    gzip: async (bytes) => new Uint8Array(await gzipAsync(bytes)),
    gunzip: async (bytes) => new Uint8Array(await gunzipAsync(bytes, { maxOutputLength: MAX_INFLATED })),
    fetch: (url, init) => fetch(url, init),
    // After the I/O callbacks at hand: all requests that arrived together share the next transaction.
    defer: (callback) => void setImmediate(callback),
  };
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** The largest multiple of 62 in a byte: bytes above it would favour the first letters. */
const FAIR = 248;

function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length * 2))) {
      if (byte < FAIR && text.length < length) text += alphabet.charAt(byte % alphabet.length);
    }
  }
  return text;
}
