/** What people wait for: each page, on a large list with a month of statistics. */
import Database from 'better-sqlite3';
import { HOUR } from '../../src/core/time.ts';
import { knownOf, lastingPages } from '../../test/browser/pages.ts';
import { ADMIN_KEY } from '../../test/faults/server.ts';
import { median, type Settings, startServer } from '../machine.ts';
import { listed } from '../seed.ts';
import type { Line } from '../table.ts';

const TIMES = 5;
/** Milliseconds, of the server, warm. */
const MOST = 100;

/** Of the list: what is common, what is rare, and what nobody has. */
const filtered = [
  '/suppressions?code=550',
  '/suppressions?code=504',
  '/suppressions?code=599',
  '/suppressions?category=mailbox-full',
  '/suppressions?category=protocol',
  '/suppressions?domain=isp7.example',
  '/suppressions?domain=nobody.example',
  '/suppressions?reason=complaint',
  '/suppressions?state=released',
  '/suppressions?state=held',
  '/suppressions?state=expired',
  '/suppressions?provider=sendgrid',
  '/suppressions?q=person',
  `/suppressions?q=${listed(4_711)}`,
  '/suppressions?q=nobody',
  '/suppressions?code=550&domain=nobody.example',
];
const releases = ['/release?category=auth-failure'];
const spans = ['/?span=24h', '/?span=30d', '/?span=90d'];

export async function* loading(settings: Settings): AsyncGenerator<Line> {
  const entries = settings.sizes.at(-1) ?? 0;
  const file = await settings.databaseOf(entries);
  addMonth(file);
  const server = await startServer(settings, file);
  try {
    const cookie = await signIn(server.url);
    await addEvent(server.url);
    const known = await knownOf(server.url, ADMIN_KEY);
    const pages = lastingPages.map((page) => page.path(known));
    for (const path of [...pages, ...releases, ...spans, ...filtered])
      yield {
        workload: `GET ${path}`.slice(0, 51),
        entries,
        value: await timeOf(`${server.url}${path}`, cookie),
        unit: 'ms',
        isCost: true,
        limit: { name: `${MOST} ms`, value: MOST },
        floor: 1,
      };
  } finally {
    await server.kill();
  }
}

async function timeOf(url: string, cookie: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i <= TIMES; i++) {
    const began = performance.now();
    const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' });
    await answer.text();
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
    // The first one warms.
    if (i > 0) times.push(performance.now() - began);
  }
  return median(times);
}

/** The list was made without the requests: one, whose page can be looked at. */
async function addEvent(url: string): Promise<void> {
  const post = async (to: string, headers: Record<string, string>, body: object): Promise<Response> => {
    const answer = await fetch(to, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    return answer;
  };
  const key = 'a-shared-secret-of-mine';
  const source = await post(
    `${url}/v1/sources`,
    { authorization: `Bearer ${ADMIN_KEY}` },
    { provider: 'generic', name: 'pages', secrets: { keys: [key] } },
  );
  const { url: at } = (await source.json()) as { url: string };
  await post(url + new URL(at).pathname, { 'x-mailstop-key': key }, [
    { recipient: listed(4_711), event: 'bounce', code: '550', enhanced: '5.1.1', text: 'User unknown' },
  ]);
}

async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/sign-in`, {
    method: 'POST',
    headers: { origin: url, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ key: ADMIN_KEY }).toString(),
    redirect: 'manual',
  });
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';', 1);
  if (cookie === '') throw new Error(`signing in answered ${answer.status}`);
  return cookie;
}

/**
 * What a month of a million events leaves beside the list: most at twenty large receivers, one in ten at one of
 * thousands of small ones; a few entries for a 504, and an incident.
 */
function addMonth(file: string): void {
  const db = new Database(file);
  const hour = Date.now() - (Date.now() % HOUR);
  const events = `with recursive n(i) as (select 0 union all select i + 1 from n where i < 999999)
    insert into stats select 'default', ${hour} - (i % 720) * ${HOUR},
      case i % 23 when 0 then 'bounce' when 1 then 'deferral' when 2 then 'unsubscribe' else 'delivery' end,
      'provider' || (i % 4), case i % 23 when 0 then '55' || (i % 5) when 1 then '45' || (i % 3) when 2 then '' else '250' end,
      case i % 23 when 0 then '5.1.' || (i % 5) when 1 then '4.2.2' else '' end,
      case i % 23 when 0 then 'unknown-user' when 1 then 'mailbox-full' else '' end,
      case when i % 10 = 0 then 'company' || (i * 7919 % 5000) || '.example' else 'isp' || (i % 20) || '.example' end, 1
    from n where true on conflict do update set count = count + 1`;
  const { length } = db.prepare("select 1 from incidents where id = 'inc_1'").all();
  if (length === 0) {
    db.exec(events);
    db.exec(`insert into code_stats select tenant, hour, kind, code, enhanced, category, sum(count) from stats
      where true group by tenant, hour, kind, code, enhanced, category
      on conflict do update set count = excluded.count`);
    db.exec(
      "update suppressions set code = '504', enhanced = '5.5.4', category = 'protocol', blame = 'sender', rule = '504' where address like 'person0000001%'",
    );
    db.exec(
      `insert into incidents (tenant, id, receiver, cause, state, first_at, opened_at, last_at, read_to, failures, held)
       values ('default', 'inc_1', 'isp1.example', 'reply', 'open', ${hour}, ${hour}, ${hour}, ${hour}, 10, 0)`,
    );
  }
  db.close();
}
