/**
 * The negative controls of the security cases: each mistake is made in a copy of the source, and its cases must then
 * fail. A case that passes all the same tests nothing.
 *
 *   npm run controls -- [T019 …]
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVitest, type Vitest } from 'vitest/node';
import { type Mistake, mistakes } from './mistakes.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const only = process.argv.slice(2);
/** At once, each in a copy of its own. */
const LANES = 2;

const chosen = mistakes.filter(({ cases }) => only.length === 0 || only.some((one) => cases.includes(one)));
const lanes = await Promise.all(Array.from({ length: LANES }, openLane));
const missed: string[] = [];
try {
  const together = (of: (mistake: Mistake) => string, by: string) => [...new Set(chosen.map(of))].join(by);
  const cases = together((mistake) => mistake.cases, '|');
  const tests = together((mistake) => mistake.tests, ' ');
  if (!(await passes(lanes[0] as Lane, cases, tests))) throw new Error('the cases fail without any mistake');
  const left = [...chosen];
  await Promise.all(lanes.map((lane) => judgeAll(lane, left)));
} finally {
  for (const { copy, vitest } of lanes) {
    await vitest.close();
    rmSync(copy, { recursive: true, force: true });
  }
}
process.stdout.write(
  `\n${chosen.length - missed.length} of ${chosen.length} mistakes were caught by their cases\n`,
);
process.exit(missed.length === 0 ? 0 : 1);

/** A copy of the source, and who runs its tests: what a mistake leaves as it was is not read anew for the next. */
interface Lane {
  readonly copy: string;
  readonly vitest: Vitest;
}

async function openLane(): Promise<Lane> {
  const copy = mkdtempSync(join(tmpdir(), 'mailstop-controls-'));
  for (const part of ['src', 'test', 'scripts', 'docs', 'migrations', 'package.json', 'tsconfig.json'])
    cpSync(join(project, part), join(copy, part), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  // The whole configuration takes a second for the engines that no case needs.
  const vitest = await createVitest('test', {
    root: copy,
    config: false,
    watch: false,
    reporters: [{}],
    pool: 'threads',
  });
  return { copy, vitest };
}

/** Takes one after the other off what is left. */
async function judgeAll(lane: Lane, left: Mistake[]): Promise<void> {
  for (let mistake = left.shift(); mistake !== undefined; mistake = left.shift()) {
    const { cases, title } = mistake;
    const verdict = await judge(lane, mistake);
    if (verdict !== 'caught') missed.push(`${cases}: ${verdict}`);
    process.stdout.write(
      `${verdict === 'caught' ? 'caught' : 'MISSED'}  ${cases.padEnd(10)} ${title}${verdict === 'caught' ? '' : `: ${verdict}`}\n`,
    );
  }
}

async function judge(lane: Lane, { cases, file, from, to, tests }: Mistake): Promise<string> {
  const path = join(lane.copy, 'src', file);
  const source = readFileSync(path, 'utf8');
  const parts = source.split(from);
  if (parts.length !== 2) return `the line to be changed stands ${parts.length - 1} times in ${file}`;
  const put = (text: string) => {
    writeFileSync(path, text);
    lane.vitest.invalidateFile(path);
  };
  put(parts.join(to));
  try {
    return (await passes(lane, cases, tests)) ? 'they pass all the same' : 'caught';
  } finally {
    put(source);
  }
}

/** Throws where no test has the number: that would be no control. */
async function passes({ vitest }: Lane, cases: string, tests: string): Promise<boolean> {
  vitest.setGlobalTestNamePattern(new RegExp(`\\b(?:${cases})\\b`));
  const files = await vitest.globTestSpecifications(tests.split(' '));
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(files);
  const ran = testModules
    .flatMap(({ children }) => [...children.allTests()])
    .filter((test) => test.result().state !== 'skipped');
  if (ran.length === 0) throw new Error(`no test is named ${cases} in ${tests}`);
  return unhandledErrors.length === 0 && testModules.every((module) => module.ok());
}
