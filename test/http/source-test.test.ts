/** What "test this source" sends, for every provider and every kind of secret. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { samplers } from '../../src/samples/registry.ts';
import { type Harness, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const make = async (source: object): Promise<string> => {
  const made = await mailstop.ask('POST', '/v1/sources', { json: { name: 'test', ...source } });
  expect(made.status, made.text).toBe(201);
  return made.body.id;
};
const run = (id: string) => mailstop.ask('POST', `/v1/sources/${id}/test`);

interface Sent {
  readonly kind: string;
  readonly address: string;
  readonly status: number;
  readonly accepted: number;
}

describe.each(samplers.map((sampler) => [sampler.provider, sampler] as const))(
  'a test of %s',
  (provider, sampler) => {
    it('has every sample taken in, and leaves an entry for its bounce', async () => {
      const { source } = await sampler.source();
      const { status, body } = await run(await make({ provider, ...source }));
      expect(status).toBe(200);
      const sent: Sent[] = body.sent;
      expect(sent.map(({ kind }) => kind)).toEqual(sampler.samples(0).map(({ kind }) => kind));
      for (const one of sent)
        expect(one, one.kind).toMatchObject({ status: 200, quarantined: 0, duplicates: 0 });
      for (const one of sent) expect(one.accepted, one.kind).toBeGreaterThan(0);
      expect((await mailstop.ask('GET', '/v1/suppressions')).body.data.length).toBeGreaterThan(0);
    });

    it('goes by basic auth alone where that is all the source has', async () => {
      const basic_auth = [{ username: 'provider', password: 'a-good-long-password' }];
      const { body } = await run(await make({ provider, secrets: { basic_auth } }));
      expect(body.proof).toBe('own');
      for (const one of body.sent) expect(one).toMatchObject({ status: 200, quarantined: 0 });
    });
  },
);

describe('a test', () => {
  it('comes to other addresses each time', async () => {
    const id = await make({ provider: 'generic', secrets: { keys: ['a-shared-secret-of-mine'] } });
    const [first, second] = [await run(id), await run(id)];
    const addresses = [...first.body.sent, ...second.body.sent].map(({ address }: Sent) => address);
    expect(new Set(addresses).size).toBe(addresses.length);
  });

  it('of a key that only the vendor can sign with says that another signed', async () => {
    const sampler = samplers.find(({ provider }) => provider === 'sendgrid');
    const id = await make({ provider: 'sendgrid', ...(await sampler?.source())?.source });
    expect((await run(id)).body.proof).toBe('test-key');
  });

  it('is refused for a disabled source, and unknown for none', async () => {
    const id = await make({ provider: 'generic', secrets: { keys: ['a-shared-secret-of-mine'] } });
    await mailstop.ask('PATCH', `/v1/sources/${id}`, { json: { disabled: true } });
    expect((await run(id)).status).toBe(409);
    expect((await run('generic_none')).status).toBe(404);
    expect((await mailstop.ask('GET', '/v1/events')).body.data).toEqual([]);
  });
});
