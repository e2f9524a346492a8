/** For load balancers and monitoring. */
import * as z from 'zod';
import type { Gauge } from '../../app/metrics.ts';
import type { Services } from '../../app/services.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { json, raw, tryLater } from '../problem.ts';

const about = { method: 'get', tag: 'Running it', scope: null } as const;
const UNREADABLE = 'the database cannot be read';

export const healthEndpoints: readonly Endpoint[] = [
  endpoint({
    ...about,
    path: '/healthz',
    summary: 'Is the process alive?',
    answers: {
      200: {
        description: 'alive; `why` says what is wrong nevertheless',
        schema: z.object({ status: z.enum(['ok', 'degraded']), why: z.array(z.string()) }),
      },
    },
    async handle({ services }) {
      const readable = await isReadable(services);
      return json({ status: readable ? 'ok' : 'degraded', why: readable ? [] : [UNREADABLE] });
    },
  }),
  endpoint({
    ...about,
    path: '/readyz',
    summary: 'Can it take requests?',
    answers: {
      200: { description: 'ready', schema: z.object({ status: z.literal('ready') }) },
      503: { description: 'the database cannot be read' },
    },
    handle: async ({ services }) =>
      (await isReadable(services)) ? json({ status: 'ready' }) : tryLater(`Not ready: ${UNREADABLE}.`),
  }),
  endpoint({
    ...about,
    path: '/metrics',
    summary: 'Counters for Prometheus',
    answers: { 200: { description: 'text format 0.0.4', types: ['text/plain; version=0.0.4'] } },
    async handle({ services }) {
      const text = services.metrics.render(await gauges(services));
      return raw(
        new Response(text, { headers: { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' } }),
      );
    },
  }),
];

const isReadable = ({ store }: Services): Promise<boolean> =>
  store.ping().then(
    () => true,
    () => false,
  );

/** Tenants whose sources are looked through at each scrape. */
const MAX_TENANTS = 100;
/** Changes counted for one source. */
const MAX_BEHIND = 10_000;

async function gauges({ store, committer }: Services): Promise<Gauge[]> {
  const always: Gauge[] = [
    { name: 'mailstop_commit_queue', help: 'jobs that wait to be stored', value: committer.queued() },
  ];
  const up = { name: 'mailstop_database_up', help: '1 where the database can be read' };
  try {
    const tenants = (await store.tenants()).slice(0, MAX_TENANTS);
    const sources = (await Promise.all(tenants.map(({ id }) => store.sources(id)))).flat();
    const lists = (await Promise.all(tenants.map(({ id }) => store.sourceLists(id)))).flat();
    const writing = lists.filter(({ write_back }) => write_back === 1);
    const behind = await Promise.all(
      writing.map(({ tenant, changes_to }) => store.changesBehind(tenant, changes_to, MAX_BEHIND)),
    );
    const count = (of: (row: (typeof sources)[number]) => boolean) =>
      sources.filter((row) => row.disabled === 0 && of(row)).length;
    return [
      ...always,
      { ...up, value: 1 },
      { name: 'mailstop_sources', help: 'sources that take webhooks', value: count(() => true) },
      {
        name: 'mailstop_unsigned_sources',
        help: 'sources that check nothing (allow_unsigned)',
        value: count((row) => row.allow_unsigned === 1),
      },
      {
        name: 'mailstop_write_back_behind',
        help: 'changes that the source furthest behind has yet to write to its provider, at most 10,000',
        value: Math.max(0, ...behind),
      },
      {
        name: 'mailstop_write_back_failing',
        help: 'sources whose list could not be written back to, or is not any more',
        value: lists.filter(({ failing_since }) => failing_since !== null).length,
      },
    ];
  } catch {
    return [...always, { ...up, value: 0 }];
  }
}
