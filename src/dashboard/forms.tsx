/** Pieces of forms. */
import type { Problem } from '../http/problem.ts';

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
export const Refusal = ({ problem: { detail, errors } }: { problem: Pick<Problem, 'detail' | 'errors'> }) => (
  <div class="note red" role="alert">
    {errors.length === 0 ? <p>{detail}</p> : null}
    {errors.map((error) => (
      <p>{`${error.pointer.replace(/^\//, '').replaceAll('/', ' ')} ${error.detail}`}</p>
    ))}
  </div>
);
