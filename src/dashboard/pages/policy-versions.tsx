/** The versions of the policy: who made each, when and why, what it says, and the way back to it. */
import type { Difference } from '../../app/policy-file.ts';
import { type Caller, may } from '../../http/auth.ts';
import { Badge, Empty, Page, Table, Time } from '../parts.tsx';
import { PolicyTabs } from './policy.tsx';
import { Changes } from './policy-edit.tsx';

export interface VersionOf {
  readonly version: number;
  readonly at: number;
  readonly actor: string;
  readonly why: string | null;
  readonly rules: number;
  readonly streams: number;
  readonly cases: number;
}

interface Props {
  readonly caller: Caller;
  readonly current: number;
  readonly rows: readonly VersionOf[];
  /** The next page is of those before it; null where this is the last. */
  readonly before: number | null;
}

export const Versions = ({ caller, current, rows, before }: Props) => (
  <Page title="Versions of the policy" path="/policy/versions" caller={caller}>
    <h1>Policy</h1>
    <p class="lead">All versions are kept. What they decided names the version it was decided by.</p>
    <PolicyTabs path="/policy/versions" />
    {rows.length === 0 ? (
      <Empty>It is the default policy, never changed.</Empty>
    ) : (
      <Table
        titles={['Version', 'Made', 'By', 'Why', 'Own rules', 'Streams', 'Cases']}
        numbers={['Own rules', 'Streams', 'Cases']}
      >
        {rows.map(({ version, at, actor, why, rules, streams, cases }) => (
          <tr>
            <td>
              <a href={`/policy/versions/${version}`}>{version}</a>{' '}
              {version === current ? <Badge color="green">in force</Badge> : null}
            </td>
            <td>
              <Time at={at} />
            </td>
            <td class="soft">{actor}</td>
            <td class="reply">{why ?? <span class="soft">–</span>}</td>
            <td class="number">{rules}</td>
            <td class="number">{streams}</td>
            <td class="number">{cases}</td>
          </tr>
        ))}
      </Table>
    )}
    <div class="pager">
      {before === null ? null : <a href={`/policy/versions?before=${before}`}>Earlier</a>}
      {rows.length === 0 ? null : <a href="/policy/versions/0">The default policy</a>}
    </div>
  </Page>
);

interface VersionProps {
  readonly caller: Caller;
  /** null = the default policy. */
  readonly of: VersionOf | null;
  readonly isCurrent: boolean;
  readonly isDeciding: boolean;
  readonly text: string;
  readonly changes: readonly Difference[];
}

export const Version = ({ caller, of, isCurrent, isDeciding, text, changes }: VersionProps) => {
  const title = of === null ? 'The default policy' : `Version ${of.version} of the policy`;
  return (
    <Page title={title} path="/policy/versions" caller={caller}>
      <p class="soft small">
        <a href="/policy/versions">Versions</a>
      </p>
      <h1>
        {title} {isCurrent ? <Badge color="green">in force</Badge> : null}
      </h1>
      {of === null ? (
        <p class="lead">As Mailstop brings it, with nothing of your own.</p>
      ) : (
        <p class="lead">
          Made <Time at={of.at} />
          {` by ${of.actor}${of.why === null ? '.' : `: ${of.why}`}`}
        </p>
      )}
      {isDeciding ? <p class="note amber">The list is still being decided anew by this version.</p> : null}
      {isCurrent || !may(caller, 'admin') ? null : (
        <p>
          <a class="button" href={`/policy/edit?from=${of?.version ?? 0}`}>
            Go back to it
          </a>{' '}
          <span class="soft small">It is shown first what that would change.</span>
        </p>
      )}
      {of === null ? (
        <p>
          <a href="/policy">Its rules</a>
        </p>
      ) : (
        <>
          <h2>{of.version === 1 ? 'Against the default policy' : `Against version ${of.version - 1}`}</h2>
          <Changes changes={changes} />
          <h2>All that is its own</h2>
          <pre>{text}</pre>
        </>
      )}
    </Page>
  );
};
