/** One source: its state, what to do at the provider, its secrets, its streams, and how it ends. */
import { alarmWords } from '../../app/alert-text.ts';
import { may } from '../../http/auth.ts';
import type { SourceRow } from '../../store/store.ts';
import { Chart } from '../charts.tsx';
import { Alert, Badge, count, Empty, Page, plural, Table, Time } from '../parts.tsx';
import { Copied, Section, type SourceFacts, Steps } from './source-parts.tsx';
import { SecretsOf } from './source-secrets.tsx';
import { SettingsOf, StreamsOf } from './source-settings.tsx';
import { State } from './sources.tsx';

export const SourcePage = (facts: SourceFacts) => {
  const { caller, row, adapter, url, warnings, problem } = facts;
  const isAdmin = may(caller, 'admin');
  return (
    <Page title={row.name} path="/sources" caller={caller}>
      <p class="soft small">
        <a href="/sources">Sources</a>
      </p>
      <div class="head">
        <h1>{row.name}</h1>
        {isAdmin ? <Actions row={row} /> : null}
      </div>
      <p>
        <State row={row} /> <Badge>{adapter.name}</Badge>
      </p>
      {problem?.at === 'state' ? problem.details.map((detail) => <Alert>{detail}</Alert>) : null}
      <Paused facts={facts} />
      {warnings.map((warning) => (
        <p class={`note ${row.allow_unsigned === 1 ? 'red' : 'amber'}`}>{`${warning}.`}</p>
      ))}
      <dl class="facts">
        <dt>URL</dt>
        <dd>
          {isAdmin ? <Copied>{url}</Copied> : <span class="soft">shown to keys that may administer</span>}
        </dd>
        <dt>Last event</dt>
        <dd>
          <Time at={row.last_event_at} />
          {row.silent_since === null ? null : (
            <>
              {' '}
              · silent since <Time at={row.silent_since} />
            </>
          )}
        </dd>
        {facts.drift === undefined ? null : (
          <>
            <dt>{`List at ${adapter.name}`}</dt>
            <dd>
              <DriftOf drift={facts.drift} />
            </dd>
          </>
        )}
        <dt>Made</dt>
        <dd>
          <Time at={row.created_at} />
        </dd>
      </dl>
      <Section id="setup" title={`At ${adapter.name}`} problem={problem}>
        {isAdmin ? null : <p class="soft">The URL comes from whoever administers this source.</p>}
        <Steps adapter={adapter} />
      </Section>
      <Receipts facts={facts} />
      <RefusedOf facts={facts} />
      <SecretsOf {...facts} />
      <StreamsOf {...facts} />
      {isAdmin ? <SettingsOf {...facts} /> : null}
      {isAdmin ? <End facts={facts} /> : null}
    </Page>
  );
};

const Actions = ({ row }: { row: SourceRow }) => (
  <div class="actions">
    {row.disabled === 0 && row.paused_at === null ? (
      <form method="post" action={`/sources/${row.id}/test`}>
        <button type="submit" class="second">
          Send test events
        </button>
      </form>
    ) : null}
    <form method="post" action={`/sources/${row.id}`}>
      {row.paused_at === null ? (
        <button type="submit" class="second" name="do" value="pause">
          Pause
        </button>
      ) : (
        <button type="submit" name="do" value="resume">
          Resume
        </button>
      )}
    </form>
  </div>
);

const DriftOf = ({ drift }: { drift: NonNullable<SourceFacts['drift']> | null }) => {
  const { compared_at: at = null, only_there = 0, only_here = 0, error = null } = drift ?? {};
  return (
    <>
      {at === null ? (
        <span class="soft">not compared with this one yet</span>
      ) : only_there + only_here === 0 ? (
        'agrees with this one'
      ) : (
        `${only_there} only there, ${only_here} only here`
      )}
      {at === null ? null : (
        <>
          {' '}
          · compared <Time at={at} />
        </>
      )}
      {error === null ? null : ` · ${error}`}
    </>
  );
};

const Paused = ({ facts: { row, waiting } }: { facts: SourceFacts }) =>
  row.paused_at !== null ? (
    <p class="note amber">
      Paused since <Time at={row.paused_at} />
      {`. What comes is verified, kept, and answered as usual; ${plural(waiting, 'request waits', 'requests wait')} until it is resumed.`}
    </p>
  ) : waiting > 0 ? (
    <p class="note amber">{`Resumed; ${plural(waiting, 'request is', 'requests are')} still to be taken in.`}</p>
  ) : null;

const Receipts = ({ facts: { caller, row, receipts } }: { facts: SourceFacts }) => (
  <section>
    <h2>Last requests</h2>
    {receipts.length === 0 ? (
      <Empty>
        {row.last_event_at === null
          ? 'Nothing has come yet. Follow the steps above, then have the provider send its own test.'
          : 'None among the last 500 that are kept. A request that held nothing new is not kept.'}
      </Empty>
    ) : (
      <Table titles={['Received', 'Request', 'Proof', 'State']} broad={['Request']}>
        {receipts.map(({ id, received_at, waits }) => (
          <tr>
            <td>
              {may(caller, 'admin') ? (
                <a href={`/receipts/${id}`}>
                  <Time at={received_at} />
                </a>
              ) : (
                <Time at={received_at} />
              )}
            </td>
            <td class="soft broad">
              <code>{id}</code>
            </td>
            <td>
              {row.allow_unsigned === 1 ? (
                <Badge color="red">not asked for</Badge>
              ) : (
                <Badge color="green">good</Badge>
              )}
            </td>
            <td>{waits ? <Badge color="amber">waits</Badge> : <span class="soft">decided</span>}</td>
          </tr>
        ))}
      </Table>
    )}
  </section>
);

/** How it went; only where there was anything to refuse. */
const RefusedOf = ({ facts: { refused, adapter } }: { facts: SourceFacts }) => {
  const { labels, unproven, untimely, proven, lastDay } = refused;
  const sum = (days: readonly number[]) => days.reduce((total, day) => total + day, 0);
  const [strange, late] = [sum(unproven), sum(untimely)];
  return (
    <section id="refused">
      <h2>Refused, 14 days</h2>
      {strange + late === 0 ? (
        <p class="soft">
          {proven === 0 ? 'None.' : `None; ${plural(proven, 'request was', 'requests were')} taken.`}
        </p>
      ) : (
        <>
          <p>
            {`${plural(strange, 'request')} without a valid proof, ${count(lastDay)} of them in the last 24 hours; ${plural(proven, 'was', 'were')} taken.`}
            {lastDay === 0
              ? null
              : ` If ${adapter.name} has a new secret, add it below; anybody else is refused rightly.`}
          </p>
          {late === 0 ? null : (
            <p>
              {`${plural(late, 'request was', 'requests were')} proven, and of another time. ${alarmWords.skewed.todo}`}
            </p>
          )}
          <Chart
            label="Refused requests, by day"
            labels={labels}
            series={[
              { name: 'no valid proof', values: unproven, color: 0 },
              { name: 'proven, but too old or ahead of our clock', values: untimely, color: 1 },
            ]}
          />
        </>
      )}
      <p class="soft small">
        They are answered with 401 and not kept: only how many there were is written down, by the minute.
      </p>
    </section>
  );
};

const End = ({ facts: { row, waiting, problem } }: { facts: SourceFacts }) => (
  <Section id="end" title="Switch it off" problem={problem}>
    <p class="prose soft">
      Disabled, its URL answers 404 and nothing is kept; most providers then drop their events for good. To
      hold events back without losing them, pause it.
    </p>
    <form method="post" action={`/sources/${row.id}`}>
      <button type="submit" class="second" name="do" value={row.disabled === 1 ? 'enable' : 'disable'}>
        {row.disabled === 1 ? 'Enable' : 'Disable'}
      </button>
    </form>
    <details open={problem?.at === 'end'}>
      <summary>Delete it</summary>
      <p class="prose">
        {`Its URL and its secrets are gone for good. Its events and what they put on the list stay.${
          waiting === 0
            ? ''
            : ` ${plural(waiting, 'request that waits', 'requests that wait')} will never be acted on.`
        }`}
      </p>
      <form class="row" method="post" action={`/sources/${row.id}`}>
        <label>
          {`To delete it, type its name: ${row.name}`}
          <input class="wide" type="text" name="confirm" required autocomplete="off" />
        </label>
        <button type="submit" class="danger" name="do" value="delete">
          Delete the source
        </button>
      </form>
    </details>
  </Section>
);
