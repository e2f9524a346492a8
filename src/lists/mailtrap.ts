/** Mailtrap's list of an account; UNVERIFIED: that one answer holds all of it. https://api-docs.mailtrap.io */
import { bearer, itemsOf, type ProviderList, textField } from './list.ts';

const API = 'https://mailtrap.io';

export const mailtrapList: ProviderList = {
  of: 'the account id',
  needsOf: true,
  async *pages(ask, { key, of, url }) {
    yield itemsOf(await ask({ url: `${url ?? API}/api/accounts/${of}/suppressions`, headers: bearer(key) }));
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
