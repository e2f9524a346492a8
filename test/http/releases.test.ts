/** Releases by selection: one cause at a time, previewed, audited once, and only what it names. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './harness.ts';

let mailstop: Harness;
let post: (body: unknown) => Promise<unknown>;

beforeEach(async () => {
  mailstop = await startHarness();
  post = (await mailstop.source()).post;
});

afterEach(() => mailstop.close());

const release = async (filter: object, more: object = {}) =>
  mailstop.ask('POST', '/v1/releases', { json: { filter, why: 'mended', ...more } });
const active = async () =>
  (await mailstop.ask('GET', '/v1/suppressions?limit=1000')).body.data.map(
    ({ address, reason, code }: { address: string; reason: string; code: string | null }) =>
      `${address} ${reason} ${code}`,
  );
const bounce = (recipient: string, text: string, id: string) => ({
  recipient,
  event: 'bounce',
  text,
  id,
  message_id: id,
});
const helo = '504 5.5.2 <mx1>: Helo command rejected: need fully-qualified hostname';
const dead = '550 5.1.1 user unknown';

describe('a release by cause', () => {
  it('lifts the entries of a 504, and leaves dead addresses and complaints', async () => {
    await post([
      bounce('a@one.test', helo, '1'),
      bounce('b@one.test', helo, '2'),
      bounce('c@two.test', dead, '3'),
    ]);
    await post([
      { recipient: 'a@one.test', event: 'complaint', id: '4' },
      { recipient: 'd@one.test', event: 'bounce', enhanced: '5.5.4', id: '5' },
    ]);
    const preview = await release({ code: '504' }, { dry_run: true });
    expect(preview.body).toMatchObject({
      id: null,
      dry_run: true,
      matched: 3,
      addresses: 3,
      released: 0,
      excluded: {},
    });
    expect(await active()).toHaveLength(5);
    expect((await release({ code: 504 })).body).toMatchObject({
      id: expect.stringMatching(/^rel_/),
      matched: 3,
      released: 3,
    });
    expect((await active()).sort()).toEqual(['a@one.test complaint null', 'c@two.test hard-bounce 550']);
  });

  it('is audited once, and changes nothing when it is run again', async () => {
    await post([bounce('a@one.test', helo, '1'), bounce('b@one.test', helo, '2')]);
    await release({ code: '504' });
    expect((await release({ code: '504' })).body).toMatchObject({ id: null, matched: 0, released: 0 });
    const { data } = (await mailstop.ask('GET', '/v1/audit')).body;
    expect(
      data.filter(({ action }: { action: string }) => action === 'suppression.release-selected'),
    ).toHaveLength(1);
  });

  it('lets mail that is still queued fail for a day without a new entry, and no longer', async () => {
    await post(bounce('a@one.test', helo, '1'));
    mailstop.advance(60_000);
    await release({ code: '504' });
    mailstop.advance(3_600_000);
    await post(bounce('a@one.test', helo, '2'));
    expect(await active()).toEqual([]);
    mailstop.advance(3 * 86_400_000);
    await post(bounce('a@one.test', helo, '3'));
    expect(await active()).toEqual(['a@one.test hard-bounce 504']);
  });

  it('leaves an entry standing on its other ground', async () => {
    await post(bounce('a@one.test', dead, '1'));
    mailstop.advance(4 * 86_400_000);
    await post(bounce('a@one.test', helo, '2'));
    expect((await release({ code: '504' })).body).toMatchObject({ matched: 1, released: 0 });
    expect(await active()).toEqual(['a@one.test hard-bounce 550']);
  });
});

describe('a selection', () => {
  it.each([
    [{ domain: 'one.test' }, 1],
    [{ provider: 'generic' }, 2],
    [{ category: 'mailbox-unknown' }, 2],
    [{ rule: 'dead' }, 2],
    [{ blame: 'sender' }, 0],
    [{ enhanced: '5.1.1', domain: 'two.test' }, 1],
    [{ from: '2020-01-01T00:00:00Z', to: '2020-02-01T00:00:00Z' }, 0],
    [{ reason: 'manual' }, 1],
  ])('of %j matches %i', async (filter, count) => {
    await post([bounce('a@one.test', dead, '1'), bounce('b@two.test', dead, '2')]);
    await mailstop.ask('PUT', '/v1/suppressions/m@three.test', { json: {} });
    expect((await release(filter, { dry_run: true })).body.matched).toBe(count);
  });

  it('says what it leaves alone', async () => {
    await post([bounce('a@one.test', dead, '1'), { recipient: 'a@one.test', event: 'complaint', id: '2' }]);
    expect((await release({ domain: 'one.test' }, { dry_run: true })).body).toMatchObject({
      matched: 1,
      excluded: { complaint: 1 },
    });
  });

  it.each([
    [{}, '/filter'],
    [{ colour: 'red' }, '/filter/colour'],
    [{ reason: 'complaint' }, '/filter/reason'],
    [{ from: 'yesterday' }, '/filter/from'],
  ])('of %j is refused at %s', async (filter, pointer) => {
    expect(await release(filter)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  it('needs the scope release, and a reason', async () => {
    const key = await mailstop.key(['read', 'write']);
    expect(
      (await mailstop.ask('POST', '/v1/releases', { key, json: { filter: { code: '504' }, why: 'x' } }))
        .status,
    ).toBe(403);
    expect((await mailstop.ask('POST', '/v1/releases', { json: { filter: { code: '504' } } })).status).toBe(
      422,
    );
  });
});

describe('a release taken back', () => {
  const undo = (id: string, more: object = {}) =>
    mailstop.ask('POST', `/v1/releases/${id}/undo`, { json: { why: 'not mended after all', ...more } });
  const entries = async () => (await mailstop.ask('GET', '/v1/suppressions?limit=1000')).body.data;

  it('restores exactly what stood, once, and is audited', async () => {
    await post([
      bounce('a@one.test', helo, '1'),
      bounce('b@one.test', helo, '2'),
      bounce('c@two.test', dead, '3'),
    ]);
    const before = await entries();
    const { id } = (await release({ code: '504' })).body;
    expect(await active()).toHaveLength(1);
    expect((await undo(id, { dry_run: true })).body).toMatchObject({
      id,
      dry_run: true,
      addresses: 2,
      restored: 0,
    });
    expect(await active()).toHaveLength(1);
    expect((await undo(id)).body).toMatchObject({ id, addresses: 2, restored: 2 });
    const without = (rows: { updated_at: string; id: string }[]) =>
      rows.map(({ updated_at: _, ...row }) => row).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(without(await entries())).toEqual(without(before));
    expect((await undo(id)).status).toBe(409);
    const audit = await mailstop.ask('GET', '/v1/audit');
    expect(audit.body.data[0]).toMatchObject({ action: 'release.undo', subject: id });
  });

  it('keeps what was reported since', async () => {
    await post([bounce('a@one.test', helo, '1'), bounce('b@one.test', helo, '2')]);
    const { id } = (await release({ code: '504' })).body;
    await post([{ recipient: 'a@one.test', event: 'complaint', id: '9' }]);
    await undo(id);
    expect((await active()).sort()).toEqual([
      'a@one.test complaint null',
      'a@one.test hard-bounce 504',
      'b@one.test hard-bounce 504',
    ]);
  });

  it('takes back the release of one address as well', async () => {
    await post([bounce('a@one.test', dead, '1')]);
    const { id } = (await mailstop.ask('DELETE', '/v1/suppressions/a@one.test', { json: { why: 'x' } })).body;
    expect(await active()).toEqual([]);
    expect((await undo(id)).body).toMatchObject({ restored: 1 });
    expect(await active()).toEqual(['a@one.test hard-bounce 550']);
  });

  it('is refused where there was none, without a reason, and for another tenant', async () => {
    expect((await undo('rel_none')).status).toBe(404);
    expect((await undo('rel_none', { why: ' ' })).status).toBe(422);
    await post([bounce('a@one.test', dead, '1')]);
    const { id } = (await release({ code: '550' })).body;
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'other', name: 'Other' } });
    const key = await mailstop.key(['admin'], 'other');
    expect((await mailstop.ask('POST', `/v1/releases/${id}/undo`, { json: { why: 'x' }, key })).status).toBe(
      404,
    );
  });
});

describe('a preview', () => {
  it('lets a release through only while the selection is the same', async () => {
    await post([bounce('a@one.test', helo, '1')]);
    const { preview } = (await release({ code: '504' }, { dry_run: true })).body;
    await post([bounce('b@one.test', helo, '2')]);
    const refused = await release({ code: '504' }, { preview });
    expect(refused.status).toBe(409);
    expect(refused.body.detail).toContain('showed 1 entries, now there are 2');
    expect(await active()).toHaveLength(2);
    const again = (await release({ code: '504' }, { dry_run: true })).body.preview;
    expect((await release({ code: '504' }, { preview: again })).body.released).toBe(2);
  });

  it('is of the addresses, in whatever order they are named', async () => {
    const named = ['a@one.test', 'b@one.test'];
    await post(named.map((address) => bounce(address, helo, address)));
    const { preview } = (await release({ addresses: named }, { dry_run: true })).body;
    const { body } = await release({ addresses: named.toReversed() }, { preview });
    expect(body.released).toBe(2);
  });

  it('of the whole list needs a word of its own', async () => {
    await post([bounce('a@one.test', dead, '1'), { recipient: 'b@one.test', event: 'complaint', id: '2' }]);
    expect((await release({})).status).toBe(422);
    expect((await release({}, { all: true })).body).toMatchObject({
      released: 1,
      excluded: { complaint: 1 },
    });
  });
});
