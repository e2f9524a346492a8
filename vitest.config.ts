import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Few long files first, many short ones last: so both cores end at the same time. Vitest goes by the names of projects. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const projects = ['workers', 'postgres', 'browser', 'node'];
    const place = ({ project }: TestSpecification) => projects.indexOf(project.name);
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    silent: 'passed-only',
    // Of two cores one would be left idle: most of the tests wait for programs that they have started.
    maxWorkers: '100%',
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: 'node',
          // No module keeps anything a test could leave behind, and to load them anew for each file takes minutes.
          isolate: false,
          // A busy machine is no failure.
          testTimeout: 30_000,
          // The built command line as it is.
          server: { deps: { external: [/\/dist\/cli\//] } },
          include: ['test/**/*.test.ts'],
          exclude: ['test/worker/**', 'test/postgres/**', 'test/browser/**'],
        },
      },
      {
        test: {
          name: 'postgres',
          isolate: false,
          testTimeout: 30_000,
          include: ['test/postgres/**/*.test.ts'],
          globalSetup: './test/postgres/global.ts',
        },
      },
      {
        // The pages in a Chromium, against the built server; skipped where there is none, unless MAILSTOP_BROWSER=required.
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: './test/browser/global.ts',
        },
      },
      {
        // On workerd, with D1 as miniflare simulates it: needs no network and no account.
        plugins: [
          cloudflareTest(async () => ({
            main: './src/worker.ts',
            wrangler: { configPath: './wrangler.toml' },
            miniflare: { bindings: { MIGRATIONS: await readD1Migrations('./migrations') } },
          })),
        ],
        test: { name: 'workers', testTimeout: 30_000, include: ['test/worker/**/*.test.ts'] },
      },
    ],
  },
});
