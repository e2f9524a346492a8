/** Mailtrap's list of an account. To add, it wants a domain and a stream of each address. https://github.com/mailtrap/mailtrap-openapi */
import { bearer, itemsOf, type ProviderList, textField } from './list.ts';

const API = 'https://mailtrap.io';
const PAGE = 1_000;

export const mailtrapList: ProviderList = {
  of: 'the account id',
  needsOf: true,
  async *pages(ask, { key, of, url }) {
    const base = `${url ?? API}/api/accounts/${of}/suppressions`;
    for (let last: string | null = null; ; ) {
      const more = last === null ? '' : `?last_id=${encodeURIComponent(last)}`;
      const items = itemsOf(await ask({ url: `${base}${more}`, headers: bearer(key) }));
      yield items;
      const end = items.at(-1);
      last = end === undefined ? null : textField(end, 'id');
      if (items.length < PAGE || last === null) return;
    }
  },
  async remove(ask, { key, of, url }, address) {
    const base = `${url ?? API}/api/accounts/${of}/suppressions`;
    const found = itemsOf(
      await ask({ url: `${base}?email=${encodeURIComponent(address)}`, headers: bearer(key) }),
    );
    for (const item of found) {
      const id = textField(item, 'id');
      if (id !== null && textField(item, 'email')?.toLowerCase() === address)
        await ask({ method: 'DELETE', url: `${base}/${id}`, headers: bearer(key) });
    }
  },
};
