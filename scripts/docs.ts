/** Writes the pages that are made from the code: npm run docs. */
import { writeFileSync } from 'node:fs';
import { policyPage } from './policy-page.ts';

writeFileSync(new URL('../docs/policy.md', import.meta.url), policyPage());
