/** Requests without the key among real ones: none may leave a trace. */

import { repeat } from './broken-disk.ts';
import { mutants } from './build.ts';
import { type Fault, newSite } from './fault.ts';
import { startLoad } from './load.ts';
import { compare } from './oracle.ts';
import { pause } from './server.ts';

export const forgeries: Fault = {
  id: 'M1',
  title: 'forged requests among real ones',
  needs: [],
  rounds: { short: 1, long: 10 },
  control: { title: mutants.believesAll.title, mutant: mutants.believesAll, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const { file, path, ledger, server } = await newSite(trial, folder);
      const load = startLoad(server, path, ledger);
      await pause(500);
      await load.stop();
      const problems = await compare(server.url, file, ledger);
      await server.kill();
      return { problems, ledger, note: `${ledger.forged.size} forged` };
    }),
};
