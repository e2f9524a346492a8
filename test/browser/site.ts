/** The built server in a process of its own, with a temporary database and something to show. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_KEY, api, start } from '../faults/server.ts';

export interface Site {
  readonly url: string;
  readonly key: string;
  stop(): Promise<void>;
}

export async function startSite(): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'mailstop-browser-'));
  const server = await start(join(folder, 'mailstop.db'));
  const { url: webhook } = await api<{ url: string }>(server.url, '/v1/sources', {
    provider: 'generic',
    name: 'newsletter',
    secrets: { keys: ['shared-secret-of-the-tests'] },
  });
  const bounces = Array.from({ length: 200 }, (_, i) => ({
    recipient: `person${i}@receiver${i % 3}.example`,
    event: 'bounce',
    text: i % 2 === 0 ? '550 5.1.1 user unknown' : '504 5.5.4 unrecognized authentication type',
    id: `event-${i}`,
  }));
  const answer = await fetch(`${server.url}${new URL(webhook).pathname}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-mailstop-key': 'shared-secret-of-the-tests' },
    body: JSON.stringify(bounces),
  });
  if (!answer.ok) throw new Error(`the webhook answered ${answer.status}: ${await answer.text()}`);
  return {
    // Browsers take a Secure cookie over http from localhost alone.
    url: server.url.replace('127.0.0.1', 'localhost'),
    key: ADMIN_KEY,
    async stop() {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
