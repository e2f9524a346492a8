/** What is installed is what was chosen: from the registry, pinned by hash, with scripts only where they were allowed. */
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = (name: string) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const manifest = read('package.json');
const lock: { packages: Record<string, Locked> } = read('package-lock.json');
const installed = Object.entries(lock.packages).filter(([path]) => path !== '');
const REGISTRY = 'https://registry.npmjs.org/';
const nameOf = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 13);

describe('T131 the lockfile', () => {
  it('takes every package from the registry, by its hash', () => {
    const strange = installed.filter(
      ([, { resolved, integrity = '', link }]) =>
        link === true ||
        // Absent: whichever registry is configured, as long as the hash is right.
        !(resolved ?? REGISTRY).startsWith(REGISTRY) ||
        !integrity.startsWith('sha512-'),
    );
    expect(strange.map(([path]) => path)).toEqual([]);
    expect(installed.length).toBeGreaterThan(50);
  });

  it('says what package.json says', () => {
    const { dependencies, devDependencies } = lock.packages[''] as Record<string, unknown>;
    expect({ dependencies, devDependencies }).toEqual({
      dependencies: manifest.dependencies,
      devDependencies: manifest.devDependencies,
    });
  });

  it('holds no install script that nobody decided on', () => {
    const scripted = installed.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const undecided = scripted
      .map(([path]) => nameOf(path))
      .filter((name) => !(name in manifest.allowScripts));
    // fsevents is for macOS, and is never installed by npm ci elsewhere.
    expect(undecided.filter((name) => name !== 'fsevents')).toEqual([]);
  });
});

test.each([
  ['hono', '4.12.25', 'let a body limit be passed by'],
  ['drizzle-orm', '0.45.2', 'took SQL in identifiers'],
  ['better-sqlite3', '12.9.0', 'could lose commits'],
])('T134 %s is %s or newer: what came before %s', (name, least) => {
  const oldest = least.split('.').map(Number);
  const parts = (lock.packages[`node_modules/${name}`]?.version ?? '0').split('.').map(Number);
  const differs = oldest.findIndex((part, i) => parts[i] !== part);
  expect(differs === -1 || (parts[differs] ?? 0) > (oldest[differs] ?? 0)).toBe(true);
});
