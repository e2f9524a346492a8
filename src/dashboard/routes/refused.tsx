/** A refusal, shown to people. */
import { Refused, type RefusedProps } from '../pages/refused.tsx';
import { page } from '../visit.ts';

export function refused(of: RefusedProps): Response {
  const answer = page(<Refused {...of} />, of.problem.status);
  for (const [name, value] of Object.entries(of.problem.headers)) answer.headers.set(name, value);
  return answer;
}
