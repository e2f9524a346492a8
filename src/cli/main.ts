#!/usr/bin/env node
/** The entry: checks the Node that runs it before anything is loaded that would only crash on an older one. */

import module from 'node:module';
import { fileURLToPath } from 'node:url';

/** package.json says the same under `engines`. */
const OLDEST_NODE = [22, 18] as const;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
  process.stderr.write(
    `mailstop: Node ${OLDEST_NODE.join('.')} or newer is needed, and this is ${process.versions.node}; use "npm start" or "npx mailstop", which bring their own\n`,
  );
  process.exitCode = 1;
} else {
  // What V8 made of the code before: a tenth of each start. Where the folder cannot be written, all goes on without it.
  module.enableCompileCache(fileURLToPath(new URL('../../node_modules/.cache/mailstop', import.meta.url)));
  const { run } = await import('./program.ts');
  process.exitCode = await run(process.argv.slice(2));
}
