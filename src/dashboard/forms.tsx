/** Pieces of forms. */
import type { Problem } from '../http/problem.ts';
import { problemWords } from './problem-words.ts';

/** `none`: the words for no choice; without it there must be one. */
export const Choice = ({
  name,
  label,
  values,
  chosen,
  none,
}: {
  name: string;
  label: string;
  values: readonly string[];
  chosen: string | undefined;
  none?: string;
}) => (
  <label>
    {label}
    <select name={name}>
      {none === undefined ? null : <option value="">{none}</option>}
      {values.map((value) => (
        <option selected={value === chosen}>{value}</option>
      ))}
    </select>
  </label>
);

/** What the API says against it, with the fields it is about. */
export const Refusal = ({ problem }: { problem: Pick<Problem, 'detail' | 'errors'> }) => (
  <div class="note red" role="alert">
    {problemWords(problem).map((words) => (
      <p>{words}</p>
    ))}
  </div>
);
