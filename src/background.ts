/** What the Node server does by itself, beside answering: one piece of each kind at a time. */
import { watchSources } from './app/alarms.ts';
import { type AlertOptions, createAlerts } from './app/alerts.ts';
import { nightLimits } from './app/drift-nights.ts';
import type { Log } from './app/log.ts';
import { createPace } from './app/outbox.ts';
import { prune } from './app/prune.ts';
import type { Services } from './app/services.ts';
import { listenForSilence } from './app/silence.ts';
import { HOUR, MINUTE, SECOND } from './core/time.ts';
import { codeOf, type Database } from './database.ts';

const every = {
  prune: HOUR,
  silence: HOUR,
  alarms: MINUTE,
  drift: MINUTE,
  guard: 5 * SECOND,
  deliver: SECOND,
  mail: 15 * SECOND,
  remember: SECOND,
  resume: 5 * SECOND,
} as const;
/** Of so many looks of the guard one is at everybody: once a minute. */
const LOOKS_AT_SOME = 12;
/** Jobs that wait to be stored. */
const BUSY = 20;

export interface Background {
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/** `alerts`: null where nobody is mailed to. */
export function startBackground(
  services: Services,
  database: Database,
  log: Log,
  alerts: AlertOptions | null,
): Background {
  redecide(services, log);
  const remembering = remember(database, log);
  const [webhooks, lists, nights] = [createPace(), createPace(), createPace(nightLimits.atOnce)];
  const mail = alerts === null ? [] : [createAlerts(services, alerts)];
  const running = [
    repeat(every.prune, log, 'pruning failed', () => pruneOnce(services, log)),
    repeat(every.silence, log, 'nobody listened for silence', () => listenForSilence(services)),
    repeat(every.alarms, log, 'nobody looked for alarms', () => watchSources(services)),
    repeat(every.guard, log, 'the guard could not look', watch(services)),
    repeat(every.deliver, log, 'webhooks were not delivered', () => services.webhooks.begin(webhooks)),
    repeat(every.deliver, log, 'lists were not written back', () => services.writeBack.begin(lists)),
    repeat(every.drift, log, 'lists were not compared', () => services.driftNights.begin(nights)),
    ...mail.map(({ deliver }) => repeat(every.mail, log, 'alerts could not be looked for', deliver)),
    repeat(every.resume, log, 'what waited for a paused source was not taken in', () =>
      services.resumer.finish(),
    ),
    repeat(every.remember, log, 'the witness of the database cannot be written', remembering),
  ];
  return {
    async stop() {
      await Promise.all(running.map((one) => one.stop()));
      await Promise.all([webhooks, lists, nights].map((pace) => pace.idle()));
      await remembering();
    },
  };
}

/** What a stop or a failure has left half decided under a new policy. */
function redecide({ redecider }: Services, log: Log): void {
  redecider.finish().catch((error: unknown) => {
    log('error', 'the list was not decided anew', { error: error instanceof Error ? error.name : 'unknown' });
  });
}

/** Also what a policy has left over. Nothing is lost by a failure: the next hour tries again. */
async function pruneOnce(services: Services, log: Log): Promise<void> {
  try {
    const rows = await prune(services);
    if (rows > 0) log('info', 'pruned', { rows });
  } finally {
    redecide(services, log);
  }
}

/**
 * Looks soon where failures came, and once a minute at everybody: other servers' failures, and what time decides. While
 * webhooks wait for the disk it leaves it to them, but for that one look: a hold takes effect for what came before, too.
 */
function watch({ guard, committer }: Services): () => Promise<void> {
  // Not at the start, when those who waited come all at once.
  let looks = 1;
  return async () => {
    const isWhole = looks++ % LOOKS_AT_SOME === 0;
    if (isWhole || committer.queued() < BUSY) await guard.look(isWhole ? 'all' : 'noticed');
  };
}

/** One at a time. Nothing is lost by a failure: what there is to do is in the database, and the next time goes on. */
function repeat(ms: number, log: Log, failure: string, work: () => Promise<void>): { stop(): Promise<void> } {
  let running: Promise<void> | null = null;
  const timer = setInterval(() => {
    running ??= work()
      .catch((error: unknown) => {
        log('warn', failure, { error: error instanceof Error ? error.name : 'unknown' });
      })
      .finally(() => {
        running = null;
      });
  }, ms).unref();
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}

/** Says once that it cannot, and once that it can again. */
function remember(database: Database, log: Log): () => Promise<void> {
  let isFailing = false;
  return async () => {
    try {
      database.remember();
      if (isFailing) log('info', 'the witness of the database is written again');
      isFailing = false;
    } catch (error) {
      if (!isFailing) log('warn', 'the witness of the database cannot be written', { error: codeOf(error) });
      isFailing = true;
    }
  };
}
