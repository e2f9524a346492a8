/** The overview and the pages of codes: what the counters tell, and what they leave to whom. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, browse, textIn, textOf } from './browser.ts';
import { bounce, type Harness, startHarness } from './harness.ts';

let mailstop: Harness;
let browser: Browser;
let post: (body: unknown, headers?: Record<string, string>) => Promise<unknown>;
beforeEach(async () => {
  mailstop = await startHarness();
  browser = await browse(mailstop);
  ({ post } = await mailstop.source());
});
afterEach(() => mailstop.close());

const overview = async (span = '7d') => textOf(await browser.get(`/?span=${span}`));
const events = (kind: string, number: number, domain: string, text?: string) =>
  Array.from({ length: number }, (_, i) => ({
    ...bounce(`${kind}${text?.slice(0, 3) ?? ''}${i}@${domain}`, { id: `${kind}-${domain}-${text}-${i}` }),
    event: kind,
    ...(text === undefined ? {} : { text }),
  }));

describe('the overview', () => {
  it('tells no rate where no delivery is reported', async () => {
    await post(events('bounce', 2, 'a.test', '550 5.1.1 unknown'));
    expect(await overview()).toContain('No deliveries are reported');
    expect(await overview()).not.toContain('Complaints 0');
  });

  it('keeps our own faults out of the bounce rate, and counts complaints by receiver', async () => {
    await post([
      ...events('delivery', 94, 'a.test'),
      ...events('bounce', 3, 'a.test', '550 5.1.1 unknown'),
      ...events('bounce', 3, 'b.test', '504 5.5.4 Unrecognized authentication type'),
      ...events('complaint', 1, 'a.test'),
    ]);
    const text = await overview();
    expect(text).toContain('Bounces 3.00 %');
    expect(text).toContain('Our own fault 3.00 %');
    expect(text).toContain('Complaints 1.064 %');
    expect(text).toMatch(/a\.test 1 94 1\.064 %/);
    expect(text).toContain('Gmail sends no complaints');
  });

  it('names each cause of our own with its receivers, its fix and the way to release it', async () => {
    await post([
      ...events('bounce', 2, 'b.test', '504 5.5.4 Unrecognized authentication type'),
      ...events('bounce', 1, 'c.test', '550 5.7.26 SPF and DKIM did not pass'),
    ]);
    const html = await (await browser.get('/')).text();
    expect(html).toContain('href="/release?code=504"');
    // A rejected authentication suppresses nobody: there is nothing to release.
    expect(html).not.toContain('href="/release?category=auth-failure"');
    const text = await overview();
    expect(text).toMatch(
      /504 a parameter that the receiver does not implement 2 .* b\.test Read the answer to EHLO/,
    );
    expect(text).toMatch(/auth-failure .* 1 .* c\.test/);
    const reader = await browse(mailstop, await mailstop.key(['read']));
    expect(await (await reader.get('/')).text()).not.toContain('/release?');
  });

  it('shows what was suppressed and released, by the hour and by the day', async () => {
    await post(events('bounce', 3, 'a.test', '550 5.1.1 unknown'));
    await mailstop.ask('DELETE', '/v1/suppressions/bounce5500@a.test', { json: { why: 'x' } });
    for (const span of ['24h', '30d']) {
      const html = await (await browser.get(`/?span=${span}`)).text();
      const [, moves = ''] = [...html.matchAll(/data-chart="([^"]*)"/g)].map(([, text]) => text);
      const { labels, series } = JSON.parse(moves.replaceAll('&quot;', '"'));
      expect(labels).toHaveLength(span === '24h' ? 24 : 30);
      expect(series.map((one: { values: number[] }) => one.values.at(-1))).toEqual([3, 1]);
    }
  });

  it('says which source was refused, has something in quarantine, or was never heard', async () => {
    await post('not a list of events');
    await post(events('bounce', 1, 'a.test'), { 'X-Mailstop-Key': 'wrong' });
    await mailstop.source({ name: 'another' });
    await mailstop.services.tally.flush();
    const text = await overview();
    expect(text).toMatch(
      /1 request of the last 24 hours could not prove its origin, and was refused\. .*: test \. /,
    );
    expect(text).toMatch(/another generic never heard/);
  });

  it('is not moved by what another tenant does', async () => {
    await post(events('bounce', 3, 'a.test', '504 5.5.4 x'));
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const rival = await browse(mailstop, await mailstop.key(['admin'], 'rival'));
    expect(await textOf(await rival.get('/'))).not.toMatch(/a\.test|504|3 bounces/);
  });
});

describe('the page of a code', () => {
  it.each([
    ['504', '/suppressions?code=504'],
    ['5.5.4', '/suppressions?enhanced=5.5.4'],
  ])('%s shows own traffic: how much, where, and for whom last', async (code, link) => {
    await post([
      ...events('bounce', 2, 'b.test', '504 5.5.4 Unrecognized authentication type'),
      ...events('bounce', 1, 'a.test', '550 5.1.1 unknown'),
    ]);
    mailstop.advance(3 * 3_600_000);
    await post(events('bounce', 1, 'late.test', '550 5.1.1 unknown'));
    const html = await (await browser.get(`/codes/${code}`)).text();
    expect(html).toContain(`href="${link}"`);
    const text = textIn(html);
    expect(text).toMatch(/30 days 2 events/);
    expect(text).toContain('bounce5040@b.test');
    expect(text).not.toMatch(/a\.test|late\.test/);
  });

  it('is found by class, kind and words', async () => {
    const codesIn = async (query: string) =>
      [...(await (await browser.get(`/codes?${query}`)).text()).matchAll(/href="\/codes\/([^"]+)"/g)].map(
        ([, code]) => code,
      );
    expect(await codesIn('class=4&type=basic')).toContain('421');
    expect((await codesIn('class=4&type=basic')).every((code) => /^4\d\d$/.test(code ?? ''))).toBe(true);
    expect(await codesIn('q=greylist&class=5')).toEqual([]);
    expect((await codesIn('type=enhanced&q=unknown mailbox')).every((code) => code?.includes('.'))).toBe(
      true,
    );
  });
});
