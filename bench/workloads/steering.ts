/** What another policy would make of all that was recorded. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { shipped } from '../../test/faults/build.ts';
import { type Settings, timed } from '../machine.ts';
import type { Line } from '../table.ts';
import { memory } from './intake.ts';

const most = ({ sizes }: Settings): number => Math.min(1_000_000, sizes.at(-1) ?? 0);

/** Decides every event of the list another way: each entry ends after a quarter. */
const POLICY = `rules:
  - id: dead
    why: Even the dead are asked again in a quarter.
    when: { kind: [bounce, reject], strength: strong }
    then: { do: suppress, for: 90d }
`;

export async function* steering(settings: Settings): AsyncGenerator<Line> {
  const entries = most(settings);
  const file = await settings.databaseOf(entries);
  const policy = join(settings.folder, 'policy.yaml');
  writeFileSync(policy, POLICY);
  const simulated = await timed(process.execPath, [shipped, 'policy', 'simulate', policy, '--json'], {
    env: { MAILSTOP_DATABASE_URL: `file:${file}` },
  });
  const { changed } = JSON.parse(simulated.stdout) as { changed: number };
  if (changed < entries) throw new Error(`the simulation changed ${changed} of ${entries}`);
  yield {
    workload: 'mailstop policy simulate, an event an address',
    entries,
    value: simulated.seconds,
    unit: 's',
    isCost: true,
    limit: { name: '30 s', value: 30 },
    floor: 1,
    ...memory(simulated.peak),
  };
}
