/** From the command to the first answer, and what it takes to sit there. */
import { readFileSync } from 'node:fs';
import { pause } from '../../test/faults/server.ts';
import { median, pidOf, type Settings, startServer, timed } from '../machine.ts';
import type { Line } from '../table.ts';

const ROUNDS = 5;

export async function* starting(settings: Settings): AsyncGenerator<Line> {
  const entries = Math.min(1_000_000, settings.sizes.at(-1) ?? 0);
  const file = await settings.databaseOf(entries);
  const times: number[] = [];
  const idle: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const server = await startServer(settings, file);
    times.push(server.startedIn);
    await pause(1_000);
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pidOf(server)}/status`, 'utf8'))?.[1];
    idle.push(Number(kib) / 1024);
    await server.kill();
    const listens = "require('node:http').createServer().listen(0, () => process.exit())";
    bare.push((await timed(process.execPath, ['-e', listens])).seconds * 1_000);
  }
  yield {
    workload: 'cold start: node dist/… to the first 200',
    entries,
    value: median(times),
    unit: 'ms',
    isCost: true,
    limit: { name: `500 ms (node -e that listens: ${median(bare).toFixed(0)} ms)`, value: 500 },
    floor: 1,
  };
  yield {
    workload: 'memory while idle',
    entries,
    value: median(idle),
    unit: 'MiB',
    isCost: true,
    limit: { name: '110 MiB', value: 110 },
    floor: 1,
  };
}
