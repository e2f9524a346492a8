/** People who block, release and take back the same at the same moment: it is done once, and each is told what came of it. */
import { describe, expect, it } from 'vitest';
import { bounce } from './harness.ts';
import { type Asked, times, twoServers, type Way, ways } from './races.ts';

const path = '/v1/suppressions/ann@example.com';
const story = '/v1/addresses/ann@example.com';
const release: Asked = ['DELETE', `${path}?why=asked`];

describe.each([
  ['in plain', {}],
  ['by their hashes', { pepper: 'pepper-of-the-tests-0123456789abcdef' }],
])('a list of addresses %s', (_, given) => {
  const { server, ask, together, statuses } = twoServers(given);
  const audited = async (action: string): Promise<number> =>
    (await ask('GET', `/v1/audit?action=${action}`)).body.data.length;
  const bounced = async (count: number) => {
    const { post } = await server(0).source();
    const items = Array.from({ length: count }, (_, i) =>
      bounce(`u${i}@example.com`, { text: '504 5.5.4 not implemented', message_id: `m${i}` }),
    );
    expect((await post(items)).status).toBe(200);
  };
  const released: Asked = ['POST', '/v1/releases', { filter: { code: '504' }, why: 'mended' }];

  describe.each(ways)('by %s', (way: Way) => {
    it('an address that is blocked several times is new to one, and known to the others', async () => {
      const told = await together(way, times(6, ['PUT', path, {}]));
      expect(told.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 200, 200, 201]);
      expect(new Set(told.map(({ body }) => `${body.id} ${body.address}`)).size).toBe(1);
    });

    it('an address that is released several times is released by one, and once', async () => {
      await ask('PUT', path, {});
      expect(await statuses(way, times(6, release))).toEqual([200, 404, 404, 404, 404, 404]);
      expect((await ask('GET', story)).body.releases).toHaveLength(1);
      expect(await audited('suppression.release')).toBe(1);
    });

    it('a release beside a block is told the truth, and neither fails', async () => {
      await ask('PUT', path, {});
      const [deleted, put] = await together(way, [release, ['PUT', path, { note: 'again' }]]);
      expect([200, 201]).toContain(put?.status);
      expect(deleted?.status).toBe(200);
      const stands = (await ask('GET', path)).status === 200;
      expect(stands).toBe(put?.status === 201);
    });

    it('a complaint is released by one of those who give evidence', async () => {
      await ask('PUT', path, { reason: 'complaint' });
      const evidence = { text: 'she asked for it', at: '2026-01-10T12:00:00Z' };
      const order = { why: 'asked', reasons: ['complaint'], evidence };
      expect(await statuses(way, times(3, ['DELETE', path, order]))).toEqual([200, 404, 404]);
    });

    it('nobody answers any more for an address that several took back, and one of them did it', async () => {
      await ask('PUT', '/v1/allowed/ann@example.com', {});
      const back: Asked = ['DELETE', '/v1/allowed/ann@example.com'];
      expect(await statuses(way, times(4, back))).toEqual([204, 404, 404, 404]);
    });

    it('what several release by one cause is released by one of them, and audited once', async () => {
      await bounced(3);
      const told = await together(way, times(4, released));
      expect(told.map(({ body }) => body.released).toSorted()).toEqual([0, 0, 0, 3]);
      expect(told.map(({ body }) => body.id === null).toSorted()).toEqual([false, true, true, true]);
      expect(await audited('suppression.release-selected')).toBe(1);
    });

    it('a release that several take back is taken back by one, and audited once', async () => {
      await bounced(3);
      const { id } = (await ask(...released)).body;
      const told = await together(way, times(4, ['POST', `/v1/releases/${id}/undo`, { why: 'too early' }]));
      expect(told.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
      expect(told.find(({ status }) => status === 200)?.body).toMatchObject({ addresses: 3, restored: 3 });
      expect(await audited('release.undo')).toBe(1);
    });

    it('a list that several import is added by one, and known to the others', async () => {
      const rows = async (i: number) => {
        const csv = 'address\nann@example.com\nbob@example.com\n';
        const of = server(way === 'one server' ? 0 : i);
        const headers = { 'Content-Type': 'text/csv' };
        const { body } = await of.ask('POST', '/v1/suppressions/import', { body: csv, headers });
        return `${body.added} ${body.unchanged}`;
      };
      expect((await Promise.all([0, 1, 2].map(rows))).toSorted()).toEqual(['0 2', '0 2', '2 0']);
    });
  });
});
