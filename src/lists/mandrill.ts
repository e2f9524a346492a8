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
};
