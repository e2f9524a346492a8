/** Where a Chromium is: what $CHROMIUM names, or what the system has. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type BrowserServer, chromium } from 'playwright-core';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Null where there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | null {
  const { CHROMIUM: given, PATH = '' } = env;
  if (given) {
    if (!isProgram(given)) throw new Error(`CHROMIUM=${given} is no program`);
    return given;
  }
  const folders = [...PATH.split(delimiter), '/usr/bin'];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Without its sandbox, which root may not have: it sees nothing but pages of our own. */
export const launch = (executablePath: string): Promise<BrowserServer> =>
  chromium.launchServer({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
