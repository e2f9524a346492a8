/** A short run of npm run fuzz, and its control. */
import { expect, it } from 'vitest';
import { providers } from '../../src/providers/registry.ts';
import { fuzzAddresses } from './addresses.ts';
import { fuzzMessages } from './messages.ts';
import { proofs } from './proofs.ts';
import { fuzzRequests } from './requests.ts';

it('every provider says what its proof covers', () => {
  expect(Object.keys(proofs).sort()).toEqual(providers.map(({ id }) => id).sort());
});

it('mutated requests throw nothing, take no time, and are accepted only with proof', async () => {
  const { tallies, findings } = await fuzzRequests({ requests: 16_000, seed: 7 });
  expect(findings).toEqual([]);
  for (const { provider, accepted, refused, events } of tallies) {
    expect(accepted, provider).toBeGreaterThan(0);
    expect(refused, provider).toBeGreaterThan(0);
    expect(events, provider).toBeGreaterThan(0);
  }
}, 60_000);

it('finds acceptance without proof where every request is believed', async () => {
  const { findings } = await fuzzRequests({ requests: 800, seed: 7, believeAll: true });
  expect(findings.some((finding) => finding.includes('accepted without proof'))).toBe(true);
}, 60_000);

it('mangled addresses never become another’s', () => {
  expect(fuzzAddresses(10_000, 7).findings).toEqual([]);
});

it('mutated bounce mail throws nothing, takes no time, and names nobody who is not in it', async () => {
  const { findings, events, ignored, unreadable } = await fuzzMessages({ messages: 3_000, seed: 7 });
  expect(findings).toEqual([]);
  expect(Math.min(events, ignored, unreadable)).toBeGreaterThan(100);
}, 60_000);
