/** People who decide about one incident at the same moment: one decides, and the others are told so. */
import { beforeEach, describe, expect, it } from 'vitest';
import { bounce, START } from './harness.ts';
import { type Asked, times, twoServers, ways } from './races.ts';

const { server, ask, together, statuses } = twoServers();

let path: string;
beforeEach(async () => {
  const { post } = await server(0).source();
  const at = new Date(START).toISOString();
  await post(
    Array.from({ length: 100 }, (_, i) => bounce(`p${i}@gmail.com`, { id: `${i}`, message_id: `m${i}`, at })),
  );
  await server(0).services.guard.look('noticed');
  path = `/v1/incidents/${(await shown()).id}`;
});
const shown = async () => (await ask('GET', '/v1/incidents')).body.data[0];
const held = async (): Promise<number> =>
  (await ask('GET', '/v1/suppressions?state=held&limit=1000')).body.data.length;
const told = async (): Promise<string[]> =>
  (await server(0).store.noticesAfter('default', 0, 100)).map(({ type }) => type);
const order = { why: 'it was an outage' };

describe.each(ways)('by %s', (way) => {
  it('is released once, and its release can be taken back', async () => {
    expect(await statuses(way, times(4, ['POST', `${path}/release`, order]))).toEqual([200, 409, 409, 409]);
    const { state, release_id: id } = await shown();
    expect([state, await held()]).toEqual(['released', 0]);
    const undone = await ask('POST', `/v1/releases/${id}/undo`, { why: 'too early' });
    expect(undone.body).toMatchObject({ addresses: 100, restored: 100 });
    expect([(await shown()).state, await held()]).toEqual(['open', 100]);
    expect(await told()).toEqual(['incident.opened', 'incident.closed', 'incident.opened']);
  });

  it('is released or confirmed, and what it held goes the way that it says', async () => {
    const both: Asked[] = [
      ['POST', `${path}/confirm`, order],
      ['POST', `${path}/release`, order],
    ];
    const answers = await together(way, both);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const { state } = await shown();
    expect(state).toBe(answers[0]?.status === 200 ? 'confirmed' : 'released');
    expect(await held()).toBe(0);
    const { data } = (await ask('GET', '/v1/suppressions?limit=1000')).body;
    expect(data).toHaveLength(state === 'confirmed' ? 100 : 0);
  });

  it('is opened again once by several who take its release back', async () => {
    const { release_id: id } = (await ask('POST', `${path}/release`, order)).body.incident;
    const back = times(3, ['POST', `/v1/releases/${id}/undo`, { why: 'too early' }]);
    expect(await statuses(way, back)).toEqual([200, 409, 409]);
    expect(await told()).toEqual(['incident.opened', 'incident.closed', 'incident.opened']);
    expect(await held()).toBe(100);
  });
});
