/** Resend's list; UNVERIFIED against the live API. https://resend.com/docs/api-reference */
import { bearer, field, itemsOf, orNull, type ProviderList, textField } from './list.ts';

const API = 'https://api.resend.com';
const PAGE = 100;

export const resendList: ProviderList = {
  of: null,
  async *pages(ask, { key, url }) {
    for (let after = ''; ; ) {
      const answer = await ask({
        url: `${url ?? API}/suppressions?limit=${PAGE}${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`,
        headers: bearer(key),
      });
      const items = itemsOf(field(answer, 'data'));
      yield items;
      const last = items.at(-1);
      const id = last === undefined ? null : textField(last, 'id');
      if (field(answer, 'has_more') !== true || id === null) return;
      after = id;
    }
  },
  async remove(ask, { key, url }, address) {
    await ask({
      method: 'DELETE',
      url: `${url ?? API}/suppressions/${encodeURIComponent(address)}`,
      headers: bearer(key),
    });
  },
  write: {
    // https://resend.com/docs/api-reference/suppressions/add-batch-suppressions
    atOnce: 100,
    async add(ask, { key, url }, rows) {
      await ask({
        method: 'POST',
        url: `${url ?? API}/suppressions/batch/add`,
        headers: bearer(key),
        json: { emails: rows.map(({ address }) => address) },
      });
      return [];
    },
    async lift(ask, given, address) {
      const one = `${given.url ?? API}/suppressions/${encodeURIComponent(address)}`;
      const found = await orNull(ask({ url: one, headers: bearer(given.key) }));
      const origin = textField(found, 'origin');
      if (origin === 'bounce' || origin === 'manual') await resendList.remove(ask, given, address);
    },
  },
};
