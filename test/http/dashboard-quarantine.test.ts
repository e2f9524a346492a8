/** The pages of what could not be read, and of what no rule knew. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { idsFrom } from '../../src/core/ids.ts';
import { plan, receipt, unmapped } from '../store/rows.ts';
import { type Browser, browse, fieldOf, textOf } from './browser.ts';
import { bounce, type Harness, START, startHarness } from './harness.ts';

let mailstop: Harness;
let source: Awaited<ReturnType<Harness['source']>>;
let admin: Browser;
beforeEach(async () => {
  mailstop = await startHarness();
  source = await mailstop.source({ name: 'Shop' });
  admin = await browse(mailstop);
});
afterEach(() => mailstop.close());

const listed = async (path: string) => (await mailstop.ask('GET', path)).body.data;
const idsOf = (html: string) => [...html.matchAll(/name="id" value="(qua_\w+)"/g)].map(([, id]) => id ?? '');

describe('the quarantine', () => {
  it('shows the reason beside the text, of an item and of a whole body, as text', async () => {
    await source.post([{ recipient: '<script>no address</script>', event: 'bounce' }]);
    await mailstop.ask('POST', `/webhooks/${source.id}`, {
      key: null,
      body: '{this is <b>no JSON',
      headers: { 'X-Mailstop-Key': 'shared-secret-of-the-tests', 'Content-Type': 'application/json' },
    });
    const html = await (await admin.get('/quarantine')).text();
    expect(html).toContain('recipient: no @');
    expect(html).toContain('{this is &lt;b&gt;no JSON');
    expect(html).not.toContain('<script>no');
    const reader = await browse(mailstop, await mailstop.key(['read']));
    const shown = await (await reader.get('/quarantine')).text();
    expect([shown.includes('recipient: no @'), shown.includes('no JSON')]).toEqual([true, false]);
    expect(shown).not.toContain('action="/quarantine"');
  });

  it('goes page by page, through each once', async () => {
    await source.post(Array.from({ length: 45 }, (_, i) => ({ recipient: `none ${i}`, event: 'bounce' })));
    const seen = new Set<string>();
    let pages = 0;
    for (let path: string | undefined = '/quarantine'; path !== undefined; pages++) {
      const html: string = await (await admin.get(path)).text();
      for (const id of idsOf(html)) seen.add(id);
      path = /href="(\/quarantine\?after=[^"]+)"/.exec(html)?.[1];
    }
    expect([pages, seen.size]).toEqual([3, 45]);
  });

  it('reads again what can be read by now, says what cannot, and drops', async () => {
    await source.post([
      { recipient: 'none', event: 'bounce' },
      { recipient: 'other', event: 'bounce' },
    ]);
    const ids = idsOf(await (await admin.get('/quarantine')).text());
    const [id = ''] = ids;
    const still = await admin.submit('/quarantine', { do: 'replay', id });
    expect(await textOf(await admin.get(still.headers.get('location') ?? ''))).toContain(
      'Read again; 1 item still cannot be read.',
    );
    const dropped = await admin.submit('/quarantine', { do: 'drop', id });
    expect(await textOf(await admin.get(dropped.headers.get('location') ?? ''))).toContain('Dropped 1 item.');
    expect(await listed('/v1/quarantine')).toHaveLength(1);
    // Once it is gone there is nothing to do.
    expect((await admin.submit('/quarantine', { do: 'drop', id })).status).toBe(409);
    expect((await admin.submit('/quarantine', { do: 'dance', id })).status).toBe(422);
    // As after an update that reads it.
    const [left] = await listed('/v1/quarantine');
    const receipt = await mailstop.store.receipt('default', left.receipt_id);
    if (receipt === null) throw new Error('its receipt is gone');
    const body = new TextEncoder().encode(JSON.stringify([bounce('ann@a.test'), bounce('bob@a.test')]));
    await mailstop.store.rewriteReceipt({ ...receipt, body });
    const read = await admin.submit('/quarantine', { do: 'replay', id: left.id });
    expect(read.headers.get('location')).toBe('/quarantine?done=read-1');
    expect(await listed('/v1/events')).toHaveLength(1);
    expect(await textOf(await admin.get('/quarantine'))).toContain('Everything that came could be read.');
  });

  it('puts nothing on the page that a link says', async () => {
    expect(await textOf(await admin.get('/quarantine?done=pay-us-9'))).not.toContain('pay');
  });

  it('lets a key that may write read again and not drop, and a rival do nothing', async () => {
    await source.post([{ recipient: 'none', event: 'bounce' }]);
    const [{ id }] = await listed('/v1/quarantine');
    const writer = await browse(mailstop, await mailstop.key(['read', 'write']));
    expect((await writer.submit('/quarantine', { do: 'replay', id })).status).toBe(303);
    expect((await writer.submit('/quarantine', { do: 'drop', id })).status).toBe(409);
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const rival = await browse(mailstop, await mailstop.key(['admin'], 'rival'));
    expect((await rival.submit('/quarantine', { do: 'drop', id })).status).toBe(409);
    expect(idsOf(await (await rival.get('/quarantine')).text())).toEqual([]);
    expect(await listed('/v1/quarantine')).toHaveLength(1);
  });
});

describe('what no rule knew', () => {
  const reply = '554 quux says mooo to ann@a.test from 10.1.2.3';
  const template = '554 quux says mooo to <address> from <ip>';
  const naming = `/unmapped/name?${new URLSearchParams({ provider: 'generic', reply: template })}`;
  const fields = (change: Record<string, string> = {}) => ({
    provider: 'generic',
    reply: template,
    text: 'quux says mooo',
    then: 'suppress',
    rule: 'mooo',
    why: 'their postmaster says so',
    do: 'activate',
    ...change,
  });
  beforeEach(async () => {
    await source.post([bounce('ann@a.test', { text: reply }), { recipient: 'b@a.test', event: 'exploded' }]);
  });

  it('is listed with its count, masked', async () => {
    const text = await textOf(await admin.get('/unmapped'));
    expect(text).toMatch(
      /554 quux says mooo to &lt;address&gt; from &lt;ip&gt; .*Generic 1 .*exploded .*Generic 1 /,
    );
    expect(text).not.toContain('ann@a.test');
  });

  it('is named: a rule is shown first, then put in force, and decides what is on record again', async () => {
    const [, text = ''] = />([^<]*)<\/textarea>/.exec(await (await admin.get(naming)).text()) ?? [];
    expect(text).toBe('554 quux says mooo to \\S{1,80} from \\S{1,80}');
    expect((await mailstop.ask('GET', '/v1/suppressions/ann@a.test')).status).toBe(404);
    const preview = await textOf(await admin.submit('/unmapped/name', fields({ do: 'preview', text })));
    expect(preview).toContain('1 would be suppressed more');
    expect((await mailstop.ask('GET', '/v1/policy')).body.version).toBe(0);
    const done = await admin.submit('/unmapped/name', fields());
    expect([done.status, done.headers.get('location')]).toEqual([303, '/unmapped?named=1-0-0']);
    const { body } = await mailstop.ask('GET', '/v1/suppressions/ann@a.test');
    expect(body.entries[0].rule).toBe('mooo');
    expect(await textOf(await admin.get('/unmapped'))).toMatch(/mooo to .* mooo /);
  });

  it.each([
    ['a pattern that is none', { text: '(' }],
    ['no reason', { why: ' ' }],
    ['an id that is none', { rule: 'with spaces' }],
  ])('is not named with %s: what is wrong is said, and what was typed stays', async (_title, change) => {
    const answer = await admin.submit('/unmapped/name', fields({ ...change }));
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain('role="alert"');
    expect(html).toContain('quux says');
    expect((await mailstop.ask('GET', '/v1/policy')).body.version).toBe(0);
  });

  it('keeps the rules that are there, and takes none of their ids', async () => {
    await admin.submit('/unmapped/name', fields());
    const again = await admin.submit('/unmapped/name', fields({ text: 'mooo to' }));
    expect(await textOf(again)).toContain('There is a rule “mooo” already');
    await admin.submit('/unmapped/name', fields({ rule: 'other', text: 'other words', then: 'note' }));
    expect((await mailstop.ask('GET', '/v1/policy')).body.own_rules).toEqual(['other', 'mooo']);
  });

  it('is named by an admin alone, and only what is there', async () => {
    const reader = await browse(mailstop, await mailstop.key(['read']));
    expect(await (await reader.get('/unmapped')).text()).not.toContain('/unmapped/name');
    expect((await reader.get(naming)).status).toBe(403);
    expect((await reader.submit('/unmapped/name', fields())).status).toBe(403);
    expect((await admin.get('/unmapped/name?provider=generic&reply=other')).status).toBe(404);
  });
});

describe('what no rule knew, read again', () => {
  const label = { provider: 'generic', kind: 'label', reply: 'complaint' };
  const bodyOf = (event: object) => new TextEncoder().encode(JSON.stringify([event]));
  /** As it is after an update: kept requests with a label that was unknown when they came. */
  const keep = async (events: readonly object[], change: { source_id?: string; tenant?: string } = {}) =>
    mailstop.store.write(
      plan({
        receipts: events.map((event, i) =>
          receipt({
            id: `${idsFrom('rcp', START + i)}${change.tenant ?? 'A'}${'A'.repeat(10)}`,
            source_id: source.id,
            received_at: START + i,
            body: bodyOf(event),
            ...change,
          }),
        ),
        unmapped: [
          unmapped({
            name: 'complaint',
            sample: 'complaint',
            first_at: START,
            last_at: START + events.length,
          }),
        ],
      }),
    );
  const complaint = (recipient: string) =>
    bounce(recipient, { event: 'complaint', id: recipient, text: null });
  const standing = async (address: string) =>
    (await mailstop.ask('GET', `/v1/suppressions/${address}`)).status;

  it('a label that is known by now is taken in, with whom it put on the list, and no other request', async () => {
    await keep([complaint('ann@a.test'), bounce('bob@a.test'), complaint('cat@a.test')]);
    expect(await admin.text('/unmapped')).toContain('known Read its requests again');
    const told = await textOf(await admin.submit('/unmapped/replay', label));
    expect(told).toContain('Looked at 3 kept requests; 2 have it, and 2 addresses have changed.');
    expect(told).toMatch(/ann@a\.test may go complaint cat@a\.test may go complaint/);
    expect(await Promise.all(['ann@a.test', 'bob@a.test', 'cat@a.test'].map(standing))).toEqual([
      200, 404, 200,
    ]);
    // Again, nothing is new.
    const again = await textOf(await admin.submit('/unmapped/replay', label));
    expect(again).toContain('and 0 addresses have changed');
    expect(await listed('/v1/events')).toHaveLength(2);
  });

  it('goes on from where it stopped', async () => {
    await keep(Array.from({ length: 600 }, (_, i) => complaint(`p${i}@a.test`)));
    const html = await (await admin.submit('/unmapped/replay', label)).text();
    const after = fieldOf(html, 'after');
    expect(after).toMatch(/^rcp_/);
    let rest = html;
    for (let i = 0; i < 20 && fieldOf(rest, 'after') !== ''; i++)
      rest = await (
        await admin.submit('/unmapped/replay', { ...label, after: fieldOf(rest, 'after') })
      ).text();
    expect(fieldOf(rest, 'after')).toBe('');
    expect((await mailstop.ask('GET', '/v1/events?limit=1000')).body.data).toHaveLength(600);
  }, 60_000);

  it('is led to the list where its address is opened', async () => {
    const answer = await admin.get('/unmapped/replay');
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/unmapped']);
  });

  it('a label that is still unknown has no button', async () => {
    await source.post([{ recipient: 'b@a.test', event: 'exploded' }]);
    const text = await admin.text('/unmapped');
    expect(text).toMatch(/exploded .*Generic 1 .*unknown/);
    expect(text).not.toContain('Read its requests again');
  });

  it('a reply that a rule names is shown with the address that it decides', async () => {
    await source.post([bounce('ann@a.test', { text: '554 quux says mooo' })]);
    const template = '554 quux says mooo';
    const named = await admin.submit('/unmapped/name', {
      provider: 'generic',
      reply: template,
      text: 'quux says mooo',
      then: 'suppress',
      rule: 'mooo',
      why: 'x',
      do: 'activate',
    });
    expect(await admin.text(named.headers.get('location') ?? '')).toContain(
      'The rule is in force, and what is on record was decided again: 1 address suppressed more, 0 released, 0 changed.',
    );
    expect(await admin.text('/unmapped')).toContain('mooo Read its requests again');
    const told = await textOf(
      await admin.submit('/unmapped/replay', { provider: 'generic', kind: 'template', reply: template }),
    );
    expect(told).toContain('Looked at 1 kept request; one has it, and 0 addresses have changed.');
    expect(told).toContain('ann@a.test hard-bounce the same');
  });

  it('is done by whoever may write, to what is their own', async () => {
    await keep([complaint('ann@a.test')]);
    const reader = await browse(mailstop, await mailstop.key(['read']));
    expect(await reader.html('/unmapped')).not.toContain('/unmapped/replay');
    expect((await reader.submit('/unmapped/replay', label)).status).toBe(403);
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const rival = await browse(mailstop, await mailstop.key(['admin'], 'rival'));
    expect((await rival.submit('/unmapped/replay', label)).status).toBe(422);
    expect((await admin.submit('/unmapped/replay', { ...label, reply: 'none' })).status).toBe(422);
    expect(await standing('ann@a.test')).toBe(404);
    const writer = await browse(mailstop, await mailstop.key(['read', 'write']));
    const told = await (await writer.submit('/unmapped/replay', label)).text();
    expect([await standing('ann@a.test'), told.includes('/receipts/')]).toEqual([200, false]);
  });
});
