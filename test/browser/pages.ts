/** Every page there is: what the browser tests look at, what is timed, and what pictures are taken of. */

/** What of a site's contents the paths name. */
export interface Known {
  /** On the list, for a 504. */
  readonly address: string;
  readonly incident: string;
  readonly source: string;
  readonly receipt: string;
}

export interface PageOf {
  /** Of its pictures in docs/screenshots. */
  readonly name: string;
  /** As it is mounted. */
  readonly route: string;
  /** null = it is only met on a way: an upload, a release that was made, a reply that no rule knew. */
  path: ((known: Known) => string) | null;
}

export type Lasting = PageOf & { path(known: Known): string };

const fixed = (name: string, route: string): PageOf => ({ name, route, path: () => route });

export const pages: readonly PageOf[] = [
  fixed('sign-in', '/sign-in'),
  fixed('overview', '/'),
  fixed('suppressions', '/suppressions'),
  {
    name: 'address',
    route: '/address',
    path: ({ address }) => `/address?address=${encodeURIComponent(address)}`,
  },
  fixed('incidents', '/incidents'),
  {
    name: 'incident',
    route: '/incidents/:id',
    path: ({ incident }) => `/incidents/${incident}`,
  },
  { name: 'release', route: '/release', path: () => '/release?code=504' },
  { name: 'released', route: '/release/:id', path: null },
  fixed('import', '/import'),
  { name: 'importing', route: '/import/:id', path: null },
  fixed('sources', '/sources'),
  fixed('source-new', '/sources/new'),
  { name: 'source-new-postmark', route: '/sources/new', path: () => '/sources/new?provider=postmark' },
  { name: 'source', route: '/sources/:id', path: ({ source }) => `/sources/${source}` },
  { name: 'receipt', route: '/receipts/:id', path: ({ receipt }) => `/receipts/${receipt}` },
  fixed('quarantine', '/quarantine'),
  fixed('unmapped', '/unmapped'),
  { name: 'unmapped-name', route: '/unmapped/name', path: null },
  fixed('policy', '/policy'),
  {
    name: 'policy-try',
    route: '/policy/try',
    path: () => `/policy/try?reply=${encodeURIComponent('504 5.5.4 Unrecognized authentication type')}`,
  },
  fixed('policy-edit', '/policy/edit'),
  fixed('policy-versions', '/policy/versions'),
  { name: 'policy-version', route: '/policy/versions/:version', path: () => '/policy/versions/0' },
  fixed('settings', '/settings'),
  fixed('keys', '/keys'),
  fixed('audit', '/audit'),
  fixed('codes', '/codes'),
  { name: 'code-504', route: '/codes/:code', path: () => '/codes/504' },
  { name: 'code-5.1.1', route: '/codes/:code', path: () => '/codes/5.1.1' },
];

/** Those that can be opened at any time. */
export const lastingPages = pages.filter((page): page is Lasting => page.path !== null);

/** Asks the API of a site for what the paths name. */
export async function knownOf(url: string, key: string): Promise<Known> {
  const first = async <Row>(path: string): Promise<Row> => {
    const answer = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    const [row] = ((await answer.json()) as { data: Row[] }).data;
    if (row === undefined) throw new Error(`${path} is empty`);
    return row;
  };
  return {
    address: (await first<{ address: string }>('/v1/suppressions?code=504&limit=1')).address,
    incident: (await first<{ id: string }>('/v1/incidents?limit=1')).id,
    source: (await first<{ id: string }>('/v1/sources')).id,
    receipt: (await first<{ receipt_id: string }>('/v1/events?kind=bounce&limit=1')).receipt_id,
  };
}
