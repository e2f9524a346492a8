/** A server with ways in for mail, on a database of its own. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogFields } from '../../src/app/log.ts';
import type { Config } from '../../src/config.ts';
import type { OpenDoor } from '../../src/mail/door.ts';
import { nodeRuntime } from '../../src/node-runtime.ts';
import { open } from '../../src/open.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { configOf } from '../config-of.ts';

export const KEY = 'mail-test-admin-key-0123456789abcdefgh';

export interface Site {
  readonly folder: string;
  readonly config: Config;
  /** A source of provider dsn with `trust: full`. */
  readonly source: string;
  readonly logged: { message: string; fields: LogFields }[];
  serve(...doors: OpenDoor[]): Promise<RunningServer>;
  close(): Promise<void>;
}

export async function makeSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'mailstop-mail-'));
  const config: Config = {
    ...configOf(join(folder, 'a.db'), KEY),
    secret: 'secret-of-the-mail-tests-0123456789',
  };
  const logged: Site['logged'] = [];
  const running: RunningServer[] = [];
  const source = await makeSource(config);
  return {
    folder,
    config,
    source,
    logged,
    async serve(...doors) {
      const server = await startServer(config, {
        host: '127.0.0.1',
        doors,
        log: (_level, message, fields = {}) => logged.push({ message, fields }),
      });
      running.push(server);
      return server;
    },
    async close() {
      await Promise.all(running.map((server) => server.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function makeSource(config: Config): Promise<string> {
  const { createApp } = await import('../../src/http/app.ts');
  const { services } = await open(config, { missing: 'create', log: () => {} });
  const made = await createApp(services).request('/v1/sources', {
    method: 'POST',
    headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      provider: 'dsn',
      name: 'mail',
      trust: 'full',
      secrets: { keys: [nodeRuntime().randomText(32)] },
    }),
  });
  await services.close();
  return (await made.json()).id;
}

export async function isSuppressed(server: RunningServer, address: string): Promise<boolean> {
  const answer = await fetch(`${server.url}/v1/suppressions/${encodeURIComponent(address)}`, {
    headers: { authorization: `Bearer ${KEY}` },
  });
  return answer.status === 200;
}

export async function countEvents(server: RunningServer): Promise<number> {
  const answer = await fetch(`${server.url}/v1/events?limit=1000`, {
    headers: { authorization: `Bearer ${KEY}` },
  });
  return (await answer.json()).data.length;
}

/** Fails after ten seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`never came true: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
