/** Makes filters on a thread of its own, with its own connection: ten million entries take seconds, and webhooks do not wait. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import type { FilterFile, FilterRequest } from './app/filters.ts';
import { createLog } from './app/log.ts';
import type { Config } from './config.ts';
import { open } from './open.ts';

/** `makes` tells it from the orders of other threads: the build may put several into one file. */
interface Order {
  readonly makes: 'filter';
  readonly config: Config;
  readonly request: FilterRequest;
}

export const makeOnThread =
  (config: Config) =>
  (request: FilterRequest): Promise<FilterFile> =>
    new Promise((resolve, reject) => {
      const order: Order = { makes: 'filter', config, request };
      const worker = new Worker(new URL(import.meta.url), { workerData: order });
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => reject(new Error('the thread that makes filters ended early')));
    });

async function run({ config, request }: Order): Promise<void> {
  const { services } = await open(config, { missing: 'refuse', log: createLog(() => {}, Date.now) });
  const file = await services.filters.whole(request);
  // Not closed by hand: that would write the log back at once, and the server's writes would wait for it.
  parentPort?.postMessage(file, [file.bytes.buffer]);
}

if (!isMainThread && workerData?.makes === 'filter') await run(workerData as Order);
