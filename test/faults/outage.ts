/** Down for longer than a provider comes again: what it gave up is told by its own list, and taken over from there. */
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { repeat } from './broken-disk.ts';
import { mutants } from './build.ts';
import { type Fault, newSite } from './fault.ts';
import { itemOf, type Ledger, post } from './load.ts';
import { listening } from './network.ts';
import { compare } from './oracle.ts';
import { ADMIN_KEY, api, pause, start } from './server.ts';

const PROVIDER_KEY = 'provider-api-key';
/** A provider's schedule, in ms instead of minutes: after the last one it forgets the event. */
const TRIES = [0, 50, 100, 200, 400];

const gaveUp = (number: number): string => `given-up-${number}@example.com`;

export const outage: Fault = {
  id: 'F38',
  title: 'down for longer than a provider comes again',
  needs: [],
  rounds: { short: 1, long: 5 },
  control: { title: mutants.pullsLess.title, mutant: mutants.pullsLess, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const { file, path, ledger, server } = await newSite(trial, folder);
      const made = await api<{ id: string; url: string }>(server.url, '/v1/sources', {
        provider: 'postmark',
        name: 'postmark',
        secrets: { keys: ['postmark-webhook-key-0123456789'] },
      });
      /** As Postmark's API answers: it keeps on its own list what it could not tell us. */
      const list = Array.from({ length: 5 }, (_, i) => ({
        EmailAddress: gaveUp(i),
        SuppressionReason: i % 2 === 0 ? 'HardBounce' : 'SpamComplaint',
        Origin: 'Recipient',
        CreatedAt: '2026-11-02T09:30:00Z',
      }));
      const provider = await listening(
        createServer((request, response) => {
          response.statusCode = request.headers['x-postmark-server-token'] === PROVIDER_KEY ? 200 : 401;
          response.end(JSON.stringify({ Suppressions: list }));
        }),
      );
      const problems: string[] = [];
      await server.kill();
      const away = new URL(made.url).pathname;
      await Promise.all(list.map((_, i) => deliver(server.url + away, i)));

      const back = await start(file, { main: trial.main });
      const cli = (command: string) =>
        run(trial.main, [
          ...['source', command, made.id, '--provider-url', `http://127.0.0.1:${provider.port}`],
          ...['--provider-key', PROVIDER_KEY, '--url', back.url, '--key', ADMIN_KEY, '--json'],
        ]);
      const addresses = list.map((_, i) => gaveUp(i));
      const sendable = async () =>
        (
          await api<{ results: { suppressed: boolean }[] }>(back.url, '/v1/check', { addresses })
        ).results.filter(({ suppressed }) => !suppressed).length;
      if ((await sendable()) !== list.length) problems.push('nothing was missed: this outage proves nothing');
      const gap = await cli('drift');
      const missed = gap.code === 1 ? JSON.parse(gap.said).only_there : [];
      if (JSON.stringify(missed) !== JSON.stringify(addresses))
        problems.push(`the gap is not told: ${gap.said}`);
      const pulled = await cli('pull');
      if (pulled.code !== 0) problems.push(`pull ended with ${pulled.code}: ${pulled.said}`);
      const left = await sendable();
      if (left > 0) problems.push(`${left} that the provider gave up may be sent to`);
      const after = await cli('drift');
      if (after.code !== 0) problems.push('the lists still differ');
      await takesIn(back.url + path, ledger);
      problems.push(...(await compare(back.url, file, ledger)));
      await back.kill();
      await provider.close();
      return { problems, ledger, note: `${list.length} missed, ${left} left` };
    }),
};

/** As a provider does: again and again, then never. */
async function deliver(url: string, number: number): Promise<void> {
  for (const wait of TRIES) {
    await pause(wait);
    if ((await post(url, itemOf(number))).status === 200) return;
  }
}

async function takesIn(url: string, ledger: Ledger): Promise<void> {
  const number = ledger.next++;
  ledger.sent.add(number);
  if ((await post(url, itemOf(number))).status === 200) ledger.acknowledged.add(number);
  else ledger.problems.push('it takes nothing in afterwards');
}

function run(main: string, args: readonly string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}
