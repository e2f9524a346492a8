/** Parts of the overview: what needs somebody, rates, causes of our own, and how the sources are. */
import { type AlarmKind, alarmsOf } from '../../core/alarms.ts';
import { factsOf, isCategory } from '../../core/taxonomy.ts';
import { type Caller, may } from '../../http/auth.ts';
import { Badge, count, plural, Table, Time } from '../parts.tsx';
import type { Cause, SourceHealth as Health, OverviewFacts } from './overview-facts.ts';
import { State } from './sources.tsx';

const alarmWords: Readonly<Record<AlarmKind, string>> = {
  silent: 'nothing is heard,',
  rejected: 'many requests are refused for want of proof,',
  skewed: 'its time and ours do not agree,',
  unmapped: 'many labels are unknown,',
  unreadable: 'much of it cannot be read, and waits in quarantine,',
  unsubscribed: 'its subscription was taken away, or could not be confirmed,',
};

export const Attention = ({ facts }: { facts: OverviewFacts }) => {
  const { incidents, quarantined, unmapped, causes } = facts;
  const heard = facts.sources.filter(({ disabled }) => disabled === 0);
  const refusing = heard.filter(({ refused }) => refused > 0);
  const refused = refusing.reduce((sum, of) => sum + of.refused, 0);
  const items = [
    ...incidents.map((incident) => (
      <li class="note red">
        <a href={`/incidents/${incident.id}`}>
          {incident.receiver === '*'
            ? `Our own fault: ${plural(incident.failures, 'failure')} for ${incident.cause}`
            : `${incident.receiver} fails many with one reply; ${plural(incident.held, 'address is', 'addresses are')} held`}
        </a>
      </li>
    )),
    ...causes
      .filter(({ name, suppresses }) => suppresses && !incidents.some(({ cause }) => cause === name))
      .map(({ name }) => (
        <li class="note red">
          Addresses are suppressed for {name}, which is no fault of theirs:{' '}
          <a href="#our-fault">what to do about it</a>.
        </li>
      )),
    ...heard.flatMap((source) =>
      alarmsOf(source).map(({ kind, since }) => (
        <li class="note amber">
          {`${source.name}: ${alarmWords[kind]} since `}
          <Time at={since} />.
        </li>
      )),
    ),
    ...(refused === 0
      ? []
      : [
          <li class="note amber">
            {`${plural(refused, 'request')} of the last 24 hours could not prove ${refused === 1 ? 'its' : 'their'} origin, and ${refused === 1 ? 'was' : 'were'} refused. A secret may have changed: `}
            {refusing.map(({ id, name }, i) => (
              <>
                {i === 0 ? '' : ', '}
                <a href={`/sources/${id}`}>{name}</a>
              </>
            ))}
            .
          </li>,
        ]),
    ...heard
      .filter(({ allow_unsigned }) => allow_unsigned === 1)
      .map(({ name }) => (
        <li class="note amber">{`${name} is unsigned: whoever knows its URL may post to it.`}</li>
      )),
    ...(quarantined.count === 0
      ? []
      : [
          <li class="note">
            {`${plural(quarantined.count, 'item')}${quarantined.more ? ' and more' : ''} in quarantine: proven, but not to be read. `}
            <a href="/quarantine">Look at them</a>, and have them read again.
          </li>,
        ]),
    ...(unmapped === 0
      ? []
      : [
          <li class="note">
            {`${plural(unmapped, 'label or reply', 'labels and replies')} that no rule knew: `}
            <a href="/unmapped">name them</a>.
          </li>,
        ]),
  ];
  return items.length === 0 ? null : (
    <section>
      <h2>Needs attention</h2>
      <ul class="notes">{items}</ul>
    </section>
  );
};

const limits = {
  bounce: { watch: 2, stop: 5, digits: 2 },
  complaint: { watch: 0.1, stop: 0.3, digits: 3 },
} as const;

const Rate = ({ percent, of }: { percent: number; of: keyof typeof limits }) => {
  const { watch, stop, digits } = limits[of];
  return (
    <Badge color={percent >= stop ? 'red' : percent >= watch ? 'amber' : 'green'}>
      {`${percent.toFixed(digits)} %`}
    </Badge>
  );
};

/** Only where there are deliveries to divide by. */
export const Rates = ({ facts }: { facts: OverviewFacts }) => {
  const { delivery = 0, bounce = 0, complaint = 0 } = facts.totals;
  if (delivery === 0)
    return (
      <p class="soft small">
        No deliveries are reported, so there is no rate to tell. Let the provider send them too (docs of each
        source say how).
      </p>
    );
  const tried = delivery + bounce;
  return (
    <section>
      <h2>Rates</h2>
      <dl class="facts">
        <dt>Bounces</dt>
        <dd>
          <Rate percent={(100 * (bounce - facts.ownBounces)) / tried} of="bounce" />{' '}
          <span class="soft small">of what was tried; watch from 2 %, stop at 5 %</span>
        </dd>
        <dt>Our own fault</dt>
        <dd>
          <Badge>{`${((100 * facts.ownBounces) / tried).toFixed(2)} %`}</Badge>{' '}
          <span class="soft small">bounces that say nothing against the address, left out above</span>
        </dd>
        <dt>Complaints</dt>
        <dd>
          <Rate percent={(100 * complaint) / delivery} of="complaint" />{' '}
          <span class="soft small">of what was delivered; watch from 0.1 %, stop at 0.3 %</span>
        </dd>
      </dl>
      {facts.complaining.length === 0 ? null : (
        <Table
          titles={['Receiver', 'Complaints', 'Deliveries', 'Rate']}
          numbers={['Complaints', 'Deliveries', 'Rate']}
        >
          {facts.complaining.map(({ name, complaints, deliveries }) => (
            <tr>
              <td>{name}</td>
              <td class="number">{count(complaints)}</td>
              <td class="number">{count(deliveries)}</td>
              <td class="number">
                <Rate percent={(100 * complaints) / deliveries} of="complaint" />
              </td>
            </tr>
          ))}
        </Table>
      )}
      <p class="soft small">
        {facts.complaining.length > 0 && (facts.span === '30d' || facts.span === '90d')
          ? 'By receiver, of the last 7 days. '
          : ''}
        Gmail sends no complaints, so the true rate is higher: see its{' '}
        <a href="https://postmaster.google.com/" rel="noreferrer">
          Postmaster Tools
        </a>
        .
      </p>
    </section>
  );
};

/** What to mend at home: no address is to blame for it. */
export const OurFault = ({ caller, causes }: { caller: Caller; causes: readonly Cause[] }) =>
  causes.length === 0 ? null : (
    <section id="our-fault">
      <h2>Our own fault</h2>
      <p class="soft prose">
        Receivers refuse these for what we send or how: they say nothing against the addresses. Mend the cause
        first, then release who is suppressed for it.
      </p>
      <Table
        titles={['Cause', 'Failures', 'First and last', 'Receivers', 'What to do first']}
        numbers={['Failures']}
      >
        {causes.map((cause) => (
          <tr>
            <td>
              {cause.code === null ? cause.name : <a href={`/codes/${cause.code}`}>{cause.name}</a>}
              <div class="soft small clip">{meaningOf(cause.name)}</div>
            </td>
            <td class="number">{count(cause.count)}</td>
            <td class="soft small">
              <Time at={cause.firstAt} />
              <br />
              <Time at={cause.lastAt} />
            </td>
            <td class="soft small">
              {cause.receivers.map((name) => (
                <div>{name}</div>
              ))}
            </td>
            <td class="reply">
              {cause.fix ?? <span class="soft">See what the replies say.</span>}
              {cause.suppresses && may(caller, 'release') ? (
                <div>
                  <a
                    href={`/release?${new URLSearchParams(cause.name === '504' ? { code: '504' } : { category: cause.name })}`}
                  >
                    Release all of this cause
                  </a>
                </div>
              ) : null}
            </td>
          </tr>
        ))}
      </Table>
    </section>
  );

const meaningOf = (name: string): string =>
  isCategory(name) ? factsOf(name).meaning : 'a parameter that the receiver does not implement';

export const SourceHealth = ({ sources }: { sources: readonly Health[] }) =>
  sources.length === 0 ? null : (
    <section>
      <h2>Sources</h2>
      <Table
        titles={['Source', 'State', 'Last event', 'Refused', 'In quarantine']}
        numbers={['Refused', 'In quarantine']}
      >
        {sources.map((source) => (
          <tr>
            <td>
              <a href={`/sources/${source.id}`}>{source.name}</a>{' '}
              <span class="soft small">{source.provider}</span>
            </td>
            <td>
              <State row={source} />
            </td>
            <td class="soft">
              <Time at={source.last_event_at} />
            </td>
            <td class="number">{count(source.refused)}</td>
            <td class="number">{count(source.quarantined)}</td>
          </tr>
        ))}
      </Table>
      <p class="soft small">Refused: requests of the last 24 hours that could not prove their origin.</p>
    </section>
  );
