/**
 * What each label of each provider means under the default policy, held against meanings.golden.md. After a change
 * that is meant: MEANINGS=write vitest run test/providers/meanings.test.ts, then read the difference.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { providers } from '../../src/providers/registry.ts';
import { type Harness, startHarness, type Told } from '../http/harness.ts';
import { labelsOf, untold } from './label-source.ts';
import { dsn, others, type Say, tables } from './meanings.ts';

const golden = new URL('./meanings.golden.md', import.meta.url);
const COLUMNS = ['label', 'kind', 'reply', 'category', 'rule', 'action'];

let mailstop: Harness;
let paths: Readonly<Record<string, string>>;
beforeAll(async () => {
  mailstop = await startHarness();
  const made = await Promise.all(
    providers.map(async ({ id: provider }) => {
      const trust = provider === 'dsn' ? { trust: 'full' } : {};
      const { id } = await mailstop.source({ provider, secrets: {}, allow_unsigned: true, ...trust });
      return [provider, `/webhooks/${id}`] as const;
    }),
  );
  paths = Object.fromEntries(made);
});
afterAll(() => mailstop.close());

const send = (provider: string, body: unknown): Promise<Told> =>
  mailstop.ask('POST', paths[provider] ?? '', {
    key: null,
    ...(typeof body === 'string' ? { body, headers: { 'Content-Type': 'message/rfc822' } } : { json: body }),
  });

/** The cells after the label. */
async function meaningOf(provider: string, body: unknown, to: string): Promise<string[]> {
  const { status, body: counts } = await send(provider, body);
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

interface Labelled {
  readonly provider: string;
  readonly label: string;
  readonly body: unknown;
  readonly to: string;
}

/** In the order of the tables; `to` makes an address for each. */
function labelled(to: (number: number) => string): Labelled[] {
  const rows: Labelled[] = [];
  const add = (provider: string, label: string, value: string, say: Say) => {
    if (rows.some((row) => row.provider === provider && row.label === label)) return;
    const address = to(rows.length);
    rows.push({ provider, label, body: say(value, address), to: address });
  };
  for (const [provider, of] of Object.entries(tables)) {
    for (const [file, name, form, says] of of)
      for (const [what, say] of Object.entries(says))
        for (const label of labelsOf(file, name, form)) add(provider, `${what}: ${label}`, label, say);
    for (const [whose, label, say] of others) if (whose === provider) add(provider, label, label, say);
  }
  return rows;
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

test('T084 every label of every provider means what the golden table says', async () => {
  const sections = new Map<string, string[]>();
  for (const { provider, label, body, to } of labelled((i) => `r${i}@example.com`)) {
    const cells = await meaningOf(provider, body, to);
    const section = sections.get(provider) ?? [line(COLUMNS), line(COLUMNS.map(() => '---'))];
    sections.set(provider, [...section, line([label, ...cells])]);
  }
  const text = [...sections].map(([provider, lines]) => `## ${provider}\n\n${lines.join('\n')}\n`).join('\n');
  const page = `# What labels mean under the default policy\n\nMade by meanings.test.ts (MEANINGS=write).\n\n${text}`;
  if (process.env.MEANINGS === 'write') writeFileSync(golden, page);
  expect(page).toBe(readFileSync(golden, 'utf8'));
  // What the tables know is not unmapped.
  expect((await mailstop.ask('GET', '/v1/unmapped')).body.data).toEqual([]);
}, 20_000);

// Its words would else read as a server's about a full mailbox, and strike the recipient.
test('T084 a drop for the quota of our own account says nothing against the address', async () => {
  const to = 'quota@example.com';
  await send('sendgrid', [{ email: to, event: 'dropped', reason: 'Recipient List over Package Quota' }]);
  const { data } = (await mailstop.ask('GET', `/v1/events?address=${to}`)).body;
  expect(data).toMatchObject([{ category: 'sender-rejected', decision: { action: 'note' } }]);
});

test.each(providers.map(({ id }) => id))('T084 no table of %s is left out', (provider) => {
  const told = (tables[provider] ?? []).map(([file, name]) => `${file} ${name}`);
  expect(told.length).toBeGreaterThan(0);
  expect(untold(provider, told)).toEqual([]);
});

describe('a label that is new', () => {
  const ann = 'ann@example.com';
  const mail = { messageId: 'm', destination: [ann] };
  const sesBounce = {
    bounceType: 'Novel',
    bounceSubType: 'Thing',
    bouncedRecipients: [{ emailAddress: ann }],
  };

  test.each<[provider: string, label: string, body: unknown]>([
    ['amazon-ses', 'Novelty', { notificationType: 'Novelty', mail }],
    ['amazon-ses', 'Bounce/Novel/Thing', { notificationType: 'Bounce', mail, bounce: sesBounce }],
    ['dsn', 'novelty', dsn(() => 'Action: novelty')('', ann)],
    ['generic', 'novelty', { recipient: ann, event: 'novelty' }],
    ['mailgun', 'novelty', { signature: {}, 'event-data': { event: 'novelty', recipient: ann } }],
    ['postmark', 'Novelty', { RecordType: 'Novelty', Email: ann }],
    ['postmark', 'Bounce/Novelty', { RecordType: 'Bounce', Type: 'Novelty', Email: ann }],
    ['resend', 'email.novelty', { type: 'email.novelty', data: { to: [ann] } }],
    [
      'resend',
      'contact.topics.updated/novel',
      { type: 'contact.topics.updated', data: { email: ann, topics: [{ id: 't', subscription: 'novel' }] } },
    ],
    ['sendgrid', 'novelty', [{ event: 'novelty', email: ann }]],
    ['sparkpost', 'novelty', [{ msys: { message_event: { type: 'novelty', rcpt_to: ann } } }]],
  ])('T085 of %s (%s) is ignored, and counted as unmapped', async (provider, label, body) => {
    const unmapped = async (): Promise<number> =>
      (await mailstop.ask('GET', '/v1/unmapped')).body.data.find(
        (row: { provider: string; label?: string }) => row.provider === provider && row.label === label,
      )?.count ?? 0;
    expect(await unmapped()).toBe(0);
    for (const times of [1, 2]) {
      const told = await send(provider, body);
      expect([told.status, told.body]).toEqual([
        200,
        { accepted: 0, duplicates: 0, ignored: 1, quarantined: 0 },
      ]);
      expect(await unmapped()).toBe(times);
    }
    expect((await mailstop.ask('GET', `/v1/events?address=${ann}`)).body.data).toEqual([]);
    expect((await mailstop.ask('GET', `/v1/suppressions/${ann}`)).status).toBe(404);
  });

  test('T085 is tried for every provider', () => {
    expect(Object.keys(tables).sort()).toEqual(providers.map(({ id }) => id).sort());
  });
});
