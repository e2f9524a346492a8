/** Who changed what, and when. */
import type { Caller } from '../../http/auth.ts';
import { Alert, Empty, Page, Table, Time } from '../parts.tsx';
import { SettingsTabs } from './settings.tsx';

export const filterNames = ['actor', 'action', 'from', 'to'] as const;
export type AuditFilters = Readonly<Partial<Record<(typeof filterNames)[number], string>>>;

/** As GET /v1/audit answers. */
export interface Audited {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface Props {
  readonly caller: Caller;
  readonly filters: AuditFilters;
  readonly rows: readonly Audited[];
  /** Of the next page; null where this is the last. */
  readonly cursor: string | null;
  readonly problem: string | null;
}

export const Audit = ({ caller, filters, rows, cursor, problem }: Props) => (
  <Page title="Audit" path="/audit" caller={caller}>
    <h1>Settings</h1>
    <SettingsTabs path="/audit" caller={caller} />
    <form class="row" method="get" action="/audit">
      <label>
        By
        <input
          type="text"
          name="actor"
          value={filters.actor ?? ''}
          placeholder="key_… or user:ann"
          autocomplete="off"
        />
      </label>
      <label>
        Action
        <input
          type="text"
          name="action"
          value={filters.action ?? ''}
          placeholder="policy.change"
          autocomplete="off"
        />
      </label>
      <label>
        From
        <input type="date" name="from" value={filters.from ?? ''} />
      </label>
      <label>
        Until before
        <input type="date" name="to" value={filters.to ?? ''} />
      </label>
      <button type="submit">Show</button>
      {Object.keys(filters).length === 0 ? null : <a href="/audit">Clear</a>}
    </form>
    {problem === null ? null : <Alert>{problem}</Alert>}
    {rows.length === 0 ? (
      <Empty>Nobody changed anything that fits.</Empty>
    ) : (
      <Table titles={['#', 'At', 'By', 'Action', 'What', 'How']} broad={['#', 'By', 'What', 'How']}>
        {rows.map(({ seq, at, actor, action, subject, detail }) => (
          <tr>
            <td class="soft broad">{seq}</td>
            <td>
              <Time at={at} />
              <div class="narrow small soft">{actor}</div>
            </td>
            <td class="broad">
              <a href={`/audit?${new URLSearchParams({ ...filters, actor })}`}>{actor}</a>
            </td>
            <td>
              <a href={`/audit?${new URLSearchParams({ ...filters, action })}`}>{action}</a>
              <div class="narrow small mailbox">
                {subject}
                <Detail detail={detail} />
              </div>
            </td>
            <td class="reply broad">{subject}</td>
            <td class="reply broad">
              <Detail detail={detail} />
            </td>
          </tr>
        ))}
      </Table>
    )}
    <div class="pager">
      {cursor === null ? null : <a href={`/audit?${new URLSearchParams({ ...filters, cursor })}`}>Earlier</a>}
      <span class="soft small">
        Each row’s hash covers the one before; <code>mailstop doctor</code> holds them together.
      </span>
    </div>
  </Page>
);

/** What fits on a line is on it; the rest, such as a whole policy before and after, is behind a click. */
const SHORT = 160;

const Detail = ({ detail }: { detail: Audited['detail'] }) => {
  const told = Object.entries(detail).filter(([, value]) => value !== null);
  const text = told
    .map(([name, value]) => `${name}: ${Array.isArray(value) ? value.join(', ') : String(value)}`)
    .join(' · ');
  const isPlain = told.every(([, value]) => [value].flat().every((one) => typeof one !== 'object'));
  if (isPlain && text.length <= SHORT) return <span class="soft">{text === '' ? '–' : text}</span>;
  return (
    <details>
      <summary>{told.map(([name]) => name).join(', ')}</summary>
      <pre>{JSON.stringify(detail, null, 2)}</pre>
    </details>
  );
};
