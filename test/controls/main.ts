/**
 * The negative controls of the security cases: each mistake is made in a copy of the source, and its cases must then
 * fail. A case that passes all the same tests nothing.
 *
 *   npm run controls -- [T019 …]
 */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Mistake, mistakes } from './mistakes.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const only = process.argv.slice(2);
/** At once, each in a copy of its own. */
const LANES = 2;

const chosen = mistakes.filter(({ cases }) => only.length === 0 || only.some((one) => cases.includes(one)));
const copies = Array.from({ length: LANES }, copyOfSource);
const missed: string[] = [];
try {
  const together = (of: (mistake: Mistake) => string, by: string) => [...new Set(chosen.map(of))].join(by);
  const cases = together((mistake) => mistake.cases, '|');
  if (
    !(await passes(
      copies[0] as string,
      cases,
      together(({ tests }) => tests, ' '),
    ))
  )
    throw new Error('the cases fail without any mistake');
  const left = [...chosen];
  await Promise.all(copies.map((copy) => judgeAll(copy, left)));
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
}
process.stdout.write(
  `\n${chosen.length - missed.length} of ${chosen.length} mistakes were caught by their cases\n`,
);
process.exit(missed.length === 0 ? 0 : 1);

function copyOfSource(): string {
  const copy = mkdtempSync(join(tmpdir(), 'mailstop-controls-'));
  for (const part of ['src', 'test', 'scripts', 'docs', 'migrations', 'package.json', 'tsconfig.json'])
    cpSync(join(project, part), join(copy, part), { recursive: true });
  symlinkSync(join(project, 'node_modules'), join(copy, 'node_modules'));
  // The whole configuration takes a second for the engines that no case needs.
  writeFileSync(join(copy, 'vitest.config.ts'), 'export default {};\n');
  return copy;
}

/** Takes one after the other off what is left. */
async function judgeAll(copy: string, left: Mistake[]): Promise<void> {
  for (let mistake = left.shift(); mistake !== undefined; mistake = left.shift()) {
    const { cases, title } = mistake;
    const verdict = await judge(copy, mistake);
    if (verdict !== 'caught') missed.push(`${cases}: ${verdict}`);
    process.stdout.write(
      `${verdict === 'caught' ? 'caught' : 'MISSED'}  ${cases.padEnd(10)} ${title}${verdict === 'caught' ? '' : `: ${verdict}`}\n`,
    );
  }
}

async function judge(copy: string, { cases, file, from, to, tests }: Mistake): Promise<string> {
  const path = join(copy, 'src', file);
  const source = readFileSync(path, 'utf8');
  const parts = source.split(from);
  if (parts.length !== 2) return `the line to be changed stands ${parts.length - 1} times in ${file}`;
  writeFileSync(path, parts.join(to));
  try {
    return (await passes(copy, cases, tests)) ? 'they pass all the same' : 'caught';
  } finally {
    writeFileSync(path, source);
  }
}

/** Throws where no test has the number: that would be no control. */
async function passes(copy: string, cases: string, tests: string): Promise<boolean> {
  const { failed, said } = await new Promise<{ failed: boolean; said: string }>((resolve) =>
    execFile(
      join(copy, 'node_modules/.bin/vitest'),
      ['run', '--reporter', 'json', '-t', `\\b(?:${cases})\\b`, ...tests.split(' ')],
      { cwd: copy, maxBuffer: 64 * 1024 * 1024, env: { ...process.env, NODE_ENV: 'test' } },
      (error, stdout) => resolve({ failed: error !== null, said: stdout }),
    ),
  );
  const report = JSON.parse(said.slice(said.indexOf('{'))) as {
    numPassedTests: number;
    numFailedTests: number;
  };
  if (report.numPassedTests + report.numFailedTests === 0)
    throw new Error(`no test is named ${cases} in ${tests}`);
  return !failed;
}
