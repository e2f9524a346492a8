/**
 * The store that everybody sees: addresses that were erased stand in the database by their hashes, and are answered for
 * as before. Who asks knows the address, and only then can its hash be found.
 */
import { isPseudonym, withoutAddress } from '../core/pseudonym.ts';
import {
  keyOf,
  type ReceiptRow,
  type Sent,
  type Standing,
  type Store,
  sentKeyOf,
  type WritePlan,
} from '../store/store.ts';
import { erasedNames, type NamesOfMany, same } from './erased-names.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { Runtime } from './runtime.ts';

/** The same store, in which addresses that were erased go by their hashes. */
export function erasingStore(
  store: Store,
  pseudonyms: Pseudonyms,
  runtime: Pick<Runtime, 'gzip' | 'gunzip'>,
): Store {
  const erased = erasedNames(store, pseudonyms);
  const { of: namesOf, ofMany } = erased;
  const renamed = <Row extends { readonly tenant: string; readonly address: string }>(
    row: Row,
    names: NamesOfMany,
  ): Row => ({ ...row, address: names.to(row.tenant, row.address) });
  const restored = <Row extends { readonly tenant: string; readonly address: string }>(
    row: Row,
    names: NamesOfMany,
  ): Row => ({ ...row, address: names.from(row.tenant, row.address) });

  const found =
    (how: 'entries' | 'search' | 'newest'): Store['entries'] =>
    async (tenant, query, now) => {
      const names = query.q?.includes('@') === true ? await namesOf(tenant, [query.q]) : same;
      const name = query.q === undefined ? undefined : names.to(query.q);
      if (name === undefined || name === query.q) return store[how](tenant, query, now);
      const { domain: _domain, ...rest } = query;
      const page = await store[how](tenant, { ...rest, q: name }, now);
      return { ...page, rows: page.rows.map((row) => ({ ...row, address: names.from(row.address) })) };
    };

  return {
    ...store,

    async known(of) {
      const names = await ofMany(of.addresses);
      if (names.isNone) return store.known(of);
      const known = await store.known({ ...of, addresses: of.addresses.map((key) => renamed(key, names)) });
      const rows = [...known.addresses.values()].map((row) => restored(row, names));
      return { ...known, addresses: new Map(rows.map((row) => [keyOf(row), row])) };
    },

    async histories(of) {
      const names = await ofMany(of);
      if (names.isNone) return store.histories(of);
      const found = await store.histories(of.map((key) => renamed(key, names)));
      return new Map(
        of.flatMap((key) => {
          const history = found.get(keyOf(renamed(key, names)));
          if (history === undefined) return [];
          const events = history.events.map((event) => ({
            ...event,
            address: names.from(key.tenant, event.address),
          }));
          return [
            [
              keyOf(key),
              { ...history, events, entries: history.entries.map((row) => restored(row, names)) },
            ] as const,
          ];
        }),
      );
    },

    async uncounted(of) {
      const names = await ofMany(of);
      if (names.isNone) return store.uncounted(of);
      const found = await store.uncounted(of.map((key) => renamed(key, names)));
      return new Map(
        of.flatMap((key) => {
          const events = found.get(keyOf(renamed(key, names)));
          return events === undefined
            ? []
            : [[keyOf(key), events.map((event) => ({ ...event, address: key.address }))] as const];
        }),
      );
    },

    async write(plan) {
      const names = await ofMany([...plan.events, ...plan.acts, ...plan.addresses]);
      const done = await store.write(names.isNone ? plan : await withoutErased(plan, names));
      for (const { tenant } of plan.erasures) erased.learn(tenant);
      return done;
    },

    async check(tenant, addresses, now) {
      const names = await namesOf(tenant, addresses);
      if (names === same) return store.check(tenant, addresses, now);
      // A hash tells no domain, and what blocks the whole domain blocks whoever was erased there.
      const domains = addresses.filter((address) => names.to(address) !== address).map(domainKeyOf);
      const beside = addresses.flatMap((address) => names.beside(address) ?? []);
      const found = await store.check(tenant, [...addresses.map(names.to), ...domains, ...beside], now);
      return new Map(
        addresses.flatMap((address) => {
          const name = names.to(address);
          const own = found.get(name);
          const other = found.get(name === address ? (names.beside(address) ?? '') : domainKeyOf(address));
          if (own === undefined && other === undefined) return [];
          return [[address, together(own && asAsked(own, name, address), other)] as const];
        }),
      );
    },

    async events(tenant, query) {
      const names = query.address === undefined ? same : await namesOf(tenant, [query.address]);
      if (names === same || query.address === undefined) return store.events(tenant, query);
      const page = await store.events(tenant, { ...query, address: names.to(query.address) });
      return { ...page, rows: page.rows.map((row) => ({ ...row, address: names.from(row.address) })) };
    },

    async sent(tenant, of) {
      const names = await namesOf(
        tenant,
        of.map(({ address }) => address),
      );
      if (names === same) return store.sent(tenant, of);
      const all = new Map(of.map((one) => [sentKeyOf({ ...one, address: names.to(one.address) }), one]));
      const found = await store.sent(
        tenant,
        of.map((one) => ({ ...one, address: names.to(one.address) })),
      );
      return new Set([...found].flatMap((key) => (all.has(key) ? [sentKeyOf(all.get(key) as Sent)] : [])));
    },

    async audits(tenant, request) {
      const page = await store.audits(tenant, request);
      const hashes = page.rows.flatMap(({ subject }) => (isPseudonym(subject) ? [subject] : []));
      const known = await store.namesOf(tenant, hashes);
      return {
        ...page,
        rows: page.rows.map((row) => ({ ...row, subject: known.get(row.subject) ?? row.subject })),
      };
    },

    async acts(tenant, address) {
      const names = await namesOf(tenant, [address]);
      const acts = await store.acts(tenant, names.to(address));
      return acts.map((row) => ({ ...row, address: names.from(row.address) }));
    },

    entries: found('entries'),
    search: found('search'),
    newest: found('newest'),
  };

  /** Texts that hold the address go without it, and so do the requests that brought it. */
  async function withoutErased(plan: WritePlan, names: NamesOfMany): Promise<WritePlan> {
    const erased = [...plan.events, ...plan.acts, ...plan.addresses].filter(
      ({ tenant, address }) => names.to(tenant, address) !== address,
    );
    const clean = (text: string) =>
      erased.reduce(
        (rest, { tenant, address }) => withoutAddress(rest, address, names.to(tenant, address)),
        text,
      );
    const cleaned = <Row extends { readonly tenant: string; readonly address: string }>(row: Row): Row => {
      const name = names.to(row.tenant, row.address);
      if (name === row.address) return row;
      const texts = Object.entries(row).map(([column, value]) => [
        column,
        typeof value === 'string' ? clean(value) : value,
      ]);
      const domain = 'domain' in row ? { domain: name.slice(name.lastIndexOf('@') + 1) } : {};
      return { ...row, ...Object.fromEntries(texts), ...domain, address: name };
    };
    const touched = new Set(
      plan.events
        .filter(({ tenant, address }) => names.to(tenant, address) !== address)
        .map(({ receipt_id }) => receipt_id),
    );
    return {
      ...plan,
      events: plan.events.map(cleaned),
      acts: plan.acts.map(cleaned),
      addresses: plan.addresses.map((row) => ({
        ...renamed(row, names),
        marks: row.marks.map(({ at, messageId, rfcMessageId }) => ({
          at,
          messageId: messageId && clean(messageId),
          rfcMessageId: rfcMessageId && clean(rfcMessageId),
        })),
      })),
      entries: plan.entries.map(cleaned),
      changes: plan.changes.map(cleaned),
      names: plan.names.filter(({ tenant, name }) => names.to(tenant, name) === name),
      quarantine: plan.quarantine.map((row) => ({ ...row, raw: clean(row.raw) })),
      receipts: await Promise.all(
        plan.receipts.map((row) => (touched.has(row.id) ? cleanReceipt(runtime, row, clean) : row)),
      ),
    };
  }
}

const domainKeyOf = (address: string): string => address.slice(address.lastIndexOf('@'));

/** Its entries by the address that was asked for. */
const asAsked = (own: Standing, name: string, address: string): Standing => ({
  ...own,
  entries: own.entries.map((row) => (row.address === name ? { ...row, address } : row)),
});

function together(own: Standing | undefined, other: Standing | undefined): Standing {
  const until = [own?.allowedUntil, other?.allowedUntil].filter((at) => at !== null && at !== undefined);
  return {
    entries: [...(own?.entries ?? []), ...(other?.entries ?? [])],
    listedAt: own?.listedAt ?? [],
    allowedUntil: until.length === 0 ? null : Math.max(...until),
  };
}

/** A request in which the address is written in a way that nobody looks for loses its body: it cannot be read again. */
export async function cleanReceipt(
  runtime: Pick<Runtime, 'gzip' | 'gunzip'>,
  row: ReceiptRow,
  clean: (text: string) => string,
): Promise<ReceiptRow> {
  const text = await textOf(runtime, row);
  const rest = clean(text);
  const query = clean(row.query);
  const isFound = rest !== text || query !== row.query;
  const body = isFound ? Uint8Array.from(rest, (letter) => letter.charCodeAt(0)) : new Uint8Array();
  return { ...row, query, encoding: 'identity', body };
}

/** A character a byte, so that any body comes back as it was. */
export async function textOf(
  { gunzip }: Pick<Runtime, 'gunzip'>,
  { encoding, body }: Pick<ReceiptRow, 'encoding' | 'body'>,
): Promise<string> {
  const bytes = encoding === 'gzip' ? await gunzip(body) : body;
  let text = '';
  for (let from = 0; from < bytes.length; from += 8_192)
    text += String.fromCharCode(...bytes.subarray(from, from + 8_192));
  return text;
}
