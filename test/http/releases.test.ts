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
