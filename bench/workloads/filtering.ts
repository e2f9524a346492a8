/** The offline filter: how small, how often wrong, how fast. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openFilter } from '../../src/filter/reader.ts';
import { shipped } from '../../test/faults/build.ts';
import { type Settings, timed } from '../machine.ts';
import { listed, unlisted } from '../seed.ts';
import type { Line } from '../table.ts';

/** What the two kinds of filter promise: bytes an entry, and the share of others that is taken for suppressed. */
const promised = [
  { bits: 8, bytes: 1.3, wrong: 0.004 },
  { bits: 16, bytes: 2.4, wrong: 0.00002 },
] as const;
const ASKED = 1_000_000;

export async function* filtering(settings: Settings): AsyncGenerator<Line> {
  for (const entries of settings.sizes.filter((size) => size >= 100_000)) {
    const env = { MAILSTOP_DATABASE_URL: `file:${await settings.databaseOf(entries)}` };
    const key = (await timed(process.execPath, [shipped, 'filter', 'key'], { env })).stdout.trim();
    for (const { bits, bytes, wrong } of promised) {
      const file = join(settings.folder, `filter-${bits}`);
      const made = await timed(process.execPath, [shipped, 'filter', 'build', file, '--bits', String(bits)], {
        env,
      });
      const contents = readFileSync(file);
      const filter = await openFilter(contents, key);
      const of = { entries, limit: null, floor: null };
      yield {
        ...of,
        workload: `filter build, ${bits} bits`,
        value: filter.manifest.entries / made.seconds,
        unit: 'entries/s',
        ...(made.peak === undefined ? {} : { peak: made.peak }),
      };
      yield {
        ...of,
        workload: `filter, ${bits} bits: size`,
        value: contents.length / filter.manifest.entries,
        unit: 'bytes/entry',
        isCost: true,
        limit: { name: 'fixed', value: bytes },
        floor: 1,
      };
      const others = Array.from({ length: ASKED }, (_, i) => unlisted(i % entries).replace('x@', `y${i}@`));
      const found = others.filter((address) => filter.mayBeSuppressed(address)).length;
      yield {
        ...of,
        workload: `filter, ${bits} bits: others taken for suppressed`,
        value: (found / ASKED) * 100,
        unit: '%',
        isCost: true,
        // A rate this small has a spread of its own in a million draws: five standard deviations of it.
        limit: { name: 'fixed', value: (wrong + 5 * Math.sqrt(wrong / ASKED)) * 100 },
        floor: 1,
      };
      if (bits !== 8) continue;
      const addresses = Array.from({ length: ASKED }, (_, i) =>
        i % 10 === 0 ? listed((i * 7_919) % entries) : unlisted((i * 7_919) % entries),
      );
      const missed = addresses.filter(
        (address, i) => i % 10 === 0 && !filter.mayBeSuppressed(address),
      ).length;
      if (missed > 0) throw new Error(`${missed} suppressed addresses were let through`);
      const fromAddress = perSecond(() => {
        for (const address of addresses) filter.mayBeSuppressed(address);
      });
      yield {
        ...of,
        workload: 'filter: checks from the address',
        value: fromAddress,
        unit: 'checks/s',
        limit: { name: 'fixed', value: 1_000_000 },
        floor: 1,
      };
      const hashes = crypto.getRandomValues(new Uint32Array(16_384));
      const fromHash = perSecond(() => {
        for (let i = 0; i < ASKED; i++) {
          const at = (i * 2) & 16_383;
          filter.hasHash(hashes[at] as number, hashes[at + 1] as number);
        }
      });
      yield {
        ...of,
        workload: 'filter: checks from the hash',
        value: fromHash,
        unit: 'checks/s',
        limit: { name: 'fixed', value: 5_000_000 },
        floor: 1,
      };
    }
  }
}

/** The best of five: what the machine does meanwhile only takes. */
function perSecond(run: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const began = performance.now();
    run();
    best = Math.min(best, performance.now() - began);
  }
  return ASKED / (best / 1000);
}
