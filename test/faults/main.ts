/**
 * The faults that a server meets, each brought about for real, each beside a control that must be found out.
 *
 *   npm run faults -- [--long] [--only F1,F3] [--rounds 500] [--seed 1] [--controls F1 | none]
 *
 * Clients note an item only after a whole 200. After each fault the database is held against their notes: every
 * acknowledged item there exactly once, every suppressing one blocks, nothing that was forged, integrity_check ok, the
 * audit's chain whole. A control is the same test on a server that was broken on purpose; where it passes, the test is
 * worth nothing and the run fails.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { randomFrom } from '../fuzz/random.ts';
import { diskFull, lostSync, slowDisk, writesFail } from './broken-disk.ts';
import { build, shipped } from './build.ts';
import { hasOpenssl } from './certificates.ts';
import { killed, killedBeforeAnswer } from './crash.ts';
import { buildDisk } from './disk.ts';
import type { Fault, Outcome, Trial } from './fault.ts';
import { forgeries } from './forgeries.ts';
import { foreignLock } from './lock.ts';
import { logDiskFull, logLost } from './logging.ts';
import { outage } from './outage.ts';
import { badCertificates, lossy, rebinding } from './outgoing.ts';
import { brokenOff, frozen, overload } from './overload.ts';
import { poison } from './poison.ts';
import { powerCut, powerCutAtFirstStart } from './power.ts';
import { lostPermissions, readOnlyDisk } from './refusal.ts';
import { fewDescriptors, hasPrlimit, littleMemory } from './scarce.ts';
import { killAll } from './server.ts';
import { certificatesHang } from './signing.ts';
import { slowNetwork } from './slow-network.ts';
import { soak } from './soak.ts';
import { backupTarget } from './target.ts';

const faults: readonly Fault[] = [
  killed,
  killedBeforeAnswer,
  powerCut,
  powerCutAtFirstStart,
  diskFull,
  writesFail,
  lostSync,
  slowDisk,
  readOnlyDisk,
  lostPermissions,
  foreignLock,
  forgeries,
  littleMemory,
  fewDescriptors,
  overload,
  frozen,
  brokenOff,
  slowNetwork,
  lossy,
  rebinding,
  badCertificates,
  certificatesHang,
  backupTarget,
  poison,
  logLost,
  logDiskFull,
  outage,
  soak,
];

const { values } = parseArgs({
  options: {
    long: { type: 'boolean', default: false },
    only: { type: 'string' },
    rounds: { type: 'string' },
    seed: { type: 'string', default: '1' },
    /** Of which faults the controls are tried as well; all, unless given. */
    controls: { type: 'string' },
  },
});
const only = values.only?.split(',');
const controls = values.controls === 'none' ? [] : values.controls?.split(',');
const unknown = [...(only ?? []), ...(controls ?? [])].filter(
  (id) => !faults.some((fault) => fault.id === id),
);
if (unknown.length > 0)
  throw new Error(`no fault ${unknown.join(', ')}; there are ${faults.map(({ id }) => id).join(' ')}`);

const folder = mkdtempSync(join(tmpdir(), 'mailstop-faults-'));
const disk = buildDisk(folder);
const say = (line: string) => process.stdout.write(`${line}\n`);

say(`seed ${values.seed}`);
const bad: string[] = [];
const totals = { acknowledged: 0, lost: 0, kills: 0, cuts: 0 };
for (const fault of faults) {
  if (only !== undefined && !only.includes(fault.id)) continue;
  const missing = missingFor(fault);
  if (missing !== null) {
    say(`${fault.id.padEnd(4)} skipped  ${fault.title}: ${missing}`);
    continue;
  }
  const rounds = Number(values.rounds ?? (values.long ? fault.rounds.long : fault.rounds.short));
  const outcome = await tried(fault, { rounds, main: shipped, isControl: false });
  const fine = outcome.problems.length === 0;
  if (!fine) bad.push(`${fault.id}: ${outcome.problems.join('; ')}`);
  say(
    `${fault.id.padEnd(4)} ${fine ? 'ok     ' : 'FAILED '}  ${fault.title}: ${outcome.rounds} ×, ${outcome.acknowledged} acknowledged, ${fine ? '0 lost' : outcome.problems.join('; ')}${outcome.note === undefined ? '' : ` (${outcome.note})`}`,
  );
  totals.acknowledged += outcome.acknowledged;
  if (fault.id === 'F1' || fault.id === 'F2') totals.kills += outcome.rounds;
  if (fault.id === 'F3' || fault.id === 'F4') totals.cuts += outcome.rounds;
  if (controls !== undefined && !controls.includes(fault.id)) continue;
  const { control } = fault;
  const found = await tried(fault, {
    rounds: control.rounds,
    main: control.mutant === undefined ? shipped : await build(folder, control.mutant),
    isControl: true,
  });
  const caught = found.problems.length > 0;
  if (!caught) bad.push(`${fault.id}: the control (${control.title}) was not found out`);
  say(
    `     ${caught ? 'caught ' : 'MISSED '}  control, ${control.title}: ${caught ? found.problems.join('; ') : 'nothing found'}`,
  );
}
rmSync(folder, { recursive: true, force: true });

say('');
say(
  bad.length === 0
    ? `0 of ${totals.acknowledged} acknowledged events lost in ${totals.kills} kills and ${totals.cuts} simulated power cuts`
    : `FAILED:\n  ${bad.join('\n  ')}`,
);
process.exit(bad.length === 0 ? 0 : 1);

function missingFor(fault: Fault): string | null {
  if (fault.needs.includes('compiler') && 'missing' in disk) return disk.missing;
  if (fault.needs.includes('openssl') && !hasOpenssl()) return 'needs openssl';
  if (fault.needs.includes('prlimit') && !hasPrlimit()) return 'needs prlimit, of Linux';
  if (fault.needs.includes('root') && process.getuid?.() !== 0) return 'needs root, to mount';
  return null;
}

/** A fault whose test itself breaks down has failed. */
async function tried(fault: Fault, given: Pick<Trial, 'rounds' | 'main' | 'isControl'>): Promise<Outcome> {
  const own = mkdtempSync(join(folder, `${fault.id}-`));
  try {
    return await fault.run({
      ...given,
      folder: own,
      shim: 'shim' in disk ? disk.shim : '',
      random: randomFrom(Number(values.seed)).next,
    });
  } catch (error) {
    if (given.isControl) throw error;
    return {
      problems: [String(error instanceof Error ? error.stack : error)],
      acknowledged: 0,
      rounds: given.rounds,
    };
  } finally {
    await killAll();
    rmSync(own, { recursive: true, force: true });
  }
}
