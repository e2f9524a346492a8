/** An address that another server of the same secret has erased comes with its list as a hash, and stays suppressed here. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openFilter } from '../../src/filter/reader.ts';
import { written } from '../written.ts';
import { bounce, type Harness, startHarness } from './harness.ts';

const ANN = 'erase.me.please@victim.example';

let folder: string;
let there: Harness;
let here: Harness;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-elsewhere-'));
  there = await startHarness();
  here = await startHarness({ file: join(folder, 'mailstop.db') });
});
afterEach(async () => {
  await there.close();
  await here.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The hash that stands for it on the other server, whose list says this. */
async function erasedThere(reason = 'complaint'): Promise<string> {
  await there.ask('PUT', `/v1/suppressions/${ANN}`, { json: { reason } });
  return (await there.ask('POST', '/v1/erasures', { json: { address: ANN } })).body.pseudonym;
}
const check = async (address = ANN) =>
  (await here.ask('POST', '/v1/check', { json: { addresses: [address] } })).body.results[0];
const inFiles = () => written(readdirSync(folder).map((name) => readFileSync(join(folder, name))));
const hasErasures = () => here.store.hasErasures('default');

it.each([
  ['csv', 'text/csv'],
  ['ndjson', 'application/x-ndjson'],
])('a list in %s brings it', async (format, type) => {
  const hash = await erasedThere();
  const { text } = await there.ask('GET', `/v1/suppressions/export?format=${format}`);
  expect(text).not.toContain(ANN);
  // Asked before, as a sender does all the time.
  expect(await check()).toMatchObject({ suppressed: false });
  expect(await hasErasures()).toBe(false);
  const report = await here.ask('POST', '/v1/suppressions/import', {
    body: text,
    headers: { 'Content-Type': type },
  });
  expect(report.body).toMatchObject({ added: 1, errors: [] });
  expect(await check()).toMatchObject({ suppressed: true, reason: 'complaint' });
  expect(await check('bob@victim.example')).toMatchObject({ suppressed: false });
  const story = (await here.ask('GET', `/v1/addresses/${ANN}`)).body;
  expect(story).toMatchObject({ address: ANN, suppressed: true });
  expect((await here.ask('GET', '/v1/suppressions')).text).toContain(hash);
});

it('so does whoever blocks the hash, and what comes later is of the hash', async () => {
  const source = await here.source();
  await here.ask('PUT', `/v1/suppressions/${await erasedThere('manual')}`, { json: {} });
  expect(await check()).toMatchObject({ suppressed: true, reason: 'manual' });
  const released = await here.ask('DELETE', `/v1/suppressions/${ANN}`, { json: { why: 'a mistake' } });
  expect(released.body.released).toMatchObject([{ address: ANN, reason: 'manual' }]);
  expect(await check()).toMatchObject({ suppressed: false });
  here.advance(86_400_000);
  await source.post(bounce(ANN, { id: '1', at: new Date(here.services.runtime.now()).toISOString() }));
  expect(await check()).toMatchObject({ suppressed: true, reason: 'hard-bounce' });
  await here.store.compact();
  expect(inFiles()).not.toContain('erase.me.please');
});

it('where the address was known before, what stands by either name blocks it', async () => {
  const hash = await erasedThere();
  await here.ask('PUT', `/v1/suppressions/${ANN}`, { json: { reason: 'unsubscribe' } });
  await here.ask('PUT', `/v1/suppressions/${hash}`, { json: { reason: 'complaint' } });
  const { entries } = (await here.ask('GET', `/v1/suppressions/${ANN}`)).body;
  expect(entries).toMatchObject([
    { address: hash, reason: 'complaint' },
    { address: ANN, reason: 'unsubscribe' },
  ]);
  const lift = (address: string, reason: string) => {
    here.advance(60_000);
    const evidence = { text: 'asked again', at: new Date(here.services.runtime.now()).toISOString() };
    return here.ask('DELETE', `/v1/suppressions/${address}`, {
      json: { why: 'asked', reasons: [reason], evidence },
    });
  };
  expect((await lift(hash, 'complaint')).status).toBe(200);
  expect(await check()).toMatchObject({ suppressed: true, reason: 'unsubscribe' });
  expect((await lift(ANN, 'unsubscribe')).status).toBe(200);
  expect(await check()).toMatchObject({ suppressed: false });
  await here.ask('PUT', `/v1/suppressions/${hash}`, { json: { reason: 'manual' } });
  expect(await check()).toMatchObject({ suppressed: true, reason: 'manual' });
});

it('erased here as well, it goes by one name, and offline filters have it', async () => {
  const hash = await erasedThere();
  await here.ask('PUT', `/v1/suppressions/${ANN}`, { json: { reason: 'unsubscribe' } });
  await here.ask('PUT', `/v1/suppressions/${hash}`, { json: { reason: 'complaint' } });
  await here.ask('POST', '/v1/erasures', { json: { address: ANN } });
  const { entries } = (await here.ask('GET', `/v1/suppressions/${ANN}`)).body;
  expect(entries).toMatchObject([
    { address: ANN, reason: 'complaint' },
    { address: ANN, reason: 'unsubscribe' },
  ]);
  const answer = await here.services.filters.whole({ tenant: 'default', stream: null, bits: 16 });
  const filter = await openFilter(answer.bytes, await here.services.filters.keyOf('default'));
  expect(filter.mayBeSuppressed(ANN)).toBe(true);
  expect(inFiles()).not.toContain('erase.me.please');
});
