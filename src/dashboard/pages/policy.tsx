/** The rules in their order, which of them would decide a reply, and what blocks which class of mail. */
import { becauseOf } from '../../core/classified-by.ts';
import type { Classification } from '../../core/classify.ts';
import type { Reply } from '../../core/event.ts';
import { actionOf } from '../../core/judge-reply.ts';
import { type Matrix, type Policy as PolicyOf, type Rule, streamClasses } from '../../core/policy.ts';
import { domainWords, outcomeWords, weights, whenWords } from '../../core/rule-words.ts';
import type { Caller } from '../../http/auth.ts';
import type { PolicyRow } from '../../store/store.ts';
import { Badge, count, Page, Table, Tabs, Time } from '../parts.tsx';

export const PolicyTabs = ({ path }: { path: string }) => (
  <Tabs
    label="Parts of the policy"
    path={path}
    tabs={[
      ['Rules', '/policy'],
      ['Edit', '/policy/edit'],
      ['Versions', '/policy/versions'],
    ]}
  />
);

interface Props {
  readonly caller: Caller;
  readonly policy: PolicyOf;
  /** null = the default policy, never changed. */
  readonly row: PolicyRow | null;
  /** Ids of rules that are not those of the default policy. */
  readonly own: readonly string[];
  readonly counted: { readonly since: number | null; readonly counts: ReadonlyMap<string, number> };
}

export const Policy = ({ caller, policy, row, own, counted }: Props) => (
  <Page title="Policy" path="/policy" caller={caller}>
    <h1>Policy</h1>
    <p class="lead">
      {row === null ? (
        'The default policy, never changed.'
      ) : (
        <>
          <a href={`/policy/versions/${row.version}`}>{`Version ${row.version}`}</a>, since{' '}
          <Time at={row.created_at} />.
        </>
      )}{' '}
      The first rule that matches a report decides it.
    </p>
    <PolicyTabs path="/policy" />
    {row?.redecided_to == null ? null : (
      <p class="note amber">The list is still being decided anew by this version.</p>
    )}
    <h2>Which rule would decide this reply?</h2>
    <TryForm form={{ reply: '', address: '', kind: 'bounce' }} />
    <div id="verdict" aria-live="polite" />
    <h2>Rules</h2>
    <p class="soft small">
      {counted.since === null ? (
        'No report was decided in the last 30 days.'
      ) : (
        <>
          Reports decided since <Time at={counted.since} />, deliveries among them.
        </>
      )}
    </p>
    <Table titles={['#', 'Rule', 'Matches', 'Does', 'The message', 'Reports']} numbers={['Reports']}>
      {policy.rules.map((rule, i) => (
        <tr id={`rule-${rule.id}`}>
          <td class="soft">{i + 1}</td>
          <td>
            <code>{rule.id}</code> {own.includes(rule.id) ? <Badge color="green">yours</Badge> : null}
          </td>
          <td class="reply">
            {whenWords(rule.when)}
            <div class="soft small">{rule.why}</div>
          </td>
          <td class="reply">
            <Does rule={rule} />
          </td>
          <td>{retries[rule.retry]}</td>
          <td class="number">{count(counted.counts.get(rule.id) ?? 0)}</td>
        </tr>
      ))}
    </Table>
    <Outcomes />
    <h2>What blocks which mail</h2>
    <p class="soft">
      A stream is a named kind of mail and has a class; one that is not named here is marketing.
    </p>
    <Table titles={['Against the address stands', ...streamClasses]}>
      {Object.entries(policy.matrix).map(([weight, blocked]) => (
        <tr>
          <td class="wide">{weights[weight as keyof Matrix]}</td>
          {streamClasses.map((one) => (
            <td>
              {blocked.includes(one) ? (
                <Badge color="red">blocked</Badge>
              ) : (
                <Badge color="green">passes</Badge>
              )}
            </td>
          ))}
        </tr>
      ))}
      <tr>
        <td class="soft">Your streams</td>
        {streamClasses.map((one) => (
          <td class="wide soft small">{streamsOf(policy, one)}</td>
        ))}
      </tr>
    </Table>
  </Page>
);

const streamsOf = ({ streams }: PolicyOf, wanted: string): string => {
  const names = Object.keys(streams).filter((name) => streams[name] === wanted);
  return `${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${names.length - 8} more` : ''}` || '–';
};

/** What becomes of the message, which is not what becomes of the address. */
const retries = { no: 'do not retry', later: 'retry later', 'after-fix': 'retry after a fix' } as const;

const Does = ({ rule }: { rule: Rule }) => (
  <>
    <Badge color={colors[actionOf(rule)]}>{actionOf(rule)}</Badge>{' '}
    {outcomeWords(rule.then).replace(new RegExp(`^${actionOf(rule)}:? ?`), '')}
    {rule.domain === undefined ? null : <div class="soft small">{domainWords(rule.domain)}</div>}
  </>
);
const colors = { suppress: 'red', strike: 'amber', note: '', release: 'green' } as const;

const Outcomes = () => (
  <details>
    <summary>What the words mean</summary>
    <dl class="facts">
      <dt>suppress</dt>
      <dd>Blocks until it runs out or somebody releases it; no delivery lifts it.</dd>
      <dt>dead</dt>
      <dd>A ladder: blocks for its first step, and longer each time the address bounces again.</dd>
      <dt>strike</dt>
      <dd>Days with such a failure are counted; enough of them block for the first step.</dd>
      <dt>note</dt>
      <dd>Recorded, nothing more.</dd>
      <dt>release</dt>
      <dd>Lifts what the address has proved wrong.</dd>
      <dt>whole domain</dt>
      <dd>Blocks the domain once enough of its addresses failed so. Never a big mailbox provider.</dd>
    </dl>
  </details>
);

export const triedKinds = ['bounce', 'deferral', 'reject', 'complaint'] as const;

interface TriedForm {
  readonly reply: string;
  readonly address: string;
  readonly kind: (typeof triedKinds)[number];
}

export type Tried =
  | { readonly problem: string }
  | {
      readonly rule: Rule;
      /** In the order of the rules, from 1; 0 = no rule speaks of it. */
      readonly place: number;
      readonly found: Classification;
      readonly smtp: Reply;
    };

const TryForm = ({ form: { reply, address, kind } }: { form: TriedForm }) => (
  <form class="row" method="get" action="/policy/try" data-live="verdict">
    <label class="grow">
      Reply
      <input
        type="text"
        name="reply"
        value={reply}
        required
        autocomplete="off"
        placeholder="550 5.1.1 <ann@example.com>: user unknown"
      />
    </label>
    <label>
      Recipient, if it matters
      <input type="text" name="address" value={address} autocomplete="off" placeholder="ann@example.com" />
    </label>
    <label>
      Reported as
      <select name="kind">
        {triedKinds.map((one) => (
          <option selected={one === kind}>{one}</option>
        ))}
      </select>
    </label>
    <button type="submit">Try it</button>
  </form>
);

/** The answer to the form above; its script takes `#verdict` out of it. */
export const Try = ({ caller, form, tried }: { caller: Caller; form: TriedForm; tried: Tried | null }) => (
  <Page title="Try a reply" path="/policy/try" caller={caller}>
    <h1>Which rule would decide this reply?</h1>
    <PolicyTabs path="/policy/try" />
    <TryForm form={form} />
    <div id="verdict" aria-live="polite">
      {tried === null ? null : <Verdict tried={tried} />}
    </div>
  </Page>
);

const Verdict = ({ tried }: { tried: Tried }) => {
  if ('problem' in tried) return <p class="note red">{tried.problem}</p>;
  const { rule, place, found, smtp } = tried;
  const because = becauseOf(found.rule);
  return (
    <div class="note">
      <p>
        {place === 0 ? 'No rule speaks of it' : `Rule ${place}, `}
        {place === 0 ? '' : <a href={`/policy#rule-${rule.id}`}>{rule.id}</a>}: <Does rule={rule} /> ·{' '}
        {retries[rule.retry]}
      </p>
      <p class="soft">{rule.why}</p>
      <dl class="facts">
        <dt>Read as</dt>
        <dd>
          {[smtp.code, smtp.enhanced].filter((one) => one !== null).join(' ') || 'no code'}
          {found.category === null ? '' : `, ${found.category}`}
        </dd>
        <dt>Because</dt>
        <dd>
          {because?.why ?? 'nothing in it is known'}{' '}
          <span class="soft">{`(${found.confidence} confidence)`}</span>
        </dd>
        <dt>Evidence</dt>
        <dd>{found.evidence.join(' · ') || '–'}</dd>
      </dl>
    </div>
  );
};
