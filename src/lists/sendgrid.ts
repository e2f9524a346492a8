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
};
