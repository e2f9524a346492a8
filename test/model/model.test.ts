/** Histories of commands against a real server; MODEL_RUNS=500 for a long run. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { verifyAudit } from '../../src/app/audit.ts';
import { nodeRuntime } from '../../src/node-runtime.ts';
import { createStore } from '../../src/store/sql.ts';
import { sqliteDriver } from '../../src/store/sqlite.ts';
import { build } from '../faults/build.ts';
import { killAll } from '../faults/server.ts';
import { histories } from './commands.ts';
import { type Model, newModel } from './model.ts';
import { openSite, type Site } from './site.ts';

const RUNS = Number(process.env.MODEL_RUNS ?? 20);
afterAll(killAll);

let domains = 0;

/** Each history has addresses of its own; they share the server, and whatever the ones before did to it. */
const holds = (site: Site, runs: number) =>
  fc.assert(
    fc.asyncProperty(histories, async (commands) => {
      const model = newModel(`run${domains++}.example`);
      await fc.asyncModelRun(() => ({ model, real: site }), commands);
      expectEachOnce(site.file, model);
    }),
    { numRuns: runs, endOnFailure: true },
  );

/** Every fact that was answered for is an event, once. */
function expectEachOnce(file: string, model: Model): void {
  const db = new Database(file, { readonly: true });
  const query = db.prepare('select provider_event_id from events where address = ? order by 1').pluck();
  for (const address of model.addresses) {
    const wanted = [...model.facts.values()].filter((fact) => fact.address === address).map(({ id }) => id);
    expect(query.all(address)).toEqual(wanted.sort());
  }
  db.close();
}

it(
  'whatever happens, the list is what was said and what was lifted',
  async () => {
    const site = await openSite();
    await holds(site, RUNS);
    const db = new Database(site.file);
    expect(await verifyAudit(createStore(sqliteDriver(db)), nodeRuntime().sha256)).toMatchObject({
      brokenAt: null,
    });
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    // The check finds entries, and a flush finds histories, through the rows of `addresses`.
    const moved = `select tenant, address from suppressions union select tenant, address from acts
      union select tenant, address from events where counts = 1`;
    expect(db.prepare(`${moved} except select tenant, address from addresses`).all()).toEqual([]);
    db.close();
    await site.close();
  },
  60_000 + RUNS * 5_000,
);

it.each([
  {
    title: 'any evidence lifts a complaint, however old',
    file: 'core/lifting.ts',
    from: 'fact.evidence === null || ground.fact.at > fact.evidence.at',
    to: 'fact.evidence === null',
  },
  {
    title: 'a repetition is an event of its own',
    file: 'core/identity.ts',
    from: 'event.sourceId,',
    to: 'event.sourceId, Math.random(),',
  },
])(
  'finds out a server in which $title',
  async (mutant) => {
    const folder = mkdtempSync(join(tmpdir(), 'mailstop-mutant-'));
    const site = await openSite(await build(folder, mutant));
    await expect(holds(site, 40)).rejects.toThrow();
    await site.close();
    rmSync(folder, { recursive: true, force: true });
  },
  120_000,
);
