/** Mailtrap's list of an account; ten requests a minute. https://github.com/mailtrap/mailtrap-openapi/blob/main/specs/email-sending.openapi.yml */
import type { Reason } from '../core/event.ts';
import {
  type Ask,
  bearer,
  field,
  type Given,
  type Item,
  itemsOf,
  type ProviderList,
  textField,
} from './list.ts';

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
  async remove(ask, given, address) {
    for (const item of await rowsOf(ask, given, address)) await drop(ask, given, item);
  },
  write: {
    // A row is of one domain and one stream. UNVERIFIED: that the paths without an account are of the key's own; the page
    // has no others any more.
    atOnce: 5,
    async add(ask, given, rows) {
      const [base, headers] = [given.url ?? API, bearer(given.key)];
      const domains = itemsOf(field(await ask({ url: `${base}/api/domains`, headers }), 'data')).filter(
        ({ demo }) => demo !== true,
      );
      if (domains.length === 0)
        return rows.map(({ address }) => ({ address, why: 'the account has no domain to send from' }));
      for (const { address, reason } of rows) {
        // What an attempt that met the limit has put there is not put there again.
        const there = await rowsOf(ask, given, address);
        for (const { id: domain_id, domain_name } of domains)
          for (const sending_stream of streams) {
            if (there.some((row) => row.domain_name === domain_name && isOf(row, sending_stream))) continue;
            const json = { email: address, domain_id, sending_stream, type: typeFor(reason) };
            await ask({ method: 'POST', url: `${base}/api/suppressions`, headers, json });
          }
      }
      return [];
    },
    async lift(ask, given, address) {
      for (const item of await rowsOf(ask, given, address))
        if (item.type === 'hard bounce' || item.type === 'manual import') await drop(ask, given, item);
    },
  },
};

const streams = ['transactional', 'bulk'] as const;

const typeFor = (reason: Reason): string =>
  reason === 'complaint'
    ? 'spam complaint'
    : reason === 'unsubscribe'
      ? 'unsubscription'
      : reason === 'manual'
        ? 'manual import'
        : 'hard bounce';

async function rowsOf(ask: Ask, { key, of, url }: Given, address: string): Promise<readonly Item[]> {
  const found = await ask({
    url: `${url ?? API}/api/accounts/${of}/suppressions?email=${encodeURIComponent(address)}`,
    headers: bearer(key),
  });
  return itemsOf(found).filter((item) => textField(item, 'email')?.toLowerCase() === address);
}

async function drop(ask: Ask, { key, of, url }: Given, item: Item): Promise<void> {
  const id = textField(item, 'id');
  if (id === null) return;
  const path = `/api/accounts/${of}/suppressions/${encodeURIComponent(id)}`;
  await ask({ method: 'DELETE', url: `${url ?? API}${path}`, headers: bearer(key) });
}

const isOf = (row: Item, stream: string): boolean =>
  row.sending_stream === stream || row.sending_stream === 'any';
