/** What happened, what needs somebody, and what is our own fault. */
import type { Caller } from '../../http/auth.ts';
import { Chart } from '../charts.tsx';
import { count, Empty, Page } from '../parts.tsx';
import { type OverviewFacts, type Ranked, spans } from './overview-facts.ts';
import { Attention, OurFault, Rates, SourceHealth } from './overview-parts.tsx';

const kinds = ['bounce', 'complaint', 'unsubscribe', 'deferral', 'reject', 'delivery'] as const;

export const Overview = ({ caller, facts }: { caller: Caller; facts: OverviewFacts }) => {
  const { span, totals, labels, sources } = facts;
  const nothing = Object.keys(totals).length === 0;
  const moved = facts.moves.some(({ values }) => values.some((value) => value > 0));
  return (
    <Page title="Overview" path="/" caller={caller}>
      <div class="bar">
        <h1>Overview</h1>
        <nav class="tabs" aria-label="Time">
          {Object.keys(spans).map((name) => (
            <a href={`/?span=${name}`} aria-current={name === span ? 'true' : undefined}>
              {name}
            </a>
          ))}
        </nav>
      </div>
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
            {kinds.map((kind) => (
              <li>
                <b>{count(totals[kind] ?? 0)}</b>
                <span class="soft">{kind === 'delivery' ? 'deliveries' : `${kind}s`}</span>
              </li>
            ))}
          </ul>
          <section>
            <h2>What was reported</h2>
            <Chart
              series={facts.kinds}
              labels={labels}
              label={`Bounces, complaints, unsubscribes and deferrals in the last ${span}`}
            />
          </section>
          <Rates facts={facts} />
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
      <OurFault caller={caller} causes={facts.causes} />
      {moved ? (
        <section>
          <h2>Suppressed and released</h2>
          <Chart
            series={facts.moves}
            labels={labels}
            label={`Entries that began and ceased to block in the last ${span}`}
          />
        </section>
      ) : null}
      <SourceHealth sources={sources} />
    </Page>
  );
};

const Top = ({
  title,
  rows,
  href,
}: {
  title: string;
  rows: readonly Ranked[];
  href: (name: string) => string;
}) => {
  const most = Math.max(...rows.map((row) => row.count), 1);
  return (
    <section>
      <h2>{title}</h2>
      <table class="ranked">
        <tbody>
          {rows.map(({ name, count: of }) => (
            <tr>
              <td>
                <a href={href(name)}>{name}</a>
              </td>
              <td class="number">
                <meter min={0} max={most} value={of} aria-hidden="true" />
                <span>{count(of)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 ? <p class="soft">No failure in this time.</p> : null}
    </section>
  );
};
