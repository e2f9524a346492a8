/** What is read, judged and written, and begun anew where somebody else wrote between. */

const ATTEMPTS = 20;

/** More work than can be stored now, or the committer is closing: the caller answers its busy code. */
export class Busy extends Error {
  override name = 'Busy';
}

export async function untilFresh<T>(attempt: () => Promise<T | 'stale'>): Promise<T> {
  for (let times = 0; times < ATTEMPTS; times++) {
    const done = await attempt();
    if (done !== 'stale') return done;
    // Others try again too: not all at the same moment.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(100, 2 ** times)));
  }
  throw new Busy('other writers were faster each time');
}
