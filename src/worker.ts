/**
 * The entry on Cloudflare Workers: the same app as on Node, over D1. Settings are secrets of the Worker.
 * Holds no state but what a request may share with the next one: no promise, no timer, no stream.
 */
import { watchSources } from './app/alarms.ts';
import { createCertificateFetcher } from './app/certificates.ts';
import { createLog } from './app/log.ts';
import { agreePepper, createPepper, type Pepper } from './app/pepper.ts';
import { prune } from './app/prune.ts';
import type { Runtime } from './app/runtime.ts';
import { sealingStore } from './app/sealing-store.ts';
import { createServices, type Services, type Settings } from './app/services.ts';
import { listenForSilence } from './app/silence.ts';
import { readConfig } from './config.ts';
import { err, ok, type Result } from './core/result.ts';
import { createApp } from './http/app.ts';
import { problemBody, tryLater } from './http/problem.ts';
import { mailHostsOf } from './mx-resolver.ts';
import { nodeRuntime } from './node-runtime.ts';
import { workerOutbound } from './outbound.ts';
import { type D1Binding, d1Driver } from './store/d1.ts';
import { createStore } from './store/sql.ts';
import type { Store } from './store/store.ts';
import { type QueueBatch, type RoutedMail, takeMail, takeQueue } from './worker-intake.ts';

export interface Env {
  readonly DB?: D1Binding;
  readonly MAILSTOP_ADMIN_KEY?: string;
  readonly MAILSTOP_SECRET?: string;
  readonly MAILSTOP_PUBLIC_URL?: string;
  readonly MAILSTOP_PEPPER?: string;
  /** Ids of sources for mail and queues, where the tenant "default" has not just one of each kind. */
  readonly MAILSTOP_SOURCES?: string;
  /** Over HTTPS: a Worker can ask no other resolver. */
  readonly MAILSTOP_MX_RESOLVER?: string;
}

interface Built {
  readonly services: Services;
  fetch(request: Request): Response | Promise<Response>;
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const built = await build(env);
    return built.ok ? built.value.fetch(request) : notReady(built.error);
  },

  async email(mail: RoutedMail, env: Env): Promise<void> {
    await takeMail(await servicesOf(env), env.MAILSTOP_SOURCES, mail);
  },

  async queue(batch: QueueBatch, env: Env): Promise<void> {
    await takeQueue(await servicesOf(env), env.MAILSTOP_SOURCES, batch);
  },

  async scheduled(event: Scheduled, env: Env): Promise<void> {
    const services = await servicesOf(env);
    const failures: unknown[] = [];
    for (const step of stepsOf(services, event))
      await step().catch((error: unknown) => {
        failures.push(error);
        const name = error instanceof Error ? error.name : 'unknown';
        services.log('error', 'a part of the schedule failed', { error: name });
      });
    // The platform shows a run that failed.
    if (failures.length > 0) throw failures[0];
  },
};

interface Scheduled {
  readonly cron?: string;
  /** When it was to begin, which may be a while ago. Epoch milliseconds. */
  readonly scheduledTime?: number;
}

/** What is to be done in one run. Whatever fails keeps none of the others from being done. */
function stepsOf(services: Services, { cron, scheduledTime }: Scheduled): (() => Promise<unknown>)[] {
  const { guard, webhooks, writeBack, resumer, driftNights, redecider, store, log } = services;
  return [
    () => guard.look('all'),
    ...(isFullHour(scheduledTime ?? services.runtime.now()) ? [() => listenForSilence(services)] : []),
    () => watchSources(services),
    () => webhooks.deliver(),
    () => writeBack.deliver(),
    () => resumer.finish(RESUME_MS),
    ...(cron === EVERY_MINUTE
      ? [() => driftNights.compare()]
      : [
          async () => {
            for (const { tenant } of await store.unfinishedPolicies()) await redecider.run(tenant, DECIDE_MS);
          },
          async () => log('info', 'pruned', { rows: await prune(services) }),
        ]),
  ];
}

const isFullHour = (at: number): boolean => new Date(at).getUTCMinutes() === 0;

/** Of one run, for each source that was resumed. */
const RESUME_MS = 10_000;

/** Of wrangler.toml; its other schedule is the nightly one. */
const EVERY_MINUTE = '* * * * *';

async function servicesOf(env: Env): Promise<Services> {
  const built = await build(env);
  if (!built.ok) throw new Error(built.error);
  return built.value.services;
}

/** By the env that an isolate hands to all its requests; a new secret comes with a new isolate. */
const known = new WeakMap<Env, Built>();

/** The error is one sentence for the operator. */
async function build(env: Env): Promise<Result<Built, string>> {
  const before = known.get(env);
  if (before !== undefined) return ok(before);
  const plain = workerRuntime();
  const settings = await settingsOf(env, plain);
  if (!settings.ok) return settings;
  const { MAILSTOP_MX_RESOLVER } = env;
  const config = readConfig({ MAILSTOP_MX_RESOLVER });
  if (!config.ok) return err(`${config.error.join('; ')}.`);
  if (MAILSTOP_MX_RESOLVER && !MAILSTOP_MX_RESOLVER.startsWith('https:'))
    return err(
      'MAILSTOP_MX_RESOLVER must be that of a resolver over HTTPS on Workers, such as https://cloudflare-dns.com/dns-query.',
    );
  const runtime = { ...plain, mailHosts: mailHostsOf(config.value, plain.now) };
  if (env.DB === undefined)
    return err('The Worker has no D1 database; bind one as DB in wrangler.toml and deploy again.');
  const store = createStore(d1Driver(env.DB));
  if (!(await isMigrated(store))) return err(UNMIGRATED);
  const agreed = await agreement(store, settings.value.pepper);
  if (!agreed.ok) return agreed;
  const services = await createServices({
    settings: settings.value,
    store: sealingStore(store, settings.value.pepper),
    runtime,
    // What a Worker writes to its console is its log.
    log: createLog((line) => console.log(line), runtime.now),
    fetchCertificate: createCertificateFetcher(runtime.fetch, runtime.now, { share: false }),
  });
  const app = createApp(services);
  const built: Built = { services, fetch: (request) => app.fetch(request) };
  known.set(env, built);
  return ok(built);
}

/** workerd has these parts of Node (nodejs_compat). Each request commits alone: none may wait for another's promise. */
const workerRuntime = (): Runtime => ({
  ...nodeRuntime(),
  outbound: workerOutbound(),
  defer: null,
});

/** Of one run of the schedule, for each tenant whose list is not wholly decided under its newest policy. */
const DECIDE_MS = 20_000;

const UNMIGRATED = 'The D1 database has no tables yet; run: wrangler d1 migrations apply mailstop --remote';

const SECRET_LENGTH = 32;

async function settingsOf(env: Env, runtime: Runtime): Promise<Result<Settings, string>> {
  const { MAILSTOP_ADMIN_KEY: adminKey = '', MAILSTOP_SECRET: secret = '' } = env;
  const missing = Object.entries({ MAILSTOP_ADMIN_KEY: adminKey, MAILSTOP_SECRET: secret }).filter(
    ([, value]) => value.length < SECRET_LENGTH,
  );
  if (missing.length > 0) {
    const commands = missing.map(([name]) => `wrangler secret put ${name}`).join(', ');
    return err(
      `The Worker lacks a secret of ${SECRET_LENGTH} characters or more ("openssl rand -hex 32" makes one); run: ${commands}`,
    );
  }
  const { MAILSTOP_PUBLIC_URL, MAILSTOP_PEPPER } = env;
  const config = readConfig({ MAILSTOP_PUBLIC_URL, MAILSTOP_PEPPER });
  if (!config.ok) return err(`${config.error.join('; ')}.`);
  const { publicUrl, pepper } = config.value;
  return ok({
    adminKeyHash: runtime.sha256(adminKey),
    publicUrl,
    secret,
    pepper: pepper === null ? null : await createPepper(pepper, runtime),
  });
}

/** False only where D1 says so; where it does not answer, the request at hand will find out. */
async function isMigrated(store: { ping(): Promise<void> }): Promise<boolean> {
  try {
    await store.ping();
    return true;
  } catch (error) {
    return !(error instanceof Error && error.message.includes('no such table'));
  }
}

/** Where it cannot be known whether addresses are hashed, none is written. */
async function agreement(store: Store, pepper: Pepper | null): Promise<Result<null, string>> {
  try {
    const agreed = await agreePepper(store, pepper);
    return agreed.ok ? agreed : err(`${agreed.error}.`);
  } catch (error) {
    return error instanceof Error && error.message.includes('no such table')
      ? err(UNMIGRATED)
      : err('The D1 database does not answer; see its state in the dashboard of Cloudflare.');
  }
}

/** 503, so that providers come again once it is set up. */
function notReady(detail: string): Response {
  const problem = tryLater(detail, 60);
  const headers = {
    ...problem.headers,
    'Content-Type': 'application/problem+json',
    'Cache-Control': 'no-store',
  };
  return new Response(JSON.stringify(problemBody(problem, crypto.randomUUID())), {
    status: problem.status,
    headers,
  });
}
