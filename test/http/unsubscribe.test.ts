/** T091, T098: one click leaves, looking does not, and no link tells or can be made up. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Harness, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const ANN = 'ann@example.com';
const linkOf = async (address = ANN, stream?: string): Promise<string> => {
  const { body } = await mailstop.ask('POST', '/v1/unsubscribe-links', {
    json: { addresses: [address], stream },
  });
  return new URL(body.results[0].url).pathname;
};
const oneClick = {
  body: 'List-Unsubscribe=One-Click',
  headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
  key: null,
};
const isSuppressed = async (stream?: string) =>
  (await mailstop.ask('POST', '/v1/check', { json: { addresses: [ANN], stream } })).body.results[0]
    .suppressed;

describe('a link', () => {
  it('comes with the headers of RFC 8058, and shows nobody whose it is', async () => {
    const { body } = await mailstop.ask('POST', '/v1/unsubscribe-links', {
      json: { addresses: ['Ann@Example.com', 'nobody'] },
    });
    const [ann, nobody] = body.results;
    expect(ann.headers).toEqual({
      'List-Unsubscribe': `<${ann.url}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    });
    expect(ann.url).not.toMatch(/ann|example\.com/i);
    expect(nobody).toEqual({ address: 'nobody', url: null, headers: null, error: 'invalid-address' });
  });

  it('needs a key that may write', async () => {
    const key = await mailstop.key(['check', 'read']);
    const { status } = await mailstop.ask('POST', '/v1/unsubscribe-links', {
      json: { addresses: [ANN] },
      key,
    });
    expect(status).toBe(403);
  });
});

describe('one click', () => {
  it('suppresses at once, with no key, no cookie and no redirect, and again without harm', async () => {
    const path = await linkOf();
    const left = await mailstop.ask('POST', path, oneClick);
    expect(left.status).toBe(200);
    expect(left.headers.get('set-cookie')).toBeNull();
    expect(await isSuppressed()).toBe(true);
    expect((await mailstop.ask('POST', path, oneClick)).status).toBe(200);
    const { body } = await mailstop.ask('GET', `/v1/suppressions/${ANN}`);
    expect(body.entries).toMatchObject([
      { reason: 'unsubscribe', stream: '*', note: 'one-click unsubscribe', until: null },
    ]);
    const audit = (await mailstop.ask('GET', '/v1/audit')).body.data;
    expect(audit.filter(({ actor }: { actor: string }) => actor === 'recipient').length).toBeGreaterThan(0);
  });

  it('is kept once, however often somebody clicks, and no resubscribe of a provider takes it back', async () => {
    const path = await linkOf();
    const source = await mailstop.source();
    await source.post({ recipient: ANN, event: 'unsubscribe', id: '1' });
    for (let i = 0; i < 5; i++) await mailstop.ask('POST', path, oneClick);
    expect((await mailstop.store.acts('default', ANN)).length).toBe(1);
    mailstop.advance(60_000);
    const at = new Date(Date.UTC(2026, 0, 10, 12, 0, 30)).toISOString();
    await source.post({ recipient: ANN, event: 'resubscribe', id: '2', at });
    expect(await isSuppressed()).toBe(true);
    const release = { why: 'asked', reasons: ['unsubscribe'], evidence: { text: 'a letter', at } };
    await mailstop.ask('DELETE', `/v1/suppressions/${ANN}`, { json: release });
    expect(await isSuppressed()).toBe(false);
    mailstop.advance(1_000);
    await mailstop.ask('POST', path, oneClick);
    expect(await isSuppressed()).toBe(true);
  });

  it('leaves only its stream', async () => {
    await mailstop.ask('POST', '/v1/streams', { json: { id: 'news', class: 'marketing' } });
    await mailstop.ask('POST', await linkOf(ANN, 'news'), oneClick);
    expect(await isSuppressed('news')).toBe(true);
    const { body } = await mailstop.ask('GET', `/v1/suppressions/${ANN}`);
    expect(body.entries).toMatchObject([{ reason: 'unsubscribe', stream: 'news' }]);
  });

  it('works after sixty days, and whatever else the body holds', async () => {
    const path = await linkOf();
    mailstop.advance(400 * 86_400_000);
    const { status } = await mailstop.ask('POST', path, {
      ...oneClick,
      body: 'stream=other&address=bob%40example.com',
    });
    expect(status).toBe(200);
    expect(await isSuppressed()).toBe(true);
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])('is not a %s', async (method) => {
    await mailstop.ask(method, await linkOf(), { key: null });
    expect(await isSuppressed()).toBe(false);
  });

  it('has a page with one button and no script', async () => {
    const shown = await mailstop.ask('GET', await linkOf(ANN, 'news'), { key: null });
    expect(shown.status).toBe(200);
    expect(shown.text).toContain('<button>Unsubscribe</button>');
    expect(shown.text).toContain('our &quot;news&quot; mail');
    expect(shown.text).not.toMatch(/<script|ann@/);
    expect(shown.headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});

describe('a link that is none of ours', () => {
  it('T091 differs from ours in no more than bits that its last character leaves unused', async () => {
    const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    // Of three lengths in a row two leave bits unused.
    for (const address of ['ann@example.com', 'anna@example.com', 'annie@example.com']) {
      const path = await linkOf(address);
      const last = digits.indexOf(path.at(-1) ?? '');
      for (const bit of [1, 2, 4, 8, 16, 32]) {
        const { status } = await mailstop.ask('POST', path.slice(0, -1) + digits[last ^ bit], oneClick);
        expect([address, bit, status]).toEqual([address, bit, 404]);
      }
      expect((await mailstop.ask('POST', path, oneClick)).status).toBe(200);
    }
  });

  it('gets one answer, whatever is wrong with it', async () => {
    const path = await linkOf();
    const wrong = [
      `${path.slice(0, -3)}${path.at(-3) === 'A' ? 'B' : 'A'}${path.slice(-2)}`,
      path.slice(0, -8),
      `${path}AAAA`,
      '/unsubscribe/v1.AAAA',
      '/unsubscribe/x',
      `/unsubscribe/${'A'.repeat(2_000)}`,
    ];
    for (const method of ['GET', 'POST'])
      for (const one of wrong) {
        const { status, body } = await mailstop.ask(
          method,
          one,
          method === 'POST' ? oneClick : { key: null },
        );
        expect([status, body.detail]).toEqual([
          404,
          'There is nothing here. Copy the whole link from the message.',
        ]);
      }
    expect(await isSuppressed()).toBe(false);
  });

  it('is throttled, while real ones still work', async () => {
    const answers = new Set<number>();
    for (let i = 0; i < 320; i++)
      answers.add((await mailstop.ask('GET', `/unsubscribe/v1.${'A'.repeat(40)}${i}`, { key: null })).status);
    expect([...answers]).toEqual([404, 429]);
    expect((await mailstop.ask('POST', await linkOf(), oneClick)).status).toBe(200);
  });
});
