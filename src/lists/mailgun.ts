/** Mailgun's lists of one sending domain. https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/bounces */
import type { Reason } from '../core/event.ts';
import { field, type Item, itemsOf, type ProviderList, textField } from './list.ts';

const API = 'https://api.mailgun.net';
const PAGE = 1_000;
const lists = ['bounces', 'complaints', 'unsubscribes'] as const;

/** A complaint has no column that says so. */
const named = (list: (typeof lists)[number], item: Item): Item =>
  list === 'complaints' ? { address: item.address, created_at: item.created_at, reason: 'complaint' } : item;

const basic = (key: string) => ({ authorization: `Basic ${btoa(`api:${key}`)}` });

export const mailgunList: ProviderList = {
  of: 'the sending domain',
  needsOf: true,
  async *pages(ask, { key, of, url }) {
    const base = url ?? API;
    for (const list of lists) {
      let next: string | null = `${base}/v3/${of}/${list}?limit=${PAGE}`;
      while (next !== null) {
        const answer: unknown = await ask({ url: next, headers: basic(key) });
        const items = itemsOf(field(answer, 'items')).map((item) => named(list, item));
        yield items;
        // The last page names a next one as well, which is empty.
        const following = items.length === 0 ? null : textField(field(answer, 'paging'), 'next');
        next = following === null ? null : elsewhere(following, base);
      }
    }
  },
  async remove(ask, { key, of, url }, address) {
    for (const list of lists)
      await ask({
        method: 'DELETE',
        url: `${url ?? API}/v3/${of}/${list}/${encodeURIComponent(address)}`,
        headers: basic(key),
      });
  },
  write: {
    // https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/bounces: arrays of 1,000.
    atOnce: 1_000,
    async add(ask, { key, of, url }, rows) {
      for (const [list, some] of Map.groupBy(rows, ({ reason }) => listFor(reason)))
        await ask({
          method: 'POST',
          url: `${url ?? API}/v3/${of}/${list}`,
          headers: basic(key),
          json: some.map(({ address }) => ({
            address,
            ...(list === 'bounces' ? { code: '550', error: 'Suppressed by Mailstop' } : {}),
            ...(list === 'unsubscribes' ? { tags: ['*'] } : {}),
          })),
        });
      return [];
    },
    async lift(ask, { key, of, url }, address) {
      await ask({
        method: 'DELETE',
        url: `${url ?? API}/v3/${of}/bounces/${encodeURIComponent(address)}`,
        headers: basic(key),
      });
    },
  },
};

/** What is not a recipient's wish goes where it can be taken off again. */
const listFor = (reason: Reason): (typeof lists)[number] =>
  reason === 'complaint' ? 'complaints' : reason === 'unsubscribe' ? 'unsubscribes' : 'bounces';

/** The key goes to the address that was given, wherever the answer points to. */
function elsewhere(following: string, base: string): string {
  const { pathname, search } = new URL(following, base);
  return `${base}${pathname}${search}`;
}
