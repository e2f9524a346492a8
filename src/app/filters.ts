/** Filters of what is suppressed, for senders that check without a network: made from the list, kept until it changes. */

import { toRfc3339 } from '../core/time.ts';
import { HashList, writeDelta, writeFilter } from '../filter/build.ts';
import { keysOf } from '../filter/reader.ts';
import { toBase64, utf8 } from '../providers/verify/bytes.ts';
import type { EntryKey, Store } from '../store/store.ts';
import { blocks } from './list.ts';
import type { Policies } from './policies.ts';
import { aTurn, type Runtime } from './runtime.ts';

export const filterLimits = {
  /** A newer list does not make a newer filter before this, in ms: deltas are for that. */
  rest: 60_000,
  /** Files kept in memory. */
  kept: 8,
  /** Changes of a delta; beyond, it is the whole filter. */
  changes: 100_000,
  /** Entries where the platform runs no threads: a Worker has 128 MB. */
  unthreaded: 1_000_000,
} as const;

export interface FilterRequest {
  readonly tenant: string;
  /** null = what blocks any. */
  readonly stream: string | null;
  readonly bits: 8 | 16;
}

export interface FilterFile {
  readonly version: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface Filters {
  /** `msf_…`: without it a file tells nobody who is in it. The same for ever. */
  keyOf(tenant: string): Promise<string>;
  /** Throws TooMany where the list is too long for this platform. */
  whole(request: FilterRequest): Promise<FilterFile>;
  /** What was added since a version; null where only a whole filter serves. */
  since(request: FilterRequest, version: string): Promise<FilterFile | null>;
}

export class TooMany extends Error {
  override name = 'TooMany';
}

export interface FilterDeps {
  readonly store: Pick<Store, 'standing' | 'lastChange' | 'changesAfter' | 'erasures'>;
  readonly policies: Policies;
  readonly runtime: Pick<Runtime, 'now' | 'defer'>;
  readonly secret: string;
  /** Where it is made on another thread. */
  readonly make?: (request: FilterRequest) => Promise<FilterFile>;
}

export async function createFilters(deps: FilterDeps): Promise<Filters> {
  const { store, runtime } = deps;
  const keyOf = await keysFrom(deps.secret);
  const made = new Map<string, FilterFile & { readonly at: number }>();
  const making = new Map<string, Promise<FilterFile>>();
  const make = deps.make ?? ((request) => makeFilter(deps, keyOf, request));

  const fresh = async (name: string, request: FilterRequest): Promise<FilterFile> => {
    const at = runtime.now();
    const file = await make(request);
    made.delete(name);
    made.set(name, { ...file, at });
    const [oldest] = made.keys();
    if (made.size > filterLimits.kept && oldest !== undefined) made.delete(oldest);
    return file;
  };

  return {
    keyOf,
    async whole(request) {
      const name = JSON.stringify(request);
      const known = made.get(name);
      if (known !== undefined) {
        const isCurrent = known.version === (await versionOf(deps, request));
        if (isCurrent || runtime.now() - known.at < filterLimits.rest) return known;
      }
      // A request of a Worker must not wait for another one's promise.
      if (runtime.defer === null) return fresh(name, request);
      const running = making.get(name) ?? fresh(name, request).finally(() => making.delete(name));
      making.set(name, running);
      return running;
    },

    async since(request, from) {
      const { tenant, stream } = request;
      const version = await versionOf(deps, request);
      const [start, end] = [placeIn(from), placeIn(version)];
      if (start === null || end === null || start.policy !== end.policy || start.seq > end.seq) return null;
      const keys = await keysOf(await keyOf(tenant));
      const hashes = new HashList(keys);
      const add = await adding(store, tenant, hashes);
      let after = start.seq;
      for (let count = 0; after < end.seq; ) {
        const changes = await store.changesAfter(tenant, after, PAGE);
        if (changes.length === 0) break;
        count += changes.length;
        if (count > filterLimits.changes) return null;
        for (const { address, state, stream: of } of changes)
          if (state !== 'released' && (stream === null || of === '*' || of === stream)) add(address);
        after = changes.at(-1)?.seq ?? end.seq;
      }
      const about = { tenant, stream, from, version, built_at: toRfc3339(runtime.now()) };
      return { version, bytes: await writeDelta(about, hashes, keys) };
    },
  };
}

const PAGE = 10_000;

/** The list it is made from: the last change, and for a stream the policy that says what blocks it. */
async function versionOf(
  { store, policies }: Pick<FilterDeps, 'store' | 'policies'>,
  { tenant, stream }: FilterRequest,
): Promise<string> {
  const policy = stream === null ? 0 : (await policies.of(tenant)).revision;
  return `${policy}.${await store.lastChange(tenant)}`;
}

function placeIn(version: string): { readonly policy: number; readonly seq: number } | null {
  const [, policy, seq] = /^(\d{1,15})\.(\d{1,15})$/.exec(version) ?? [];
  return policy === undefined ? null : { policy: Number(policy), seq: Number(seq) };
}

/**
 * What somebody answers for for now (`allow`) is in it as well, for the filter may outlive that: a positive is asked
 * online.
 */
export async function makeFilter(
  { store, policies, runtime }: Pick<FilterDeps, 'store' | 'policies' | 'runtime'>,
  keyOf: Filters['keyOf'],
  request: FilterRequest,
): Promise<FilterFile> {
  const { tenant, stream, bits } = request;
  const now = runtime.now();
  const keys = await keysOf(await keyOf(tenant));
  const policy = await policies.of(tenant);
  // Before the list is read: what comes while it is read is in the next delta.
  const version = await versionOf({ store, policies }, request);
  const hashes = new HashList(keys);
  const add = await adding(store, tenant, hashes);
  let after: EntryKey | null = ['', '', ''];
  let last = '';
  while (after !== null) {
    const rows = await store.standing(tenant, after, PAGE, now);
    for (const row of rows) {
      if (row.address === last || !blocks(policy, row, stream)) continue;
      add(row.address);
      last = row.address;
    }
    if (runtime.defer === null && hashes.size > filterLimits.unthreaded)
      throw new TooMany(`more than ${filterLimits.unthreaded} entries`);
    const end = rows.at(-1);
    after = rows.length < PAGE || end === undefined ? null : [end.address, end.stream, end.reason];
    await aTurn(runtime);
  }
  const about = { tenant, stream, version, built_at: toRfc3339(now) };
  return { version, bytes: await writeFilter(about, hashes, bits, keys) };
}

/** An address that was erased is in the list by another hash; the one for filters was kept, where it was erased. */
async function adding(
  store: Pick<Store, 'erasures'>,
  tenant: string,
  hashes: HashList,
): Promise<(address: string) => void> {
  const erased = new Map(
    (await store.erasures(tenant)).map(({ pseudonym, filter_hash }) => [pseudonym, filter_hash]),
  );
  return (address) => {
    const hash = erased.get(address);
    if (!hash) hashes.add(address);
    else hashes.addHash(Number.parseInt(hash.slice(8), 16), Number.parseInt(hash.slice(0, 8), 16));
  };
}

async function keysFrom(secret: string): Promise<Filters['keyOf']> {
  const material = await crypto.subtle.importKey('raw', utf8(secret), 'HKDF', false, ['deriveBits']);
  return async (tenant) => {
    const info = utf8(`filters of ${tenant}`);
    const bits = await crypto.subtle.deriveBits(
      { name: 'HKDF', hash: 'SHA-256', salt: utf8('mailstop'), info },
      material,
      256,
    );
    const text = toBase64(new Uint8Array(bits));
    return `msf_${text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
  };
}
