/** Plays the month of ./demo-month.ts into a server, through its real intake, with the clock of each hour. */
import type { Services } from '../app/services.ts';
import { listenForSilence } from '../app/silence.ts';
import { HOUR } from '../core/time.ts';
import { createApp } from '../http/app.ts';
import { samplers } from '../samples/registry.ts';
import type { Sampler } from '../samples/sampler.ts';
import { type Client, clientOf } from './client.ts';
import { HOURS, month, outages, type Reply, type Report, sendings } from './demo-month.ts';
import { Failure } from './failure.ts';
import type { Entry, Listing, Source } from './shapes.ts';

/** Requests at once. */
const AT_ONCE = 48;
/** Whose payload is a list of events. */
const inBatches: readonly string[] = ['sendgrid', 'sparkpost', 'generic'];
const DEFAULT_TENANT = 'default';

interface Stage {
  readonly services: Services;
  readonly api: Pick<Client, 'ask'>;
  readonly sources: ReadonlyMap<string, Player>;
}

/** A provider that plays its part. */
interface Player {
  readonly id: string;
  post(payload: unknown, now: number): Promise<void>;
  readonly sampler: Sampler;
}

/** `turn` sets the clock of `services`; the caller sets it right again. */
export async function playMonth(
  services: Services,
  adminKey: string,
  now: number,
  turn: (at: number) => void,
): Promise<void> {
  turn(now - HOURS * HOUR);
  const app = createApp(services);
  const api = clientOf((request) => app.fetch(request), 'http://localhost', adminKey);
  const sources = new Map<string, Player>();
  for (const { provider, name, stream, allowUnsigned } of sendings)
    sources.set(provider, await playerOf(provider, { name, stream }, allowUnsigned === true, api, app.fetch));
  const stage = { services, api, sources };
  await setUp(stage);
  let ago = HOURS;
  for (const { at, reports } of month(now)) {
    ago -= 1;
    turn(at);
    await send(stage, reports, at);
    await services.guard.look('all');
    await act(stage, ago, at);
  }
  await listenForSilence(services);
}

async function playerOf(
  provider: string,
  about: { readonly name: string; readonly stream: string | null },
  allowUnsigned: boolean,
  api: Stage['api'],
  fetch: (request: Request) => Promise<Response> | Response,
): Promise<Player> {
  const sampler = samplers.find((one) => one.provider === provider);
  if (sampler === undefined) throw new Failure(`there are no samples of ${provider}`);
  const { source, signing } = await sampler.source();
  const { id, url } = await api.ask<Source>('POST', '/v1/sources', {
    json: {
      provider,
      ...about,
      ...source,
      ...(allowUnsigned ? { secrets: null, allow_unsigned: true } : {}),
    },
  });
  return {
    id,
    sampler,
    async post(payload, now) {
      const { headers, body } = await sampler.request(payload, signing, now);
      const answer = await fetch(
        new Request(`http://localhost${new URL(url).pathname}`, { method: 'POST', headers, body }),
      );
      const said = await answer.text();
      if (answer.status !== 200) throw new Failure(`${provider} was answered ${answer.status} ${said}`);
    },
  };
}

async function send({ sources }: Stage, reports: readonly Report[], now: number): Promise<void> {
  const posts: (() => Promise<void>)[] = [];
  for (const [provider, own] of Map.groupBy(reports, (one) => one.provider)) {
    const player = sources.get(provider);
    if (player === undefined) throw new Failure(`nobody plays ${provider}`);
    const payloads = own.flatMap((report) => payloadOf(player.sampler, report));
    if (inBatches.includes(provider) && payloads.length > 0)
      posts.push(() => player.post(payloads.flat(), now));
    else posts.push(...payloads.map((payload) => () => player.post(payload, now)));
  }
  for (let from = 0; from < posts.length; from += AT_ONCE)
    await Promise.all(posts.slice(from, from + AT_ONCE).map((post) => post()));
}

/** The provider's own sample of such an event, with another recipient and reply. Empty where it tells no such event. */
function payloadOf(sampler: Sampler, { at, kind, recipient, reply }: Report): unknown[] {
  const sample = sampler.samples(at).find((one) => one.kind === kind);
  if (sample === undefined) return [];
  const text = JSON.stringify(sample.payload).replaceAll(sample.recipient, recipient);
  return [JSON.parse(text, (_name, value: unknown) => (reply === null ? value : withReply(value, reply)))];
}

/** A value of a payload that is a reply, or one of its parts. */
function withReply(value: unknown, { code, enhanced, text }: Reply): unknown {
  if (typeof value === 'number') return value >= 400 && value < 600 ? Number(code) : value;
  if (typeof value !== 'string') return value;
  if (/^[45]\d\d$/.test(value)) return code;
  if (/^[45]\.\d{1,3}\.\d{1,3}$/.test(value)) return enhanced;
  if (/^[45]\.\d{1,3}\.\d{1,3} /.test(value)) return text.slice(code.length + 1);
  return value.replace(/[45]\d\d [45]\.\d{1,3}\.\d{1,3} .*$/s, () => text);
}

/** What people did at the start. */
async function setUp({ api }: Stage): Promise<void> {
  for (const [name, scopes] of [
    ['shop backend', ['check']],
    ['support team', ['read', 'release']],
  ] as const)
    await api.ask('POST', '/v1/keys', { json: { name, scopes } });
  for (const [address, note] of [
    ['press@northwind.example', 'asked by phone to be left out'],
    ['spamtrap@contoso.example', 'known trap'],
  ])
    await api.ask('PUT', `/v1/suppressions/${address}`, { json: { note } });
}

/** What people did, and what went wrong beside mail, so many hours ago. */
async function act({ services, api, sources }: Stage, ago: number, now: number): Promise<void> {
  const generic = sources.get('generic');
  const sendgrid = sources.get('sendgrid');
  for (const { provider, until } of sendings)
    if (until === ago && provider === 'mailtrap')
      await api.ask('PATCH', `/v1/sources/${sources.get(provider)?.id}`, { json: { disabled: true } });
  if (ago === outages.decided - 2) {
    const { rows } = await services.store.incidents(DEFAULT_TENANT, { open: true, limit: 10, after: null });
    for (const { id } of rows.filter(({ receiver }) => receiver === 'gmx.de'))
      await api.ask('POST', `/v1/incidents/${id}/release`, {
        json: { why: 'Their directory was down; they wrote so on their status page.' },
      });
  }
  if (ago === outages.ourLogin - 3)
    await api.ask('POST', '/v1/releases', {
      json: { filter: { code: '504' }, why: 'Postfix offers AUTH PLAIN again.' },
    });
  if (ago % 60 === 30) {
    const { data } = await api.ask<Listing<Entry>>('GET', '/v1/suppressions', {
      query: { reason: 'hard-bounce', state: 'active', limit: 1 },
    });
    for (const { address } of data)
      await api.ask('DELETE', `/v1/suppressions/${encodeURIComponent(address)}`, {
        query: { why: 'wrote to support from there' },
      });
  }
  if (ago % 160 === 40) {
    await generic?.post({ event: 'bounce', text: '550 5.1.1 user unknown', id: `broken-${ago}` }, now);
    await generic?.post({ recipient: 'not an address', event: 'bounce', id: `worse-${ago}` }, now);
  }
  if (ago % 100 === 20)
    await sendgrid?.post(
      [
        {
          email: 'ann@northwind.example',
          event: 'group_paused',
          sg_event_id: `paused-${ago}`,
          timestamp: now / 1_000,
        },
      ],
      now,
    );
  if (ago % 90 === 10)
    await generic?.post(
      {
        recipient: `info.${ago}@fabrikam.example`,
        event: 'bounce',
        text: '598 Message held by the gatekeeper, case 7',
        id: `unmapped-${ago}`,
      },
      now,
    );
}
