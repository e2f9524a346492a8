/** What the pages are made of. */
import type { Child } from 'hono/jsx';
import { toRfc3339 } from '../core/time.ts';
import type { Caller } from '../http/auth.ts';

/** Name and path of each page in the bar at the top; who is not signed in has the public ones. */
const pages = [
  ['Overview', '/'],
  ['Suppressions', '/suppressions'],
  ['Incidents', '/incidents'],
  ['Sources', '/sources'],
  ['Policy', '/policy'],
  ['Codes', '/codes'],
  ['API', '/docs'],
  ['Settings', '/settings'],
] as const;

/** Pages behind another one's name. */
const within: Readonly<Record<string, string>> = { '/keys': '/settings', '/audit': '/settings' };

interface PageProps {
  readonly title: string;
  readonly path: string;
  /** null = nobody is signed in; undefined = it cannot be told who is. */
  readonly caller: Caller | null | undefined;
  readonly children?: Child;
}

export const Page = ({ title, path, caller, children }: PageProps) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{`${title} · Mailstop`}</title>
      <link rel="stylesheet" href="/dashboard.css" />
      <script type="module" src="/dashboard.js" />
    </head>
    <body>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="/">
          Mailstop
        </a>
        <nav aria-label="Pages">
          {pages
            .filter(([, href]) => caller !== null || isPublic(href))
            .map(([name, href]) => (
              <a href={href} aria-current={isWithin(path, href) ? 'page' : undefined}>
                {name}
              </a>
            ))}
        </nav>
        {caller === undefined || path === '/sign-in' ? null : caller === null ? (
          <a href={`/sign-in?next=${encodeURIComponent(path)}`}>Sign in</a>
        ) : (
          <form method="post" action="/sign-out">
            <span class="soft small">{caller.tenant === 'default' ? '' : `${caller.tenant} · `}</span>
            <button type="submit" class="plain">
              Sign out
            </button>
          </form>
        )}
      </header>
      <main id="content">{children}</main>
    </body>
  </html>
);

const isPublic = (href: string): boolean => href === '/codes' || href === '/docs';

const isWithin = (path: string, href: string): boolean =>
  href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`) || within[path] === href;

type Color = 'red' | 'amber' | 'green' | '';

export const Badge = ({ color = '', children }: { color?: Color; children?: Child }) => (
  <span class={`badge ${color}`}>{children}</span>
);

/** Pages that belong together: name and path of each. */
export const Tabs = ({
  label,
  path,
  tabs,
}: {
  label: string;
  path: string;
  tabs: readonly (readonly [string, string])[];
}) => (
  <nav class="tabs" aria-label={label}>
    {tabs.map(([name, href]) => (
      <a href={href} aria-current={path === href ? 'page' : undefined}>
        {name}
      </a>
    ))}
  </nav>
);

/** What cannot be taken back: a button that shows another one. */
export const Sure = ({ what, children }: { what: string; children?: Child }) => (
  <details class="sure">
    <summary>{what}</summary>
    {children}
  </details>
);

/** What could not be done, beside the form that asked for it. */
export const Alert = ({ children }: { children?: Child }) => (
  <p class="note red" role="alert">
    {children}
  </p>
);

export const Empty = ({ children }: { children?: Child }) => <p class="empty">{children}</p>;

/** An address breaks before its domain, where it must. */
export const Mailbox = ({ address }: { address: string }) => {
  const at = address.lastIndexOf('@') + 1;
  return (
    <>
      {address.slice(0, at)}
      <wbr />
      {address.slice(at)}
    </>
  );
};

/**
 * Scrolls sideways where the page is narrow. `numbers` are the titles of columns that hold them; `broad`, of those that a phone
 * leaves out, as do their cells by that class: what they say stands there in another cell, as `narrow`.
 */
export const Table = ({
  titles,
  numbers = [],
  broad = [],
  children,
}: {
  titles: readonly string[];
  numbers?: readonly string[];
  broad?: readonly string[];
  children?: Child;
}) => (
  <div class="scroll">
    <table>
      <thead>
        <tr>
          {titles.map((title) => (
            <th
              scope="col"
              class={
                `${numbers.includes(title) ? 'number' : ''}${broad.includes(title) ? ' broad' : ''}` ||
                undefined
              }
            >
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);

/** To the minute, in UTC, with the whole time for machines. */
export const Time = ({ at }: { at: number | string | null }) => {
  if (at === null) return <span class="soft">never</span>;
  const text = typeof at === 'number' ? toRfc3339(at) : at;
  return <time datetime={text}>{`${text.slice(0, 16).replace('T', ' ')}`}</time>;
};

export const count = (number: number): string => number.toLocaleString('en');

export const plural = (number: number, one: string, many = `${one}s`): string =>
  `${count(number)} ${number === 1 ? one : many}`;

export const colorOf = (severity: string | null): Color =>
  severity === 'critical' || severity === 'high' ? 'red' : severity === 'medium' ? 'amber' : '';
