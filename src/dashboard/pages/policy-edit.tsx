/** The policy as text: edited, tried over what was recorded, and activated. */
import type { Difference } from '../../app/policy-file.ts';
import { type Caller, may } from '../../http/auth.ts';
import { count, Page, plural, Table } from '../parts.tsx';
import { PolicyTabs } from './policy.tsx';

export interface Fault {
  /** null = of no line. */
  readonly line: number | null;
  readonly words: string;
}

interface Moved {
  readonly suppressed: number;
  readonly released: number;
  readonly changed: number;
}

interface Standing {
  readonly address: string;
  readonly reason: string;
  readonly state: string;
  readonly rule: string | null;
}

export interface Simulated {
  /** As POST /v1/policy/simulate answers. */
  readonly preview: Moved & {
    readonly addresses: number;
    readonly events: number;
    readonly by: Readonly<Record<'rule' | 'code' | 'receiver', readonly (Moved & { value: string })[]>>;
    readonly domains: readonly string[];
    readonly samples: readonly { readonly before: Standing | null; readonly after: Standing }[];
    readonly next_cursor: string | null;
  };
  readonly changes: readonly Difference[];
  readonly cases: number;
  readonly warnings: readonly string[];
}

interface Props {
  readonly caller: Caller;
  /** In force when the editor was opened. */
  readonly version: number;
  readonly text: string;
  readonly why: string;
  readonly faults?: readonly Fault[];
  readonly simulated?: Simulated;
}

const example = `rules:
  - id: helo-at-corp
    why: Their gateway answers 504 to our relay; a ticket is open.
    when: { code: 504, receiver: corp.example }
    then: note
    retry: after-fix
tests:
  - reply: "504 5.5.2 <mx>: Helo command rejected"
    address: ann@corp.example
    expect: { rule: helo-at-corp, action: note }`;

export const Edit = ({ caller, version, text, why, faults = [], simulated }: Props) => (
  <Page title="Edit the policy" path="/policy/edit" caller={caller}>
    <h1>Policy</h1>
    <p class="lead">
      What is yours in it: rules that are tried before the default ones, and changes of those.
    </p>
    <PolicyTabs path="/policy/edit" />
    {faults.length === 0 ? null : (
      <div class="note red" role="alert">
        <p>It is not in force, and cannot be yet:</p>
        <ul>
          {faults.map(({ line, words }) => (
            <li>
              {line === null ? null : <b>{`Line ${line}: `}</b>}
              {words}
            </li>
          ))}
        </ul>
      </div>
    )}
    {simulated === undefined ? null : <Simulation {...simulated} />}
    <form method="post" action="/policy/edit">
      <input type="hidden" name="version" value={version} />
      <label>
        YAML or JSON
        <textarea name="text" class="code" rows={Math.min(32, text.split('\n').length + 4)}>
          {text}
        </textarea>
      </label>
      <div class="row">
        {may(caller, 'admin') ? (
          <label>
            Why, for those who come after
            <input class="wide" type="text" name="why" value={why} maxlength={500} autocomplete="off" />
          </label>
        ) : null}
        <button type="submit" name="do" value="simulate" class={simulated === undefined ? '' : 'second'}>
          {simulated === undefined ? 'See what it would change' : 'See again'}
        </button>
        {simulated === undefined || !may(caller, 'admin') ? null : (
          <button type="submit" name="do" value="activate">
            Activate
          </button>
        )}
      </div>
    </form>
    <details>
      <summary>An example</summary>
      <pre>{example}</pre>
      <p class="soft prose">
        A rule with the id of a default one takes its place. The cases under “tests” must hold, or the policy
        is not activated. The same at the command line: <code>mailstop policy get</code>, <code>check</code>,{' '}
        <code>simulate</code>, <code>set</code>.
      </p>
    </details>
  </Page>
);

const Simulation = ({ preview, changes, cases, warnings }: Simulated) => (
  <section aria-label="What it would change">
    <p class="note green">{`It holds${cases === 0 ? '' : `, and its ${plural(cases, 'case')} with it`}. Nothing is changed yet.`}</p>
    {warnings.map((warning) => (
      <p class="note amber">{`Note: ${warning}.`}</p>
    ))}
    <Changes changes={changes} />
    <h2>What it would have made of what was recorded</h2>
    <ul class="tiles">
      {(
        [
          ['suppressed more', preview.suppressed],
          ['released', preview.released],
          ['blocked otherwise', preview.changed],
          ['addresses looked at', preview.addresses],
        ] as const
      ).map(([name, value]) => (
        <li>
          <b>{count(value)}</b>
          <span class="soft">{name}</span>
        </li>
      ))}
    </ul>
    {preview.next_cursor === null ? null : (
      <p class="note amber">
        As far as five seconds went; the whole list: <code>mailstop policy simulate FILE</code>
      </p>
    )}
    {preview.domains.length === 0 ? null : (
      <p class="soft">
        {`Not counted: ${plural(preview.domains.length, 'whole domain')} that may be blocked once enough addresses fail there.`}
      </p>
    )}
    {preview.by.rule.length === 0 ? null : (
      <Table
        titles={['Rule', 'Suppressed more', 'Released', 'Changed']}
        numbers={['Suppressed more', 'Released', 'Changed']}
      >
        {preview.by.rule.map(({ value, suppressed, released, changed }) => (
          <tr>
            <td>
              <code>{value}</code>
            </td>
            <td class="number">{count(suppressed)}</td>
            <td class="number">{count(released)}</td>
            <td class="number">{count(changed)}</td>
          </tr>
        ))}
      </Table>
    )}
    {preview.samples.length === 0 ? null : (
      <>
        <h3>Some of them</h3>
        <Table titles={['Address', 'Is', 'Would be']}>
          {preview.samples.slice(0, 20).map(({ before, after }) => (
            <tr>
              <td>
                <a href={`/address?address=${encodeURIComponent(after.address)}`}>{after.address}</a>
              </td>
              <td class="soft">{before === null ? 'not on the list' : standing(before)}</td>
              <td>{standing(after)}</td>
            </tr>
          ))}
        </Table>
      </>
    )}
  </section>
);

const standing = ({ state, reason, rule }: Standing): string =>
  `${state} · ${reason}${rule === null ? '' : ` · ${rule}`}`;

export const Changes = ({ changes }: { changes: readonly Difference[] }) =>
  changes.length === 0 ? (
    <p class="soft">It says what the one before said.</p>
  ) : (
    changes.map(({ what, gone, come }) => (
      <>
        <h3>{what}</h3>
        <pre>
          {gone.map((line) => (
            <del>{`- ${line}\n`}</del>
          ))}
          {come.map((line) => (
            <ins>{`+ ${line}\n`}</ins>
          ))}
        </pre>
      </>
    ))
  );
