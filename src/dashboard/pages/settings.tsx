/** Streams, who is told of changes, and how long what is kept. */
import { retention } from '../../app/retention.ts';
import { type StreamClass, streamClasses } from '../../core/policy.ts';
import { DAY } from '../../core/time.ts';
import { type Caller, may } from '../../http/auth.ts';
import { Alert, Empty, Page, Sure, Table, Tabs } from '../parts.tsx';
import { type Tested, type Webhook, Webhooks } from './settings-webhooks.tsx';

export const SettingsTabs = ({ path, caller }: { path: string; caller: Caller }) => (
  <Tabs
    label="Settings"
    path={path}
    tabs={[
      ['General', '/settings'],
      ...(may(caller, 'admin')
        ? ([
            ['Keys and people', '/keys'],
            ['Audit', '/audit'],
          ] as const)
        : []),
    ]}
  />
);

/** What a form of this page could not do, with what was typed. */
export interface Failed {
  readonly of: 'stream' | 'webhook';
  readonly problem: string;
  readonly typed: string;
}

interface Props {
  readonly caller: Caller;
  readonly streams: Readonly<Record<string, StreamClass>>;
  /** null = the caller may not see them. */
  readonly webhooks: readonly Webhook[] | null;
  readonly publicUrl: string | null;
  readonly failed: Failed | null;
  /** Of the webhook that was just made. */
  readonly secret: string | null;
  /** What the one that was sent a test message made of it. */
  readonly tested: Tested | null;
}

export const Settings = ({ caller, streams, webhooks, publicUrl, failed, secret, tested }: Props) => (
  <Page title="Settings" path="/settings" caller={caller}>
    <h1>Settings</h1>
    <SettingsTabs path="/settings" caller={caller} />
    <h2>Streams</h2>
    <p class="soft prose">
      A stream is a named kind of mail. Its class says <a href="/policy">what blocks it</a>; one that is not
      named here is marketing.
    </p>
    {failed?.of === 'stream' ? <Alert>{failed.problem}</Alert> : null}
    <Streams caller={caller} streams={streams} typed={failed?.of === 'stream' ? failed.typed : ''} />
    {webhooks === null ? null : (
      <>
        <h2>Outgoing webhooks</h2>
        <p class="soft prose">
          Who is told of changes of the list, each signed by <a href="/docs">Standard Webhooks</a>. What fails
          comes again for five days.
        </p>
        {secret === null ? null : (
          <div class="note green" role="status">
            <p>It is made. Its secret is shown only now:</p>
            <p>
              <code data-copy="">{secret}</code>
            </p>
          </div>
        )}
        {failed?.of === 'webhook' ? <Alert>{failed.problem}</Alert> : null}
        <Webhooks rows={webhooks} typed={failed?.of === 'webhook' ? failed.typed : ''} tested={tested} />
      </>
    )}
    <h2>Return paths</h2>
    <p class="prose">
      {publicUrl === null ? (
        <>
          Set <code>MAILSTOP_PUBLIC_URL</code>, and bounces come back to bounces@ its host.
        </>
      ) : (
        <>
          Bounces come back to <code>{`bounces@${new URL(publicUrl).hostname}`}</code>.
        </>
      )}{' '}
      A return path of its own for each recipient proves what comes back: <code>mailstop verp</code>.
    </p>
    <h2>How long what is kept</h2>
    <dl class="facts">
      <dt>Raw requests</dt>
      <dd>{days(retention.receipts)}</dd>
      <dt>Reports that decided nothing</dt>
      <dd>{days(retention.notes)}</dd>
      <dt>What tells a repetition</dt>
      <dd>{`${days(retention.seen)}, of deliveries ${days(retention.seenDeliveries)}`}</dd>
      <dt>The list, what moved it, and the audit</dt>
      <dd>for good</dd>
      <dt>One address and all about it</dt>
      <dd>
        until it is erased: <code>mailstop erase ADDRESS</code>
      </dd>
    </dl>
  </Page>
);

const days = (ms: number): string => `${ms / DAY} days`;

const Streams = ({ caller, streams, typed }: Pick<Props, 'caller' | 'streams'> & { typed: string }) => {
  const mayChange = may(caller, 'admin');
  const rows = Object.entries(streams).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <>
      {rows.length === 0 ? (
        <Empty>None is named yet: all mail is marketing.</Empty>
      ) : (
        <Table titles={['Stream', 'Class', ...(mayChange ? ['Change'] : [])]}>
          {rows.map(([id, of]) => (
            <tr>
              <td>
                <code>{id}</code>
              </td>
              <td>{of}</td>
              {mayChange ? (
                <td>
                  <form class="inline" method="post" action="/settings/streams">
                    <input type="hidden" name="id" value={id} />
                    <select name="class" aria-label={`Class of ${id}`}>
                      {classChoices(of)}
                    </select>
                    <button class="second" type="submit" name="do" value="change">
                      Change
                    </button>
                    <Sure what="Forget">
                      <button class="danger" type="submit" name="do" value="delete">{`Forget ${id}`}</button>
                    </Sure>
                  </form>
                </td>
              ) : null}
            </tr>
          ))}
        </Table>
      )}
      {mayChange ? (
        <form class="row" method="post" action="/settings/streams">
          <label>
            Another stream
            <input
              type="text"
              name="id"
              value={typed}
              required
              maxlength={64}
              placeholder="receipts"
              autocomplete="off"
            />
          </label>
          <label>
            Class
            <select name="class">{classChoices('marketing')}</select>
          </label>
          <button type="submit" name="do" value="add">
            Add
          </button>
        </form>
      ) : null}
    </>
  );
};

const classChoices = (chosen: StreamClass) =>
  streamClasses.map((one) => <option selected={one === chosen}>{one}</option>);
