/**
 * The list as other systems write theirs, so that it can be taken there: each is read back as itself by an import
 * (import-formats.ts), with the same addresses and reasons. No reply is told: of an address that failed several times
 * one code would say too little, and be judged anew. Pure.
 */
import { SECOND, toRfc3339 } from '../core/time.ts';
import type { EntryRow } from '../store/store.ts';
import type { ExportFormat } from './export-format.ts';

/** As `2025-12-01 10:00:00`. */
const plainTime = (at: number): string => toRfc3339(at).slice(0, 19).replace('T', ' ');
const mailTime = (at: number): string => new Date(at).toUTCString().replace('GMT', 'UTC');
const seconds = (at: number): number => Math.floor(at / SECOND);
const endOf = ({ until }: EntryRow, as: (at: number) => string): string | null =>
  until === null ? null : as(until);

export const exportFormats: readonly ExportFormat[] = [
  {
    // As CreateImportJob takes it: https://docs.aws.amazon.com/ses/latest/dg/sending-email-suppression-list.html
    id: 'ses',
    readAs: ['amazon-ses'],
    type: 'ndjson',
    words: { complaint: 'COMPLAINT', 'hard-bounce': 'BOUNCE' },
    ends: false,
    item: ({ address }, reason) => ({ emailAddress: address, reason }),
  },
  {
    // A row is of the list that its columns are of; only the global unsubscribes can be added to by the API.
    id: 'sendgrid',
    readAs: ['sendgrid-bounces', 'sendgrid-spam-reports', 'sendgrid-unsubscribes'],
    type: 'ndjson',
    words: { complaint: 'spam_reports', unsubscribe: 'unsubscribes', 'hard-bounce': 'bounces' },
    ends: false,
    item: ({ address, created_at }, list) => ({
      created: seconds(created_at),
      email: address,
      ...(list === 'bounces' ? { reason: '', status: '' } : list === 'spam_reports' ? { ip: '' } : {}),
    }),
  },
  {
    // As `POST /v3/{domain}/bounces`, `complaints` and `unsubscribes` take it in arrays of 1,000.
    id: 'mailgun',
    readAs: ['mailgun-bounces', 'mailgun-complaints', 'mailgun-unsubscribes'],
    type: 'ndjson',
    words: { complaint: 'complaints', unsubscribe: 'unsubscribes', 'hard-bounce': 'bounces' },
    ends: false,
    item: ({ address, created_at }, list) => ({
      address,
      ...(list === 'bounces'
        ? { code: '', error: '' }
        : list === 'complaints'
          ? { count: 1 }
          : { tags: ['*'] }),
      created_at: mailTime(created_at),
    }),
  },
  {
    id: 'postmark',
    readAs: ['postmark'],
    type: 'csv',
    words: {
      complaint: 'SpamComplaint',
      unsubscribe: 'ManualSuppression by Recipient',
      manual: 'ManualSuppression by Customer',
      'hard-bounce': 'HardBounce',
    },
    ends: false,
    columns: ['EmailAddress', 'SuppressionReason', 'Origin', 'CreatedAt'],
    cells: ({ address, created_at }, word) => {
      const [reason = '', origin = 'Recipient'] = word.split(' by ');
      return [address, reason, origin, toRfc3339(created_at)];
    },
  },
  {
    // UNVERIFIED: the columns of the file that its pages take.
    id: 'sparkpost',
    readAs: ['sparkpost'],
    type: 'csv',
    words: {
      complaint: 'Spam Complaint',
      unsubscribe: 'Unsubscribe Link',
      manual: 'Manually Added',
      'hard-bounce': 'Bounce Rule',
    },
    ends: false,
    columns: ['recipient', 'transactional', 'non_transactional', 'description', 'source', 'created'],
    cells: ({ address, reason, note, created_at }, source) => [
      address,
      String(reason !== 'unsubscribe'),
      'true',
      note,
      source,
      toRfc3339(created_at),
    ],
  },
  {
    id: 'mandrill',
    readAs: ['mandrill'],
    type: 'csv',
    words: {
      complaint: 'spam',
      unsubscribe: 'unsub',
      manual: 'custom',
      'hard-bounce': 'hard-bounce',
      'soft-bounce': 'soft-bounce',
    },
    ends: true,
    columns: ['email', 'reason', 'detail', 'created_at', 'expires_at'],
    cells: (entry, reason) => [
      entry.address,
      reason,
      entry.note,
      plainTime(entry.created_at),
      endOf(entry, plainTime),
    ],
  },
  {
    id: 'brevo',
    readAs: ['brevo'],
    type: 'ndjson',
    words: {
      complaint: 'contactFlaggedAsSpam',
      unsubscribe: 'unsubscribedViaApi',
      manual: 'adminBlocked',
      'hard-bounce': 'hardBounce',
    },
    ends: false,
    item: ({ address, note, created_at }, code) => ({
      email: address,
      reason: { code, message: note ?? '' },
      blockedAt: toRfc3339(created_at),
    }),
  },
  {
    id: 'mailjet',
    readAs: ['mailjet'],
    type: 'csv',
    words: { unsubscribe: 'true' },
    ends: false,
    columns: ['Email', 'IsExcludedFromCampaigns', 'ExclusionFromCampaignsUpdatedAt'],
    cells: ({ address, created_at }, excluded) => [address, excluded, toRfc3339(created_at)],
  },
  {
    // UNVERIFIED: `type`, which its API tells by the list that is asked for.
    id: 'mailersend',
    readAs: ['mailersend'],
    type: 'ndjson',
    words: {
      complaint: 'spam_complaint',
      unsubscribe: 'unsubscribed',
      manual: 'blocklist',
      'hard-bounce': 'hard_bounce',
    },
    ends: false,
    item: ({ address, created_at }, type) => ({
      type,
      recipient: { email: address },
      created_at: toRfc3339(created_at),
    }),
  },
  {
    id: 'mailtrap',
    readAs: ['mailtrap'],
    type: 'ndjson',
    words: {
      complaint: 'spam complaint',
      unsubscribe: 'unsubscription',
      manual: 'manual import',
      'hard-bounce': 'hard bounce',
    },
    ends: false,
    item: ({ address, created_at }, type) => ({
      type,
      email: address,
      sending_stream: 'any',
      created_at: toRfc3339(created_at),
    }),
  },
  {
    // UNVERIFIED: its words.
    id: 'elastic-email',
    readAs: ['elastic-email'],
    type: 'csv',
    words: { complaint: 'AbuseReport', unsubscribe: 'Unsubscribed', 'hard-bounce': 'NoMailbox' },
    ends: false,
    columns: ['Email', 'FriendlyReason', 'ErrorCode', 'DateUpdated'],
    cells: ({ address, created_at }, word) => [address, '', word, toRfc3339(created_at).slice(0, 19)],
  },
  {
    id: 'resend',
    readAs: ['resend'],
    type: 'ndjson',
    words: { complaint: 'complaint', manual: 'manual', 'hard-bounce': 'bounce' },
    ends: false,
    item: ({ address, created_at }, origin) => ({
      email: address,
      origin,
      source_id: null,
      created_at: toRfc3339(created_at),
    }),
  },
  {
    id: 'cloudflare',
    readAs: ['cloudflare'],
    type: 'ndjson',
    words: {
      complaint: 'complaint',
      manual: 'manual',
      'hard-bounce': 'hard_bounce',
      'soft-bounce': 'soft_bounce',
    },
    ends: true,
    item: (entry, reason) => ({
      email: entry.address,
      reason,
      created_at: toRfc3339(entry.created_at),
      expires_at: endOf(entry, toRfc3339),
    }),
  },
  {
    id: 'listmonk',
    readAs: ['listmonk'],
    type: 'csv',
    words: { manual: 'blocklisted' },
    ends: false,
    columns: ['uuid', 'email', 'name', 'attributes', 'status', 'created_at', 'updated_at'],
    cells: ({ address, created_at, updated_at }, status) => [
      '',
      address,
      '',
      '{}',
      status,
      plainTime(created_at),
      plainTime(updated_at),
    ],
  },
  {
    id: 'plain',
    readAs: ['own'],
    type: 'txt',
    words: {},
    ends: false,
  },
];
