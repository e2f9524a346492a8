/** Every page there is: what the browser tests look at, what is timed, and what pictures are taken of. */

/** What of a site's contents the paths name. */
export interface Known {
  /** On the list, for a 504. */
  readonly address: string;
  readonly incident: string;
}

export interface PageOf {
  /** Of its pictures in docs/screenshots. */
  readonly name: string;
  /** As it is mounted. */
  readonly route: string;
  path(known: Known): string;
}

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
  fixed('sources', '/sources'),
  fixed('codes', '/codes'),
  { name: 'code-504', route: '/codes/:code', path: () => '/codes/504' },
];

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
  };
}
