/** What `npm run deploy` would upload: Cloudflare takes 1 MiB gzipped on every plan. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

it('the Worker bundles, and has at most 1 MiB gzipped', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailstop-bundle-'));
  try {
    const said = execFileSync(
      process.execPath,
      ['node_modules/wrangler/bin/wrangler.js', 'deploy', '--dry-run', '--outdir', folder],
      { encoding: 'utf8', env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } },
    );
    expect(said).toMatch(/Total Upload: .*gzip: /);
    const scripts = readdirSync(folder).filter((name) => /\.(m?js|wasm)$/.test(name));
    expect(scripts).not.toEqual([]);
    const bytes = scripts.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name))).length, 0);
    expect(bytes).toBeLessThanOrEqual(1024 * 1024);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
