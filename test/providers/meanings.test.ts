/**
 * What each label of each provider means under the default policy, held against meanings.golden.md. After a change
 * that is meant: MEANINGS=write vitest run test/providers/meanings.test.ts, then read the difference.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { providers } from '../../src/providers/registry.ts';
import { type Harness, startHarness, type Told } from '../http/harness.ts';
import type { Documented, Say } from './documented/documented.ts';
import { documentedOf } from './documented/registry.ts';
import { requestSaying } from './documented/request.ts';

const golden = new URL('./meanings.golden.md', import.meta.url);
const COLUMNS = ['label', 'kind', 'reply', 'category', 'rule', 'action'];
const all = providers.flatMap(({ id }): [string, Documented][] => {
  const documented = documentedOf[id];
  return documented === undefined ? [] : [[id, documented]];
});

let mailstop: Harness;
let paths: Readonly<Record<string, string>>;
beforeAll(async () => {
  mailstop = await startHarness();
  const made = await Promise.all(
    providers.map(async ({ id: provider }) => {
      const trust = provider === 'dsn' || provider === 'arf' ? { trust: 'full' } : {};
      const { id } = await mailstop.source({ provider, secrets: {}, allow_unsigned: true, ...trust });
      return [provider, `/webhooks/${id}`] as const;
    }),
  );
  paths = Object.fromEntries(made);
});
afterAll(() => mailstop.close());

function send(provider: string, documented: Documented, say: Say, to: string): Promise<Told> {
  const { method, search, headers, body } = requestSaying(documented, say, to);
  return mailstop.ask(method, `${paths[provider]}${search}`, {
    key: null,
    headers,
    ...(method === 'GET' ? {} : { body }),
  });
}

/** The cells after the label. */
async function meaningOf(provider: string, documented: Documented, say: Say, to: string): Promise<string[]> {
  const { status, body: counts } = await send(provider, documented, say, to);
  expect([status, counts.quarantined]).toEqual([200, 0]);
  if (counts.ignored === 1) return ['ignored', '', '', '', ''];
  const { data } = (await mailstop.ask('GET', `/v1/events?address=${to}`)).body;
  const [entry] = (await mailstop.ask('GET', `/v1/suppressions?q=${to}`)).body.data;
  // A delivery that answers nothing is counted and not kept.
  if (data.length === 0) return ['delivery', '', '', '', ''];
  expect(data).toHaveLength(1);
  const [{ kind, smtp, category, decision }] = data;
  const reply = [smtp.code, smtp.enhanced].filter((code) => code !== null).join(' ');
  const action = entry === undefined ? decision.action : `${decision.action}: ${entry.reason}`;
  return [kind, reply, category ?? '', decision.rule, entry?.until ? `${action}, for a time` : action];
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

test('T084 every label of every provider means what the golden table says', async () => {
  const sections: string[] = [];
  let addresses = 0;
  for (const [provider, documented] of all) {
    const lines = [line(COLUMNS), line(COLUMNS.map(() => '---'))];
    for (const [label, say] of Object.entries(documented.labels)) {
      const to = `r${addresses++}@example.com`;
      lines.push(line([label, ...(await meaningOf(provider, documented, say, to))]));
    }
    sections.push(`## ${provider}\n\n${lines.join('\n')}\n`);
  }
  const page = `# What labels mean under the default policy\n\nMade by meanings.test.ts (MEANINGS=write).\n\n${sections.join('\n')}`;
  if (process.env.MEANINGS === 'write') writeFileSync(golden, page);
  expect(page).toBe(readFileSync(golden, 'utf8'));
  // What the tables know is not unmapped.
  expect((await mailstop.ask('GET', '/v1/unmapped')).body.data).toEqual([]);
}, 60_000);

test.each(all)(
  'T085 a label that %s does not document is ignored, and counted as unmapped',
  async (provider, documented) => {
    const [label, say] = documented.novelty;
    const to = `new-${provider}@example.com`;
    const unmapped = async (): Promise<number> =>
      (await mailstop.ask('GET', '/v1/unmapped')).body.data.find(
        (row: { provider: string; label?: string }) => row.provider === provider && row.label === label,
      )?.count ?? 0;
    expect(await unmapped()).toBe(0);
    for (const times of [1, 2]) {
      const told = await send(provider, documented, say, to);
      expect([told.status, told.body]).toEqual([
        200,
        { accepted: 0, duplicates: 0, ignored: 1, quarantined: 0 },
      ]);
      expect(await unmapped()).toBe(times);
    }
    expect((await mailstop.ask('GET', `/v1/events?address=${to}`)).body.data).toEqual([]);
    expect((await mailstop.ask('GET', `/v1/suppressions/${to}`)).status).toBe(404);
  },
);

test('T084 is tried for every provider', () => {
  expect(all.map(([id]) => id)).toEqual(providers.map(({ id }) => id));
});

// Its words would else read as a server's about a full mailbox, and strike the recipient.
test('T084 a drop for the quota of our own account says nothing against the address', async () => {
  const to = 'quota@example.com';
  const json = [{ email: to, event: 'dropped', reason: 'Recipient List over Package Quota' }];
  await mailstop.ask('POST', paths.sendgrid ?? '', { key: null, json });
  const { data } = (await mailstop.ask('GET', `/v1/events?address=${to}`)).body;
  expect(data).toMatchObject([{ category: 'sender-rejected', decision: { action: 'note' } }]);
});
