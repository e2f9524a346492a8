/** Postmark's list of one message stream. Spam complaints cannot be taken off. https://postmarkapp.com/developer/api/suppressions-api */
import { field, itemsOf, type ProviderList, textField } from './list.ts';

const API = 'https://api.postmarkapp.com';
const headers = (key: string) => ({ 'x-postmark-server-token': key, accept: 'application/json' });

export const postmarkList: ProviderList = {
  of: 'the message stream (outbound unless given)',
  async *pages(ask, { key, of, url }) {
    const path = `/message-streams/${encodeURIComponent(of ?? 'outbound')}/suppressions/dump`;
    const answer = await ask({ url: `${url ?? API}${path}`, headers: headers(key) });
    yield itemsOf(field(answer, 'Suppressions'));
  },
  async remove(ask, { key, of, url }, address) {
    await ask({
      method: 'POST',
      url: `${url ?? API}/message-streams/${encodeURIComponent(of ?? 'outbound')}/suppressions/delete`,
      headers: headers(key),
      json: { Suppressions: [{ EmailAddress: address }] },
    });
  },
  write: {
    // UNVERIFIED: how many one request may hold.
    atOnce: 50,
    async add(ask, { key, of, url }, rows) {
      const answer = await ask({
        method: 'POST',
        url: `${url ?? API}/message-streams/${encodeURIComponent(of ?? 'outbound')}/suppressions`,
        headers: headers(key),
        json: { Suppressions: rows.map(({ address }) => ({ EmailAddress: address })) },
      });
      return itemsOf(field(answer, 'Suppressions')).flatMap((item) =>
        item.Status === 'Failed'
          ? [
              {
                address: String(item.EmailAddress).toLowerCase(),
                why: textField(item, 'Message') ?? 'Failed',
              },
            ]
          : [],
      );
    },
    async lift(ask, given, address) {
      const { key, of, url } = given;
      const dump = `/message-streams/${encodeURIComponent(of ?? 'outbound')}/suppressions/dump`;
      const found = await ask({
        url: `${url ?? API}${dump}?EmailAddress=${encodeURIComponent(address)}`,
        headers: headers(key),
      });
      const mayGo = itemsOf(field(found, 'Suppressions')).some(
        ({ SuppressionReason: reason, Origin: origin }) =>
          reason === 'HardBounce' || (reason === 'ManualSuppression' && origin !== 'Recipient'),
      );
      if (mayGo) await postmarkList.remove(ask, given, address);
    },
  },
};
