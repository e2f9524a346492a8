/** A request at which the parser throws, again and again, between others. */
import { repeat } from './broken-disk.ts';
import { build, mutants } from './build.ts';
import { type Fault, newSite } from './fault.ts';
import { itemOf, post, startLoad } from './load.ts';
import { compare } from './oracle.ts';
import { api, pause } from './server.ts';

const POISON = 'event-poison';

export const poison: Fault = {
  id: 'F35',
  title: 'a request at which the parser throws, sent again and again between others (T068)',
  needs: [],
  rounds: { short: 1, long: 5 },
  control: { title: mutants.letsThrow.title, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const main = await build(
        trial.folder,
        mutants.throwsAtPoison,
        ...(trial.isControl ? [mutants.letsThrow] : []),
      );
      const { file, path, ledger, server } = await newSite({ ...trial, main }, folder);
      const problems: string[] = [];
      // It is kept whole, under no number.
      ledger.sent.add(Number.NaN);
      const load = startLoad(server, path, ledger);
      const answers: string[] = [];
      for (let i = 0; i < 20; i++) {
        const { status, counts } = await post(server.url + path, { ...itemOf(0), id: POISON });
        answers.push(`${status} ${counts === null ? '' : counts.quarantined + counts.duplicates}`);
        await pause(50);
      }
      await load.stop();
      if (answers.some((answer) => answer !== '200 1')) problems.push(`it was answered ${answers[0]}`);
      const kept = await api<{ data: { id: string; why: string }[] }>(
        server.url,
        '/v1/quarantine?limit=1000',
      );
      const held = kept.data.filter(({ why }) => why.includes('adapter failed'));
      if (held.length !== 1) problems.push(`it is ${held.length} times in quarantine`);
      problems.push(...(await compare(server.url, file, ledger)));
      await server.kill();
      return { problems, ledger, note: `${answers.length} times` };
    }),
};
