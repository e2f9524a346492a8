/**
 * Erasure (GDPR, article 17): a keyed hash takes the place of an address everywhere, and it stays suppressed. There is no
 * way back.
 */
import { heldInAnyForm, withoutAddress } from '../core/pseudonym.ts';
import { keysOf } from '../filter/reader.ts';
import { KeyedHash } from '../filter/siphash.ts';
import type { EventQuery, MentionPart, MentionPlace, QuarantineRow, Store } from '../store/store.ts';
import { auditRows } from './audit.ts';
import type { Committer } from './commit.ts';
import { REMEMBERED } from './erased-names.ts';
import { cleanReceipt, textOf } from './erasing-store.ts';
import type { Filters } from './filters.ts';
import type { Who } from './list.ts';
import type { Pepper } from './pepper.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { aTurn, type Runtime } from './runtime.ts';

export interface Erasures {
  /** The hash that stands for the address from now on; how much was rewritten. */
  erase(who: Who, address: string): Promise<Erased>;
  /** How many rows tell of it. */
  count(who: Who, address: string): Promise<number>;
}

export interface Erased {
  readonly pseudonym: string;
  readonly rows: number;
  readonly receipts: number;
}

interface Deps {
  /** The plain one. */
  readonly store: Store;
  readonly committer: Committer;
  readonly pseudonyms: Pseudonyms;
  readonly pepper: Pepper | null;
  readonly filters: Pick<Filters, 'keyOf'>;
  readonly runtime: Runtime;
}

const PAGE = 50;
const EVENTS = 1_000;
/** What was judged before the erasure was known may be written after it: looked for again, so many times at least. */
const PASSES = 3;
const BETWEEN = 6 * REMEMBERED;

export function createErasures(deps: Deps): Erasures {
  const { store, committer, pseudonyms, pepper, filters, runtime } = deps;
  /** By which it stands in the tables. */
  const nameOf = (tenant: string, address: string) => pepper?.nameOf(tenant, address) ?? address;
  return {
    async count({ tenant }, address) {
      const erasure = { tenant, pseudonym: '', filter_hash: '', at: 0 };
      const name = nameOf(tenant, address);
      const about = await store.rewrite(erasure, name, null);
      return (
        about +
        (await cleanOthers(tenant, { address, name }, (text) => withoutAddress(text, address, ''), false))
      );
    },

    async erase(who, address) {
      const { tenant } = who;
      const name = nameOf(tenant, address);
      const pseudonym = pseudonyms.of(tenant, name);
      const hash = new KeyedHash((await keysOf(await filters.keyOf(tenant))).hash);
      hash.of(address);
      const filter_hash = [hash.high, hash.low].map((word) => word.toString(16).padStart(8, '0')).join('');
      const clean = (text: string) =>
        withoutAddress(withoutAddress(text, address, pseudonym), name, pseudonym);
      const erasure = { tenant, pseudonym, filter_hash, at: runtime.now() };
      let rows = 0;
      for (let pass = 0, found = 1; pass < PASSES || found > 0; pass++) {
        found = await store.rewrite(erasure, name, clean);
        rows += found;
        await new Promise((resolve) => setTimeout(resolve, BETWEEN));
      }
      rows += await cleanOthers(tenant, { address, name }, clean, true);
      const receipts = await cleanReceipts(tenant, clean, pseudonym);
      await cleanQuarantine(tenant, clean);
      // Folds what came to the hash from either side, and tells who did it.
      await committer.submit({ type: 'redecide', tenant, addresses: [pseudonym], progress: null });
      await note(who, pseudonym, rows);
      await store.compact();
      return { pseudonym, rows, receipts };
    },
  };

  /** What is told of others may name it: how many rows do. */
  async function cleanOthers(
    tenant: string,
    { address, name }: { readonly address: string; readonly name: string },
    clean: (text: string) => string,
    isMeant: boolean,
  ): Promise<number> {
    const held = heldInAnyForm(address);
    let count = 0;
    for (let place: MentionPlace | null = null; ; ) {
      const part: MentionPart = await store.mentions(tenant, name, held, place);
      const cleaned = part.rows.flatMap((row) => {
        const texts = Object.entries(row.texts).flatMap(([column, text]) => {
          const rest = text === null ? null : clean(text);
          return rest === text ? [] : [[column, rest] as const];
        });
        return texts.length === 0 ? [] : [{ ...row, texts: Object.fromEntries(texts) }];
      });
      count += cleaned.length;
      for (let from = 0; isMeant && from < cleaned.length; from += PAGE)
        await store.rewriteTexts(tenant, cleaned.slice(from, from + PAGE));
      place = part.next;
      if (place === null) return count;
      await aTurn(runtime);
    }
  }

  /** Those that brought an event about it hold it, in whatever form. */
  async function cleanReceipts(
    tenant: string,
    clean: (text: string) => string,
    pseudonym: string,
  ): Promise<number> {
    const brought = await broughtBy(tenant, pseudonym);
    let count = 0;
    for (let after = ''; ; ) {
      const some = await store.receiptsAfter(tenant, after, PAGE);
      for (const row of some) {
        const text = await textOf(runtime, row);
        const isFound = clean(text) !== text || clean(row.query) !== row.query;
        const isClean = text === '' || `${row.query} ${text}`.includes(pseudonym);
        if (!isFound && (isClean || !brought.has(row.id))) continue;
        await store.rewriteReceipt(await cleanReceipt(runtime, row, clean));
        count += 1;
      }
      const last = some.at(-1);
      if (last === undefined) return count;
      after = last.id;
    }
  }

  async function broughtBy(tenant: string, address: string): Promise<ReadonlySet<string>> {
    const ids = new Set<string>();
    for (let after: EventQuery['after'] = null; ; ) {
      const page = await store.events(tenant, { address, limit: EVENTS, after });
      for (const { receipt_id } of page.rows) ids.add(receipt_id);
      if (page.next === null) return ids;
      after = page.next;
    }
  }

  async function cleanQuarantine(tenant: string, clean: (text: string) => string): Promise<void> {
    const held: QuarantineRow[] = [];
    for (let after: readonly (string | number)[] | null = null; ; ) {
      const page = await store.quarantined(tenant, { limit: PAGE, after });
      held.push(...page.rows.filter(({ raw }) => clean(raw) !== raw));
      after = page.next;
      if (after === null) break;
    }
    for (const { id, raw } of held)
      await store.configure({ note: 'quarantine', row: { tenant, id, raw: clean(raw) } }, null);
  }

  async function note(who: Who, subject: string, rows: number): Promise<void> {
    for (;;) {
      const [row] = auditRows(
        await store.auditHead(),
        [{ ...who, action: 'address.erase', subject, detail: { rows } }],
        runtime,
      );
      if ((await store.configure([], row ?? null)) === 'done') return;
    }
  }
}
