/** What a fault of the matrix is: how to bring it about, what must hold all the same, and the control that must fail. */
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './build.ts';
import { type Ledger, newLedger, sourceFor } from './load.ts';
import { api, type Running, type StartOptions, start } from './server.ts';

export interface Trial {
  /** For this trial alone. */
  readonly folder: string;
  readonly rounds: number;
  /** Between 0 and 1; the printed seed repeats them. */
  random(): number;
  /** Main file of the build under test. */
  readonly main: string;
  /** The shim built of disk.c; '' where the fault does not need it. */
  readonly shim: string;
  /** The control's run: whatever it needs done beside the mutant. */
  readonly isControl: boolean;
}

export interface Outcome {
  readonly problems: readonly string[];
  readonly acknowledged: number;
  /** Kills, cuts or trials that were made. */
  readonly rounds: number;
  readonly note?: string;
}

export interface Fault {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly ('compiler' | 'root' | 'openssl' | 'prlimit')[];
  readonly rounds: { readonly short: number; readonly long: number };
  run(trial: Trial): Promise<Outcome>;
  /** A fault test that cannot fail proves nothing: with this it must. */
  readonly control: { readonly title: string; readonly mutant?: Mutant; readonly rounds: number };
}

export interface Site {
  readonly file: string;
  readonly path: string;
  readonly ledger: Ledger;
  readonly server: Running;
}

/** A new database with one source, and the server on it. */
export async function newSite(trial: Trial, folder: string, options: StartOptions = {}): Promise<Site> {
  const file = join(folder, 'mailstop.db');
  const server = await start(file, { main: trial.main, ...options });
  const { url } = await api<{ url: string }>(server.url, '/v1/sources', sourceFor);
  return { file, path: new URL(url).pathname, ledger: newLedger(), server };
}

export const newFolder = ({ folder }: Trial): string => mkdtempSync(join(folder, 'site-'));

/** Counts, so that a table of many rounds stays readable. */
export const tally = (problems: readonly string[]): string[] => [...new Set(problems)].slice(0, 5);
