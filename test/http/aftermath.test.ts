/** A provider that takes whom it cannot reach off its audience: its notice is no wish of the recipient's. */
import { afterEach, beforeEach, expect, it, test } from 'vitest';
import { type Harness, START, startHarness } from './harness.ts';

let mailstop: Harness;
let path: string;
beforeEach(async () => {
  mailstop = await startHarness();
  const { id } = await mailstop.source({ provider: 'loops', secrets: {}, allow_unsigned: true });
  path = `/webhooks/${id}`;
});
afterEach(() => mailstop.close());

const SECOND = 1_000;
const HOUR = 3_600_000;
const say = async (eventName: string, at: number, email = 'ann@example.com') => {
  const json = { eventName, eventTime: (START + at) / SECOND, contactIdentity: { email } };
  expect((await mailstop.ask('POST', path, { key: null, json })).status).toBe(200);
};
const bounced = (at = -10 * SECOND) => say('email.hardBounced', at);
const takenOff = (at = -8 * SECOND) => say('contact.unsubscribed', at);
const standing = async (): Promise<string[]> =>
  (await mailstop.ask('GET', '/v1/suppressions?state=active')).body.data.map(
    ({ reason }: { reason: string }) => reason,
  );

test.each([
  ['behind its bounce', [bounced, takenOff]],
  ['before its bounce', [takenOff, bounced]],
  ['before its bounce, by the provider’s clock as well', [() => takenOff(-12 * SECOND), bounced]],
])('an address taken off an audience %s is suppressed for the bounce alone', async (_title, steps) => {
  for (const step of steps) await step();
  expect([...new Set(await standing())]).toEqual(['hard-bounce']);
  const why = { why: 'the mailbox is there again' };
  expect((await mailstop.ask('DELETE', '/v1/suppressions/ann@example.com', { json: why })).status).toBe(200);
  expect(await standing()).toEqual([]);
});

test.each<[string, number, () => Promise<void>]>([
  ['long after a bounce', -HOUR, takenOff],
  ['by a link in a mail', -10 * SECOND, () => say('email.unsubscribed', -8 * SECOND)],
])('one who leaves %s has unsubscribed', async (_title, before, leaves) => {
  await bounced(before);
  await leaves();
  expect((await standing()).sort()).toEqual(['hard-bounce', 'unsubscribe']);
});

it('is a wish where nothing bounced but somebody else’s mail', async () => {
  await say('email.hardBounced', -10 * SECOND, 'ben@example.com');
  await takenOff();
  expect((await standing()).sort()).toEqual(['hard-bounce', 'unsubscribe']);
});
