/** Resend's list; UNVERIFIED against the live API. https://resend.com/docs/api-reference */
import { bearer, field, itemsOf, type ProviderList, textField } from './list.ts';

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
};
