/** SparkPost's list. https://developers.sparkpost.com/api/suppression-list/ */
import type { Reason } from '../core/event.ts';
import { field, itemsOf, orNull, type ProviderList, textField } from './list.ts';

const API = 'https://api.sparkpost.com';
const PAGE = 10_000;

export const sparkpostList: ProviderList = {
  of: null,
  async *pages(ask, { key, url }) {
    const base = url ?? API;
    let next: string | null = `/api/v1/suppression-list?cursor=initial&per_page=${PAGE}`;
    while (next !== null) {
      const answer: unknown = await ask({ url: `${base}${next}`, headers: { authorization: key } });
      yield itemsOf(field(answer, 'results'));
      const link = itemsOf(field(answer, 'links')).find(({ rel }) => rel === 'next');
      next = link === undefined ? null : textField(link, 'href');
    }
  },
  async remove(ask, { key, url }, address) {
    await ask({
      method: 'DELETE',
      url: `${url ?? API}/api/v1/suppression-list/${encodeURIComponent(address)}`,
      headers: { authorization: key },
    });
  },
  write: {
    // 10,000 rows at most, and an address has two.
    atOnce: 5_000,
    async add(ask, { key, url }, rows) {
      const typesOf = (reason: Reason) =>
        reason === 'unsubscribe' ? ['non_transactional'] : ['transactional', 'non_transactional'];
      await ask({
        method: 'PUT',
        url: `${url ?? API}/api/v1/suppression-list`,
        headers: { authorization: key },
        json: {
          recipients: rows.flatMap(({ address, reason }) =>
            typesOf(reason).map((type) => ({ recipient: address, type, description: reason })),
          ),
        },
      });
      return [];
    },
    async lift(ask, { key, url }, address) {
      const one = `${url ?? API}/api/v1/suppression-list/${encodeURIComponent(address)}`;
      const headers = { authorization: key };
      const found = await orNull(ask({ url: one, headers }));
      for (const { source, type } of itemsOf(field(found, 'results')))
        if (source === 'Bounce Rule' || source === 'Manually Added')
          await ask({ method: 'DELETE', url: one, headers, json: { type } });
    },
  },
};
