/** What happened, what needs somebody, and what is our own fault. */
import type { Services } from '../../app/services.ts';
import { type AlarmKind, alarmsOf } from '../../core/alarms.ts';
import { factsOf, isCategory } from '../../core/taxonomy.ts';
import { DAY, HOUR, toRfc3339 } from '../../core/time.ts';
import type { Caller } from '../../http/auth.ts';
import { Badge, Bars, colorOf, count, Empty, Page, plural, Table, Time } from '../parts.tsx';

export const spans = { '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY, '90d': 90 * DAY } as const;
export type Span = keyof typeof spans;

const shownKinds = ['bounce', 'complaint', 'unsubscribe', 'deferral'] as const;
const TOP = 8;
/** Each comes with its body, so few; of more it is said that there are. */
const ITEMS = 20;

interface Row {
  readonly name: string;
  readonly count: number;
}

export interface OverviewFacts {
  readonly span: Span;
  readonly labels: readonly string[];
  readonly kinds: readonly { readonly name: string; readonly values: readonly number[] }[];
  readonly totals: Readonly<Record<string, number>>;
  readonly codes: readonly Row[];
  readonly categories: readonly Row[];
  readonly receivers: readonly Row[];
  readonly ours: readonly Row[];
  readonly sources: Awaited<ReturnType<Services['store']['sources']>>;
  readonly incidents: Awaited<ReturnType<Services['store']['incidents']>>['rows'];
  /** How much waits there, in words; null = nothing. */
  readonly quarantined: string | null;
  readonly unmapped: number;
}

export async function overviewOf(
  { store, runtime }: Services,
  tenant: string,
  span: Span,
): Promise<OverviewFacts> {
  const now = runtime.now();
  const slot = span === '24h' ? HOUR : DAY;
  const first = now - (now % slot) - spans[span] + slot;
  const [byTime, byCode, byCategory, byDomain, sources, incidents, quarantined, unmapped] = await Promise.all(
    [
      store.statistics(tenant, first, now + 1, [slot === HOUR ? 'hour' : 'day', 'kind']),
      store.statistics(tenant, first, now + 1, ['code', 'kind']),
      store.statistics(tenant, first, now + 1, ['category', 'kind']),
      store.statistics(tenant, first, now + 1, ['domain', 'kind']),
      store.sources(tenant),
      store.incidents(tenant, { open: true, limit: 20, after: null }),
      store.quarantined(tenant, { limit: ITEMS, after: null }),
      store.unmapped(tenant, 1_000),
    ],
  );
  const slots = Array.from(
    { length: Math.round((now - first) / slot) + 1 },
    (_, i) => first + i * slot,
  ).filter((at) => at <= now);
  const at = (kind: string, time: number) =>
    byTime.reduce((sum, { key, count: of }) => (key[0] === time && key[1] === kind ? sum + of : sum), 0);
  const totals: Record<string, number> = {};
  for (const { key, count: of } of byTime) totals[String(key[1])] = (totals[String(key[1])] ?? 0) + of;
  return {
    span,
    labels: slots.map((time) =>
      slot === HOUR ? toRfc3339(time).slice(11, 16) : toRfc3339(time).slice(5, 10),
    ),
    kinds: shownKinds.map((name) => ({ name: `${name}s`, values: slots.map((time) => at(name, time)) })),
    totals,
    codes: topOf(byCode),
    categories: topOf(byCategory),
    receivers: topOf(byDomain),
    ours: topOf(byCategory.filter(({ key: [name] }) => isOurs(String(name)))),
    sources,
    incidents: incidents.rows,
    quarantined:
      quarantined.rows.length === 0
        ? null
        : `${plural(quarantined.rows.length, 'item')}${quarantined.next === null ? '' : ' and more'}`,
    unmapped: unmapped.length,
  };
}

const isOurs = (name: string): boolean => isCategory(name) && factsOf(name).blame === 'sender';

/** Failures alone: a delivery is no cause. */
function topOf(
  rows: readonly { readonly key: readonly (string | number)[]; readonly count: number }[],
): Row[] {
  const totals = new Map<string, number>();
  for (const { key, count: of } of rows)
    if (key[0] !== '' && (key[1] === 'bounce' || key[1] === 'reject' || key[1] === 'deferral'))
      totals.set(String(key[0]), (totals.get(String(key[0])) ?? 0) + of);
  return [...totals]
    .map(([name, of]) => ({ name, count: of }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, TOP);
}

export const Overview = ({ caller, facts }: { caller: Caller; facts: OverviewFacts }) => {
  const { span, totals, kinds, labels, sources } = facts;
  const nothing = Object.keys(totals).length === 0;
  return (
    <Page title="Overview" path="/" caller={caller}>
      <h1>Overview</h1>
      <form class="row" method="get" action="/address">
        <label>
          May I send to this address?
          <input
            class="wide"
            type="text"
            name="address"
            placeholder="ann@example.com"
            required
            autocomplete="off"
          />
        </label>
        <button type="submit">Look it up</button>
      </form>
      <Attention facts={facts} />
      <nav class="tabs" aria-label="Time">
        {Object.keys(spans).map((name) => (
          <a href={`/?span=${name}`} aria-current={name === span ? 'true' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      {nothing ? (
        sources.length === 0 ? (
          <Empty>
            No source yet. Add one with <code>mailstop source add PROVIDER</code>, and paste its URL into the
            provider.
          </Empty>
        ) : (
          <Empty>{`Nothing was reported in the last ${span}.`}</Empty>
        )
      ) : (
        <>
          <ul class="tiles">
            {['bounce', 'complaint', 'unsubscribe', 'deferral', 'reject', 'delivery'].map((kind) => (
              <li>
                <b>{count(totals[kind] ?? 0)}</b>
                <span class="soft">{kind === 'delivery' ? 'deliveries' : `${kind}s`}</span>
              </li>
            ))}
          </ul>
          <Rates totals={totals} />
          <Bars
            series={kinds}
            labels={labels}
            label={`Failures, complaints and unsubscribes in the last ${span}`}
          />
          <div class="columns">
            <Top title="SMTP codes" rows={facts.codes} href={(name) => `/codes/${name}`} />
            <Top
              title="Categories"
              rows={facts.categories}
              href={(name) => `/suppressions?category=${name}`}
            />
            <Top title="Receivers" rows={facts.receivers} href={(name) => `/suppressions?domain=${name}`} />
          </div>
        </>
      )}
      <OurFault rows={facts.ours} />
    </Page>
  );
};

const alarmWords: Readonly<Record<AlarmKind, string>> = {
  silent: 'nothing is heard,',
  rejected: 'many requests are refused for want of proof,',
  skewed: 'its time and ours do not agree,',
  unmapped: 'many labels are unknown,',
  unreadable: 'much of it cannot be read, and waits in quarantine,',
};

const Attention = ({ facts: { incidents, quarantined, unmapped, sources } }: { facts: OverviewFacts }) => {
  const unsigned = sources.filter(({ allow_unsigned, disabled }) => allow_unsigned === 1 && disabled === 0);
  return (
    <>
      {incidents.map((incident) => (
        <p class="note red">
          <a href={`/incidents/${incident.id}`}>
            {incident.receiver === '*'
              ? `Our own fault: ${plural(incident.failures, 'failure')} for ${incident.cause}`
              : `${incident.receiver} fails many with one reply; ${plural(incident.held, 'address is', 'addresses are')} held`}
          </a>
        </p>
      ))}
      {sources.flatMap((source) =>
        alarmsOf(source).map(({ kind, since }) => (
          <p class="note amber">
            {`${source.name}: ${alarmWords[kind]} since `}
            <Time at={since} />
          </p>
        )),
      )}
      {unsigned.map(({ name }) => (
        <p class="note amber">{`${name} is unsigned: whoever knows its URL may post to it.`}</p>
      ))}
      {quarantined === null && unmapped === 0 ? null : (
        <p class="note">
          {quarantined === null ? '' : `${quarantined} in quarantine (mailstop replay). `}
          {unmapped === 0
            ? ''
            : `${plural(unmapped, 'label or reply', 'labels and replies')} that no rule knew (mailstop unmapped).`}
        </p>
      )}
    </>
  );
};

/** Only where there are deliveries to divide by. */
const Rates = ({ totals }: { totals: OverviewFacts['totals'] }) => {
  const { delivery = 0, bounce = 0, complaint = 0 } = totals;
  if (delivery === 0)
    return <p class="soft small">No deliveries are reported, so there is no rate to tell.</p>;
  const bounces = (100 * bounce) / (delivery + bounce);
  const complaints = (100 * complaint) / delivery;
  return (
    <p>
      Bounce rate{' '}
      <Badge
        color={bounces >= 5 ? 'red' : bounces >= 2 ? 'amber' : 'green'}
      >{`${bounces.toFixed(2)} %`}</Badge>{' '}
      <span class="soft small">watch from 2 %, stop at 5 %</span> · Complaint rate{' '}
      <Badge
        color={complaints >= 0.3 ? 'red' : complaints >= 0.1 ? 'amber' : 'green'}
      >{`${complaints.toFixed(3)} %`}</Badge>{' '}
      <span class="soft small">
        watch from 0.1 %, stop at 0.3 %. Gmail sends no complaints: see its Postmaster Tools.
      </span>
    </p>
  );
};

const Top = ({
  title,
  rows,
  href,
}: {
  title: string;
  rows: readonly Row[];
  href: (name: string) => string;
}) => (
  <section>
    <h2>{title}</h2>
    <table>
      <tbody>
        {rows.map(({ name, count: of }) => (
          <tr>
            <td>
              <a href={href(name)}>{name}</a>
            </td>
            <td class="number">{count(of)}</td>
          </tr>
        ))}
      </tbody>
    </table>
    {rows.length === 0 ? <p class="soft">none</p> : null}
  </section>
);

/** What to mend at home: no address is to blame for it. */
const OurFault = ({ rows }: { rows: readonly Row[] }) =>
  rows.length === 0 ? null : (
    <section>
      <h2>Our own fault</h2>
      <p class="soft">
        These failures say nothing against the addresses. Mend the cause; a 504 stays suppressed until it is
        released.
      </p>
      <Table titles={['Cause', 'Failures', 'What it is']} numbers={['Failures']}>
        {rows.map(({ name, count: of }) => (
          <tr>
            <td>
              <Badge color={colorOf('medium')}>{name}</Badge>
            </td>
            <td class="number">{count(of)}</td>
            <td class="wide">{isCategory(name) ? factsOf(name).meaning : ''}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
