/**
 * What came while a source was paused, taken in once it is resumed: in the order in which it came, each request in one
 * transaction with the end of its wait, so that a stop loses nothing and does nothing twice.
 */
import type { Store } from '../store/store.ts';
import type { Committer } from './commit.ts';
import { jobOfWaiting } from './ingest.ts';
import type { Intake } from './jobs.ts';
import type { MailProofDeps } from './mail-proof.ts';
import { submitOrHold } from './poison.ts';
import type { TagDeps } from './recipient-tags.ts';
import { aTurn, type Runtime } from './runtime.ts';
import type { Source, Sources } from './sources.ts';

export const resumeLimits = {
  /** Requests read at once, and of how many bytes as they are kept. */
  requests: 100,
  bytes: 4 * 1024 * 1024,
} as const;

export interface Resumer {
  /** Goes on for so many ms at least; how many requests were taken in, and whether that was all. */
  run(id: string, ms: number): Promise<{ readonly requests: number; readonly done: boolean }>;
  /** All sources for which requests wait though they are not paused. */
  finish(ms?: number): Promise<void>;
  stop(): Promise<void>;
}

interface Deps extends MailProofDeps, TagDeps {
  readonly store: Store;
  readonly sources: Pick<Sources, 'open'>;
  readonly committer: Committer;
  readonly runtime: Runtime;
}

export function createResumer(deps: Deps): Resumer {
  const { store, sources, committer, runtime } = deps;
  let stopping = false;
  let running: Promise<unknown> = Promise.resolve();

  /** One at a time: two would read the same. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (runtime.defer === null) return work();
    const done = running.then(work);
    running = done.catch(() => undefined);
    return done;
  }

  async function jobsOf(source: Source, ids: readonly string[]): Promise<Intake[]> {
    const jobs: Intake[] = [];
    for (let i = 0, bytes = 0; i < ids.length && bytes < resumeLimits.bytes; i++) {
      const receipt = await store.receipt(source.row.tenant, ids[i] as string);
      if (receipt === null) continue;
      bytes += receipt.body.length;
      jobs.push(await jobOfWaiting(deps, source, receipt));
    }
    return jobs;
  }

  /** They share a flush where they can; a Worker commits one by one. */
  async function takeIn(jobs: readonly Intake[]): Promise<void> {
    const submit = (job: Intake) => submitOrHold(committer, runtime, job);
    if (runtime.defer === null) for (const job of jobs) await submit(job);
    else await Promise.all(jobs.map(submit));
  }

  async function run(id: string, ms: number): Promise<{ requests: number; done: boolean }> {
    const until = performance.now() + ms;
    let requests = 0;
    while (!stopping) {
      const row = await store.source(id);
      if (row === null || row.paused_at !== null) return { requests, done: true };
      const ids = await store.waitingOf(row.tenant, id, resumeLimits.requests);
      const jobs = await jobsOf(await sources.open(row), ids);
      if (jobs.length === 0) return { requests, done: true };
      await takeIn(jobs);
      requests += jobs.length;
      if (performance.now() >= until) return { requests, done: false };
      await aTurn(runtime);
    }
    return { requests, done: false };
  }

  return {
    run: (id, ms) => inTurn(() => run(id, ms)),
    async finish(ms = Number.POSITIVE_INFINITY) {
      const failures: unknown[] = [];
      // What keeps one source from it does not keep the others.
      for (const id of await store.resumable())
        await inTurn(() => run(id, ms)).catch((error: unknown) => failures.push(error));
      if (failures.length > 0) throw failures[0];
    },
    async stop() {
      stopping = true;
      await running;
    },
  };
}
