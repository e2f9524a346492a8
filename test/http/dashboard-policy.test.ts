/** The pages of the policy: its rules and what they decided, a reply tried, and a version edited, simulated, activated, taken back. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, browse, textIn, textOf } from './browser.ts';
import { bounce, type Harness, startHarness } from './harness.ts';

let mailstop: Harness;
let admin: Browser;
beforeEach(async () => {
  mailstop = await startHarness();
  admin = await browse(mailstop);
});
afterEach(() => mailstop.close());

const CORP = `rules:
  - id: helo-at-corp
    why: Their gateway answers 504 to our relay.
    when: { code: 504, receiver: corp.example }
    then: note
    retry: after-fix
tests:
  - reply: "504 5.5.2 Helo command rejected"
    address: ann@corp.example
    expect: { rule: helo-at-corp }
`;
const edit = (text: string, more: Record<string, string> = {}, by = admin) =>
  by.submit('/policy/edit', { version: '0', text, why: '', do: 'simulate', ...more });

describe('the rules', () => {
  it('are shown in order, with what each decided in the last thirty days', async () => {
    const { post } = await mailstop.source();
    await post([
      bounce('a@a.test', { id: '1', text: '504 5.5.2 Helo command rejected' }),
      bounce('b@a.test', { id: '2', text: '504 5.5.2 Helo command rejected', message_id: 'm2' }),
    ]);
    // The same report again is no second one.
    await post(bounce('a@a.test', { id: '1', text: '504 5.5.2 Helo command rejected' }));
    const countOf = async (id: string) =>
      new RegExp(`id="rule-${id}".*?class="number">([\\d,]+)<`).exec(await admin.html('/policy'))?.[1];
    expect([await countOf('504'), await countOf('complaint')]).toEqual(['2', '0']);
    mailstop.advance(32 * 86_400_000);
    admin = await browse(mailstop);
    expect(await countOf('504')).toBe('0');
  });

  it('of another tenant are counted for it alone', async () => {
    const { post } = await mailstop.source();
    await post(bounce('a@a.test', { text: '504 5.5.2 Helo command rejected' }));
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const rival = await browse(mailstop, await mailstop.key(['read'], 'rival'));
    expect(await rival.text('/policy')).toContain('No report was decided in the last 30 days.');
  });

  it('say which streams are of which class, and what blocks it', async () => {
    await mailstop.ask('POST', '/v1/streams', { json: { id: 'receipts', class: 'transactional' } });
    expect(await admin.text('/policy')).toContain('Your streams – receipts –');
  });
});

describe('a reply that is tried', () => {
  it.each([
    ['504 5.5.2 Helo command rejected', '', '504', 'suppress'],
    ['421 4.7.0 try again later', '', 'note', 'note'],
    ['<script>', '', '', 'No rule knows these words'],
    ['550', 'not an address', '', 'is not an address'],
  ])('%s, to %j, is told its rule', async (reply, address, rule, said) => {
    const html = await admin.html(`/policy/try?${new URLSearchParams({ reply, address })}`);
    const verdict = html.slice(html.indexOf('id="verdict"'));
    expect(verdict).toContain(rule);
    expect(verdict).toContain(said);
    expect(html).not.toContain('<script>');
  });

  it('is judged by a rule of one’s own, for its receiver alone', async () => {
    await mailstop.ask('PUT', '/v1/policy', {
      json: { rules: [{ id: 'corp', why: 'x', when: { receiver: 'corp.example' }, then: 'note' }] },
    });
    const of = (address: string) => admin.text(`/policy/try?reply=504&address=${address}`);
    expect(await of('ann@corp.example')).toContain('Rule 1, corp :');
    expect(await of('ann@other.example')).not.toContain('corp :');
  });
});

describe('an edited policy', () => {
  it('is simulated over what was recorded, and nothing is changed by that', async () => {
    const { post } = await mailstop.source();
    await post(bounce('ann@corp.example', { text: '504 5.5.2 Helo command rejected' }));
    const told = await edit(CORP);
    expect(told.status).toBe(200);
    const text = await textOf(told);
    expect(text).toContain('It holds, and its 1 case with it. Nothing is changed yet.');
    expect(text).toContain('1 released');
    expect(text).toContain('rule helo-at-corp');
    expect((await mailstop.ask('GET', '/v1/policy')).body.version).toBe(0);
    expect((await mailstop.ask('GET', '/v1/suppressions/ann@corp.example')).status).toBe(200);
  });

  it('is activated with its reason, by whom it was, and the list follows', async () => {
    const { post } = await mailstop.source();
    await post(bounce('ann@corp.example', { text: '504 5.5.2 Helo command rejected' }));
    const done = await edit(CORP, { do: 'activate', why: 'ticket 7' });
    expect([done.status, done.headers.get('location')]).toEqual([303, '/policy/versions/1']);
    expect(await admin.text('/policy/versions/1')).toContain('by key_admin: ticket 7');
    expect(await admin.text('/policy/versions')).toContain('1 in force');
    expect((await mailstop.ask('GET', '/v1/suppressions/ann@corp.example')).status).toBe(404);
    const [audit] = (await mailstop.ask('GET', '/v1/audit')).body.data;
    expect(audit).toMatchObject({ action: 'policy.change', actor: 'key_admin' });
    // A change of a stream is a version of its own, without that reason.
    await mailstop.ask('POST', '/v1/streams', { json: { id: 'news', class: 'marketing' } });
    expect(
      (await mailstop.ask('GET', '/v1/policy/versions')).body.data.map((one: { why: string }) => one.why),
    ).toEqual([null, 'ticket 7']);
  });

  it.each([
    ['no YAML', 'rules: [', 'Line 1: This is no YAML'],
    [
      'a wrong field',
      CORP.replace('then: note', 'then: forget'),
      'Line 5: rule "helo-at-corp", then.do must be',
    ],
    [
      'an unknown field',
      CORP.replace('retry:', 'again:'),
      'Line 6: rule "helo-at-corp", again is not a known field',
    ],
    [
      'a case that does not hold',
      CORP.replace('rule: helo-at-corp', 'rule: "504"'),
      'Line 10: case 1 expects rule 504',
    ],
    ['a list instead', '[]', 'must be of type object'],
  ])(
    'with %s says where it is wrong, keeps what was typed, and is not activated',
    async (_what, text, said) => {
      for (const button of ['simulate', 'activate']) {
        const told = await edit(text, { do: button });
        expect([button, told.status]).toEqual([button, 422]);
        const html = await told.text();
        expect(textIn(html)).toContain(said);
        expect(html).toContain(`>${text.replaceAll('"', '&quot;')}</textarea>`);
      }
      expect((await mailstop.ask('GET', '/v1/policy')).body.version).toBe(0);
    },
  );

  it('is refused where somebody else was faster', async () => {
    await edit(CORP, { do: 'activate' });
    const late = await edit('rules: []', { do: 'activate' });
    expect(late.status).toBe(412);
    expect(await textOf(late)).toContain('it is at version 1 now');
  });

  it('is gone back from, after a look at what that changes', async () => {
    await edit(CORP, { do: 'activate' });
    await edit('rules: []', { do: 'activate', version: '1' });
    expect(await admin.html('/policy/versions/1')).toContain('href="/policy/edit?from=1"');
    const html = await admin.html('/policy/edit?from=1');
    expect(html).toContain('helo-at-corp');
    expect(html).toContain('value="back to version 1"');
    expect(html).toContain('name="version" value="2"');
    expect((await admin.get('/policy/versions/9')).status).toBe(404);
    expect((await admin.get('/policy/edit?from=x')).status).toBe(404);
  });

  it('may be simulated by who may only read, and activated by nobody who may not', async () => {
    const reader = await browse(mailstop, await mailstop.key(['read']));
    expect(await reader.html('/policy/edit')).not.toContain('value="activate"');
    const told = await edit(CORP, {}, reader);
    expect(told.status).toBe(200);
    expect(await told.text()).not.toContain('value="activate"');
    expect((await edit(CORP, { do: 'activate' }, reader)).status).toBe(403);
    expect((await mailstop.ask('GET', '/v1/policy')).body.version).toBe(0);
  });
});
