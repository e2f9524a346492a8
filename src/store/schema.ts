/** The tables of migrations/, for typed reads and writes; test/store/drift.test.ts holds the two together. */

import { blob, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type {
  Action,
  EntryState,
  FeedbackType,
  Kind,
  ListedFor,
  Origin,
  Reason,
  ReplySource,
  Retry,
  Strength,
} from '../core/event.ts';
import type { Blame, BounceType, Category, Severity, Verdict } from '../core/taxonomy.ts';

export const tenants = sqliteTable('tenants', {
  id: text().notNull(),
  name: text().notNull(),
  created_at: integer().notNull(),
});

export const keys = sqliteTable('keys', {
  id: text().notNull(),
  tenant: text().notNull(),
  name: text().notNull(),
  prefix: text().notNull(),
  hash: text().notNull(),
  scopes: text().notNull(),
  created_at: integer().notNull(),
  last_used_at: integer(),
  rate_limit: integer(),
});

export const sources = sqliteTable('sources', {
  id: text().notNull(),
  tenant: text().notNull(),
  provider: text().notNull(),
  name: text().notNull(),
  stream: text(),
  streams: text().notNull(),
  secrets: text().notNull(),
  public_url: text(),
  allow_unsigned: integer().notNull(),
  require_sha256: integer().notNull(),
  trust: text(),
  disabled: integer().notNull(),
  last_event_at: integer(),
  created_at: integer().notNull(),
  updated_at: integer().notNull(),
  silent_since: integer(),
  rejected_since: integer(),
  skewed_since: integer(),
  unmapped_since: integer(),
  unreadable_since: integer(),
  recipient_tag: integer(),
  paused_at: integer(),
  secrets_at: integer(),
  unsubscribed_since: integer(),
});

export const policies = sqliteTable('policies', {
  tenant: text().notNull(),
  version: integer().notNull(),
  document: text().notNull(),
  actor: text().notNull(),
  created_at: integer().notNull(),
  redecided_to: text(),
});

export const receipts = sqliteTable('receipts', {
  id: text().notNull(),
  tenant: text().notNull(),
  source_id: text().notNull(),
  received_at: integer().notNull(),
  method: text().notNull(),
  query: text().notNull(),
  headers: text().notNull(),
  encoding: text().notNull(),
  body: blob().notNull(),
});

export const receiptParts = sqliteTable('receipt_parts', {
  receipt_id: text().notNull(),
  part: integer().notNull(),
  bytes: blob().notNull(),
});

export const waiting = sqliteTable('waiting', {
  tenant: text().notNull(),
  source_id: text().notNull(),
  receipt_id: text().notNull(),
});

export const seen = sqliteTable('seen', {
  tenant: text().notNull(),
  digest: text().notNull(),
  forget_at: integer().notNull(),
});

export const nonces = sqliteTable('nonces', {
  tenant: text().notNull(),
  provider: text().notNull(),
  nonce: text().notNull(),
  body_digest: text().notNull(),
  forget_at: integer().notNull(),
});

export const events = sqliteTable('events', {
  tenant: text().notNull(),
  id: text().notNull(),
  source_id: text().notNull(),
  receipt_id: text().notNull(),
  provider: text().notNull(),
  kind: text().$type<Kind>().notNull(),
  address: text().notNull(),
  domain: text().notNull(),
  at: integer().notNull(),
  received_at: integer().notNull(),
  sent_at: integer(),
  stream: text().notNull(),
  provider_group: text(),
  code: text(),
  enhanced: text(),
  text: text(),
  code_source: text().$type<ReplySource>(),
  category: text().$type<Category>(),
  blame: text().$type<Blame>().notNull(),
  bounce_type: text().$type<BounceType>().notNull(),
  severity: text().$type<Severity>(),
  verdict: text().$type<Verdict>().notNull(),
  strength: text().$type<Strength>().notNull(),
  classified_by: text().notNull(),
  message_id: text(),
  rfc_message_id: text(),
  provider_event_id: text(),
  provider_type: text().notNull(),
  feedback: text().$type<FeedbackType>(),
  listed_for: text().$type<ListedFor>(),
  listed: integer(),
  hearsay: integer().notNull(),
  proven: integer().notNull(),
  tags: text().notNull(),
  rule: text().notNull(),
  action: text().$type<Action>().notNull(),
  retry: text().$type<Retry>().notNull(),
  until: integer(),
  policy_version: text().notNull(),
  counts: integer().notNull(),
});

export const acts = sqliteTable('acts', {
  tenant: text().notNull(),
  id: text().notNull(),
  kind: text().$type<'block' | 'import' | 'release' | 'allow' | 'undo' | 'hold' | 'written'>().notNull(),
  address: text().notNull(),
  at: integer().notNull(),
  actor: text().notNull(),
  detail: text().notNull(),
  batch: text(),
});

export const addresses = sqliteTable('addresses', {
  tenant: text().notNull(),
  address: text().notNull(),
  revision: integer().notNull(),
  open: integer().notNull(),
  marks: text().notNull(),
  listed_at: text(),
  allowed_until: integer(),
});

export const domainFacts = sqliteTable('domain_facts', {
  tenant: text().notNull(),
  domain: text().notNull(),
  event_id: text().notNull(),
});

export const suppressions = sqliteTable('suppressions', {
  tenant: text().notNull(),
  address: text().notNull(),
  stream: text().notNull(),
  reason: text().$type<Reason>().notNull(),
  id: text().notNull(),
  domain: text().notNull(),
  origin: text().$type<Origin>().notNull(),
  state: text().$type<Exclude<EntryState, 'expired'>>().notNull(),
  until: integer(),
  code: text(),
  enhanced: text(),
  code_source: text().$type<ReplySource>(),
  category: text().$type<Category>(),
  blame: text().$type<Blame>(),
  severity: text().$type<Severity>(),
  bounce_type: text().$type<BounceType>(),
  retry: text().$type<Retry>(),
  rule: text(),
  policy_version: text().notNull(),
  provider: text(),
  source_id: text(),
  event_id: text(),
  note: text(),
  contradicted_at: integer(),
  created_at: integer().notNull(),
  updated_at: integer().notNull(),
});

export const changes = sqliteTable('changes', {
  seq: integer().primaryKey(),
  tenant: text().notNull(),
  at: integer().notNull(),
  address: text().notNull(),
  stream: text().notNull(),
  reason: text().$type<Reason>().notNull(),
  state: text().$type<EntryState>().notNull(),
  until: integer(),
  suppression_id: text().notNull(),
  was: text().$type<'active' | 'held'>(),
});

export const notices = sqliteTable('notices', {
  seq: integer().primaryKey(),
  tenant: text().notNull(),
  at: integer().notNull(),
  type: text().notNull(),
  data: text().notNull(),
});

export const webhooks = sqliteTable('webhooks', {
  tenant: text().notNull(),
  id: text().notNull(),
  url: text().notNull(),
  secrets: text().notNull(),
  types: text().notNull(),
  disabled: integer().notNull(),
  why: text(),
  created_at: integer().notNull(),
  changes_to: integer().notNull(),
  notices_to: integer().notNull(),
  expired_to: integer().notNull(),
  attempts: integer().notNull(),
  failing_since: integer(),
  next_at: integer().notNull(),
  last_at: integer(),
  last_status: integer(),
  expired_after: text(),
});

export const sourceLists = sqliteTable('source_lists', {
  tenant: text().notNull(),
  id: text().notNull(),
  access: text().notNull(),
  write_back: integer().notNull(),
  why: text(),
  created_at: integer().notNull(),
  changes_to: integer().notNull(),
  expired_to: integer().notNull(),
  attempts: integer().notNull(),
  failing_since: integer(),
  next_at: integer().notNull(),
  last_at: integer(),
  last_error: text(),
  added: integer().notNull(),
  removed: integer().notNull(),
  refused: integer().notNull(),
  expired_after: text(),
  push_to: text(),
});

export const sourceDrifts = sqliteTable('source_drifts', {
  tenant: text().notNull(),
  id: text().notNull(),
  next_at: integer().notNull(),
  compared_at: integer(),
  there: integer().notNull(),
  only_there: integer().notNull(),
  only_here: integer().notNull(),
  samples: text().notNull(),
  failed_at: integer(),
  error: text(),
});

export const quarantine = sqliteTable('quarantine', {
  tenant: text().notNull(),
  id: text().notNull(),
  source_id: text().notNull(),
  receipt_id: text().notNull(),
  item: integer().notNull(),
  why: text().notNull(),
  raw: text().notNull(),
  received_at: integer().notNull(),
});

export const unmapped = sqliteTable('unmapped', {
  tenant: text().notNull(),
  provider: text().notNull(),
  kind: text().$type<'label' | 'template'>().notNull(),
  name: text().notNull(),
  count: integer().notNull(),
  first_at: integer().notNull(),
  last_at: integer().notNull(),
  sample: text().notNull(),
});

export const stats = sqliteTable('stats', {
  tenant: text().notNull(),
  hour: integer().notNull(),
  kind: text().notNull(),
  provider: text().notNull(),
  code: text().notNull(),
  enhanced: text().notNull(),
  category: text().notNull(),
  domain: text().notNull(),
  count: integer().notNull(),
});

export const codeStats = sqliteTable('code_stats', {
  tenant: text().notNull(),
  hour: integer().notNull(),
  kind: text().notNull(),
  code: text().notNull(),
  enhanced: text().notNull(),
  category: text().notNull(),
  count: integer().notNull(),
});

export const listStats = sqliteTable('list_stats', {
  tenant: text().notNull(),
  hour: integer().notNull(),
  reason: text().$type<Reason>().notNull(),
  suppressed: integer().notNull(),
  released: integer().notNull(),
});

export const ruleCounts = sqliteTable('rule_counts', {
  tenant: text().notNull(),
  day: integer().notNull(),
  rule: text().notNull(),
  count: integer().notNull(),
});

export const audit = sqliteTable('audit', {
  seq: integer().notNull(),
  at: integer().notNull(),
  tenant: text().notNull(),
  actor: text().notNull(),
  action: text().notNull(),
  subject: text().notNull(),
  detail: text().notNull(),
  previous: text().notNull(),
  hash: text().notNull(),
});

export const surges = sqliteTable('surges', {
  tenant: text().notNull(),
  slot: integer().notNull(),
  receiver: text().notNull(),
  cause: text().notNull(),
  failures: integer().notNull(),
  alive: integer().notNull(),
});

export const incidents = sqliteTable('incidents', {
  tenant: text().notNull(),
  id: text().notNull(),
  receiver: text().notNull(),
  cause: text().notNull(),
  state: text().$type<'open' | 'confirmed' | 'released' | 'passed'>().notNull(),
  first_at: integer().notNull(),
  opened_at: integer().notNull(),
  last_at: integer().notNull(),
  read_to: integer().notNull(),
  failures: integer().notNull(),
  held: integer().notNull(),
  sample: text(),
  code: text(),
  enhanced: text(),
  closed_at: integer(),
  closed_by: text(),
  why: text(),
  release_id: text(),
});

export const erasures = sqliteTable('erasures', {
  tenant: text().notNull(),
  pseudonym: text().notNull(),
  filter_hash: text().notNull(),
  at: integer().notNull(),
});

export const auditNames = sqliteTable('audit_names', {
  tenant: text().notNull(),
  pseudonym: text().notNull(),
  name: text().notNull(),
});

export const sessions = sqliteTable('sessions', {
  hash: text().notNull(),
  tenant: text().notNull(),
  actor: text().notNull(),
  key_hash: text().notNull(),
  expires_at: integer().notNull(),
});

export const sourceHours = sqliteTable('source_hours', {
  source_id: text().notNull(),
  hour: integer().notNull(),
  tenant: text().notNull(),
  proven: integer().notNull(),
  rejected: integer().notNull(),
  untimely: integer().notNull(),
  items: integer().notNull(),
  early: integer().notNull(),
  unmapped: integer().notNull(),
  unreadable: integer().notNull(),
});

export const turns = sqliteTable('turns', {
  work: text().notNull(),
  until: integer().notNull(),
});

export const mailPlaces = sqliteTable('mail_places', {
  receiver: text().notNull(),
  tenant: text().notNull(),
  notices_to: integer().notNull(),
  attempts: integer().notNull(),
  failing_since: integer(),
  next_at: integer().notNull(),
});

export const users = sqliteTable('users', {
  tenant: text().notNull(),
  name: text().notNull(),
  role: text().$type<'admin' | 'read'>().notNull(),
  password: text().notNull(),
  created_at: integer().notNull(),
  changed_at: integer().notNull(),
});

export const pepper = sqliteTable('pepper', {
  id: integer().notNull(),
  proof: text().notNull(),
});

/** Every table of the product; migrations bookkeeping apart. */
export const tables = {
  tenants,
  keys,
  sources,
  policies,
  receipts,
  receiptParts,
  waiting,
  seen,
  nonces,
  events,
  acts,
  addresses,
  domainFacts,
  suppressions,
  changes,
  quarantine,
  unmapped,
  stats,
  codeStats,
  listStats,
  ruleCounts,
  surges,
  incidents,
  notices,
  webhooks,
  sourceLists,
  sourceDrifts,
  erasures,
  auditNames,
  sessions,
  sourceHours,
  turns,
  mailPlaces,
  users,
  pepper,
  audit,
};
