/** Postmark's list of one message stream. Spam complaints cannot be taken off. https://postmarkapp.com/developer/api/suppressions-api */
import { field, itemsOf, type ProviderList } from './list.ts';

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
};
