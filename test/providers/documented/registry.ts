/** What is documented of each provider, by its id. */
import type { Documented } from './documented.ts';
import { postmark } from './postmark.ts';

export const documentedOf: Readonly<Record<string, Documented>> = { postmark };
