/** Lists as other systems export them: the columns of their documentation, with people of our own. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importFormats } from '../../src/app/import-formats.ts';
import { type Harness, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const send = (body: string, type: 'csv' | 'ndjson', query = '') =>
  mailstop.ask('POST', `/v1/suppressions/import${query}`, {
    body,
    headers: { 'Content-Type': type === 'csv' ? 'text/csv' : 'application/x-ndjson' },
  });
const list = async () =>
  (await mailstop.ask('GET', '/v1/suppressions?limit=1000')).body.data
    .map((entry: Record<string, string>) => `${entry.address} ${entry.reason}`)
    .sort();

interface Case {
  readonly format: string;
  readonly body: string;
  /** `address reason` of what is on the list then. */
  readonly entries: readonly string[];
  /** Rows that are told, and not counted. */
  readonly skipped?: number;
  /** Of those, whose words nobody knows. */
  readonly unreadable?: number;
}

const lines = (...rows: readonly (string | object)[]) =>
  rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');

const cases: readonly Case[] = [
  {
    format: 'amazon-ses',
    body: lines(
      { EmailAddress: 'a@x.test', Reason: 'BOUNCE', LastUpdateTime: '2025-12-01T10:00:00Z' },
      { EmailAddress: 'b@x.test', Reason: 'COMPLAINT', LastUpdateTime: 1764583200 },
    ),
    entries: ['a@x.test hard-bounce', 'b@x.test complaint'],
  },
  {
    format: 'sendgrid-bounces',
    body: lines(
      'status,reason,email,created',
      '5.1.1,"550 5.1.1 The email account that you tried to reach does not exist.",a@x.test,1764583200',
      '5.7.1,"550 5.7.1 Part of their network is on our block list (S3150)",b@x.test,1764583200',
    ),
    entries: ['a@x.test hard-bounce'],
    skipped: 1,
  },
  {
    format: 'sendgrid-spam-reports',
    body: lines('ip,email,created', '192.0.2.1,a@x.test,1764583200'),
    entries: ['a@x.test complaint'],
  },
  {
    format: 'sendgrid-invalid-emails',
    body: lines(
      'reason,email,created',
      'Mail domain mentioned in email address is unknown,a@x.test,1764583200',
    ),
    entries: ['a@x.test hard-bounce'],
  },
  {
    format: 'sendgrid-unsubscribes',
    body: lines('email,created', 'a@x.test,1764583200'),
    entries: ['a@x.test unsubscribe'],
  },
  {
    format: 'mailgun-bounces',
    body: lines(
      'address,code,error,created_at',
      'a@x.test,550,"No such mailbox","Mon, 01 Dec 2025 10:00:00 UTC"',
      'b@x.test,605,"Not delivering to previously bounced address","Mon, 01 Dec 2025 10:00:00 UTC"',
    ),
    entries: ['a@x.test hard-bounce'],
    skipped: 1,
  },
  {
    format: 'mailgun-unsubscribes',
    body: lines('address,tags,created_at', 'a@x.test,*,"Mon, 01 Dec 2025 10:00:00 UTC"'),
    entries: ['a@x.test unsubscribe'],
  },
  {
    format: 'postmark',
    body: lines(
      'EmailAddress,SuppressionReason,Origin,CreatedAt',
      'a@x.test,HardBounce,Recipient,2025-12-01T10:00:00-05:00',
      'b@x.test,SpamComplaint,Recipient,2025-12-01T10:00:00-05:00',
      'c@x.test,ManualSuppression,Recipient,2025-12-01T10:00:00-05:00',
      'd@x.test,ManualSuppression,Customer,2025-12-01T10:00:00-05:00',
    ),
    entries: ['a@x.test hard-bounce', 'b@x.test complaint', 'c@x.test unsubscribe', 'd@x.test manual'],
  },
  {
    format: 'sparkpost',
    body: lines(
      'recipient,type,source,description,created,updated',
      'a@x.test,non_transactional,Spam Complaint,,2025-12-01T10:00:00+00:00,2025-12-01T10:00:00+00:00',
      'b@x.test,transactional,Bounce Rule,"550 unknown",2025-12-01T10:00:00+00:00,',
      'c@x.test,non_transactional,List Unsubscribe,,2025-12-01T10:00:00+00:00,',
      'd@x.test,transactional,Manually Added,,2025-12-01T10:00:00+00:00,',
    ),
    entries: ['a@x.test complaint', 'b@x.test hard-bounce', 'c@x.test unsubscribe', 'd@x.test manual'],
  },
  {
    format: 'mandrill',
    body: lines(
      'email,reason,detail,created_at,last_event_at,expires_at,expired,sender,subaccount',
      'a@x.test,hard-bounce,550 unknown,2025-12-01 10:00:00,2025-12-01 10:00:00,,false,,',
      'b@x.test,spam,,2025-12-01 10:00:00,2025-12-01 10:00:00,,false,,',
      'c@x.test,unsub,,2025-12-01 10:00:00,2025-12-01 10:00:00,,false,,',
      'd@x.test,hard-bounce,,2025-12-01 10:00:00,2025-12-01 10:00:00,2025-12-08 10:00:00,true,,',
    ),
    entries: ['a@x.test hard-bounce', 'b@x.test complaint', 'c@x.test unsubscribe'],
    skipped: 1,
  },
  {
    format: 'brevo',
    body: lines(
      {
        email: 'a@x.test',
        senderEmail: 'me@y.test',
        reason: { code: 'hardBounce', message: 'Hard bounce' },
        blockedAt: '2025-12-01T10:00:00Z',
      },
      {
        email: 'b@x.test',
        reason: { code: 'unsubscribedViaEmail', message: '' },
        blockedAt: '2025-12-01T10:00:00Z',
      },
      {
        email: 'c@x.test',
        reason: { code: 'contactFlaggedAsSpam', message: '' },
        blockedAt: '2025-12-01T10:00:00Z',
      },
    ),
    entries: ['a@x.test hard-bounce', 'b@x.test unsubscribe', 'c@x.test complaint'],
  },
  {
    format: 'mailjet',
    body: lines(
      {
        Email: 'a@x.test',
        IsExcludedFromCampaigns: true,
        ExclusionFromCampaignsUpdatedAt: '2025-12-01T10:00:00Z',
      },
      { Email: 'b@x.test', IsExcludedFromCampaigns: false, ExclusionFromCampaignsUpdatedAt: '' },
    ),
    entries: ['a@x.test unsubscribe'],
    skipped: 1,
  },
  {
    format: 'mailtrap',
    body: lines(
      {
        id: '1',
        type: 'hard bounce',
        email: 'a@x.test',
        sending_stream: 'any',
        created_at: '2025-12-01T10:00:00Z',
      },
      {
        id: '2',
        type: 'unsubscription',
        email: 'b@x.test',
        sending_stream: 'bulk',
        created_at: '2025-12-01T10:00:00Z',
      },
    ),
    entries: ['a@x.test hard-bounce', 'b@x.test unsubscribe'],
  },
  {
    format: 'elastic-email',
    body: lines(
      'Email,FriendlyReason,ErrorCode,DateUpdated',
      'a@x.test,No such user here,NoMailbox,2025-12-01T10:00:00',
      'b@x.test,Reported as spam,AbuseReport,2025-12-01T10:00:00',
      'c@x.test,Unsubscribed by link,Unsubscribed,2025-12-01T10:00:00',
    ),
    entries: ['a@x.test hard-bounce', 'b@x.test complaint', 'c@x.test unsubscribe'],
  },
  {
    format: 'resend',
    body: lines({
      id: '1',
      email: 'a@x.test',
      origin: 'bounce',
      source_id: 's',
      created_at: '2025-12-01T10:00:00Z',
    }),
    entries: ['a@x.test hard-bounce'],
  },
  {
    format: 'mailersend',
    body: lines({
      id: '1',
      type: 'spam_complaint',
      recipient: { id: '2', email: 'a@x.test' },
      created_at: '2025-12-01T10:00:00Z',
    }),
    entries: ['a@x.test complaint'],
  },
  {
    format: 'mailgun-complaints',
    body: lines({ address: 'a@x.test', count: 2, created_at: 'Mon, 01 Dec 2025 10:00:00 UTC' }),
    entries: ['a@x.test complaint'],
  },
  {
    format: 'cloudflare',
    body: lines(
      {
        id: '1',
        email: 'a@x.test',
        reason: 'hard_bounce',
        created_at: '2025-12-01T10:00:00Z',
        expires_at: null,
        read_only: false,
      },
      { id: '2', email: 'b@x.test', reason: 'policy', created_at: '2025-12-01T10:00:00Z', expires_at: null },
    ),
    entries: ['a@x.test hard-bounce'],
    skipped: 1,
    unreadable: 1,
  },
  {
    format: 'listmonk',
    body: lines(
      'uuid,email,name,attributes,status,created_at,updated_at',
      '1,a@x.test,Ann,{},blocklisted,2025-12-01 10:00:00,2025-12-01 10:00:00',
      '2,b@x.test,Bob,{},enabled,2025-12-01 10:00:00,2025-12-01 10:00:00',
    ),
    entries: ['a@x.test manual'],
    skipped: 1,
  },
  { format: 'own', body: lines('a@x.test', 'b@x.test'), entries: ['a@x.test manual', 'b@x.test manual'] },
  {
    format: 'own',
    body: lines('Email Address,Name', 'a@x.test,Ann'),
    entries: ['a@x.test manual'],
  },
];

describe('an export', () => {
  it.each(cases.map((one, i) => [`${one.format} (${i})`, one] as const))(
    'of %s is understood, first without changing anything',
    async (_title, { format, body, entries, skipped = 0, unreadable = 0 }) => {
      const type = body.startsWith('{') ? 'ndjson' : 'csv';
      const preview = (await send(body, type, '?dry_run=true')).body;
      expect(preview).toMatchObject({ format, added: 0, skipped });
      expect(
        Object.values(preview.by_reason as Record<string, number>).reduce((sum, one) => sum + one, 0),
      ).toBe(entries.length);
      expect(await list()).toEqual([]);

      const done = (await send(body, type)).body;
      expect(done.errors).toEqual(preview.errors);
      expect(done).toMatchObject({ format, added: entries.length, skipped, unreadable });
      expect(await list()).toEqual(entries);
      expect((await send(body, type)).body).toMatchObject({ added: 0, unchanged: entries.length });
    },
  );

  it('of each system that is known is among these cases', () => {
    for (const { id } of importFormats) expect(cases.map(({ format }) => format)).toContain(id);
  });

  it('of our own is no other’s', async () => {
    await mailstop.ask('PUT', '/v1/suppressions/a@x.test', { json: { note: 'x' } });
    for (const format of ['csv', 'ndjson'] as const) {
      const text = (await mailstop.ask('GET', `/v1/suppressions/export?format=${format}`)).text;
      expect((await send(text, format)).body).toMatchObject({ format: 'own', unchanged: 1, skipped: 0 });
    }
  });

  it('without reasons gets the one that is named', async () => {
    await send(lines('address,created_at', 'a@x.test,2025-12-01'), 'csv', '?reason=complaint');
    expect(await list()).toEqual(['a@x.test complaint']);
    expect((await send('a@x.test', 'csv', '?reason=dislike')).status).toBe(422);
  });

  it('with a word that is no reason is told by line, and not guessed', async () => {
    const told = await send(lines('EmailAddress,SuppressionReason', 'a@x.test,Mystery'), 'csv');
    expect(told.body).toMatchObject({ added: 0, skipped: 1 });
    expect(told.body.errors).toEqual([
      { line: 2, detail: 'suppressionreason: "Mystery" is no reason to block' },
    ]);
  });
});
