/** Days on which a fault that was nobody's put many addresses on the list, told again: only the false ones come back. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Harness, START, startHarness } from './harness.ts';

let mailstop: Harness;
let post: (body: unknown) => Promise<{ status: number }>;

beforeEach(async () => {
  mailstop = await startHarness();
  ({ post } = await mailstop.source());
});
afterEach(() => mailstop.close());

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (ms: number) => new Date(START + ms).toISOString();

interface Incident {
  readonly title: string;
  /** Where the false failures were. */
  readonly receivers: readonly string[];
  readonly reply: string;
  /** What a person selects once the fault is known, and mended. */
  readonly filter: object;
  /** Whether one such reply blocks by itself; else it takes strikes, or time. */
  readonly blocks: boolean;
}

const incidents: readonly Incident[] = [
  {
    title: 'Gmail, December 2020: accounts that exist are unknown for some hours',
    receivers: ['gmail.com'],
    reply:
      "550-5.1.1 The email account that you tried to reach does not exist. Please try double-checking the recipient's email address - gsmtp",
    filter: { domain: 'gmail.com', enhanced: '5.1.1', from: at(HOUR), to: at(9 * HOUR) },
    blocks: true,
  },
  {
    title: 'iCloud, 2021: mailboxes that exist are unknown',
    receivers: ['icloud.com'],
    reply: '550 5.1.1 <recipient>: user does not exist',
    filter: { domain: 'icloud.com', from: at(HOUR), to: at(9 * HOUR) },
    blocks: true,
  },
  {
    title: 'Microsoft: the own network on a block list (S3150)',
    receivers: ['outlook.com', 'hotmail.com'],
    reply:
      '550 5.7.1 Unfortunately, messages from [192.0.2.1] were not sent. Part of their network is on our block list (S3150).',
    filter: { blame: 'sender' },
    blocks: false,
  },
  {
    title: 'one wrong HELO name: 504 for every recipient behind strict servers',
    receivers: ['corp.example', 'bank.example', 'school.example'],
    reply: '504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname',
    filter: { code: '504' },
    blocks: true,
  },
];

it.each(incidents)('$title', async ({ receivers, reply, filter, blocks }) => {
  const others = Array.from({ length: 30 }, (_, i) => `other${i}@elsewhere.example`);
  const inIt = receivers.flatMap((domain) => Array.from({ length: 40 }, (_, i) => `person${i}@${domain}`));
  const [complained, left, byHand, deadBefore, ...falselyHit] = inIt as [
    string,
    string,
    string,
    string,
    ...string[],
  ];
  const bounce = (recipient: string, text: string, ms: number, id: string) => ({
    recipient,
    event: 'bounce',
    text,
    at: at(ms),
    id: `${id}-${recipient}`,
    message_id: `${id}-${recipient}`,
  });
  const dead = '550 5.1.1 user unknown';

  // Before: an address that is dead for good, a complaint, an unsubscribe, an entry by hand, and mail that arrived.
  await mailstop.ask('PUT', `/v1/suppressions/${byHand}`, { json: { note: 'asked by phone' } });
  await post([
    bounce(deadBefore, dead, -60 * DAY, 'old'),
    bounce(deadBefore, dead, -50 * DAY, 'older'),
    { recipient: complained, event: 'complaint', at: at(-DAY), id: 'complaint' },
    { recipient: left, event: 'unsubscribe', at: at(-DAY), id: 'unsubscribe' },
    ...others.map((address) => bounce(address, dead, -DAY, 'elsewhere')),
  ]);
  const blocked = async () =>
    (await mailstop.ask('GET', '/v1/suppressions?limit=1000')).body.data
      .map(({ address, reason }: { address: string; reason: string }) => `${address} ${reason}`)
      .sort();
  const before = await blocked();

  mailstop.advance(2 * HOUR);
  await post(inIt.map((address, i) => bounce(address, reply, (i % 6) * 60_000, 'false')));
  const during = await blocked();
  const hit = falselyHit.filter((address) => during.some((row: string) => row.startsWith(`${address} `)));
  expect(hit).toHaveLength(blocks ? falselyHit.length : 0);

  const preview = (
    await mailstop.ask('POST', '/v1/releases', { json: { filter, why: 'mended', dry_run: true } })
  ).body;
  const done = (
    await mailstop.ask('POST', '/v1/releases', { json: { filter, why: 'mended', preview: preview.preview } })
  ).body;
  expect(done.matched).toBe(preview.matched);
  // All that stood before stands, and nothing else.
  expect(await blocked()).toEqual(before);

  // Found to be the receivers' right after all: everything is back as it was, and once more.
  if (done.id === null) return;
  await mailstop.ask('POST', `/v1/releases/${done.id}/undo`, { json: { why: 'not mended' } });
  expect(await blocked()).toEqual(during);
  await mailstop.ask('POST', '/v1/releases', { json: { filter, why: 'mended' } });
  expect(await blocked()).toEqual(before);
});
