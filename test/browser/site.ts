/** The built server with a month of traffic (`mailstop demo --keep`), in a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { shipped } from '../faults/build.ts';

export interface Site {
  readonly url: string;
  /** An admin's. */
  readonly key: string;
  stop(): Promise<void>;
}

export async function startSite(): Promise<Site> {
  const child = spawn(process.execPath, [shipped, 'demo', '--keep', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let said = '';
  for await (const chunk of child.stdout) {
    said += chunk;
    if (said.trimEnd().endsWith('}')) break;
  }
  if (said === '') throw new Error('the demo server did not start; npm run build?');
  const { url, key } = JSON.parse(said) as Pick<Site, 'url' | 'key'>;
  return {
    url,
    key,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
