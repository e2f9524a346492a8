/** The port: what Mailstop asks of a database, in its own words. Arrays in, no query language, no transaction handle. */

import type { AlarmKind } from '../core/alarms.ts';
import type { EntryState, Kind, Reason } from '../core/event.ts';
import type { Act, EventFact, Mark } from '../core/facts.ts';
import type { Cluster, Slot } from '../core/guard.ts';
import type {
  acts,
  audit,
  auditNames,
  changes,
  domainFacts,
  erasures,
  events,
  incidents,
  keys,
  listStats,
  mailPlaces,
  nonces,
  notices,
  policies,
  quarantine,
  receipts,
  ruleCounts,
  seen,
  sessions,
  sourceDrifts,
  sourceHours,
  sourceLists,
  sources,
  stats,
  suppressions,
  surges,
  tenants,
  unmapped,
  users,
  waiting,
  webhooks,
} from './schema.ts';

export type EventRow = typeof events.$inferSelect;
export type ActRow = typeof acts.$inferSelect;
export type EntryRow = typeof suppressions.$inferSelect;
export type SourceRow = typeof sources.$inferSelect;
export type KeyRow = typeof keys.$inferSelect;
export type TenantRow = typeof tenants.$inferSelect;
export type PolicyRow = typeof policies.$inferSelect;
export type QuarantineRow = typeof quarantine.$inferSelect;
export type UnmappedRow = typeof unmapped.$inferSelect;
export type StatRow = typeof stats.$inferSelect;
export type ListStatRow = typeof listStats.$inferSelect;
export type RuleCountRow = typeof ruleCounts.$inferSelect;
export type UserRow = typeof users.$inferSelect;
export type SurgeRow = typeof surges.$inferSelect;
export type IncidentRow = typeof incidents.$inferSelect;
export type NoticeRow = Omit<typeof notices.$inferSelect, 'seq'>;
export type WebhookRow = typeof webhooks.$inferSelect;
export type SourceListRow = typeof sourceLists.$inferSelect;
export type SourceDriftRow = typeof sourceDrifts.$inferSelect;
export type ErasureRow = typeof erasures.$inferSelect;
export type AuditNameRow = typeof auditNames.$inferSelect;
export type SourceHourRow = typeof sourceHours.$inferSelect;
export type MailPlaceRow = typeof mailPlaces.$inferSelect;
export type WaitingRow = typeof waiting.$inferSelect;
export type SessionRow = typeof sessions.$inferSelect;
export type AuditRow = typeof audit.$inferSelect;
export type ChangeRow = Omit<typeof changes.$inferSelect, 'seq'>;
export type NonceRow = typeof nonces.$inferSelect;
export type SeenRow = typeof seen.$inferSelect;
export type DomainFactRow = typeof domainFacts.$inferSelect;
export type ReceiptRow = Omit<typeof receipts.$inferSelect, 'body'> & { readonly body: Uint8Array };

export interface AddressKey {
  readonly tenant: string;
  readonly address: string;
}

/** A map key for one address of one tenant. A tenant id holds no space. */
export const keyOf = (key: AddressKey): string => `${key.tenant} ${key.address}`;

/** An address, or a whole domain as `@example.com`. */
export interface AddressRow extends AddressKey {
  /** 0 where there is no row yet. */
  readonly revision: number;
  readonly open: boolean;
  readonly marks: readonly Mark[];
  readonly listedAt: readonly string[];
  /** Until then no bounce blocks it, for a person answers for it; null where nobody did. */
  readonly allowedUntil: number | null;
}

/** What a batch must know before it is judged. Keys are keyOf(). */
export interface Known {
  /** `tenant digest` of items taken in before -> until when that is to be known. */
  readonly seen: ReadonlyMap<string, number>;
  /** `tenant provider nonce` -> body digest. */
  readonly nonces: ReadonlyMap<string, string>;
  readonly addresses: ReadonlyMap<string, AddressRow>;
}

/** Facts in no order: the fold puts them in theirs. */
export interface History {
  readonly events: readonly EventFact[];
  readonly acts: readonly Act[];
  readonly entries: readonly EntryRow[];
}

/** A message that went, by a source's word, to this canonical address. */
export interface Sent {
  readonly address: string;
  /** As it is named, without angle brackets. */
  readonly message: string;
}

/** An address of ours ends where its domain does, with the first space behind the @. */
export const sentKeyOf = ({ address, message }: Sent): string => `${address} ${message}`;

/** Everything one flush writes: all of it or nothing. */
export interface WritePlan {
  /** The version of each tenant's policy that it was judged by: a newer one makes the write stale. */
  readonly judgedBy: readonly { readonly tenant: string; readonly version: number }[];
  /** Those that wait no more: they and their receipts go, before the receipts that are kept are written. */
  readonly resumed: readonly WaitingRow[];
  readonly receipts: readonly ReceiptRow[];
  /** Which of the receipts wait for their source to be resumed. */
  readonly waiting: readonly WaitingRow[];
  /** A clash is stale: somebody else took the item in. */
  readonly seen: readonly SeenRow[];
  /** Of items that may come again as new ones: a clash is not. */
  readonly seenAgain: readonly SeenRow[];
  readonly nonces: readonly NonceRow[];
  readonly events: readonly EventRow[];
  readonly acts: readonly ActRow[];
  /** Events of old that count from now on. */
  readonly counted: readonly { readonly tenant: string; readonly id: string }[];
  readonly domainFacts: readonly DomainFactRow[];
  /** With the revision that the row had when it was read. */
  readonly addresses: readonly AddressRow[];
  readonly entries: readonly EntryRow[];
  readonly changes: readonly ChangeRow[];
  readonly quarantine: readonly QuarantineRow[];
  readonly unmapped: readonly UnmappedRow[];
  readonly stats: readonly StatRow[];
  readonly ruleCounts: readonly RuleCountRow[];
  readonly surges: readonly SurgeRow[];
  readonly audit: readonly AuditRow[];
  /** What addresses that the audit tells of by their hashes are. */
  readonly names: readonly AuditNameRow[];
  /** Hashes of addresses that other servers have erased: those that are known stay as they are. */
  readonly erasures: readonly ErasureRow[];
  readonly sourcesHeard: readonly { readonly id: string; readonly at: number }[];
  readonly redecided: readonly Redecided[];
}

/** How far a tenant's list was decided anew under a version of its policy. `to` null: all of it. */
export interface Redecided {
  readonly tenant: string;
  readonly version: number;
  readonly to: string | null;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** The sort key of the last row where more may follow. */
  readonly next: readonly (string | number)[] | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly after: readonly (string | number)[] | null;
}

/** Texts of a row about somebody else. */
export interface Mention {
  readonly table: string;
  readonly id: string;
  readonly address: string;
  readonly texts: Readonly<Record<string, string | null>>;
}
/** The table that is looked through, and the row where the part before ended. */
export interface MentionPlace {
  readonly table: number;
  readonly after: string;
}
export interface MentionPart {
  readonly rows: readonly Mention[];
  /** Null after the last part of all. */
  readonly next: MentionPlace | null;
}

/** Entries that one page of a search is picked from. */
export const LOOKED_AT = 10_000;

export interface EntryQuery extends PageRequest {
  readonly reason?: Reason;
  readonly origin?: string;
  readonly states: readonly EntryState[];
  readonly stream?: string;
  readonly code?: string;
  readonly enhanced?: string;
  readonly category?: string;
  readonly blame?: string;
  readonly rule?: string;
  readonly provider?: string;
  readonly source_id?: string;
  readonly domain?: string;
  /** `updated_at` from (inclusive) and to (exclusive). */
  readonly from?: number;
  readonly to?: number;
  /** Address prefix, taken literally. */
  readonly q?: string;
  /** Newest first unless given. */
  readonly order?: 'time' | 'address';
  /** Of `newest`: the key behind which its part begins; null = the first part. */
  readonly part?: PageRequest['after'];
}

export interface EventQuery extends PageRequest {
  readonly address?: string;
  readonly kind?: Kind;
  readonly sourceId?: string;
  /** With the time of the receipt: no index has it. */
  readonly receiptId?: string;
  readonly provider?: string;
  readonly code?: string;
  readonly enhanced?: string;
  readonly category?: string;
  readonly domain?: string;
  readonly stream?: string;
  /** `received_at` from (inclusive) and to (exclusive). */
  readonly from?: number;
  readonly to?: number;
}

export interface AuditQuery extends PageRequest {
  readonly actor?: string;
  readonly action?: string;
  /** `at` from (inclusive) and to (exclusive). */
  readonly from?: number;
  readonly to?: number;
}

export const statDimensions = [
  'hour',
  'day',
  'kind',
  'code',
  'enhanced',
  'category',
  'provider',
  'domain',
] as const;
export type StatDimension = (typeof statDimensions)[number];

/** Which events are counted. */
export interface Counted {
  readonly kinds: readonly Kind[];
  readonly code?: string;
  readonly enhanced?: string;
  readonly category?: string;
  /** None but these. */
  readonly domains?: readonly string[];
}

/** What makes an entry one: `['', '', '']` is before all. */
export type EntryKey = readonly [address: string, stream: string, reason: string];

/** As much of an entry as tells what it blocks. */
export type StandingRow = Pick<EntryRow, 'address' | 'stream' | 'reason' | 'origin' | 'state' | 'until'>;

/** What stands against one address, entries of its whole domain included. */
export interface Standing {
  readonly entries: readonly EntryRow[];
  readonly listedAt: readonly string[];
  /** The later one of the address's own and its domain's. */
  readonly allowedUntil: number | null;
}

export interface Store {
  // Writing the list: read, judge, write; `stale` = somebody else wrote between, so read again.
  known(of: {
    readonly digests: readonly SeenKey[];
    readonly nonces: readonly NonceKey[];
    readonly addresses: readonly AddressKey[];
  }): Promise<Known>;
  histories(of: readonly AddressKey[]): Promise<ReadonlyMap<string, History>>;
  /** Events that do not count so far, of these addresses. */
  uncounted(of: readonly AddressKey[]): Promise<ReadonlyMap<string, readonly EventFact[]>>;
  /** Addresses with events, in order, after the given one; after `@…`, keys of domains with facts. */
  factAddresses(tenant: string, after: string, limit: number): Promise<readonly string[]>;
  /** Rows of addresses, and of whole domains, in order, after the given one. */
  addressesAfter(tenant: string, after: string, limit: number): Promise<readonly AddressRow[]>;
  /** Those of them that a proven event or a delivery tells of, by sentKeyOf. */
  sent(tenant: string, of: readonly Sent[]): Promise<ReadonlySet<string>>;
  auditHead(): Promise<{ readonly seq: number; readonly hash: string }>;
  write(plan: WritePlan): Promise<'done' | 'stale'>;

  // Asking it. Expired entries are left out where `now` is given.
  check(tenant: string, addresses: readonly string[], now: number): Promise<ReadonlyMap<string, Standing>>;
  entries(tenant: string, query: EntryQuery, now: number): Promise<Page<EntryRow>>;
  /**
   * The same at a bounded cost, however long the list and rare the entries: a page may hold less than there is room for,
   * even nothing, and others follow. By address where `q` is given or `order` says so, else newest first.
   */
  search(tenant: string, query: EntryQuery, now: number): Promise<Page<EntryRow>>;
  /**
   * Of one part of what `q` finds, which stands by address: the newest behind `after`, one more than `limit` at most.
   * `next` begins the next part.
   */
  newest(tenant: string, query: EntryQuery, now: number): Promise<Page<EntryRow>>;
  /** All that stands, in the order of its key, after the given one. */
  standing(tenant: string, after: EntryKey, limit: number, now: number): Promise<readonly StandingRow[]>;
  events(tenant: string, query: EventQuery): Promise<Page<EventRow>>;
  acts(tenant: string, address: string): Promise<readonly ActRow[]>;
  /** What was done together, in the order of ids, after the given one. */
  batch(tenant: string, batch: string, after: string, limit: number): Promise<readonly ActRow[]>;
  changesAfter(
    tenant: string,
    seq: number,
    limit: number,
  ): Promise<readonly (ChangeRow & { readonly seq: number })[]>;
  /** The number of the last one; 0 = there is none. */
  lastChange(tenant: string): Promise<number>;
  statistics(
    tenant: string,
    from: number,
    to: number,
    by: readonly StatDimension[],
  ): Promise<readonly { readonly key: readonly (string | number)[]; readonly count: number }[]>;
  /** The domains with the most of these, most first. */
  receivers(
    tenant: string,
    from: number,
    to: number,
    of: Counted,
    limit: number,
  ): Promise<readonly { readonly domain: string; readonly count: number }[]>;
  /** How many entries began and ceased to block, by the hour. */
  moves(tenant: string, from: number, to: number): Promise<readonly ListStatRow[]>;
  /** Events by the rule that decided them, of the days from `since` on; the first of these days on which any came. */
  ruleCounts(
    tenant: string,
    since: number,
  ): Promise<{ readonly since: number | null; readonly counts: ReadonlyMap<string, number> }>;
  unmapped(tenant: string, limit: number): Promise<readonly UnmappedRow[]>;

  // What fails alike, and how much of it.
  /** Clusters with so many in slots from `since` on. */
  surging(
    tenant: string,
    since: number,
    least: { readonly failures: number; readonly alive: number },
  ): Promise<readonly (Cluster & Omit<Slot, 'slot'>)[]>;
  surges(tenant: string, cluster: Cluster, since: number): Promise<readonly Slot[]>;
  /** Whether any delivery was reported since. */
  isFed(tenant: string, since: number): Promise<boolean>;
  /** Newest first. `closedSince`: open ones too. */
  incidents(
    tenant: string,
    query: PageRequest & { readonly open?: boolean; readonly closedSince?: number },
  ): Promise<Page<IncidentRow>>;
  incident(tenant: string, id: string): Promise<IncidentRow | null>;

  // Telling others.
  webhooks(tenant: string): Promise<readonly WebhookRow[]>;
  webhook(tenant: string, id: string): Promise<WebhookRow | null>;
  /** Of all tenants, those that are not disabled and whose time has come. */
  dueWebhooks(now: number): Promise<readonly WebhookRow[]>;
  /** Puts its next time off, unless somebody else has: whether this one may deliver. */
  claimWebhook(of: Pick<WebhookRow, 'tenant' | 'id' | 'next_at'>, until: number): Promise<boolean>;
  /** Providers' own lists that sources give access to. */
  sourceLists(tenant: string): Promise<readonly SourceListRow[]>;
  sourceList(tenant: string, id: string): Promise<SourceListRow | null>;
  /** Of all tenants, those that are written back to and whose time has come. */
  dueSourceLists(now: number): Promise<readonly SourceListRow[]>;
  /** As claimWebhook. */
  claimSourceList(of: Pick<SourceListRow, 'tenant' | 'id' | 'next_at'>, until: number): Promise<boolean>;
  /** Of all tenants, sources with access to their provider's list that are to be compared with it; null: it was never noted when. */
  dueSourceDrifts(
    now: number,
  ): Promise<readonly { readonly tenant: string; readonly id: string; readonly drift: number | null }[]>;
  sourceDrift(tenant: string, id: string): Promise<SourceDriftRow | null>;
  /** How many changes come after it, counted up to `most`. */
  changesBehind(tenant: string, seq: number, most: number): Promise<number>;
  noticesAfter(
    tenant: string,
    seq: number,
    limit: number,
  ): Promise<readonly (NoticeRow & { readonly seq: number })[]>;
  /** The number of the last one; 0 = there is none. */
  lastNotice(tenant: string): Promise<number>;
  /** Entries that ran out after the place and until then, by time and id. */
  ranOut(tenant: string, after: ExpiredPlace, to: number, limit: number): Promise<readonly EntryRow[]>;
  /** Who would be put on a provider's own list, at most; how many of them it is known to have, and some that it is not. */
  pushable(
    tenant: string,
    provider: string,
    now: number,
    samples: number,
  ): Promise<{ readonly addresses: number; readonly listed: number; readonly samples: readonly string[] }>;

  // Alarms, and mail of them.
  /** Adds to what is counted. */
  countHours(rows: readonly SourceHourRow[]): Promise<void>;
  /** Of one source, since the start of an hour. */
  sourceHours(tenant: string, sources: readonly string[], since: number): Promise<readonly SourceHourRow[]>;
  /** Of all sources of all tenants. */
  hoursSince(since: number): Promise<readonly SourceHourRow[]>;
  /** Those of all tenants with an alarm that counts have opened. */
  alarmingSources(): Promise<readonly SourceRow[]>;
  /** Whether this one may do the work until then, and nobody else. */
  takeTurn(work: string, now: number, until: number): Promise<boolean>;
  /** Tenants with notices that this receiver was not told and whose time has come; a null place: it begins with this tenant. */
  dueMail(
    receiver: string,
    now: number,
  ): Promise<readonly { readonly tenant: string; readonly place: MailPlaceRow | null }[]>;
  beginMail(row: MailPlaceRow): Promise<void>;
  /** Moves on from where it was read, unless somebody else has: whether it did. */
  moveMail(from: MailPlaceRow, to: Omit<MailPlaceRow, 'receiver' | 'tenant'>): Promise<boolean>;

  // Erasing an address.
  hasErasures(tenant: string): Promise<boolean>;
  /** Those of them that stand for an address that was erased, and where. */
  erased(tenant: string, pseudonyms: readonly string[]): Promise<ReadonlyMap<string, 'here' | 'elsewhere'>>;
  erasures(tenant: string): Promise<readonly ErasureRow[]>;
  /** By pseudonym, what the audit knows of them. */
  namesOf(tenant: string, pseudonyms: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** All rows about the address become rows about its pseudonym, their texts cleaned; how many. `clean` null: only counts. */
  rewrite(erasure: ErasureRow, address: string, clean: ((text: string) => string) | null): Promise<number>;
  /**
   * Rows about others whose texts hold all of these (in lower case), out of so many rows; they may speak of something
   * else.
   */
  mentions(
    tenant: string,
    address: string,
    held: readonly string[],
    after: MentionPlace | null,
  ): Promise<MentionPart>;
  rewriteTexts(tenant: string, rows: readonly Mention[]): Promise<void>;
  /** Whole receipts, in the order of ids, after the given one. */
  receiptsAfter(tenant: string, after: string, limit: number): Promise<readonly ReceiptRow[]>;
  /** Another query and body, of one part. */
  rewriteReceipt(row: Pick<ReceiptRow, 'id' | 'query' | 'encoding' | 'body'>): Promise<void>;
  /** Frees what was deleted, where the engine would leave it readable in its file. */
  compact(): Promise<void>;

  // Receipts and quarantine.
  receipt(tenant: string, id: string): Promise<ReceiptRow | null>;
  /** Those of them that are kept. */
  receiptsKept(tenant: string, ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** Without their bodies, oldest first; of one source or of all. */
  receiptHeads(
    tenant: string,
    source: string | null,
    page: PageRequest,
  ): Promise<Page<Pick<ReceiptRow, 'id' | 'source_id' | 'received_at'>>>;
  /** Of one source, newest first, with whether they wait: those among the last few hundred of all. */
  lastReceipts(
    tenant: string,
    source: string,
    limit: number,
  ): Promise<readonly { readonly id: string; readonly received_at: number; readonly waits: boolean }[]>;
  quarantined(tenant: string, page: PageRequest): Promise<Page<QuarantineRow>>;
  quarantinedItem(tenant: string, id: string): Promise<QuarantineRow | null>;

  // What came while its source was paused.
  /** By source, how many receipts wait. */
  waitingCounts(tenant: string): Promise<ReadonlyMap<string, number>>;
  /** Ids of receipts, in the order in which they came. */
  waitingOf(tenant: string, source: string, limit: number): Promise<readonly string[]>;
  /** Ids of sources that are not paused and for which some wait. */
  resumable(): Promise<readonly string[]>;

  // Configuration. Each change is written together with its audit row.
  sources(tenant: string): Promise<readonly SourceRow[]>;
  source(id: string): Promise<SourceRow | null>;
  keys(tenant: string): Promise<readonly KeyRow[]>;
  keyByHash(hash: string): Promise<KeyRow | null>;
  session(hash: string): Promise<SessionRow | null>;
  users(tenant: string): Promise<readonly UserRow[]>;
  user(tenant: string, name: string): Promise<UserRow | null>;
  /** Leaves a revoked key revoked. */
  noteKeyUse(id: string, at: number): Promise<void>;
  tenants(): Promise<readonly TenantRow[]>;
  policy(tenant: string): Promise<PolicyRow | null>;
  policyVersion(tenant: string, version: number): Promise<PolicyRow | null>;
  /** Newest first. */
  policyVersions(tenant: string, page: PageRequest): Promise<Page<PolicyRow>>;
  /** Versions in force whose list is not wholly decided anew. */
  unfinishedPolicies(): Promise<readonly PolicyRow[]>;
  /** Addresses and domains that somebody answers for, in order. */
  allowed(tenant: string, now: number, page: PageRequest): Promise<Page<AddressRow>>;
  /** Newest first. */
  audits(tenant: string, query: AuditQuery): Promise<Page<AuditRow>>;
  /** Of all tenants, in order: what the chain of hashes runs through. */
  auditChain(after: number, limit: number): Promise<readonly AuditRow[]>;
  configure(
    change: Configuration | readonly Configuration[],
    audit: AuditRow | null,
  ): Promise<'done' | 'stale'>;

  /** Deletes what has outlived its use; returns rows deleted. Facts are never among them. */
  prune(before: {
    readonly receipts: number;
    readonly notes: number;
    readonly forget: number;
    readonly surges: number;
    readonly hours: number;
  }): Promise<number>;
  // Moving house: all rows of all tenants, in the order of their keys.
  /** The next rows, of one table. Not of one moment where others write. */
  dump(after: DumpPlace | null): Promise<DumpPage>;
  /** Where the last row is; null where there is nothing but tenants. */
  dumpEnd(): Promise<DumpPlace | null>;
  /** All of the rows or none. */
  load(rows: readonly DumpRow[]): Promise<Loaded>;

  // Hashed addresses.
  /** What proves the pepper they are hashed under; null where they are kept as they are. */
  pepper(): Promise<string | null>;
  /** Leaves what is there. */
  keepPepper(proof: string): Promise<void>;

  /** Throws where the database cannot be read. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** One row of any table, by the names of its columns. */
export interface DumpRow {
  readonly table: string;
  readonly fields: Readonly<Record<string, string | number | null | Uint8Array>>;
}

/** A row's place in the order in which all rows go: its table, and its key there. */
export interface DumpPlace {
  readonly table: string;
  readonly key: readonly (string | number)[];
}

export interface DumpPage {
  readonly rows: readonly DumpRow[];
  /** The place of the last one; null where nothing is left. */
  readonly next: DumpPlace | null;
}

/**
 * `not-next`: the rows do not come after all that is there, so they belong to another list. `not-ours`: a table or a
 * column that this version does not have.
 */
export type Loaded = 'done' | 'not-next' | 'not-ours';

/** The database can do nothing for anybody at the moment: locked, full, broken. Nothing was stored. */
export class Unavailable extends Error {
  override name = 'Unavailable';
}

/** What is not named stays as it is, so that neither a person nor a delivery overwrites what the other changes meanwhile. */
export type DeliveryProgress = Pick<WebhookRow, 'tenant' | 'id'> & Partial<Omit<WebhookRow, 'created_at'>>;

export type WriteBackProgress = Pick<SourceListRow, 'tenant' | 'id'> &
  Partial<Omit<SourceListRow, 'created_at'>>;

/** A time, and of what ran out then the last entry; null = all of it. */
export type ExpiredPlace = Pick<WebhookRow, 'expired_to' | 'expired_after'>;

export interface SeenKey {
  readonly tenant: string;
  readonly digest: string;
}

export interface NonceKey {
  readonly tenant: string;
  readonly provider: string;
  readonly nonce: string;
}

export type Configuration =
  | { readonly put: 'source'; readonly row: SourceRow }
  | { readonly put: 'key'; readonly row: KeyRow }
  /** One that is there already is stale. */
  | { readonly put: 'tenant'; readonly row: TenantRow }
  | { readonly put: 'policy'; readonly row: PolicyRow }
  /** One that is open already, of the same cluster, is stale. */
  | { readonly put: 'incident'; readonly row: IncidentRow }
  /** How far an incident has come; one that is closed stays as it is. */
  | {
      readonly note: 'incident';
      readonly row: Pick<IncidentRow, 'tenant' | 'id' | 'last_at' | 'read_to' | 'failures' | 'held'>;
    }
  /** Since when alarms of it are open; those that are not named stay as they are. */
  | ({ readonly note: 'source'; readonly id: string } & Partial<Pick<SourceRow, `${AlarmKind}_since`>>)
  /** What it holds. */
  | { readonly note: 'quarantine'; readonly row: Pick<QuarantineRow, 'tenant' | 'id' | 'raw'> }
  | { readonly put: 'session'; readonly row: SessionRow }
  | { readonly put: 'user'; readonly row: UserRow }
  | { readonly drop: 'session'; readonly hash: string }
  | { readonly put: 'notice'; readonly row: NoticeRow }
  | { readonly put: 'webhook'; readonly row: WebhookRow }
  /** How far a delivery has come. */
  | { readonly note: 'webhook'; readonly row: DeliveryProgress }
  | { readonly put: 'source-list'; readonly row: SourceListRow }
  | { readonly note: 'source-list'; readonly row: WriteBackProgress }
  /** One that is there stays as it is. */
  | { readonly put: 'source-drift'; readonly row: SourceDriftRow }
  /** Of one that is gone meanwhile nothing is written. */
  | {
      readonly note: 'source-drift';
      readonly row: Pick<SourceDriftRow, 'tenant' | 'id'> & Partial<SourceDriftRow>;
    }
  | {
      /** With a source goes the access to its provider's list, and with that what was compared. */
      readonly drop: 'source' | 'key' | 'quarantine' | 'webhook' | 'source-list' | 'user';
      readonly tenant: string;
      readonly id: string;
    };
