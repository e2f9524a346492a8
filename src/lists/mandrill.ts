/** Mandrill's reject list; at most 1,000 are told. https://mailchimp.com/developer/transactional/api/rejects/ */
import { itemsOf, type ProviderList } from './list.ts';

const API = 'https://mandrillapp.com';

export const mandrillList: ProviderList = {
  of: 'the subaccount',
  async *pages(ask, { key, of, url }) {
    const json = { key, include_expired: false, ...(of === null ? {} : { subaccount: of }) };
    yield itemsOf(await ask({ method: 'POST', url: `${url ?? API}/api/1.0/rejects/list`, json }));
  },
  async remove(ask, { key, of, url }, address) {
    const json = { key, email: address, ...(of === null ? {} : { subaccount: of }) };
    await ask({ method: 'POST', url: `${url ?? API}/api/1.0/rejects/delete`, json });
  },
  write: {
    // https://mailchimp.com/developer/transactional/api/rejects/add-email-to-denylist/
    atOnce: 1,
    async add(ask, { key, of, url }, rows) {
      for (const { address, reason } of rows) {
        const json = { key, email: address, comment: reason, ...(of === null ? {} : { subaccount: of }) };
        await ask({ method: 'POST', url: `${url ?? API}/api/1.0/rejects/add`, json });
      }
      return [];
    },
    async lift(ask, given, address) {
      const { key, of, url } = given;
      const json = {
        key,
        email: address,
        include_expired: false,
        ...(of === null ? {} : { subaccount: of }),
      };
      const found = itemsOf(await ask({ method: 'POST', url: `${url ?? API}/api/1.0/rejects/list`, json }));
      if (found.some(({ reason }) => reason !== 'spam' && reason !== 'unsub'))
        await mandrillList.remove(ask, given, address);
    },
  },
};
