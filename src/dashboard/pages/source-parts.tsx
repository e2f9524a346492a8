/** What the pages about input share. */
import type { Child } from 'hono/jsx';
import type { ProviderAdapter } from '../../providers/adapter.ts';

export const InputTabs = ({ path }: { path: string }) => (
  <nav class="tabs" aria-label="Input">
    {[
      ['Sources', '/sources'],
      ['Quarantine', '/quarantine'],
      ['Unmapped', '/unmapped'],
    ].map(([name, href]) => (
      <a href={href} aria-current={path === href ? 'page' : undefined}>
        {name}
      </a>
    ))}
  </nav>
);

export const Alert = ({ children }: { children?: Child }) => (
  <p class="note red" role="alert">
    {children}
  </p>
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
