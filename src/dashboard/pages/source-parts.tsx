/** What the pages about input share. */
import type { Child } from 'hono/jsx';
import type { Caller } from '../../http/auth.ts';
import type { ProviderAdapter, Secrets } from '../../providers/adapter.ts';
import type { SourceDriftRow, SourceRow } from '../../store/store.ts';
import { Alert, Tabs } from '../parts.tsx';
import type { RefusedDays } from '../refused-days.ts';

export const InputTabs = ({ path }: { path: string }) => (
  <Tabs
    label="Input"
    path={path}
    tabs={[
      ['Sources', '/sources'],
      ['Quarantine', '/quarantine'],
      ['Unmapped', '/unmapped'],
    ]}
  />
);

/** In place of "keys: …", which is how the API calls it. */
export function hintOf({ needs: { hint } }: ProviderAdapter): string {
  const text = hint.replace(/^\w+: /, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}

export const Steps = ({ adapter }: { adapter: ProviderAdapter }) => (
  <>
    <ol class="prose steps">
      {adapter.setup.map((step) => (
        <li>{step}</li>
      ))}
    </ol>
    <p class="soft small">
      <a href={adapter.docs} rel="noreferrer">{`${adapter.name}’s own page`}</a>
    </p>
    {(adapter.unverified ?? []).length === 0 ? null : (
      <details>
        <summary>What nobody could confirm yet</summary>
        <ul class="prose soft">
          {adapter.unverified?.map((sentence) => (
            <li>{sentence}</li>
          ))}
        </ul>
      </details>
    )}
  </>
);

/** A long text that is copied rather than read. */
export const Copied = ({ children }: { children: string }) => (
  <code class="copied" data-copy>
    {children}
  </code>
);

/** All that is shown of one source. */
export interface SourceFacts {
  readonly caller: Caller;
  readonly row: SourceRow;
  readonly adapter: ProviderAdapter;
  readonly url: string;
  readonly secrets: Secrets;
  readonly warnings: readonly string[];
  readonly waiting: number;
  readonly receipts: readonly {
    readonly id: string;
    readonly received_at: number;
    readonly waits: boolean;
  }[];
  readonly refused: RefusedDays;
  readonly streams: readonly string[];
  /** Undefined where the server has no access to the provider's list; null = not compared yet. */
  readonly drift: SourceDriftRow | null | undefined;
  /** What a form could not do, the form, and what was typed there. */
  readonly problem: {
    readonly at: string;
    readonly details: readonly string[];
    readonly form: URLSearchParams;
  } | null;
}

/** A section with a form, and what was wrong with it. */
export const Section = ({
  id,
  title,
  problem,
  children,
}: {
  id: string;
  title: string;
  problem: SourceFacts['problem'];
  children?: Child;
}) => (
  <section id={id}>
    <h2>{title}</h2>
    {problem?.at === id ? problem.details.map((detail) => <Alert>{detail}</Alert>) : null}
    {children}
  </section>
);
