/** SparkPost's list. https://developers.sparkpost.com/api/suppression-list/ */
import { field, itemsOf, type ProviderList, textField } from './list.ts';

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
};
