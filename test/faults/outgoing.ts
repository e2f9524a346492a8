/** Receivers of webhooks that break off, are lost, lie about who they are, or lead elsewhere once they are known. */
import { repeat } from './broken-disk.ts';
import { mutants } from './build.ts';
import { authority } from './certificates.ts';
import { type Fault, newSite } from './fault.ts';
import { startLoad } from './load.ts';
import { makeNetwork, receiver } from './network.ts';
import { compare } from './oracle.ts';
import { api, pause, type Running } from './server.ts';

/** Public addresses, which nothing leaves this machine for. */
const [FIRST, SECOND, THIRD, FOURTH] = [
  '93.184.215.1',
  '93.184.215.2',
  '93.184.215.3',
  '93.184.215.4',
] as const;
const ANSWER_WITHIN = 2_500;

const hook = (server: Running, url: string) => api<{ id: string }>(server.url, '/v1/webhooks', { url });

export async function until(holds: () => boolean | Promise<boolean>, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > end) return false;
    await pause(50);
  }
  return true;
}

export const lossy: Fault = {
  id: 'F25',
  title: 'receivers of webhooks that break off, or from which nothing comes back',
  needs: ['openssl'],
  rounds: { short: 1, long: 5 },
  control: { title: mutants.brokenIsTaken.title, mutant: mutants.brokenIsTaken, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const network = makeNetwork(folder);
      const own = authority(folder);
      const breaking = await receiver({ breaksOff: 1, tls: own.sign('breaking.example') });
      const good = await receiver({ tls: own.sign('good.example') });
      network.be({
        names: { 'breaking.example': FIRST, 'good.example': SECOND, 'lost.example': THIRD },
        routes: { [FIRST]: breaking.port, [SECOND]: good.port, [THIRD]: 0 },
      });
      const env = { ...network.env, NODE_EXTRA_CA_CERTS: own.file };
      const { file, path, ledger, server } = await newSite(trial, folder, { env });
      const problems: string[] = [];
      await hook(server, 'https://breaking.example/');
      await hook(server, 'https://good.example/');
      const load = startLoad(server, path, ledger);
      await pause(300);
      await load.stop();
      const isWhole = async ({ taken }: typeof good) => new Set(taken).size >= (await changes(server));
      if (!(await until(() => isWhole(good), 4_000))) problems.push('a good receiver waits');
      // It was broken off at first, and is asked again 5 s later, give or take a fifth.
      if (!(await until(() => isWhole(breaking), 9_000))) problems.push('what broke off did not come again');
      if (setOf(breaking.taken) !== setOf(good.taken)) problems.push('two receivers were told differently');
      await hook(server, 'https://lost.example/');
      const more = startLoad(server, path, ledger);
      await pause(1_200);
      await more.stop();
      if (!(await until(() => isWhole(good), 4_000))) problems.push('one that is lost keeps another waiting');
      if (ledger.slowest > ANSWER_WITHIN) problems.push(`an answer took ${Math.round(ledger.slowest)} ms`);
      problems.push(...(await compare(server.url, file, ledger)));
      await server.kill();
      await Promise.all([breaking.close(), good.close()]);
      return { problems, ledger, note: `${good.taken.length} delivered` };
    }),
};

/** They may come more than once, and those of different addresses in any order. */
const setOf = (ids: readonly string[]): string => [...new Set(ids)].sort().join();

/** Changes of the list so far: each is a message. */
async function changes(server: Running): Promise<number> {
  const answer = await api<{ data: unknown[] }>(server.url, '/v1/suppressions?limit=1000');
  return answer.data.length;
}

export const rebinding: Fault = {
  id: 'F26',
  title: 'DNS that does not answer, and a name that leads to this machine once it is known',
  needs: ['openssl'],
  rounds: { short: 1, long: 5 },
  control: { title: mutants.vetsNobody.title, mutant: mutants.vetsNobody, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const network = makeNetwork(folder);
      const trusted = authority(folder);
      const good = await receiver({ tls: trusted.sign('good.example') });
      const late = await receiver({ tls: trusted.sign('down.example') });
      const own = await receiver({ tls: trusted.sign('moves.example') });
      const routes = { [FIRST]: good.port, [SECOND]: late.port };
      network.be({ names: { 'moves.example': FIRST, 'good.example': FIRST, 'down.example': null }, routes });
      const env = { ...network.env, NODE_EXTRA_CA_CERTS: trusted.file };
      const { file, path, ledger, server } = await newSite(trial, folder, { env });
      const problems: string[] = [];
      await hook(server, `https://moves.example:${own.port}/`);
      await hook(server, 'https://good.example/');
      if ((await hook(server, 'https://down.example/').catch(() => null)) === null)
        problems.push('a receiver was refused whose name nobody could resolve just then');
      const lost = { 'moves.example': '127.0.0.1', 'good.example': null, 'down.example': null };
      network.be({ names: lost, routes });
      const load = startLoad(server, path, ledger);
      await pause(300);
      await load.stop();
      await pause(2_200);
      if (own.connections.count > 0) problems.push('this machine was connected to');
      if (good.taken.length + late.taken.length > 0) problems.push('something was delivered without DNS');
      // The first retry is due after 5 s, give or take a fifth.
      network.be({ names: { ...lost, 'good.example': FIRST, 'down.example': SECOND }, routes });
      if (!(await until(() => good.taken.length > 0 && late.taken.length > 0, 8_000)))
        problems.push('nothing is delivered once DNS answers again');
      if (ledger.slowest > ANSWER_WITHIN) problems.push(`an answer took ${Math.round(ledger.slowest)} ms`);
      problems.push(...(await compare(server.url, file, ledger)));
      await server.kill();
      await Promise.all([good.close(), late.close(), own.close()]);
      return { problems, ledger };
    }),
};

export const badCertificates: Fault = {
  id: 'F27',
  title: 'receivers with an expired, a foreign or a self-signed certificate',
  needs: ['openssl'],
  rounds: { short: 1, long: 5 },
  control: { title: mutants.trustsAnyone.title, mutant: mutants.trustsAnyone, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const network = makeNetwork(folder);
      const own = authority(folder);
      const receivers = {
        'good.example': await receiver({ tls: own.sign('good.example') }),
        'expired.example': await receiver({ tls: own.sign('expired.example', { isExpired: true }) }),
        'foreign.example': await receiver({ tls: own.sign('other.example') }),
        'self.example': await receiver({ tls: own.selfSigned('self.example') }),
      };
      const hosts = Object.keys(receivers);
      const addresses = [FIRST, SECOND, THIRD, FOURTH];
      network.be({
        names: Object.fromEntries(hosts.map((host, i) => [host, addresses[i] as string])),
        routes: Object.fromEntries(Object.values(receivers).map(({ port }, i) => [addresses[i], port])),
      });
      const env = { ...network.env, NODE_EXTRA_CA_CERTS: own.file };
      const { file, path, ledger, server } = await newSite(trial, folder, { env });
      for (const host of hosts) await hook(server, `https://${host}/`);
      const load = startLoad(server, path, ledger);
      await pause(300);
      await load.stop();
      const problems: string[] = [];
      const isAsked = () => Object.values(receivers).every(({ connections }) => connections.count > 0);
      if (!(await until(isAsked, 5_000))) problems.push('a receiver was not connected to');
      if (!(await until(() => receivers['good.example'].taken.length > 0, 3_000)))
        problems.push('one with a good certificate was told nothing');
      await pause(300);
      for (const [host, { taken }] of Object.entries(receivers))
        if (host !== 'good.example' && taken.length > 0) problems.push(`${host} was trusted`);
      problems.push(...(await compare(server.url, file, ledger)));
      await server.kill();
      await Promise.all(Object.values(receivers).map((one) => one.close()));
      return { problems, ledger };
    }),
};
