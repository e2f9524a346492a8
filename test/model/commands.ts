/** What happens to a list, in any order: each command acts on the server and on the model, and both must then agree. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { type Fact, type Model, type Reason, standing } from './model.ts';
import { post, type Site } from './site.ts';

type Command = fc.AsyncCommand<Model, Site>;

const MINUTE = 60_000;
const said = { complaint: {}, unsubscribe: {}, 'hard-bounce': { text: '550 5.1.1 user unknown' } } as const;
const eventOf = { complaint: 'complaint', unsubscribe: 'unsubscribe', 'hard-bounce': 'bounce' } as const;

const itemOf = ({ id, address, said: what, at }: Fact) => ({
  recipient: address,
  event: eventOf[what],
  ...said[what],
  id,
  message_id: `m-${id}`,
  at: new Date(at).toISOString(),
});

let serial = 0;
const counts = (given: object) => ({ accepted: 0, duplicates: 0, ignored: 0, quarantined: 0, ...given });

/** After every command: each address is blocked for exactly the reasons that the model says. */
async function agree(model: Model, site: Site): Promise<void> {
  const { body } = await site.ask('POST', '/v1/check', { addresses: model.addresses });
  for (const [i, address] of model.addresses.entries()) {
    const wanted = [...standing(model, address)].sort();
    expect(body.results[i], address).toMatchObject({ address, suppressed: wanted.length > 0 });
    const { status, body: told } = await site.ask('GET', `/v1/suppressions/${address}`);
    const reasons = status === 404 ? [] : told.entries.map(({ reason }) => reason).sort();
    expect(reasons, address).toEqual(wanted);
  }
}

/** Minutes ago, so that facts come older and newer than others; none is younger than a release. */
const fact = (model: Model, who: number, what: Fact['said'], minutesAgo: number): Fact => ({
  id: `model-${serial++}`,
  address: model.addresses[who] ?? '',
  said: what,
  at: Math.floor(Date.now() / 1_000) * 1_000 - minutesAgo * MINUTE,
});

const command = (name: string, run: (model: Model, site: Site) => Promise<void>): Command => ({
  check: () => true,
  async run(model, site) {
    await run(model, site);
    await agree(model, site);
  },
  toString: () => name,
});

const who = fc.nat(2);
const what = fc.constantFrom('complaint' as const, 'unsubscribe' as const, 'hard-bounce' as const);
const ago = fc.integer({ min: 1, max: 5_000 });

const posting = fc.tuple(who, what, ago).map(([i, one, minutes]) =>
  command(`post(${i}, ${one}, ${minutes} min ago)`, async (model, site) => {
    const given = fact(model, i, one, minutes);
    expect(await post(site.hook(), itemOf(given))).toEqual({ status: 200, counts: counts({ accepted: 1 }) });
    model.facts.set(given.id, given);
  }),
);

const again = fc.nat(50).map((n) =>
  command(`again(${n})`, async (model, site) => {
    const known = [...model.facts.values()][n % Math.max(1, model.facts.size)];
    if (known !== undefined)
      expect((await post(site.hook(), itemOf(known))).counts).toEqual(counts({ duplicates: 1 }));
  }),
);

const forged = fc.tuple(who, what).map(([i, one]) =>
  command(`forged(${i}, ${one})`, async (model, site) => {
    const answered = await post(
      site.hook(),
      itemOf(fact(model, i, one, 1)),
      'a-key-that-nobody-configured-0123',
    );
    expect(answered.status).toBe(401);
  }),
);

const batch = fc.array(fc.tuple(who, what, ago), { minLength: 2, maxLength: 5 }).map((all) =>
  command(`batch(${all.length}, one of them unreadable)`, async (model, site) => {
    const given = all.map(([i, one, minutes]) => fact(model, i, one, minutes));
    const items = [
      ...given.map(itemOf),
      { recipient: `nobody ${serial}`, event: 'bounce', id: `poison-${serial++}` },
    ];
    expect((await post(site.hook(), items)).counts).toEqual(counts({ accepted: all.length, quarantined: 1 }));
    for (const one of given) model.facts.set(one.id, one);
  }),
);

const releasing = fc
  .tuple(
    who,
    fc.subarray<Reason>(['complaint', 'unsubscribe', 'hard-bounce', 'manual'], { minLength: 1 }),
    fc.option(ago),
  )
  .map(([i, reasons, evidenceAgo]) =>
    command(`release(${i}, ${reasons.join('+')}, evidence ${evidenceAgo ?? 'none'})`, async (model, site) => {
      const address = model.addresses[i] ?? '';
      const before = standing(model, address);
      const at = Date.now();
      const evidenceAt = evidenceAgo === null ? null : Math.floor(at / 1_000) * 1_000 - evidenceAgo * MINUTE;
      const { status } = await site.ask('DELETE', `/v1/suppressions/${address}`, {
        why: 'a test',
        reasons,
        ...(evidenceAt === null
          ? {}
          : { evidence: { text: 'signed up again', at: new Date(evidenceAt).toISOString() } }),
      });
      const named = reasons.filter((reason) => before.has(reason));
      const consent = named.filter((reason) => reason === 'complaint' || reason === 'unsubscribe');
      // What stands and was not named is pointed at, where it is somebody's own word.
      if (named.length === 0)
        return expect(status).toBe(before.has('complaint') || before.has('unsubscribe') ? 409 : 404);
      if (consent.length > 0 && evidenceAt === null) return expect(status).toBe(409);
      const releases = [...(model.releases.get(address) ?? []), { reasons, at, evidenceAt }];
      const placed = new Set(model.placed.get(address) ?? []);
      for (const reason of reasons)
        if (reason === 'manual' || reason === 'hard-bounce') placed.delete(reason);
      const after = standing(
        {
          ...model,
          releases: new Map(model.releases).set(address, releases),
          placed: new Map(model.placed).set(address, placed),
        },
        address,
      );
      const lifts = named.some((reason) => !after.has(reason));
      expect(status).toBe(lifts ? 200 : 409);
      // One that is refused is as if it had never been asked for.
      if (!lifts) return;
      model.releases.set(address, releases);
      model.placed.set(address, placed);
    }),
  );

const placing = fc
  .tuple(who, fc.constantFrom('manual' as const, 'hard-bounce' as const), fc.boolean())
  .map(([i, reason, imported]) =>
    command(`${imported ? 'import' : 'put'}(${i}, ${reason})`, async (model, site) => {
      const address = model.addresses[i] ?? '';
      if (imported) {
        const told = await site.ask(
          'POST',
          '/v1/suppressions/import',
          `address,reason\n${address},${reason}\n`,
          'text/csv',
        );
        expect(told.status).toBe(200);
      } else
        expect([200, 201]).toContain(
          (await site.ask('PUT', `/v1/suppressions/${address}`, { reason })).status,
        );
      model.placed.set(address, new Set([...(model.placed.get(address) ?? []), reason]));
    }),
  );

const restart = fc.constant(command('restart', (_model, site) => site.restart()));
const crash = fc.constant(command('crash', (_model, site) => site.crash()));

/** Killed while it is being told: the provider comes again until it is answered. */
const crashWhile = fc.tuple(who, what, ago).map(([i, one, minutes]) =>
  command(`crash while posting(${i}, ${one})`, async (model, site) => {
    const given = fact(model, i, one, minutes);
    const first = post(site.hook(), itemOf(given));
    await site.crash();
    const answered = await first;
    const { counts: told } = await post(site.hook(), itemOf(given));
    expect([counts({ accepted: 1 }), counts({ duplicates: 1 })]).toContainEqual(told);
    if (answered.status === 200) expect(told).toEqual(counts({ duplicates: 1 }));
    model.facts.set(given.id, given);
  }),
);

export const histories = fc.commands(
  [
    posting,
    posting,
    posting,
    again,
    forged,
    batch,
    releasing,
    releasing,
    placing,
    fc.oneof(
      { weight: 8, arbitrary: posting },
      { weight: 1, arbitrary: fc.oneof(restart, crash, crashWhile) },
    ),
  ],
  { maxCommands: 30, size: 'max' },
);
