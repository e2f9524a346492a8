/** The server under the model: it may be killed and started again on the same file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { post, sourceFor } from '../faults/load.ts';
import { ADMIN_KEY, api, type Running, start } from '../faults/server.ts';

/** As much of the answers as the commands look at. */
export interface Told {
  readonly results: readonly unknown[];
  readonly entries: readonly { readonly reason: string }[];
}

export interface Site {
  readonly file: string;
  hook(): string;
  ask(method: string, path: string, body?: unknown, type?: string): Promise<{ status: number; body: Told }>;
  crash(): Promise<void>;
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function openSite(main?: string): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'mailstop-model-'));
  const file = join(folder, 'mailstop.db');
  const options = main === undefined ? {} : { main };
  let server: Running = await start(file, options);
  const { url } = await api<{ url: string }>(server.url, '/v1/sources', sourceFor);
  const path = new URL(url).pathname;
  return {
    file,
    hook: () => server.url + path,
    async ask(method, route, body, type = 'application/json') {
      const answer = await fetch(server.url + route, {
        method,
        headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': type },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await answer.text();
      return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
    },
    async crash() {
      await server.kill();
      server = await start(file, options);
    },
    async restart() {
      server.process.kill('SIGTERM');
      await server.ended(10_000);
      server = await start(file, options);
    },
    async close() {
      await server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export { post };
