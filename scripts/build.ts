/** Makes dist/ of src/: the script of the pages first, as the server carries it, and then the server and the command line. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const project = fileURLToPath(new URL('..', import.meta.url));

/** What the pages run in the browser, and the styles that come with it, as a module of two strings, which Node and a Worker serve alike. */
async function buildClient(): Promise<void> {
  const dashboard = join(project, 'src/dashboard');
  const { outputFiles } = await build({
    entryPoints: [join(dashboard, 'client/main.ts')],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    // Nothing is written; it names what there is.
    outdir: dashboard,
    legalComments: 'inline',
  });
  const textOf = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.text ?? '';
  writeFileSync(
    join(dashboard, 'script.ts'),
    `/** Made by scripts/build.ts from ./client. */\nexport const script = ${JSON.stringify(textOf('.js'))};\nexport const scriptCss = ${JSON.stringify(textOf('.css'))};\n`,
  );
}

/**
 * A few files instead of six hundred: Node takes half a millisecond for each module it loads. What a command needs only
 * at times stays in files of its own, which `import()` loads then. The depth below the folder is that of src/cli/, so
 * that package.json and migrations/ are found from either.
 */
export async function bundle(folder: string): Promise<void> {
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  await build({
    absWorkingDir: folder,
    entryPoints: ['src/cli/main.ts'],
    outdir: 'dist/cli',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // Not JavaScript, or CommonJS: Node loads them where they are.
    external: ['better-sqlite3', 'cli-progress', 'nodemailer', 'pg', 'smtp-server', 'yaml'],
    legalComments: 'none',
    logLevel: 'warning',
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildClient();
  await bundle(project);
}
