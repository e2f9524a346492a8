/**
 * Releases by selection: all entries of one cause, one receiver or one window, once it is mended. Previewed first,
 * then one audited batch; running it again finds nothing. Complaints and unsubscribes are never among them.
 */
import type { Reason } from '../core/event.ts';
import type { Act } from '../core/facts.ts';
import { templateOf } from '../core/mask.ts';
import { CATEGORY_OF_504 } from '../core/taxonomy.ts';
import { DAY } from '../core/time.ts';
import { type EntryQuery, type EntryRow, keyOf, LOOKED_AT } from '../store/store.ts';
import { inBatches } from './batches.ts';
import type { ListDeps, Who } from './list.ts';
import { byOperator, type Operated } from './mail-hosts.ts';
import { undoable } from './release-undo.ts';
import { aTurn, type Runtime } from './runtime.ts';
import { stands } from './standing.ts';

export interface Selection {
  /** None but these. Being named, they are released from manual entries too. */
  readonly addresses?: readonly string[];
  /** A basic code; `504` also means a lone 5.5.4. */
  readonly code?: string;
  readonly enhanced?: string;
  readonly category?: string;
  readonly rule?: string;
  readonly blame?: string;
  readonly domain?: string;
  /** Whose servers take the mail of their domains: a name, or a domain of such a server. */
  readonly mx?: string;
  readonly provider?: string;
  readonly sourceId?: string;
  /** A reply like those it rests on: what is variable in it does not matter. */
  readonly template?: string;
  /** What this incident holds. */
  readonly incident?: string;
  readonly reason?: Extract<Reason, 'hard-bounce' | 'soft-bounce' | 'manual'>;
  /** Entries first made from (inclusive) to (exclusive). */
  readonly from?: number;
  readonly to?: number;
}

export interface Selected {
  readonly entries: readonly EntryRow[];
  /** Of the same selection, but not to be released so: how many of which reason. */
  readonly excluded: Readonly<Record<string, number>>;
  /** Of a selection by `mx`. */
  readonly operated?: Operated;
}

/** Mail that is still queued when a cause is mended fails for the old reason; it is not held against anyone. */
const GRACE = DAY;
const PAGE = 1_000;

type Reads = Pick<ListDeps, 'store' | 'runtime'>;

export async function select(deps: Reads, tenant: string, selection: Selection): Promise<Selected> {
  const { mailHosts } = deps.runtime;
  const operator =
    selection.mx === undefined || mailHosts === null ? null : byOperator(mailHosts, selection.mx);
  const entries: EntryRow[] = [];
  const excluded: Record<string, number> = {};
  const allowed = selection.reason === undefined ? usualReasons(selection) : [selection.reason];
  const isMeant = (row: EntryRow) =>
    selection.incident === undefined ? allowed.includes(row.reason) : row.state === 'held';
  for await (const page of candidates(deps, tenant, selection)) {
    const rows = (await saying(deps.store, tenant, selection, page)).filter((row) => matches(selection, row));
    for (const row of operator === null ? rows : await operator.keep(rows)) {
      if (isMeant(row)) entries.push(row);
      else excluded[row.reason] = (excluded[row.reason] ?? 0) + 1;
    }
  }
  return { entries, excluded, ...(operator === null ? {} : { operated: operator.told() }) };
}

const usualReasons = ({ addresses }: Selection): readonly Reason[] =>
  addresses === undefined ? ['hard-bounce', 'soft-bounce'] : ['hard-bounce', 'soft-bounce', 'manual'];

function candidates(deps: Reads, tenant: string, selection: Selection): AsyncIterable<readonly EntryRow[]> {
  if (selection.incident !== undefined) return held(deps, tenant, selection.incident);
  if (selection.addresses !== undefined) return standingOf(deps, tenant, selection.addresses);
  return listed(deps, tenant, selection);
}

/** Page by page what blocks. */
async function* listed(
  { store, runtime }: Reads,
  tenant: string,
  selection: Selection,
): AsyncGenerator<readonly EntryRow[]> {
  let after: EntryQuery['after'] = null;
  do {
    const page = await store.search(
      tenant,
      { ...queryOf(selection), states: ['active', 'held'], limit: LOOKED_AT, after },
      runtime.now(),
    );
    yield page.rows;
    after = page.next;
    await aTurn(runtime);
  } while (after !== null);
}

/** Page by page the entries of those whom an incident still holds. */
async function* held(deps: Reads, tenant: string, incident: string): AsyncGenerator<readonly EntryRow[]> {
  const { left } = await undoable(deps, tenant, incident, 'hold');
  yield* standingOf(
    deps,
    tenant,
    left.map(({ address }) => address),
  );
}

async function* standingOf(
  { store, runtime }: Reads,
  tenant: string,
  given: readonly string[],
): AsyncGenerator<readonly EntryRow[]> {
  // In one order, whichever they were named in: a preview is of them.
  const addresses = [...new Set(given)].sort();
  for (let from = 0; from < addresses.length; from += PAGE) {
    const some = addresses.slice(from, from + PAGE);
    const standing = await store.check(tenant, some, runtime.now());
    await aTurn(runtime);
    yield some.flatMap((address) =>
      (standing.get(address)?.entries ?? []).filter((row) => row.address === address),
    );
  }
}

/** Those that rest on a reply of the selection's template. */
async function saying(
  store: ListDeps['store'],
  tenant: string,
  { template }: Selection,
  rows: readonly EntryRow[],
): Promise<readonly EntryRow[]> {
  if (template === undefined || rows.length === 0) return rows;
  const wanted = templateOf(template);
  const histories = await store.histories(rows.map(({ address }) => ({ tenant, address })));
  return rows.filter((row) => {
    const event = histories.get(keyOf(row))?.events.find(({ id }) => id === row.event_id);
    return event !== undefined && event.smtp.text !== null && templateOf(event.smtp.text) === wanted;
  });
}

/**
 * `acts`: how many were done, each for an entry that still stood; `released`: one may stand on other grounds, a 504 and a
 * dead address.
 */
export async function releaseAll(
  { committer, runtime }: Pick<ListDeps, 'committer' | 'runtime'>,
  who: Who,
  selection: Selection,
  why: string,
  entries: readonly EntryRow[],
  id: string = runtime.newId('rel', runtime.now()),
): Promise<{ readonly id: string; readonly acts: number; readonly released: readonly EntryRow[] }> {
  const now = runtime.now();
  const { done, changed } = await inBatches(
    committer,
    {
      ...who,
      action: 'suppression.release-selected',
      subject: id,
      detail: { selection: withoutNames(selection), why, entries: entries.length },
    },
    entries.map((row) => ({ address: row.address, act: actOf(row), batch: id })),
    ({ act }, { entries: found }) =>
      act.kind === 'release' &&
      found.some(
        (row) => row.stream === act.stream && act.reasons.includes(row.reason) && stands(row, runtime.now()),
      ),
  );
  return { id, acts: done.length, released: changed.filter((row) => row.state === 'released') };

  function actOf(row: EntryRow): Act {
    const byCode = selection.code !== undefined && row.reason === 'hard-bounce';
    return {
      id: runtime.newId('act', now),
      kind: 'release',
      at: now,
      actor: who.actor,
      reasons: [row.reason],
      stream: row.stream,
      why,
      code: byCode ? (selection.code ?? null) : null,
      grace: byCode ? GRACE : 0,
      evidence: null,
      ...(selection.incident === undefined ? {} : { incident: selection.incident }),
    };
  }
}

/** The acts of the batch name the addresses, which may be erased there; nothing is erased from the audit. */
const withoutNames = ({ addresses, ...rest }: Selection) =>
  addresses === undefined ? rest : { ...rest, addresses: addresses.length };

/**
 * What a preview has shown, in a few characters: how many entries, and a digest of which they were and as of when.
 * A release that is given it goes through only where the selection is still the same.
 */
export async function previewOf(
  entries: readonly EntryRow[],
  runtime: Pick<Runtime, 'sha256' | 'defer'>,
): Promise<string> {
  let digest = '';
  for (let from = 0; from < entries.length; from += LOOKED_AT) {
    const shown = entries
      .slice(from, from + LOOKED_AT)
      .map(({ id, updated_at, state }) => `${id} ${updated_at} ${state}`);
    digest = runtime.sha256(`${digest}\n${shown.join('\n')}`);
    await aTurn(runtime);
  }
  return `${entries.length}-${digest.slice(0, 32)}`;
}

/** What the database can pick; of a 504, which may be a lone 5.5.4, the category. */
function queryOf(selection: Selection): Partial<EntryQuery> {
  const { code, enhanced, category, blame, rule, domain, provider, sourceId, reason } = selection;
  const asked = code === '504' ? { category: category ?? CATEGORY_OF_504 } : { code, category };
  const rest = { enhanced, blame, rule, domain, provider, source_id: sourceId, reason };
  return Object.fromEntries(Object.entries({ ...asked, ...rest }).filter(([, value]) => value !== undefined));
}

function matches(selection: Selection, row: EntryRow): boolean {
  const { code, enhanced, category, domain, provider, rule, blame, sourceId, reason, from, to } = selection;
  return (
    (code === undefined || code === (row.code ?? (row.enhanced === '5.5.4' ? '504' : null))) &&
    (enhanced === undefined || row.enhanced === enhanced) &&
    (category === undefined || row.category === category) &&
    (domain === undefined || row.domain === domain) &&
    (provider === undefined || row.provider === provider) &&
    (rule === undefined || row.rule === rule) &&
    (blame === undefined || row.blame === blame) &&
    (sourceId === undefined || row.source_id === sourceId) &&
    (reason === undefined || row.reason === reason) &&
    (from === undefined || row.created_at >= from) &&
    (to === undefined || row.created_at < to)
  );
}
