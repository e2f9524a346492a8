/** Cloudflare Email Sending's list of an account; UNVERIFIED: where the cursor is. https://developers.cloudflare.com/email-service/ */
import { bearer, field, itemsOf, type ProviderList, textField } from './list.ts';

const API = 'https://api.cloudflare.com/client/v4';
const PAGE = 1_000;

export const cloudflareList: ProviderList = {
  of: 'the account id',
  needsOf: true,
  async *pages(ask, { key, of, url }) {
    const base = `${url ?? API}/accounts/${of}/email/sending/suppressions?per_page=${PAGE}`;
    for (let cursor = ''; ; ) {
      const answer = await ask({
        url: `${base}${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
        headers: bearer(key),
      });
      yield itemsOf(field(answer, 'result'));
      const next = textField(field(answer, 'result_info'), 'cursor');
      if (next === null) return;
      cursor = next;
    }
  },
  async remove(ask, { key, of, url }, address) {
    const base = `${url ?? API}/accounts/${of}/email/sending/suppressions`;
    const found = await ask({ url: `${base}?email=${encodeURIComponent(address)}`, headers: bearer(key) });
    for (const item of itemsOf(field(found, 'result'))) {
      const id = textField(item, 'id');
      if (id !== null) await ask({ method: 'DELETE', url: `${base}/${id}`, headers: bearer(key) });
    }
  },
  write: {
    // https://developers.cloudflare.com/api/resources/email_sending/subresources/suppressions/methods/import/
    atOnce: 1_000,
    async add(ask, { key, of, url }, rows) {
      const answer = await ask({
        method: 'POST',
        url: `${url ?? API}/accounts/${of}/email/sending/suppressions/bulk`,
        headers: bearer(key),
        json: { items: rows.map(({ address }) => ({ email: address })) },
      });
      return itemsOf(field(field(answer, 'result'), 'items')).flatMap((item) => {
        const email = textField(item, 'email');
        const isWrong = item.status === 'invalid' || item.status === 'error';
        return isWrong && email !== null
          ? [{ address: email, why: textField(item, 'error') ?? String(item.status) }]
          : [];
      });
    },
    async lift(ask, { key, of, url }, address) {
      const base = `${url ?? API}/accounts/${of}/email/sending/suppressions`;
      const found = await ask({ url: `${base}?email=${encodeURIComponent(address)}`, headers: bearer(key) });
      for (const item of itemsOf(field(found, 'result'))) {
        const id = textField(item, 'id');
        const mayGo = item.reason !== 'complaint' && item.read_only !== true;
        if (id !== null && mayGo && textField(item, 'email')?.toLowerCase() === address)
          await ask({ method: 'DELETE', url: `${base}/${id}`, headers: bearer(key) });
      }
    },
  },
};
