/** By which names addresses stand in the database: those that were erased go by their hashes. */
import { keyOf, type Store } from '../store/store.ts';
import type { Pseudonyms } from './pseudonyms.ts';

export interface Names {
  /** What stands in the database for an address, and back. */
  to(address: string): string;
  from(name: string): string;
  /**
   * A hash under which there is more about the address than under its own name: another server erased it, and it is
   * known here. What is told by either counts.
   */
  beside(address: string): string | null;
}

/** The same for addresses of several tenants. */
export interface NamesOfMany {
  readonly isNone: boolean;
  to(tenant: string, address: string): string;
  from(tenant: string, name: string): string;
}

export interface ErasedNames {
  of(tenant: string, addresses: readonly string[]): Promise<Names>;
  ofMany(keys: readonly { readonly tenant: string; readonly address: string }[]): Promise<NamesOfMany>;
  /** Hashes of this tenant were written. */
  learn(tenant: string): void;
}

/** A first erasure may be unknown for so many ms; it looks for what was written meanwhile. */
export const REMEMBERED = 50;
const TENANTS_REMEMBERED = 10_000;

/** Of tenants that have no erasures. */
export const same: Names = { to: (address) => address, from: (name) => name, beside: () => null };

export function erasedNames(
  store: Pick<Store, 'hasErasures' | 'erased' | 'known'>,
  pseudonyms: Pseudonyms,
): ErasedNames {
  const asked = new Map<string, { readonly at: number; readonly has: boolean }>();
  const remember = (tenant: string, has: boolean): void => {
    if (asked.size >= TENANTS_REMEMBERED) asked.clear();
    asked.set(tenant, { at: performance.now(), has });
  };

  const hasErasures = async (tenant: string): Promise<boolean> => {
    const known = asked.get(tenant);
    // What was erased once is erased for ever.
    if (known !== undefined && (known.has || performance.now() - known.at < REMEMBERED)) return known.has;
    const has = await store.hasErasures(tenant);
    remember(tenant, has);
    return has;
  };

  const of = async (tenant: string, addresses: readonly string[]): Promise<Names> => {
    if (!(await hasErasures(tenant))) return same;
    const all = new Map(addresses.map((address) => [pseudonyms.of(tenant, address), address]));
    const erased = [...(await store.erased(tenant, [...all.keys()]))].map(([name, where]) => {
      const address = all.get(name) as string;
      return { name, where, tenant, address };
    });
    // An erasure here has left nothing under the address; one elsewhere knows nothing of what is here.
    const elsewhere = erased.filter(({ where }) => where === 'elsewhere');
    const { addresses: here } =
      elsewhere.length === 0
        ? { addresses: new Map() }
        : await store.known({ digests: [], nonces: [], addresses: elsewhere });
    const [to, from, beside] = [
      new Map<string, string>(),
      new Map<string, string>(),
      new Map<string, string>(),
    ];
    for (const one of erased) {
      const { address, name } = one;
      if (one.where === 'elsewhere' && here.has(keyOf(one))) {
        beside.set(address, name);
        continue;
      }
      to.set(address, name);
      from.set(name, address);
    }
    return {
      to: (address) => to.get(address) ?? address,
      from: (name) => from.get(name) ?? name,
      beside: (address) => beside.get(address) ?? null,
    };
  };

  return {
    of,
    async ofMany(keys) {
      const names = new Map<string, Names>();
      for (const [tenant, some] of Map.groupBy(keys, ({ tenant: of }) => of))
        names.set(
          tenant,
          await of(
            tenant,
            some.map(({ address }) => address),
          ),
        );
      return {
        isNone: [...names.values()].every((one) => one === same),
        to: (tenant, address) => (names.get(tenant) ?? same).to(address),
        from: (tenant, name) => (names.get(tenant) ?? same).from(name),
      };
    },
    learn: (tenant) => remember(tenant, true),
  };
}
