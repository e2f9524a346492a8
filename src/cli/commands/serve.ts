import { flushCompileCache } from 'node:module';
import type { Command } from 'commander';
import { createLog, lineOf } from '../../app/log.ts';
import type { Services } from '../../app/services.ts';
import type { Config } from '../../config.ts';
import type { OpenDoor } from '../../mail/door.ts';
import type { RunningServer } from '../../server.ts';
import { clientOf, configOrFail } from '../client.ts';
import { exitCodes, usage } from '../failure.ts';
import { logOutput, outliveReaders } from '../log-output.ts';
import { paint, print, printJson } from '../output.ts';
import { examples, gathered, optionsOf } from '../program.ts';

interface Options {
  readonly port?: string;
  readonly maildir?: readonly string[];
  readonly lmtp?: readonly string[];
}

/** npm and process managers pass one Ctrl+C on, so that two signals arrive at once: within this time they are one. */
const SAME_SIGNAL = 100;
/** Time for load balancers to see that we are not ready, when it is not a person who stops us. */
const LINGER = 500;
const ORPHAN_CHECK = 250;
/** A stop never takes longer, whatever hangs. */
const HARD_END = 10_000;

export default function serve(command: Command): void {
  command
    .option('--port <port>', 'instead of PORT')
    .option(
      '--maildir <source=folder>',
      'take bounce mail from a Maildir folder; may be given again',
      gathered,
    )
    .option(
      '--lmtp <source=place>',
      'take bounce mail by LMTP, at a socket or 127.0.0.1:port; may be given again',
      gathered,
    )
    .action(async (_options: Options, self: Command) => {
      const options = optionsOf<Options>(self);
      const config = configOrFail({
        ...process.env,
        ...(options.port === undefined ? {} : { PORT: options.port }),
      });
      if (options.port === '') throw usage('--port needs a number');
      const { startServer } = await import('../../server.ts');
      let firstKey: string | null = null;
      outliveReaders();
      const output = logOutput((rows) =>
        lineOf(Date.now(), 'warn', 'lines of the log were dropped', { rows }),
      );
      const server = await startServer(config, {
        log: createLog(output.write, Date.now),
        doors: await doorsOf(options),
        prepare: async (services) => {
          output.onDropped((lines) => services.metrics.count('mailstop_log_lines_dropped_total', {}, lines));
          if (config.adminKey === null) firstKey = await makeFirstKey(services);
        },
      });
      const ended = stopOnSignal(server);
      if (options.json === true) printJson(startFacts(server, firstKey));
      else print(startMessage(config, server, firstKey));
      // For the next start; a server may end by force.
      flushCompileCache();
      process.exit(
        await Promise.race([
          ended.then(() => exitCodes.done),
          server.diskFailed.then(() => exitCodes.failed),
        ]),
      );
    });
  command.addHelpText(
    'after',
    `
Environment:
  PORT                   8787
  MAILSTOP_DATABASE_URL  file:./data/mailstop.db, or postgres://user:password@host/database
  MAILSTOP_ADMIN_KEY     32 characters or more; unset: made at the first start and shown once
  MAILSTOP_PUBLIC_URL    where providers reach this server; unset: the address of each request
  MAILSTOP_SECRET        32 characters or more, seals provider secrets; unset: made beside the file
  MAILSTOP_PEPPER        32 characters or more: a new database keeps addresses by their hashes alone
  MAILSTOP_MX_RESOLVER   system, 127.0.0.1:53 or https://…: whom "mailstop release --mx" asks; unset: nobody
  MAILSTOP_SMTP_URL, MAILSTOP_ALERT_TO, MAILSTOP_ALERT_FROM, MAILSTOP_QUIET_HOURS
                         alerts by mail: mailstop alert --help

The start message is on stdout; the log is on stderr, one JSON object a line.
Ctrl+C or SIGTERM finishes what is in flight; a second one exits at once.`,
  );
  examples(command, [
    ['PORT=8080 mailstop serve', 'on another port'],
    ['mailstop serve --maildir dsn_…=/var/mail/bounces', 'with the bounces of a mail server'],
  ]);
}

async function doorsOf({ maildir: folders = [], lmtp: places = [] }: Options): Promise<OpenDoor[]> {
  if (folders.length + places.length === 0) return [];
  const { readFlag } = await import('../../mail/door.ts');
  const { maildir } = await import('../../mail/maildir.ts');
  const { lmtp } = await import('../../mail/lmtp.ts');
  return [
    ...folders.map((given) => maildir(...readFlag('--maildir', given))),
    ...places.map((given) => lmtp(...readFlag('--lmtp', given))),
  ];
}

/** Resolves when a signal has stopped the server. */
function stopOnSignal(server: RunningServer): Promise<void> {
  return new Promise((resolve) => {
    let first: number | null = null;
    const onSignal = (signal: NodeJS.Signals) => {
      if (first !== null) {
        // What was answered is on disk: leaving at once loses nothing.
        if (performance.now() - first > SAME_SIGNAL) process.exit(exitCodes.failed);
        return;
      }
      first = performance.now();
      setTimeout(() => process.exit(exitCodes.failed), HARD_END).unref();
      void server.stop(signal === 'SIGTERM' ? LINGER : 0).then(resolve);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    if (process.env.npm_lifecycle_event === 'start') onOrphaned(() => onSignal('SIGTERM'));
  });
}

/** Where npm runs us, the shell between takes a SIGTERM for itself and leaves us behind, unstopped. */
function onOrphaned(stop: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    stop();
  }, ORPHAN_CHECK).unref();
}

/** Where no key could administer this server, one is made, through the API as everything else. */
async function makeFirstKey(services: Services): Promise<string | null> {
  const keys = await services.store.keys('default');
  if (keys.some(({ scopes }) => scopes.includes('"admin"'))) return null;
  const { withKey } = await import('../../open.ts');
  const { createApp } = await import('../../http/app.ts');
  const secret = services.runtime.randomText(43);
  const app = createApp(
    await withKey(
      { ...services, log: () => {} },
      { hash: services.runtime.sha256(secret), tenant: 'default', id: 'cli' },
    ),
  );
  const client = clientOf((request) => app.fetch(request), 'http://localhost', secret);
  const made = await client.ask<{ key: string }>('POST', '/v1/keys', {
    json: { name: 'first start', scopes: ['admin'] },
  });
  return made.key;
}

const startFacts = (server: RunningServer, firstKey: string | null) => ({
  url: server.url,
  docs: `${server.url}/docs`,
  database: server.opened.database.name,
  secret_file: server.opened.secretFile,
  admin_key: firstKey,
});

function startMessage(config: Config, server: RunningServer, firstKey: string | null): string {
  const { url, opened } = server;
  const line = (name: string, value: string, note = '') =>
    `  ${paint('dim', name.padEnd(10))}${value}${note === '' ? '' : `  ${paint('dim', `(${note})`)}`}`;
  const lines = [
    `${paint('bold', 'Mailstop')} is ready at ${paint('cyan', url)}`,
    '',
    line('Pages', url, 'sign in with an API key'),
    line('API', `${url}/docs`),
    line('Database', opened.database.name),
  ];
  if (opened.secretFile !== null)
    lines.push(line('Secret', opened.secretFile, 'opens the provider secrets in the database; back up both'));
  if (firstKey !== null) lines.push(line('Admin key', paint('yellow', firstKey), 'shown only now'));
  for (const { detail } of opened.database.alarms) lines.push('', paint('red', `Alarm: ${detail}`));
  return [...lines, '', 'Next, in another terminal:', '', ...nextLines(config, url, firstKey), ''].join('\n');
}

/** What can be pasted as it is. A key of an earlier start is not known here: then the local database is used. */
function nextLines(config: Config, url: string, firstKey: string | null): string[] {
  const add = '  npx mailstop source add generic --name "try it"';
  if (firstKey !== null) return [`  export MAILSTOP_KEY=${firstKey}`, `${add} --url ${url}`];
  if (config.adminKey !== null) return [`${add} --url ${url} --key "$MAILSTOP_ADMIN_KEY"`];
  const { MAILSTOP_DATABASE_URL } = process.env;
  // Who has lost the key makes another: mailstop key create --name me --scopes admin
  return [
    `  ${MAILSTOP_DATABASE_URL && config.database.kind === 'file' ? `MAILSTOP_DATABASE_URL='file:${config.database.file}' ` : ''}npx mailstop source list`,
  ];
}
