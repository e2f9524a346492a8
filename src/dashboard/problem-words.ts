/** What the API found wrong, in the words of a form. */
import type { Problem } from '../http/problem.ts';

/** One sentence for each field; `/secrets/keys/0` is what a form calls its secret. */
export const problemWords = ({ detail, errors }: Problem): string[] =>
  errors.length === 0 ? [detail] : errors.map((error) => `${fieldOf(error.pointer)} ${error.detail}`);

const fieldOf = (pointer: string): string =>
  pointer
    .replace(/^\/secrets\/(?:keys|topic_arns)(?=\/|$)/, '/the secret')
    .replace(/^\/rules\/0(?=\/)/, '')
    .replace(/\/\d+(?=\/|$)/g, '')
    .slice(1)
    .replaceAll('/', ' ')
    .replaceAll('_', ' ');
