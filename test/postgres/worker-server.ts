/** The Worker on workerd with D1, as `npm run dev:worker` runs it, in a process of its own. */
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { pause } from '../faults/server.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const wrangler = join(project, 'node_modules/wrangler/bin/wrangler.js');
const env = { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false', NO_COLOR: '1' };

export interface WorkerServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startWorker(adminKey: string, secret: string): Promise<WorkerServer> {
  const folder = mkdtempSync(join(tmpdir(), 'mailstop-worker-'));
  const place = ['--local', '--persist-to', folder];
  // All migrations in one go: `d1 migrations apply` starts workerd anew for each, which takes a second.
  const schema = join(folder, 'schema.sql');
  const migrations = join(project, 'migrations');
  const texts = readdirSync(migrations).filter((name) => name.endsWith('.sql'));
  writeFileSync(
    schema,
    texts
      .sort()
      .map((name) => readFileSync(join(migrations, name), 'utf8'))
      .join('\n'),
  );
  const execute = ['d1', 'execute', 'mailstop', ...place, '--file', schema, '--yes'];
  await promisify(execFile)(process.execPath, [wrangler, ...execute], { cwd: project, env });
  const vars = ['--var', `MAILSTOP_ADMIN_KEY:${adminKey}`, '--var', `MAILSTOP_SECRET:${secret}`];
  const child = spawn(process.execPath, [wrangler, 'dev', '--port', '0', ...place, ...vars], {
    cwd: project,
    env,
    // A group of its own: wrangler starts workerd, and both must end.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const hear = (chunk: Buffer): void => {
    said += chunk;
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const end = Date.now() + 30_000;
  let url: string | undefined;
  while (url === undefined) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`the Worker did not start: ${said}`);
    url = /Ready on (http:\/\/[^\s]+)/.exec(said)?.[1];
    await pause(50);
  }
  return {
    url: url.replace('localhost', '127.0.0.1'),
    async stop() {
      const gone = new Promise((resolve) => child.once('close', resolve));
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
