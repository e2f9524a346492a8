/** What the API found wrong, in the words of a form: it names fields by pointers into a body that nobody there has seen. */
import type { Problem } from '../http/problem.ts';

type Told = Pick<Problem, 'detail' | 'errors'>;

/** One sentence for each field; `/secrets/keys/0` is what a form calls its secret. */
export const problemWords = ({ detail, errors }: Told): string[] =>
  errors.length === 0 ? [detail] : errors.map((error) => `${fieldOf(error.pointer)} ${error.detail}`);

/** All of it in a line. */
export function sentenceOf(problem: Told): string {
  const words = problemWords(problem).join('; ');
  return problem.errors.length === 0 ? words : `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

const fieldOf = (pointer: string): string =>
  pointer
    .replace(/^\/secrets\/(?:keys|topic_arns)(?=\/|$)/, '/the secret')
    .replace(/^\/rules\/0(?=\/)/, '')
    .replace(/\/\d+(?=\/|$)/g, '')
    .slice(1)
    .replaceAll('/', ' ')
    .replaceAll('_', ' ')
    .replace(/\burl\b/, 'URL');
