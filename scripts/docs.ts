/** Writes the pages that are made from the code: npm run docs. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { alertsPage } from './alerts-page.ts';
import { codePages } from './code-pages.ts';
import { importPage } from './import-page.ts';
import { limitsPage } from './limits-page.ts';
import { policyPage } from './policy-page.ts';
import { providerPages } from './provider-pages.ts';
import { repliesPage } from './replies-page.ts';

const docs = new URL('../docs/', import.meta.url);
writeFileSync(new URL('policy.md', docs), policyPage());
writeFileSync(new URL('limits.md', docs), limitsPage());
writeFileSync(new URL('alerts.md', docs), alertsPage());
writeFileSync(new URL('import.md', docs), importPage());
writeFileSync(new URL('replies.md', docs), repliesPage());
for (const [folder, pages] of [
  ['codes/', codePages()],
  ['providers/', providerPages()],
] as const) {
  const home = new URL(folder, docs);
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home);
  for (const [name, content] of pages) writeFileSync(new URL(name, home), content);
}
