/** SendGrid's five lists: bounces, blocks, invalid emails, spam reports, global unsubscribes. Blocks keep nobody from being sent to, and the policy tells them apart. https://www.twilio.com/docs/sendgrid/api-reference/bounces-api */
import { bearer, itemsOf, type ProviderList } from './list.ts';

const API = 'https://api.sendgrid.com';
const lists = ['bounces', 'blocks', 'invalid_emails', 'spam_reports', 'unsubscribes'] as const;
const PAGE = 500;

export const sendgridList: ProviderList = {
  of: null,
  async *pages(ask, { key, url }) {
    for (const list of lists)
      for (let offset = 0; ; offset += PAGE) {
        const items = itemsOf(
          await ask({
            url: `${url ?? API}/v3/suppression/${list}?limit=${PAGE}&offset=${offset}`,
            headers: bearer(key),
          }),
        );
        yield items;
        if (items.length < PAGE) break;
      }
  },
  async remove(ask, { key, url }, address) {
    for (const list of lists) {
      const path = list === 'unsubscribes' ? '/v3/asm/suppressions/global' : `/v3/suppression/${list}`;
      await ask({
        method: 'DELETE',
        url: `${url ?? API}${path}/${encodeURIComponent(address)}`,
        headers: bearer(key),
      });
    }
  },
  write: {
    // https://www.twilio.com/docs/sendgrid/api-reference/suppressions-suppressions: the only one that can be added to.
    // UNVERIFIED: how many one request may hold.
    atOnce: 1_000,
    async add(ask, { key, url }, rows) {
      await ask({
        method: 'POST',
        url: `${url ?? API}/v3/asm/suppressions/global`,
        headers: bearer(key),
        json: { recipient_emails: rows.map(({ address }) => address) },
      });
      return [];
    },
    async lift(ask, { key, url }, address, ours) {
      const paths = ['bounces', 'blocks', 'invalid_emails'].map((list) => `/v3/suppression/${list}`);
      for (const path of ours ? [...paths, '/v3/asm/suppressions/global'] : paths)
        await ask({
          method: 'DELETE',
          url: `${url ?? API}${path}/${encodeURIComponent(address)}`,
          headers: bearer(key),
        });
    },
  },
};
