import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../../config.ts';
import { err } from '../../core/result.ts';
import { nodeRuntime } from '../../node-runtime.ts';
import { samplers } from '../../samples/registry.ts';
import type { Sample, Sampler } from '../../samples/sampler.ts';
import { type RunningServer, type ServerOptions, startServer } from '../../server.ts';
import { type Client, clientOf } from '../client.ts';
import { playMonth } from '../demo-site.ts';
import { Failure } from '../failure.ts';
import { type Column, paint, plural, print, printJson, table } from '../output.ts';
import { optionsOf } from '../program.ts';
import { type Entry, type Event, entryTable, type Listing, type Source, smtpOf } from '../shapes.ts';

type Api = Pick<Client, 'ask'>;

/** One webhook that was sent, and the event it became; null where it was only counted. */
interface Sent {
  readonly provider: string;
  readonly title: string;
  readonly kind: string;
  readonly recipient: string;
  readonly sourceId: string;
}
type Told = Sent & { readonly event: Event | null };

const columns: readonly Column<Told>[] = [
  { title: 'PROVIDER', value: (row) => row.provider },
  { title: 'KIND', value: (row) => row.event?.kind ?? row.kind },
  { title: 'SMTP', value: (row) => (row.event === null ? null : smtpOf(row.event)) },
  { title: 'CATEGORY', value: (row) => row.event?.category },
  { title: 'RULE', value: (row) => row.event?.decision.rule ?? null, flexible: true },
  {
    title: 'DONE',
    value: (row) => row.event?.decision.action ?? 'counted',
    style: (row) => (row.event?.decision.action === 'suppress' ? 'red' : null),
  },
  { title: 'RETRY', value: (row) => row.event?.decision.retry },
];

interface Options {
  readonly keep?: boolean;
  readonly json?: boolean;
}

export default function demo(command: Command): void {
  command
    .option('--keep', 'a month of made-up traffic, and the server stays until you stop it: look at its pages')
    .action(async (_options: Options, self: Command) => {
      const folder = await mkdtemp(join(tmpdir(), 'mailstop-demo-'));
      const { keep, json } = optionsOf<Options>(self);
      try {
        await (keep === true ? keepIn : runIn)(folder, json === true);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    });
  command.addHelpText(
    'after',
    '\nStarts a server on a free port and a throw-away database, sends the signed webhooks of every provider\nover HTTP, and shows what became of them. Leaves nothing behind.',
  );
}

const newKey = (): string => nodeRuntime().randomText(43);

function start(
  folder: string,
  adminKey: string,
  options: Pick<ServerOptions, 'prepare' | 'runtime'> = {},
): Promise<RunningServer> {
  const config: Config = {
    port: 0,
    database: { kind: 'file', file: join(folder, 'demo.db') },
    adminKey,
    publicUrl: null,
    mxResolver: null,
    secret: newKey(),
    pepper: null,
    alerts: null,
  };
  return startServer(config, {
    ...options,
    log: () => {},
    host: '127.0.0.1',
    // Samples of SNS are signed with a key of our own, whose certificate the vendor would not serve.
    async fetchCertificate(url, isGood) {
      for (const sampler of samplers) {
        const served = await sampler.fetchCertificate?.(url, isGood);
        if (served?.ok) return served;
      }
      return err('unavailable');
    },
  });
}

async function runIn(folder: string, json: boolean): Promise<void> {
  const key = newKey();
  const server = await start(folder, key);
  try {
    const api = clientOf((request) => fetch(request), server.url.replace('localhost', '127.0.0.1'), key);
    const told = await tellEvents(api, await sendAll(api, server));
    const list = (await api.ask<Listing<Entry>>('GET', '/v1/suppressions', { query: { limit: 1000 } })).data;
    if (json)
      printJson({
        webhooks: told.map(({ event, title, provider, recipient }) => ({
          provider,
          title,
          recipient,
          event,
        })),
        suppressions: list,
      });
    else show(told, list);
  } finally {
    await server.stop();
  }
}

async function keepIn(folder: string, json: boolean): Promise<void> {
  let turned: number | null = null;
  const now = Date.now();
  let isStopped = false;
  const stopped = new Promise<void>((resolve) => {
    const stop = () => {
      isStopped = true;
      resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
  const key = newKey();
  const server = await start(folder, key, {
    runtime: { ...nodeRuntime(), now: () => turned ?? Date.now() },
    async prepare(services) {
      await playMonth(services, key, now, (at) => {
        if (isStopped) throw new Failure('stopped; nothing is left behind');
        turned = at;
      });
      turned = null;
    },
  });
  if (json) printJson({ url: server.url, key });
  else
    print(
      `A month of made-up traffic is at ${server.url}\nSign in with this key: ${key}\n${paint('dim', 'Ctrl+C stops it, and leaves nothing behind.')}`,
    );
  await stopped;
  await server.stop();
}

async function sendAll(api: Api, server: RunningServer): Promise<Sent[]> {
  const sent: Sent[] = [];
  for (const sampler of samplers) {
    const { source, signing } = await sampler.source();
    const made = await api.ask<Source>('POST', '/v1/sources', {
      json: { provider: sampler.provider, name: `demo ${sampler.provider}`, ...source },
    });
    const now = Date.now();
    for (const sample of [...sampler.samples(now), ...moreOf(sampler)]) {
      const { payload, recipient } = ownRecipient(sample, sampler.provider);
      const { headers, body } = await sampler.request(payload, signing, now);
      const answer = await fetch(server.url.replace('localhost', '127.0.0.1') + new URL(made.url).pathname, {
        method: 'POST',
        headers,
        body,
      });
      if (answer.status !== 200)
        throw new Failure(
          `${sampler.provider}, "${sample.title}": answered ${answer.status} ${await answer.text()}`,
        );
      await answer.arrayBuffer();
      sent.push({
        provider: sampler.provider,
        title: sample.title,
        kind: sample.kind,
        recipient,
        sourceId: made.id,
      });
    }
  }
  return sent;
}

/** The reply that stands for this product's own rule. */
const moreOf = ({ provider }: Sampler): readonly Sample[] =>
  provider !== 'generic'
    ? []
    : [
        {
          title: 'A server refuses our login mechanism',
          kind: 'bounce',
          recipient: 'refused@example.com',
          payload: {
            recipient: 'refused@example.com',
            event: 'bounce',
            text: '504 5.5.4 Unrecognized authentication type',
          },
        },
      ];

/** An address of its own for each provider's sample, so that they do not speak of the same people. */
function ownRecipient(
  { payload, recipient }: Sample,
  provider: string,
): { payload: unknown; recipient: string } {
  const own = recipient.replace('@', `@${provider}.`);
  if (typeof payload === 'string') return { payload: payload.replaceAll(recipient, own), recipient: own };
  return { payload: JSON.parse(JSON.stringify(payload).replaceAll(recipient, own)), recipient: own };
}

/** Reads the events back, and puts each beside the webhook that told it. */
async function tellEvents(api: Api, sent: readonly Sent[]): Promise<Told[]> {
  const { data } = await api.ask<Listing<Event>>('GET', '/v1/events', { query: { limit: 1000 } });
  const left = [...data].reverse();
  return sent.map((one) => {
    const index = left.findIndex(
      (event) =>
        event.source_id === one.sourceId && event.address === one.recipient && event.kind === one.kind,
    );
    return { ...one, event: index === -1 ? null : (left.splice(index, 1)[0] ?? null) };
  });
}

function show(told: readonly Told[], list: readonly Entry[]): void {
  const providers = new Set(told.map(({ provider }) => provider)).size;
  print(
    `${plural(told.length, 'signed webhook')} of ${providers} providers were sent, verified and decided:\n`,
  );
  print(table(columns, told));
  print(
    paint(
      'dim',
      '\nCodes in brackets are inferred from the provider\'s label; "counted" is a delivery while no failure was open.',
    ),
  );
  print('\nThe list now:\n');
  print(entryTable(list));
  print('\nNow for real: npm start. What 504 means: npx mailstop explain 504');
}
