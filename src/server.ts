/**
 * The Node server: listens, and stops without losing a request. What it serves is
 * src/http/app.ts, the same as on Workers.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Log } from './app/log.ts';
import type { Runtime } from './app/runtime.ts';
import type { Services } from './app/services.ts';
import { type Background, startBackground } from './background.ts';
import type { Config } from './config.ts';
import { SECOND } from './core/time.ts';
import { StartError } from './database.ts';
import { makeOnThread } from './filter-thread.ts';
import { createGate, type Gate } from './gate.ts';
import { createApp } from './http/app.ts';
import type { Door, OpenDoor } from './mail/door.ts';
import { smtpSender } from './mail/smtp.ts';
import { type Opened, open } from './open.ts';
import type { VerifyIo } from './providers/adapter.ts';

export const serverLimits = {
  /** Against clients that send a byte at a time; every provider sends in one go. */
  headers: 10 * SECOND,
  request: 15 * SECOND,
  /** A connection on which nothing moves, in the middle of a long list too. */
  silence: 120 * SECOND,
  /** Longer than the idle time of usual load balancers (60 s), so that they never reuse what we just closed. */
  keepAlive: 65 * SECOND,
  /** All of a stop; then connections are cut. */
  stop: 10 * SECOND,
} as const;

export interface ServerOptions {
  readonly log: Log;
  /** For the demo, which signs with a certificate of its own. */
  readonly fetchCertificate?: VerifyIo['fetchCertificate'];
  /** For the demo, which turns its clock. */
  readonly runtime?: Runtime;
  /** Interface to listen on; all of them where absent. */
  readonly host?: string;
  /** Ways in for mail. */
  readonly doors?: readonly OpenDoor[];
  /** Done once the port is ours and before anything is answered. */
  prepare?(services: Services): Promise<void>;
}

export interface RunningServer {
  readonly url: string;
  readonly services: Services;
  readonly opened: Opened;
  /**
   * Ready no more, what is in flight finishes, what is new is told to come again; then the database is closed.
   * `linger`: ms to keep answering so, that load balancers see it before the port closes. Never rejects, and
   * a second call waits for the first.
   */
  stop(linger?: number): Promise<void>;
  /** Resolves when the disk has failed and those who wait have been told: the process must end, with the database as it is. */
  readonly diskFailed: Promise<void>;
}

export async function startServer(config: Config, options: ServerOptions): Promise<RunningServer> {
  const { log } = options;
  const lost = Promise.withResolvers<void>();
  const opened = await open(config, {
    ...options,
    missing: 'create',
    onThread: true,
    onLostSync: lost.resolve,
    makeFilter: makeOnThread(config),
  });
  const { services } = opened;
  const gate = createGate(createApp(services).fetch, serverLimits.request);
  const server = createServer(
    {
      headersTimeout: serverLimits.headers,
      // The gate's, as it knows which bodies may take their time.
      requestTimeout: 0,
      keepAliveTimeout: serverLimits.keepAlive,
      connectionsCheckingInterval: SECOND,
    },
    // Probes of HTTP/1.0 name no host.
    getRequestListener(gate.fetch, { hostname: 'localhost' }),
  );
  server.setTimeout(serverLimits.silence);
  const doors: Door[] = [];
  try {
    await listen(server, config.port, options.host);
    await options.prepare?.(services);
    for (const open of options.doors ?? []) doors.push(await open(services, log));
  } catch (error) {
    await Promise.all(doors.map((door) => door.stop()));
    server.close();
    server.closeAllConnections();
    await services.close();
    throw error;
  }
  gate.open();
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  const alerts = config.alerts && {
    ...config.alerts,
    send: smtpSender(config.alerts.smtpUrl, config.alerts.from),
  };
  const background = startBackground(services, opened.database, log, alerts);
  for (const { detail } of opened.database.alarms) log('error', detail);
  let stopping: Promise<void> | null = null;
  log('info', 'listening', { port });
  return {
    url: `http://localhost:${port}`,
    services,
    opened,
    stop(linger = 0) {
      stopping ??= stop({ server, gate, doors, services, log, linger, background });
      return stopping;
    },
    diskFailed: lost.promise.then(async () => {
      log(
        'error',
        'the disk did not keep what was written; ending, so that the next start reads what it holds',
      );
      gate.close();
      await within(gate.idle(), SECOND);
    }),
  };
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, port)));
    server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
  });
}

function listenError(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new StartError(
      `port ${port} is in use; stop what listens there, or choose another with PORT=${port === 8787 ? 8788 : 8787}`,
    );
  if (error.code === 'EACCES')
    return new StartError(`this user may not listen on port ${port}; choose one above 1023 with PORT=8787`);
  return error;
}

interface Stopping {
  readonly server: Server;
  readonly gate: Gate;
  readonly doors: readonly Door[];
  readonly services: Services;
  readonly log: Log;
  readonly linger: number;
  readonly background: Background;
}

async function stop({ server, gate, doors, services, log, linger, background }: Stopping): Promise<void> {
  log('info', 'stopping');
  const deadline = performance.now() + serverLimits.stop;
  gate.close();
  // The port stays open meanwhile, so that who comes now is told to come again.
  await pause(linger);
  const finished = await within(gate.idle(), deadline - performance.now() - SECOND);
  await within(
    Promise.all(doors.map((door) => door.stop())).then(() => {}),
    deadline - performance.now(),
  );
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await within(closed, SECOND);
  await within(background.stop(), SECOND);
  try {
    // The committer finishes what it has; closing the store writes the log back into the database.
    await services.close();
  } catch (error) {
    log('error', 'the database did not close', { error: error instanceof Error ? error.name : 'unknown' });
  }
  log('info', finished ? 'stopped' : 'stopped; some requests were cut, and their senders will come again');
}

const pause = (ms: number): Promise<void> =>
  ms <= 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms));

async function within(work: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, ms));
  });
  const inTime = await Promise.race([work.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
}
