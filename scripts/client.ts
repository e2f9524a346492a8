/** Bundles what the pages run in the browser into a module of one string, which Node and a Worker serve alike. */
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
  legalComments: 'inline',
});
const text = outputFiles[0]?.text ?? '';
writeFileSync(
  `${dashboard}script.ts`,
  `/** Made by scripts/client.ts from ./client. */\nexport const script = ${JSON.stringify(text)};\n`,
);
