/**
 * One durable transaction for whatever has gathered. `submit` resolves when its own job is on disk, and
 * rejects only its own. Nothing stands between the answer and the disk.
 */
import { Unavailable } from '../store/store.ts';
import { type Claims, claimsOf } from './claims.ts';
import { editsApart } from './edits.ts';
import { type FlushDeps, flush } from './flush.ts';
import type { Job, JobResult } from './jobs.ts';
import { Busy } from './until-fresh.ts';

export const commitLimits = {
  /** Events and acts in one transaction. */
  perFlush: 1_000,
  /** Jobs waiting; beyond, the answer is "try later". */
  queued: 4_096,
  /** The next flush is judged while one is written, once it holds so many events and acts. */
  atOnce: 2,
  worthJudging: 100,
  /** A flush starts once no job has come for so many turns of the event loop, or after so many altogether. */
  quietTurns: 2,
  turns: 64,
} as const;

export interface Committer {
  submit<J extends Job>(
    job: J,
  ): Promise<Extract<JobResult, { type: J['type'] }> | Extract<JobResult, { type: 'replayed' }>>;
  readonly queued: () => number;
  /** Waits for what was submitted; later jobs are refused. */
  close(): Promise<void>;
}

interface Waiting {
  readonly job: Job;
  readonly resolve: (result: JobResult) => void;
  readonly reject: (error: unknown) => void;
}

export function createCommitter(deps: FlushDeps): Committer {
  const { defer } = deps.runtime;
  const queue: Waiting[] = [];
  const inFlight = new Set<Claims | null>();
  let waitingWeight = 0;
  let gathering = false;
  /** False once what waits was seen to touch what is written, until that is. */
  let mayOverlap = true;
  let closing = false;
  const idle: (() => void)[] = [];

  /**
   * Node accepts one connection a turn: where many callers are new, a flush at once would hold one job each, and each
   * job wait for the fsyncs of all before it.
   */
  async function gather(turn: (callback: () => void) => void): Promise<void> {
    let quiet = 0;
    for (let turns = 0; turns < commitLimits.turns && quiet < commitLimits.quietTurns; turns++) {
      const before = queue.length;
      await new Promise<void>(turn);
      quiet = queue.length > before ? 0 : quiet + 1;
    }
  }

  const next = (): Waiting[] => {
    const batch = queue.slice(0, batchLength(queue.map(({ job }) => weight(job))));
    return batch.slice(0, editsApart(batch.map(({ job }) => job)));
  };

  function begin(batch: readonly Waiting[], claims: Claims | null): void {
    queue.splice(0, batch.length);
    for (const { job } of batch) waitingWeight -= weight(job);
    inFlight.add(claims);
    void settle(batch).then(() => {
      inFlight.delete(claims);
      mayOverlap = true;
      lookOn();
    });
  }

  /** One poisoned job must not fail its neighbours: each alone. Where the database is away, all would fail alike. */
  async function settle(batch: readonly Waiting[]): Promise<void> {
    try {
      const results = await flush(
        deps,
        batch.map(({ job }) => job),
      );
      for (const [i, { resolve }] of batch.entries()) resolve(results[i] as JobResult);
    } catch (error) {
      if (batch.length === 1 || error instanceof Unavailable) for (const { reject } of batch) reject(error);
      else for (const one of batch) await settle([one]);
    }
  }

  /** After each job that comes, and each flush that ends. */
  function lookOn(): void {
    if (gathering || defer === null) return;
    if (queue.length === 0) {
      if (inFlight.size === 0) for (const done of idle.splice(0)) done();
    } else if (inFlight.size === 0) {
      gathering = true;
      void gather(defer).then(() => {
        gathering = false;
        const batch = next();
        begin(batch, claimsOf(batch.map(({ job }) => job)));
        lookOn();
      });
    } else if (
      mayOverlap &&
      inFlight.size < commitLimits.atOnce &&
      waitingWeight >= commitLimits.worthJudging
    ) {
      const batch = next();
      const claims = claimsOf(batch.map(({ job }) => job));
      const [other] = inFlight;
      mayOverlap = !!other && claims?.isDisjointFrom(other) === true;
      if (mayOverlap) begin(batch, claims);
    }
  }

  const submit = (job: Job): Promise<JobResult> => {
    if (closing || queue.length >= commitLimits.queued)
      return Promise.reject(new Busy(closing ? 'shutting down' : 'too much waiting to be stored'));
    if (defer === null) return flush(deps, [job]).then(([result]) => result as JobResult);
    return new Promise((resolve, reject) => {
      queue.push({ job, resolve, reject });
      waitingWeight += weight(job);
      lookOn();
    });
  };

  return {
    submit: submit as Committer['submit'],
    queued: () => queue.length,
    async close() {
      closing = true;
      if (queue.length > 0 || inFlight.size > 0) await new Promise<void>((resolve) => idle.push(resolve));
    },
  };
}

function weight(job: Job): number {
  switch (job.type) {
    case 'edit':
      return job.acts.length;
    case 'redecide':
      return job.addresses.length;
    case 'intake':
      return job.events.length + job.unreadable.length;
  }
}

/** How many of the waiting jobs go into one flush: at least one. */
function batchLength(weights: readonly number[]): number {
  let total = weights[0] ?? 0;
  let length = 1;
  while (length < weights.length && total + (weights[length] ?? 0) <= commitLimits.perFlush) {
    total += weights[length] ?? 0;
    length += 1;
  }
  return length;
}
