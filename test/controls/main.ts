/**
 * The negative controls of the security cases: each mistake is made in a copy of the source, and its cases must then
 * fail. A case that passes all the same tests nothing.
 *
 *   npm run controls -- [T019 …]
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mistake, mistakes } from './mistakes.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const only = process.argv.slice(2);

const copy = mkdtempSync(join(tmpdir(), 'mailstop-controls-'));
for (const part of ['src', 'test', 'scripts', 'docs', 'migrations', 'package.json', 'tsconfig.json'])
  cpSync(join(project, part), join(copy, part), { recursive: true });
symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
// The whole configuration takes a second for the engines that no case needs.
writeFileSync(join(copy, 'vitest.config.ts'), 'export default {};\n');

const chosen = mistakes.filter(({ cases }) => only.length === 0 || only.some((one) => cases.includes(one)));
const missed: string[] = [];
try {
  const together = (of: (mistake: Mistake) => string, by: string) => [...new Set(chosen.map(of))].join(by);
  if (
    !passes(
      together(({ cases }) => cases, '|'),
      together(({ tests }) => tests, ' '),
    )
  )
    throw new Error('the cases fail without any mistake');
  for (const mistake of chosen) {
    const verdict = judge(mistake);
    if (verdict !== 'caught') missed.push(`${mistake.cases}: ${verdict}`);
    process.stdout.write(
      `${verdict === 'caught' ? 'caught' : 'MISSED'}  ${mistake.cases.padEnd(10)} ${mistake.title}${verdict === 'caught' ? '' : `: ${verdict}`}\n`,
    );
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.stdout.write(
  `\n${chosen.length - missed.length} of ${chosen.length} mistakes were caught by their cases\n`,
);
process.exit(missed.length === 0 ? 0 : 1);

function judge({ cases, file, from, to, tests }: Mistake): string {
  const path = join(copy, 'src', file);
  const source = readFileSync(path, 'utf8');
  const parts = source.split(from);
  if (parts.length !== 2) return `the line to be changed stands ${parts.length - 1} times in ${file}`;
  writeFileSync(path, parts.join(to));
  try {
    return passes(cases, tests) ? 'they pass all the same' : 'caught';
  } finally {
    writeFileSync(path, source);
  }
}

/** Throws where no test has the number: that would be no control. */
function passes(cases: string, tests: string): boolean {
  const { status, stdout } = spawnSync(
    join(copy, 'node_modules/.bin/vitest'),
    ['run', '--reporter', 'json', '-t', `\\b(?:${cases})\\b`, ...tests.split(' ')],
    { cwd: copy, encoding: 'utf8', env: { ...process.env, NODE_ENV: 'test' } },
  );
  const report = JSON.parse(stdout.slice(stdout.indexOf('{'))) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  if (report.numPassedTests + report.numFailedTests === 0)
    throw new Error(`no test is named ${cases} in ${tests}`);
  return status === 0;
}
