/** Rows with sensible values, for tests of the store. Each takes what the case is about. */
import {
  type ActRow,
  type AddressRow,
  type AuditRow,
  type ChangeRow,
  type EntryRow,
  type EventRow,
  type IncidentRow,
  type KeyRow,
  keyOf,
  type MailPlaceRow,
  type PolicyRow,
  type QuarantineRow,
  type ReceiptRow,
  type SourceDriftRow,
  type SourceHourRow,
  type SourceListRow,
  type SourceRow,
  type StatRow,
  type UnmappedRow,
  type WebhookRow,
  type WritePlan,
} from '../../src/store/store.ts';

export const T0 = Date.UTC(2026, 2, 1);
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const plan = (parts: Partial<WritePlan>): WritePlan => ({
  judgedBy: [],
  resumed: [],
  receipts: [],
  waiting: [],
  seen: [],
  seenAgain: [],
  nonces: [],
  events: [],
  acts: [],
  counted: [],
  domainFacts: [],
  addresses: [],
  entries: [],
  changes: [],
  quarantine: [],
  unmapped: [],
  stats: [],
  ruleCounts: [],
  surges: [],
  audit: [],
  names: [],
  erasures: [],
  sourcesHeard: [],
  redecided: [],
  ...parts,
});

/** New entries, each with the row of its address: the check finds them through it. */
export function listing(entries: readonly EntryRow[], addresses: readonly AddressRow[] = []): WritePlan {
  const known = new Set(addresses.map(keyOf));
  const missing = new Map(entries.filter((row) => !known.has(keyOf(row))).map((row) => [keyOf(row), row]));
  const made = [...missing.values()].map(({ tenant, address }) => addressRow({ tenant, address }));
  return plan({ entries, addresses: [...addresses, ...made] });
}

const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

export const incident = (given: Partial<IncidentRow> = {}): IncidentRow => ({
  tenant: 'default',
  id: 'inc_1',
  receiver: 'gmail.com',
  cause: '550 5.1.1 unknown',
  state: 'open',
  first_at: T0,
  opened_at: T0,
  last_at: T0,
  read_to: T0,
  failures: 0,
  held: 0,
  sample: null,
  code: null,
  enhanced: null,
  closed_at: null,
  closed_by: null,
  why: null,
  release_id: null,
  ...given,
});

export const webhook = (given: Partial<WebhookRow> = {}): WebhookRow => ({
  tenant: 'default',
  id: 'whk_1',
  url: 'https://receiver.example/',
  secrets: 'sealed',
  types: '[]',
  disabled: 0,
  why: null,
  created_at: T0,
  changes_to: 0,
  notices_to: 0,
  expired_to: T0,
  attempts: 0,
  failing_since: null,
  next_at: T0,
  last_at: null,
  last_status: null,
  expired_after: null,
  ...given,
});

export const sourceList = (given: Partial<SourceListRow> = {}): SourceListRow => ({
  tenant: 'default',
  id: 'generic_1',
  access: 'sealed',
  write_back: 1,
  why: null,
  created_at: T0,
  changes_to: 0,
  expired_to: T0,
  attempts: 0,
  failing_since: null,
  next_at: T0,
  last_at: null,
  last_error: null,
  added: 0,
  removed: 0,
  refused: 0,
  expired_after: null,
  push_to: null,
  ...given,
});

export const sourceDrift = (given: Partial<SourceDriftRow> = {}): SourceDriftRow => ({
  tenant: 'default',
  id: 'generic_1',
  next_at: T0,
  compared_at: null,
  there: 0,
  only_there: 0,
  only_here: 0,
  samples: '{"only_there":[],"only_here":[]}',
  failed_at: null,
  error: null,
  ...given,
});

export const receipt = (given: Partial<ReceiptRow> = {}): ReceiptRow => ({
  id: 'rcp_1',
  tenant: 'default',
  source_id: 'generic_1',
  received_at: T0,
  method: 'POST',
  query: '',
  headers: '{"content-type":"application/json"}',
  encoding: 'identity',
  body: new TextEncoder().encode('{}'),
  ...given,
});

export const event = (given: Partial<EventRow> = {}): EventRow => {
  const address = given.address ?? 'ann@example.com';
  return {
    tenant: 'default',
    id: 'evt_1',
    source_id: 'generic_1',
    receipt_id: 'rcp_1',
    provider: 'generic',
    kind: 'bounce',
    address,
    domain: domainOf(address),
    at: T0,
    received_at: T0,
    sent_at: null,
    stream: '*',
    provider_group: null,
    code: '550',
    enhanced: '5.1.1',
    text: 'no such user',
    code_source: 'reported',
    category: 'mailbox-unknown',
    blame: 'recipient',
    bounce_type: 'hard',
    severity: 'high',
    verdict: 'suppress',
    strength: 'strong',
    classified_by: 'code',
    message_id: null,
    rfc_message_id: null,
    provider_event_id: null,
    provider_type: 'bounce',
    feedback: null,
    listed_for: null,
    listed: null,
    hearsay: 0,
    proven: 1,
    tags: '[]',
    rule: 'dead',
    action: 'suppress',
    retry: 'no',
    until: null,
    policy_version: '1',
    counts: 1,
    ...given,
  };
};

export const entry = (given: Partial<EntryRow> = {}): EntryRow => {
  const address = given.address ?? 'ann@example.com';
  return {
    tenant: 'default',
    address,
    stream: '*',
    reason: 'hard-bounce',
    id: `sup_${address}`,
    domain: domainOf(address),
    origin: 'event',
    state: 'active',
    until: null,
    code: '550',
    enhanced: '5.1.1',
    code_source: 'parsed',
    category: 'mailbox-unknown',
    blame: 'recipient',
    severity: 'high',
    bounce_type: 'hard',
    retry: 'no',
    rule: 'dead',
    policy_version: '1',
    provider: 'generic',
    source_id: 'generic_1',
    event_id: 'evt_1',
    note: null,
    contradicted_at: null,
    created_at: T0,
    updated_at: T0,
    ...given,
  };
};

export const addressRow = (given: Partial<AddressRow> = {}): AddressRow => ({
  tenant: 'default',
  address: 'ann@example.com',
  revision: 0,
  open: true,
  marks: [],
  listedAt: [],
  allowedUntil: null,
  ...given,
});

export const act = (given: Partial<ActRow> = {}): ActRow => ({
  tenant: 'default',
  id: 'act_1',
  kind: 'block',
  address: 'ann@example.com',
  at: T0,
  actor: 'key_1',
  detail: JSON.stringify({ stream: '*', reason: 'manual', until: null, note: 'asked by phone' }),
  batch: null,
  ...given,
});

export const change = (given: Partial<ChangeRow> = {}): ChangeRow => ({
  tenant: 'default',
  at: T0,
  address: 'ann@example.com',
  stream: '*',
  reason: 'hard-bounce',
  state: 'active',
  until: null,
  suppression_id: 'sup_1',
  was: null,
  ...given,
});

export const quarantined = (given: Partial<QuarantineRow> = {}): QuarantineRow => ({
  tenant: 'default',
  id: 'qua_1',
  source_id: 'generic_1',
  receipt_id: 'rcp_1',
  item: 0,
  why: 'no recipient',
  raw: '{"event":"bounce"}',
  received_at: T0,
  ...given,
});

export const unmapped = (given: Partial<UnmappedRow> = {}): UnmappedRow => ({
  tenant: 'default',
  provider: 'generic',
  kind: 'label',
  name: 'surprise',
  count: 1,
  first_at: T0,
  last_at: T0,
  sample: 'surprise',
  ...given,
});

export const stat = (given: Partial<StatRow> = {}): StatRow => ({
  tenant: 'default',
  hour: T0,
  kind: 'bounce',
  provider: 'generic',
  code: '550',
  enhanced: '5.1.1',
  category: 'mailbox-unknown',
  domain: 'example.com',
  count: 1,
  ...given,
});

export const auditRow = (given: Partial<AuditRow> = {}): AuditRow => ({
  seq: 1,
  at: T0,
  tenant: 'default',
  actor: 'key_1',
  action: 'suppression.add',
  subject: 'ann@example.com',
  detail: '{}',
  previous: '',
  hash: 'h1',
  ...given,
});

export const source = (given: Partial<SourceRow> = {}): SourceRow => ({
  id: 'generic_1',
  tenant: 'default',
  provider: 'generic',
  name: 'shop',
  stream: null,
  streams: '{}',
  secrets: 'v1.sealed',
  public_url: null,
  allow_unsigned: 0,
  require_sha256: 0,
  recipient_tag: 0,
  trust: null,
  disabled: 0,
  last_event_at: null,
  silent_since: null,
  rejected_since: null,
  skewed_since: null,
  unmapped_since: null,
  unreadable_since: null,
  unsubscribed_since: null,
  paused_at: null,
  secrets_at: null,
  created_at: T0,
  updated_at: T0,
  ...given,
});

export const sourceHour = (given: Partial<SourceHourRow> = {}): SourceHourRow => ({
  source_id: 'generic_1',
  hour: T0,
  tenant: 'default',
  proven: 1,
  rejected: 2,
  untimely: 3,
  items: 4,
  early: 5,
  unmapped: 6,
  unreadable: 7,
  ...given,
});

export const mailPlace = (given: Partial<MailPlaceRow> = {}): MailPlaceRow => ({
  receiver: 'r1',
  tenant: 'default',
  notices_to: 0,
  attempts: 0,
  failing_since: null,
  next_at: T0,
  ...given,
});

export const key = (given: Partial<KeyRow> = {}): KeyRow => ({
  id: 'key_1',
  tenant: 'default',
  name: 'shop',
  prefix: 'ms_abcd',
  hash: 'a'.repeat(64),
  scopes: '["check"]',
  created_at: T0,
  last_used_at: null,
  rate_limit: null,
  ...given,
});

export const policy = (given: Partial<PolicyRow> = {}): PolicyRow => ({
  tenant: 'default',
  version: 1,
  document: '{"streams":{}}',
  actor: 'key_1',
  created_at: T0,
  redecided_to: null,
  ...given,
});
