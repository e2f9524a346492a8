/** Writes the pages that are made from the code: npm run docs. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { codePages } from './code-pages.ts';
import { limitsPage } from './limits-page.ts';
import { policyPage } from './policy-page.ts';

const docs = new URL('../docs/', import.meta.url);
writeFileSync(new URL('policy.md', docs), policyPage());
writeFileSync(new URL('limits.md', docs), limitsPage());
rmSync(new URL('codes/', docs), { recursive: true, force: true });
mkdirSync(new URL('codes/', docs));
for (const [name, content] of codePages()) writeFileSync(new URL(`codes/${name}`, docs), content);
