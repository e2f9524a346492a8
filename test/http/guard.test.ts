/** Rule G over HTTP: a receiver that is suddenly wrong, and a cause of our own; who decides, and what comes back. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, START, startHarness } from './harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const REPLY = '550-5.1.1 The email account that you tried to reach does not exist - gsmtp';

let mailstop: Harness;
let post: (body: unknown) => Promise<{ status: number }>;
/** Time of the next reports, as ms after START. */
let clock = 0;

beforeEach(async () => {
  clock = 0;
  mailstop = await startHarness();
  ({ post } = await mailstop.source());
});
afterEach(() => mailstop.close());

const advance = (ms: number) => {
  clock += ms;
  mailstop.advance(ms);
};
const fact = (recipient: string, event: string, text: string | null, at = clock) => ({
  recipient,
  event,
  ...(text === null ? {} : { text }),
  at: new Date(START + at).toISOString(),
  id: `${event}-${at}-${recipient}`,
  message_id: `${event}-${at}-${recipient}`,
});
const people = (count: number, domain = 'gmail.com') =>
  Array.from({ length: count }, (_, i) => `person${i}@${domain}`);
const delivered = (addresses: readonly string[]) =>
  post(addresses.map((address) => fact(address, 'delivery', null)));
const bounced = (addresses: readonly string[], text = REPLY) =>
  post(addresses.map((address) => fact(address, 'bounce', text)));
const told = async () =>
  (await mailstop.store.noticesAfter('default', 0, 100)).map(
    ({ type, data }) => `${type.replace('incident.', '')} ${JSON.parse(data).state}`,
  );
const look = () => mailstop.services.guard.look('noticed');
const incidents = async () => (await mailstop.ask('GET', '/v1/incidents')).body.data;
const entriesOf = async (address: string): Promise<string[]> => {
  const told = await mailstop.ask('GET', `/v1/suppressions/${address}`);
  return told.status === 404
    ? []
    : told.body.entries.map(
        (entry: Record<string, string>) => `${entry.reason} ${entry.state}${entry.until === null ? '!' : ''}`,
      );
};
const passes = async (address: string): Promise<string> => {
  const { classes } = (await mailstop.ask('GET', `/v1/addresses/${address}`)).body;
  return ['marketing', 'transactional', 'security']
    .map((name) => (classes[name].blocked ? '·' : name[0]?.toUpperCase()))
    .join('');
};

describe('an outage of a receiver', () => {
  const alive = people(20);
  const [signedUp, deadBefore, byHand, complained] = [
    'signup@gmail.com',
    'dead@gmail.com',
    'byhand@gmail.com',
    alive[0] as string,
  ];
  beforeEach(async () => {
    await bounced([deadBefore]);
    await mailstop.ask('PUT', `/v1/suppressions/${byHand}`, { json: {} });
    advance(15 * DAY);
    await delivered(alive);
    advance(5 * DAY);
    await look();
    expect(await incidents()).toEqual([]);
    await bounced([...alive, signedUp]);
    await post([fact(complained, 'complaint', null)]);
    await look();
  });

  it('is an incident, and what it put on the list is held and spares mail that somebody waits for', async () => {
    const [incident, ...more] = await incidents();
    expect(more).toEqual([]);
    expect(incident).toMatchObject({
      kind: 'receiver',
      receiver: 'gmail.com',
      state: 'open',
      failures: 21,
      held: 21,
      code: '550',
      enhanced: '5.1.1',
      fix: null,
      closed_at: null,
    });
    expect(await entriesOf(signedUp)).toEqual(['hard-bounce held!']);
    expect(await entriesOf(complained)).toEqual(['complaint active!', 'hard-bounce held!']);
    expect(await entriesOf(deadBefore)).toEqual(['hard-bounce active!']);
    expect([await passes(signedUp), await passes(deadBefore), await passes(byHand)]).toEqual([
      '··S',
      '···',
      '···',
    ]);
  });

  it('holds what comes later too, once, however often one looks', async () => {
    advance(5 * 60_000);
    await bounced(['late@gmail.com', 'other@elsewhere.example']);
    await look();
    await mailstop.services.guard.look('all');
    expect(await entriesOf('late@gmail.com')).toEqual(['hard-bounce held!']);
    expect(await entriesOf('other@elsewhere.example')).toEqual(['hard-bounce active!']);
    expect(await incidents()).toMatchObject([{ failures: 22, held: 22 }]);
  });

  it('is released by a person: only the false ones come back, also what a provider put on its own list since', async () => {
    const [{ id }] = await incidents();
    advance(DAY);
    await post([
      fact(alive[1] as string, 'reject', '605 Not delivering to previously bounced address'),
      fact(alive[2] as string, 'unsubscribe', null),
    ]);
    const preview = (
      await mailstop.ask('POST', `/v1/incidents/${id}/release`, { json: { why: 'outage', dry_run: true } })
    ).body;
    expect(preview).toMatchObject({
      dry_run: true,
      addresses: 21,
      excluded: { complaint: 1, unsubscribe: 1 },
    });
    expect(await entriesOf(signedUp)).toEqual(['hard-bounce held!']);

    const done = (await mailstop.ask('POST', `/v1/incidents/${id}/release`, { json: { why: 'outage' } }))
      .body;
    expect(done).toMatchObject({ addresses: 21, incident: { state: 'released', why: 'outage' } });
    expect(await entriesOf(signedUp)).toEqual([]);
    expect(await entriesOf(complained)).toEqual(['complaint active!']);
    expect(await entriesOf(alive[2] as string)).toEqual(['unsubscribe active!']);
    expect(await entriesOf(deadBefore)).toEqual(['hard-bounce active!']);
    expect(await entriesOf(byHand)).toEqual(['manual active!']);
    // It is no measure, no new incident, and a bounce of the outage that comes late is barred.
    await post([fact('person3@gmail.com', 'bounce', REPLY, clock - 2 * HOUR)]);
    await look();
    expect(await entriesOf('person3@gmail.com')).toEqual([]);
    expect(await incidents()).toHaveLength(1);
    // Nothing is left to decide about.
    expect((await mailstop.ask('POST', `/v1/incidents/${id}/release`, { json: { why: 'x' } })).status).toBe(
      409,
    );

    const undone = await mailstop.ask('POST', `/v1/releases/${done.incident.release_id}/undo`, {
      json: { why: 'they are dead after all' },
    });
    expect(undone.body.restored).toBeGreaterThanOrEqual(21);
    expect(await entriesOf(signedUp)).toEqual(['hard-bounce held!']);
    expect(
      (await mailstop.ask('POST', `/v1/incidents/${id}/confirm`, { json: { why: 'dead' } })).status,
    ).toBe(200);
    expect(await entriesOf(signedUp)).toEqual(['hard-bounce active!']);
    // Each decision is told, and that there is one to make again.
    expect(await told()).toEqual(['opened open', 'closed released', 'opened open', 'closed confirmed']);
  });

  it('is open again once its release is taken back, and is given its three days anew', async () => {
    const [{ id }] = await incidents();
    const { release_id: released } = (
      await mailstop.ask('POST', `/v1/incidents/${id}/release`, { json: { why: 'outage' } })
    ).body.incident;
    advance(5 * DAY);
    await mailstop.ask('POST', `/v1/releases/${released}/undo`, { json: { why: 'dead', dry_run: true } });
    expect(await incidents()).toMatchObject([{ state: 'released' }]);
    await mailstop.ask('POST', `/v1/releases/${released}/undo`, { json: { why: 'dead' } });
    const open = { id, state: 'open', closed_at: null, closed_by: null, why: null, release_id: null };
    expect(await incidents()).toMatchObject([open]);
    advance(72 * HOUR);
    await mailstop.services.guard.look('all');
    expect(await incidents()).toMatchObject([open]);
    expect(await entriesOf(signedUp)).toEqual(['hard-bounce held!']);
    advance(2 * HOUR);
    await mailstop.services.guard.look('all');
    expect(await incidents()).toMatchObject([{ state: 'passed', closed_by: 'guard' }]);
    expect(await entriesOf(signedUp)).toEqual([]);
    // Taken back once more, what is reported late of it is not let go either.
    const [again] = await incidents();
    expect(again.release_id).not.toBe(released);
  });

  it('is closed by time once, and told once, though two servers look at it', async () => {
    advance(75 * HOUR);
    const other = await startHarness({ storeOf: () => mailstop.store });
    other.advance(clock);
    await Promise.all([mailstop, other].map(({ services }) => services.guard.look('all')));
    expect(await told()).toEqual(['opened open', 'closed passed']);
    expect(await incidents()).toMatchObject([{ state: 'passed' }]);
    expect(await entriesOf(signedUp)).toEqual([]);
  });

  it('tells of the last decision who made it and when; what failed between two is news all the same', async () => {
    const [{ id }] = await incidents();
    const [ann, bob] = [await mailstop.key(['release']), await mailstop.key(['release'])];
    const release = async (key: string) =>
      (await mailstop.ask('POST', `/v1/incidents/${id}/release`, { key, json: { why: 'outage' } })).body
        .incident;
    const first = await release(ann);
    expect(first.closed_at).toBe(new Date(START + clock).toISOString());
    await mailstop.ask('POST', `/v1/releases/${first.release_id}/undo`, { json: { why: 'too early' } });
    advance(2 * HOUR);
    const [some, others] = [people(15, 'gmail.com'), people(45, 'gmail.com').slice(15)];
    await delivered([...some, ...others]);
    advance(5 * DAY);
    await bounced(some);
    const second = await release(bob);
    expect(second.closed_at).toBe(new Date(START + clock).toISOString());
    expect(second.closed_by).not.toBe(first.closed_by);
    advance(6 * 60_000);
    await bounced(others);
    await look();
    expect(await incidents()).toMatchObject([{ state: 'open' }, second]);
  });

  describe('reported late, of somebody new,', () => {
    const late = 'late@gmail.com';
    const release = async () => {
      const [{ id }] = await incidents();
      advance(HOUR);
      const done = await mailstop.ask('POST', `/v1/incidents/${id}/release`, { json: { why: 'outage' } });
      return done.body.incident;
    };

    it('goes the same way as what it was released with, and comes back with it', async () => {
      const released = await release();
      advance(HOUR);
      await post([fact(late, 'bounce', REPLY, clock - 2 * HOUR)]);
      await look();
      expect(await entriesOf(late)).toEqual([]);
      expect(await incidents()).toMatchObject([{ ...released, held: 21 }]);
      await mailstop.ask('POST', `/v1/releases/${released.release_id}/undo`, { json: { why: 'dead' } });
      expect(await entriesOf(late)).toEqual(['hard-bounce held!']);
    });

    it('is held with the others where their release was taken back', async () => {
      const released = await release();
      await mailstop.ask('POST', `/v1/releases/${released.release_id}/undo`, { json: { why: 'dead' } });
      await post([fact(late, 'bounce', REPLY, clock - HOUR)]);
      await look();
      expect(await entriesOf(late)).toEqual(['hard-bounce held!']);
      expect(await entriesOf(signedUp)).toEqual(['hard-bounce held!']);
    });

    it.each([
      ['after the release', 0, 60_000, REPLY],
      ['before the incident', 4 * HOUR, HOUR, REPLY],
      ['with another reply', 2 * HOUR, HOUR, '550 5.1.1 another reply'],
      ['and more than a day late', 27 * HOUR, 26 * HOUR, REPLY],
    ])('is judged as usual where it failed %s', async (_title, ago, later, text) => {
      await release();
      advance(later);
      await post([fact(late, 'bounce', text, clock - ago)]);
      await look();
      expect(await entriesOf(late)).toEqual(['hard-bounce active!']);
    });

    it('is judged as usual where the receiver was right', async () => {
      const [{ id }] = await incidents();
      await mailstop.ask('POST', `/v1/incidents/${id}/confirm`, { json: { why: 'they closed' } });
      advance(HOUR);
      await post([fact(late, 'bounce', REPLY, clock - HOUR)]);
      await look();
      expect(await entriesOf(late)).toEqual(['hard-bounce active!']);
    });
  });

  it('is released with what a provider put on its own list between two failures of it', async () => {
    advance(5 * 60_000);
    await post(fact(signedUp, 'reject', '605 Not delivering to previously bounced address'));
    advance(5 * 60_000);
    await bounced([signedUp]);
    const [{ id }] = await incidents();
    await mailstop.ask('POST', `/v1/incidents/${id}/release`, { json: { why: 'outage' } });
    expect(await entriesOf(signedUp)).toEqual([]);
  });

  it('is confirmed by a person: every address is what it would be without the guard', async () => {
    const [{ id }] = await incidents();
    const told = await mailstop.ask('POST', `/v1/incidents/${id}/confirm`, { json: { why: 'they closed' } });
    expect(told.body.incident).toMatchObject({ state: 'confirmed', closed_by: expect.any(String) });
    expect(await entriesOf(signedUp)).toEqual(['hard-bounce active!']);
    expect(await entriesOf(alive[5] as string)).toEqual(['hard-bounce active']);
    await look();
    expect(await incidents()).toHaveLength(1);
  });

  it('is over for who gets other mail, and for all three days after it went quiet', async () => {
    const [{ id }] = await incidents();
    advance(2 * HOUR);
    await delivered([alive[3] as string]);
    expect(await entriesOf(alive[3] as string)).toEqual([]);
    advance(70 * HOUR);
    await mailstop.services.guard.look('all');
    expect(await entriesOf(signedUp)).toEqual(['hard-bounce held!']);
    advance(2 * HOUR);
    await mailstop.services.guard.look('all');
    expect(await entriesOf(signedUp)).toEqual([]);
    expect(await incidents()).toMatchObject([{ id, state: 'passed', closed_by: 'guard' }]);
  });

  it('is nobody else’s: other tenants see and decide nothing', async () => {
    const [{ id }] = await incidents();
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const key = await mailstop.key(['admin'], 'rival');
    expect((await mailstop.ask('GET', '/v1/incidents', { key })).body.data).toEqual([]);
    for (const verb of ['confirm', 'release'])
      expect(
        (await mailstop.ask('POST', `/v1/incidents/${id}/${verb}`, { key, json: { why: 'x' } })).status,
      ).toBe(404);
  });

  it('can be released in part, by its reply or its id', async () => {
    const [{ id }] = await incidents();
    const by = async (filter: object) =>
      (await mailstop.ask('POST', '/v1/releases', { json: { filter, why: 'x', dry_run: true } })).body
        .matched;
    expect(await by({ incident: id })).toBe(21);
    expect(await by({ template: REPLY })).toBe(22);
    expect(await by({ template: '550 5.1.1 something else' })).toBe(0);
  });
});

it('a list that was never alive is none where deliveries are reported', async () => {
  await delivered(people(30, 'elsewhere.example'));
  await bounced(people(300));
  await look();
  expect(await incidents()).toEqual([]);
});

it('a hundred of one reply are one where no deliveries are reported', async () => {
  await bounced(people(100));
  await look();
  expect(await incidents()).toMatchObject([{ receiver: 'gmail.com', held: 100 }]);
});

it('one wrong HELO name is an incident of our own: 504 stays suppressed, and the incident says what to fix', async () => {
  const hit = people(25, 'strict.example');
  await bounced(hit, '504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname');
  await look();
  const [incident] = await incidents();
  expect(incident).toMatchObject({
    kind: 'own',
    receiver: null,
    cause: '504',
    code: '504',
    held: 0,
    failures: 25,
  });
  expect(incident.fix).toEqual(expect.any(String));
  expect(await entriesOf(hit[0] as string)).toEqual(['hard-bounce active!']);

  const done = (
    await mailstop.ask('POST', `/v1/incidents/${incident.id}/release`, { json: { why: 'HELO is mended' } })
  ).body;
  expect(done).toMatchObject({ addresses: 25, incident: { state: 'released' } });
  expect(await entriesOf(hit[0] as string)).toEqual([]);
});

it('a lone 5.5.4 counts as a 504, beside others of it, each once', async () => {
  const [some, others] = [people(10, 'strict.example'), people(10, 'stricter.example')];
  await bounced(some, '504 5.5.4 <localhost>: Helo command rejected');
  await post(others.map((address) => ({ ...fact(address, 'bounce', null), enhanced: '5.5.4' })));
  await look();
  expect(await incidents()).toMatchObject([{ kind: 'own', cause: '504', failures: 20 }]);
});

it('T082 a flood of 5,000 hard bounces is an incident as soon as one looks, and every event is stored', async () => {
  const hit = people(5_000);
  for (let from = 0; from < hit.length; from += 1_000) await bounced(hit.slice(from, from + 1_000));
  await look();
  expect(await incidents()).toMatchObject([{ failures: 5_000, held: 5_000 }]);
  expect(mailstop.logged.some(({ level, fields }) => level === 'warn' && fields.incident !== undefined)).toBe(
    true,
  );
  const { data } = (await mailstop.ask('GET', '/v1/stats?by=kind')).body;
  expect(data).toEqual([expect.objectContaining({ kind: 'bounce', count: 5_000 })]);
});

it('bad input is told: no reason, no such incident', async () => {
  expect((await mailstop.ask('POST', '/v1/incidents/inc_none/confirm', { json: {} })).status).toBe(422);
  expect((await mailstop.ask('POST', '/v1/incidents/inc_none/confirm', { json: { why: 'x' } })).status).toBe(
    404,
  );
});
