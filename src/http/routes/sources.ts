/** Webhook endpoints as their owners configure them. Secrets go in and never come out. */
import * as z from 'zod';
import { configure } from '../../app/configure.ts';
import { handOver } from '../../app/ingest.ts';
import { isProblem, pageOf, paging, placeOf, slice } from '../cursor.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { json, noContent, refuse } from '../problem.ts';
import { listing } from '../shapes.ts';
import { sourceShape } from '../shapes-setup.ts';
import {
  change,
  create,
  factsOf,
  find,
  secretsOf,
  show,
  unknown,
  unsignedWarning,
  waitingFor,
} from '../source-edits.ts';
import { newSource, sourceChange, warningsOf } from '../source-rules.ts';
import { sourceTestShape, testSource } from '../source-test.ts';
import { countsShape, takeIn } from '../webhooks.ts';

const params = z.object({ id: z.string() });
const about = { tag: 'Sources', scope: 'admin' } as const;

export const sourceEndpoints: readonly Endpoint[] = [
  endpoint({
    ...about,
    method: 'post',
    path: '/v1/sources',
    summary: 'Make a webhook endpoint',
    body: newSource,
    answers: {
      201: { description: 'the source; paste its url into the provider', schema: sourceShape },
      422: { description: 'it lacks what its provider needs' },
    },
    handle: (call) => create(call, call.body),
  }),
  endpoint({
    ...about,
    method: 'get',
    path: '/v1/sources',
    summary: 'List webhook endpoints',
    query: z.strictObject(paging),
    answers: { 200: { description: 'oldest first', schema: listing(sourceShape) } },
    async handle(call) {
      const place = placeOf('sources', call.query);
      if (isProblem(place)) return place;
      const { tenant } = call.caller;
      const rows = await call.services.store.sources(tenant);
      const waiting = await call.services.store.waitingCounts(tenant);
      // Warnings speak of secrets, which one source at a time is opened for.
      return json(
        pageOf(
          'sources',
          place,
          slice(rows, (row) => row.id, place.request),
          (row) => show(call, row, row.allow_unsigned === 1 ? unsignedWarning : [], waiting.get(row.id) ?? 0),
        ),
      );
    },
  }),
  endpoint({
    ...about,
    method: 'get',
    path: '/v1/sources/:id',
    summary: 'Show one',
    params,
    answers: {
      200: { description: 'the source', schema: sourceShape },
      404: { description: 'none of this id' },
    },
    async handle(call) {
      const row = await find(call, call.params.id);
      if (row === null) return unknown();
      const warnings = warningsOf(factsOf(row, await secretsOf(call, row)));
      return json(show(call, row, warnings, await waitingFor(call, row.id)));
    },
  }),
  endpoint({
    ...about,
    method: 'patch',
    path: '/v1/sources/:id',
    summary: 'Change one',
    description:
      'Fields that are given replace; `secrets` as a whole. A paused source verifies and keeps what comes, answers as usual, and acts on it once it is resumed.',
    params,
    body: sourceChange,
    answers: {
      200: { description: 'the source', schema: sourceShape },
      404: { description: 'none of this id' },
      422: { description: 'it would lack what its provider needs' },
    },
    handle: (call) => change(call, call.params.id, call.body),
  }),
  endpoint({
    ...about,
    method: 'post',
    path: '/v1/sources/:id/test',
    summary: 'Send a signed sample of each kind',
    description:
      'Through the same intake as the provider’s own requests. The addresses are of example.com, new for each test; their events and entries stay, as of any request.',
    params,
    answers: {
      200: { description: 'what each was answered', schema: sourceTestShape },
      404: { description: 'none of this id' },
      409: { description: 'it is disabled or paused' },
    },
    handle: (call) => testSource(call, call.params.id),
  }),
  endpoint({
    tag: 'Sources',
    method: 'post',
    path: '/v1/sources/:id/ingest',
    summary: 'Take in a request, or bounce mail, in the name of the provider',
    description:
      'As at the URL of the source, but the API key is the proof of its origin. A body that came before counts as a duplicate.',
    scope: 'write',
    params,
    query: 'any',
    takes: [],
    answers: {
      200: { description: 'what became of the items', schema: countsShape },
      404: { description: 'none of this id' },
      409: { description: 'it is disabled' },
      413: { description: 'larger than 5 MiB (dsn, arf, powermta, postfix: 50 MiB)' },
      415: { description: 'compressed' },
      503: { description: 'come again; 429 where the provider understands only that' },
    },
    async handle(call) {
      const row = await find(call, call.params.id);
      if (row === null) return unknown();
      if (row.disabled === 1) return refuse(409, 'The source is disabled; enable it first.');
      return takeIn(call, await call.services.sources.open(row), handOver);
    },
  }),
  endpoint({
    ...about,
    method: 'delete',
    path: '/v1/sources/:id',
    summary: 'Remove one; its events stay',
    description: 'What waits because it is paused is not acted on any more.',
    params,
    answers: { 204: { description: 'gone' }, 404: { description: 'none of this id' } },
    async handle(call) {
      const { tenant, actor } = call.caller;
      const { id } = call.params;
      const gone = await configure(call.services, async () => {
        const row = await find(call, id);
        if (row === null) return null;
        const note = {
          tenant,
          actor,
          action: 'source.delete',
          subject: id,
          detail: { provider: row.provider, name: row.name, waiting: await waitingFor(call, id) },
        };
        return { change: { drop: 'source', tenant, id }, note, value: true };
      });
      return gone === null ? unknown() : noContent();
    },
  }),
];
