/** Whom a provider's own list has, as it was read: what was once put there may have been taken off since, by somebody else. */
import type { Ask, Given, ProviderList } from '../lists/list.ts';
import { Refusal } from '../lists/list.ts';
import { blockedOf, driftLimits } from './drift.ts';
import { NameSet } from './name-set.ts';
import { patient, sleep } from './provider-ask.ts';
import type { Services } from './services.ts';

export interface ProviderNames {
  /** When reading began: what was written since is not in it. */
  readonly at: number;
  has(address: string): boolean;
}

interface Reading {
  readonly tenant: string;
  readonly list: ProviderList;
  readonly ask: Ask;
  readonly given: Given;
  /** Before each wait and after each page, with the ms that are waited. */
  going(ms: number): Promise<void>;
}

/** Null where the key may change the list and not read it. */
export async function readNames(
  { policies, runtime }: Pick<Services, 'policies' | 'runtime'>,
  { tenant, list, ask, given, going }: Reading,
): Promise<ProviderNames | null> {
  const at = runtime.now();
  const deadline = performance.now() + driftLimits.duration;
  const wait = async (ms: number) => {
    await going(ms);
    await sleep(ms);
  };
  const names = new NameSet();
  try {
    for await (const items of list.pages(patient(ask, wait, deadline, runtime.now), given)) {
      if (performance.now() > deadline) throw new Refusal(408, 'took too long');
      for (const { address } of await blockedOf({ policies }, tenant, items, at)) names.add(address);
      await going(0);
    }
  } catch (error) {
    // A key that is wrong altogether shows when something is written.
    if (error instanceof Refusal && (error.status === 401 || error.status === 403)) return null;
    throw error;
  }
  return { at, has: (address) => names.has(address) };
}
