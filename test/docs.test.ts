/** What the documents say, held against the code. The README's commands are run as they stand. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { alertsPage } from '../scripts/alerts-page.ts';
import { codePages } from '../scripts/code-pages.ts';
import { importPage } from '../scripts/import-page.ts';
import { limitsPage } from '../scripts/limits-page.ts';
import { policyExample, policyPage } from '../scripts/policy-page.ts';
import { providerPages } from '../scripts/provider-pages.ts';
import { repliesPage } from '../scripts/replies-page.ts';
import { policyDocument } from '../src/app/policy-document.ts';
import { providers } from '../src/providers/registry.ts';
import { samplers } from '../src/samples/registry.ts';
import { ADMIN_KEY, type Running, start } from './faults/server.ts';

const root = new URL('../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8');
const readme = read('README.md');
const { dependencies, scripts } = JSON.parse(read('package.json')) as {
  dependencies: Record<string, string>;
  scripts: Record<string, string>;
};

const tableOf = (text: string, heading: string): string[] =>
  (text.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
    .split('\n')
    .flatMap((line) => /^\| `([\w-]+)`/.exec(line)?.[1] ?? []);

describe('the README', () => {
  it('is short enough to be read', () => {
    expect(readme.split('\n').length).toBeLessThan(120);
  });

  it('lists the providers of the registry', () => {
    expect(tableOf(readme, 'Providers')).toEqual(providers.map(({ id }) => id));
  });

  it('links to files that are there', () => {
    const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link ?? '');
    expect(links.length).toBeGreaterThan(2);
    for (const link of links)
      expect(() => readdirSync(new URL('./', new URL(link, root))), link).not.toThrow();
  });

  it('names only scripts of package.json', () => {
    for (const [, name] of readme.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty(name ?? '');
  });
});

test('docs/policy.md is the policy of the code (npm run docs)', () => {
  expect(read('docs/policy.md')).toBe(policyPage());
});

test('docs/replies.md is what the classifier goes by (npm run docs)', () => {
  expect(read('docs/replies.md')).toBe(repliesPage());
});

test('docs/alerts.md is what alarms are judged by and what people are told (npm run docs)', () => {
  expect(read('docs/alerts.md')).toBe(alertsPage());
});

test('docs/import.md is what imports know (npm run docs)', () => {
  expect(read('docs/import.md')).toBe(importPage());
});

test('docs/limits.md is what the code holds to (npm run docs)', () => {
  expect(read('docs/limits.md')).toBe(limitsPage());
});

test.each([
  ['docs/codes/', 'the catalogue', codePages],
  ['docs/providers/', 'what the adapters say', providerPages],
])('%s is %s of the code (npm run docs)', (folder, _what, made) => {
  const pages = made();
  expect(readdirSync(new URL(folder, root)).sort()).toEqual([...pages.keys()].sort());
  for (const [name, content] of pages) expect(read(`${folder}${name}`), name).toBe(content);
});

test('the example of a policy in docs/policy.md is one, and its case holds', () => {
  expect(policyDocument.safeParse(parse(policyExample)).error?.issues).toBeUndefined();
});

test('the samples cover every provider', () => {
  expect(samplers.map(({ provider }) => provider).sort()).toEqual(providers.map(({ id }) => id).sort());
});

test('T132 every production dependency is pinned and has its reason in the decision record', () => {
  const record = read('docs/decisions/0004-libraries.md');
  const reasons = [...record.matchAll(/`([@a-z][\w@/-]*)`/g)].map(([, name]) => name);
  for (const [name, version] of Object.entries(dependencies)) {
    expect(reasons, name).toContain(name);
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  }
});

describe('the README’s commands', () => {
  let folder: string;
  let server: Running;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mailstop-readme-'));
    server = await start(join(folder, 'mailstop.db'));
  }, 20_000);

  afterAll(async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The commands of a section, with the port, the key and the database of this test, and one exit code a line. */
  function run(section: string, environment: Record<string, string> = {}): string {
    const body = readme.split(`## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
    const script = [...body.matchAll(/```sh\n([\s\S]*?)```/g)]
      .map(([, block]) => block ?? '')
      .join('')
      .replace(/^export (MAILSTOP_KEY|URL)=….*$/gm, ':')
      .replaceAll('localhost:8787', `127.0.0.1:${server.port}`)
      .replaceAll('npx mailstop', `node ${join(root.pathname, 'dist/cli/main.js')}`)
      .replace(/^(node .*)$/gm, '$1\necho "exit $?"');
    return execFileSync('bash', ['-c', script], {
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${join(root.pathname, 'node_modules/.bin')}:${process.env.PATH}`,
        MAILSTOP_KEY: ADMIN_KEY,
        MAILSTOP_DATABASE_URL: `file:${join(folder, 'mailstop.db')}`,
        ...environment,
      },
    });
  }

  it('take a newcomer from a source to a suppressed address', () => {
    const created = run('Point a provider at it', { URL: `http://127.0.0.1:${server.port}/healthz` });
    const url = /"url":"([^"]+)"/.exec(created)?.[1] ?? '';
    expect(url).toContain(`:${server.port}/webhooks/generic_`);
    expect(run('Point a provider at it', { URL: url })).toContain(
      '{"accepted":1,"duplicates":0,"ignored":0,"quarantined":0}',
    );
    const asked = run('Ask it');
    expect(asked).toContain('"address":"ann@example.com","suppressed":true,"reason":"hard-bounce"');
    expect(asked).toContain('"address":"bob@example.com","suppressed":false');
    expect(asked).toContain('exit 3'); // mailstop check ann@example.com
    expect(asked).toContain('\nbob@example.com\n'); // mailstop scrub
    expect(asked).toContain('Command Parameter Not Implemented');
    expect(asked).not.toContain('exit 1');
    expect(asked).not.toContain('exit 2');
  }, 40_000);
});
