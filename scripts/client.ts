/** Bundles what the pages run in the browser, and the styles that come with it, into a module of two strings, which Node and a Worker serve alike. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dashboard = fileURLToPath(new URL('../src/dashboard/', import.meta.url));
const { outputFiles } = await build({
  entryPoints: [`${dashboard}client/main.ts`],
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
  `${dashboard}script.ts`,
  `/** Made by scripts/client.ts from ./client. */\nexport const script = ${JSON.stringify(textOf('.js'))};\nexport const scriptCss = ${JSON.stringify(textOf('.css'))};\n`,
);
