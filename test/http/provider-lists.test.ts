/** What a provider says of its own list: mirrored, never a failure; and a resubscribe lifts its own scope alone. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Harness, START, startHarness } from './harness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ANN = 'ann@example.com';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const iso = (ms: number) => new Date(START + ms).toISOString();
// biome-ignore lint/suspicious/noExplicitAny: rows are read field by field
const listOf = async (path: string): Promise<any[]> => (await mailstop.ask('GET', path)).body.data;
const eventsOf = (address: string) => listOf(`/v1/events?address=${address}`);
const standing = async (): Promise<string[]> =>
  (await listOf('/v1/suppressions')).map(({ reason, stream }) => `${reason} ${stream}`).sort();
/** A source of a provider that takes its bodies without proof. */
const unsigned = (provider: string, change: object = {}) =>
  mailstop.source({ provider, secrets: {}, allow_unsigned: true, ...change });

describe('what Amazon SES says beside the event', () => {
  const mail = { messageId: 's1', timestamp: iso(-HOUR), destination: [ANN] };
  const at = { timestamp: iso(-MINUTE), feedbackId: 'f1' };
  const complaint = (more: object) => ({
    notificationType: 'Complaint',
    mail,
    complaint: { ...at, complainedRecipients: [{ emailAddress: ANN }], ...more },
  });
  const suppressed = {
    notificationType: 'Bounce',
    mail,
    bounce: {
      ...at,
      bounceType: 'Permanent',
      bounceSubType: 'OnAccountSuppressionList',
      bouncedRecipients: [{ emailAddress: ANN, status: '5.1.1', diagnosticCode: 'Amazon SES did not send' }],
    },
  };

  test('T079 a not-spam report is recorded and makes no entry', async () => {
    const { post } = await unsigned('amazon-ses');
    expect((await post(complaint({ complaintFeedbackType: 'not-spam' }))).body.accepted).toBe(1);
    expect(await eventsOf(ANN)).toMatchObject([
      { kind: 'complaint', decision: { rule: 'feedback-only', action: 'note' } },
    ]);
    expect(await standing()).toEqual([]);
  });

  test.each([
    ['complaint', 'complaint', complaint({ complaintSubType: 'OnAccountSuppressionList' }), null],
    ['bounce', 'hard-bounce', suppressed, iso(-MINUTE + 14 * DAY)],
  ])(
    'T079 OnAccountSuppressionList of a %s is a mirror of its list, and no new failure',
    async (_what, reason, body, until) => {
      const { post } = await unsigned('amazon-ses');
      await post(body);
      expect(await eventsOf(ANN)).toMatchObject([{ kind: 'reject', category: 'suppressed' }]);
      expect(await listOf('/v1/suppressions')).toMatchObject([{ reason, origin: 'provider', until }]);
      expect((await mailstop.ask('GET', `/v1/suppressions/${ANN}`)).body.listed_at).toEqual(['amazon-ses']);
    },
  );
});

describe('a resubscribe', () => {
  const group = (event: string, id: number, seconds: number) => ({
    email: ANN,
    event,
    asm_group_id: id,
    timestamp: START / 1_000 + seconds,
    sg_event_id: `${event}${id}`,
  });
  const change = (
    stream: string,
    SuppressSending: boolean,
    ms: number,
    SuppressionReason: string | null,
  ) => ({
    RecordType: 'SubscriptionChange',
    Recipient: ANN,
    MessageStream: stream,
    SuppressSending,
    SuppressionReason,
    Origin: 'Recipient',
    ChangedAt: iso(ms),
    MessageID: `${stream}${ms}`,
  });

  test('T080 of a SendGrid group lifts the unsubscribe of that group alone', async () => {
    const { post } = await unsigned('sendgrid', { streams: { 1: 'news', 2: 'offers' } });
    await post([
      group('group_unsubscribe', 1, -600),
      group('group_unsubscribe', 2, -600),
      { email: ANN, event: 'spamreport', timestamp: START / 1_000 - 600, sg_event_id: 's' },
      group('group_resubscribe', 1, -300),
    ]);
    expect(await standing()).toEqual(['complaint *', 'unsubscribe offers']);
  });

  test('T080 of Postmark (SuppressSending: false) lifts the unsubscribe of that stream alone', async () => {
    const streams = { bulk: 'news', weekly: 'offers' };
    const { post } = await unsigned('postmark', { streams });
    const other = await unsigned('postmark', { streams });
    await post(change('bulk', true, -10 * MINUTE, 'ManualSuppression'));
    await post(change('weekly', true, -9 * MINUTE, 'ManualSuppression'));
    await post(change('weekly', true, -8 * MINUTE, 'SpamComplaint'));
    await other.post(change('weekly', false, -7 * MINUTE, null));
    expect(await standing()).toEqual(['complaint *', 'unsubscribe news', 'unsubscribe offers']);
    await post(change('bulk', false, -5 * MINUTE, null));
    expect(await standing()).toEqual(['complaint *', 'unsubscribe offers']);
  });
});
