/**
 * Brevo's blocked contacts. They can be read and taken off, and not added to: the API would make a marketing contact of
 * each address, which senders that it names may not write to. https://developers.brevo.com/reference/gettransacblockedcontacts
 */
import { field, itemsOf, type ProviderList } from './list.ts';

const API = 'https://api.brevo.com';
const PAGE = 100;

export const brevoList: ProviderList = {
  of: null,
  readOnly: 'has no way to block an address but to make a marketing contact of it',
  async *pages(ask, { key, url }) {
    for (let offset = 0; ; offset += PAGE) {
      const answer = await ask({
        url: `${url ?? API}/v3/smtp/blockedContacts?limit=${PAGE}&offset=${offset}`,
        headers: { 'api-key': key },
      });
      const items = itemsOf(field(answer, 'contacts'));
      yield items;
      if (items.length < PAGE) return;
    }
  },
  async remove(ask, { key, url }, address) {
    await ask({
      method: 'DELETE',
      url: `${url ?? API}/v3/smtp/blockedContacts/${encodeURIComponent(address)}`,
      headers: { 'api-key': key },
    });
  },
};
