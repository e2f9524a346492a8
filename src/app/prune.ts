/** What outlives its use is deleted, a little at a time. Facts that made or changed an entry are never among it. */
import { retention } from './retention.ts';
import { aTurn } from './runtime.ts';
import type { Services } from './services.ts';

/** Batches in one run; the next run goes on. */
const MAX_BATCHES = 200;

/** Returns the rows deleted. Each batch is a transaction of its own, with room for requests between. */
export async function prune({ store, runtime }: Pick<Services, 'store' | 'runtime'>): Promise<number> {
  const now = runtime.now();
  const before = {
    receipts: now - retention.receipts,
    forget: now,
    notes: now - retention.notes,
    surges: now - retention.surges,
    hours: now - retention.hours,
  };
  let total = 0;
  for (let i = 0; i < MAX_BATCHES; i++) {
    const deleted = await store.prune(before);
    total += deleted;
    if (deleted === 0) break;
    await aTurn(runtime);
  }
  return total;
}
