/** Where the labels of each provider are, and the smallest body that says one. */
import { kinds } from '../../src/core/event.ts';
import type { Form } from './label-source.ts';

/** `to` is the recipient; what each table's label looks like in a body. */
export type Say = (label: string, to: string) => unknown;
type Table = readonly [file: string, name: string, form: Form, say: Readonly<Record<string, Say>>];

const sendgrid =
  (fields: (label: string) => object): Say =>
  (label, email) => [{ email, sg_event_id: email, ...fields(label) }];
const bounced = (type: string) =>
  sendgrid((label) => ({ event: 'bounce', type, bounce_classification: label }));

const mailgun =
  (fields: (label: string) => object): Say =>
  (label, recipient) => ({
    signature: {},
    'event-data': { id: recipient, recipient, ...fields(label) },
  });
const failed = (severity: string | null, fields: (label: string) => object) =>
  mailgun((label) => ({ event: 'failed', severity, ...fields(label) }));
const byCode = (code: string) => ({ 'delivery-status': { code: Number(code) } });
const byReason = (reason: string) => ({ reason });

const ses =
  (type: string, part: string, recipients: string, fields: (label: string) => object, of: object = {}): Say =>
  (label, to) => ({
    notificationType: type,
    mail: { messageId: to, destination: [to] },
    [part]: { feedbackId: to, [recipients]: [{ emailAddress: to, ...of }], ...fields(label) },
  });
const sesBounce = (of: object = {}) =>
  ses(
    'Bounce',
    'bounce',
    'bouncedRecipients',
    (label) => {
      const [bounceType, bounceSubType] = label.split('/');
      return { bounceType, bounceSubType };
    },
    of,
  );
const sesComplaint = (fields: (label: string) => object) =>
  ses('Complaint', 'complaint', 'complainedRecipients', fields);
const sesNotice: Say = (type, to) => ({
  eventType: type,
  mail: { messageId: to, destination: [to] },
  bounce: { bouncedRecipients: [{ emailAddress: to }], bounceType: 'Permanent' },
  complaint: { complainedRecipients: [{ emailAddress: to }] },
  delivery: { recipients: [to] },
  deliveryDelay: { delayedRecipients: [{ emailAddress: to }] },
  subscription: { newTopicPreferences: { unsubscribeAll: true } },
});

const resend =
  (fields: (label: string) => object): Say =>
  (label, to) => {
    const { type = label, ...data } = fields(label) as { type?: string };
    const common = {
      to: [to],
      email: to,
      email_id: to,
      unsubscribed: true,
      topics: [{ id: 'topic', subscription: 'opt_out' }],
    };
    return { type, created_at: '2026-01-10T11:00:00Z', data: { ...common, ...data } };
  };
const resendBounce = resend((label) => {
  const [type, subType] = label.split('/');
  return { type: 'email.bounced', bounce: { type, subType } };
});

const sparkpost =
  (fields: (label: string) => object): Say =>
  (label, to) => [{ msys: { message_event: { rcpt_to: to, event_id: to, type: label, ...fields(label) } } }];

const postmark =
  (fields: (label: string) => object): Say =>
  (label, to) => ({ Email: to, Recipient: to, MessageID: to, ...fields(label) });
const listed = (more: object) =>
  postmark(() => ({ RecordType: 'SubscriptionChange', SuppressSending: true, Origin: 'Customer', ...more }));

const generic =
  (fields: (label: string) => object): Say =>
  (label, recipient) => ({ recipient, id: recipient, event: label, ...fields(label) });

export const dsn =
  (fields: (label: string) => string): Say =>
  (label, to) =>
    [
      `Message-ID: <${to}>`,
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example.net',
      '',
      `Final-Recipient: rfc822; ${to}`,
      fields(label),
      '',
      '--b--',
      '',
    ].join('\r\n');

const none = () => ({});
/** File, table, form of its labels, and by a name for each how a body says it. */
export const tables: Readonly<Record<string, readonly Table[]>> = {
  'amazon-ses': [
    ['labels/amazon-ses', 'bounces', 'pairs', { Bounce: sesBounce() }],
    [
      'labels/amazon-ses',
      'bounceTypes',
      'pairs',
      { 'Bounce of a new subtype': (label, to) => sesBounce()(`${label}/New`, to) },
    ],
    [
      'labels/amazon-ses',
      'delays',
      'pairs',
      {
        DeliveryDelay: ses('DeliveryDelay', 'deliveryDelay', 'delayedRecipients', (delayType) => ({
          delayType,
        })),
      },
    ],
    [
      'labels/amazon-ses',
      'feedbackTypes',
      'words',
      { Complaint: sesComplaint((complaintFeedbackType) => ({ complaintFeedbackType })) },
    ],
    ['labels/amazon-ses', 'ignoredTypes', 'words', { type: sesNotice }],
    ['amazon-ses', 'readers', 'keys', { type: sesNotice }],
  ],
  dsn: [
    ['dsn', 'kindOfAction', 'keys', { Action: dsn((action) => `Action: ${action}`) }],
    ['dsn', 'kindOfStatus', 'keys', { 'no action, Status': dsn((digit) => `Status: ${digit}.0.0`) }],
  ],
  generic: [
    [
      'generic',
      'FEEDBACK',
      'words',
      { 'complaint, feedback': generic((feedback) => ({ event: 'complaint', feedback })) },
    ],
    ['generic', 'NOT_KEPT', 'words', { event: generic(none) }],
  ],
  mailgun: [
    ['mailgun', 'IGNORED', 'words', { event: mailgun((event) => ({ event })) }],
    ['mailgun', 'EVENTS', 'keys', { event: mailgun((event) => ({ event })) }],
    [
      'mailgun',
      'NOT_TRIED',
      'keys',
      { failed: failed('permanent', (label) => (/^\d/.test(label) ? byCode(label) : byReason(label))) },
    ],
    [
      'mailgun',
      'UNANSWERED',
      'keys',
      {
        'failed/permanent, code': failed('permanent', byCode),
        'failed/temporary, code': failed('temporary', byCode),
      },
    ],
    [
      'mailgun',
      'FAILED',
      'keys',
      {
        'failed/permanent': failed('permanent', byReason),
        'failed/temporary': failed('temporary', byReason),
      },
    ],
  ],
  postmark: [
    ['postmark', 'TYPES', 'pairs', { Bounce: postmark((Type) => ({ RecordType: 'Bounce', Type, ID: 1 })) }],
    [
      'postmark',
      'LISTED',
      'pairs',
      { SubscriptionChange: (label, to) => listed({ SuppressionReason: label })(label, to) },
    ],
  ],
  resend: [
    ['labels/resend', 'bounces', 'pairs', { 'email.bounced': resendBounce }],
    [
      'labels/resend',
      'types',
      'pairs',
      { 'email.bounced of a new subtype': (label, to) => resendBounce(`${label}/New`, to) },
    ],
    ['resend', 'IGNORED', 'words', { type: resend(none) }],
    ['resend', 'readers', 'keys', { type: resend(none) }],
  ],
  sendgrid: [
    ['sendgrid', 'IGNORED', 'words', { event: sendgrid((event) => ({ event })) }],
    ['sendgrid', 'EVENTS', 'keys', { event: sendgrid((event) => ({ event, asm_group_id: 1 })) }],
    [
      'sendgrid',
      'BOUNCED',
      'keys',
      { 'bounce/bounce': bounced('bounce'), 'bounce/blocked': bounced('blocked') },
    ],
    ['sendgrid', 'BLOCKED', 'keys', { 'bounce/blocked': bounced('blocked') }],
    ['sendgrid', 'DROPPED', 'keys', { dropped: sendgrid((reason) => ({ event: 'dropped', reason })) }],
  ],
  sparkpost: [
    ['sparkpost', 'IGNORED', 'words', { type: sparkpost(none) }],
    ['sparkpost', 'IGNORED_CLASSES', 'words', { 'event class': (label) => [{ msys: { [label]: {} } }] }],
    [
      'sparkpost',
      'CLASSES',
      'pairs',
      { 'bounce, class': sparkpost((bounce_class) => ({ type: 'bounce', bounce_class })) },
    ],
    ['sparkpost', 'ON_LIST_CLASSES', 'words', {}],
    [
      'sparkpost',
      'FEEDBACK',
      'pairs',
      { spam_complaint: sparkpost((fbtype) => ({ type: 'spam_complaint', fbtype })) },
    ],
    ['sparkpost', 'readers', 'keys', { type: sparkpost(none) }],
  ],
};
/** What comes where no table has a row: the documented defaults. */
export const others: readonly (readonly [provider: string, label: string, say: Say])[] = [
  [
    'amazon-ses',
    'Bounce: Transient/General with a status',
    (_label, to) => sesBounce({ status: '4.0.0' })('Transient/General', to),
  ],
  [
    'amazon-ses',
    'Complaint: OnAccountSuppressionList',
    sesComplaint(() => ({ complaintSubType: 'OnAccountSuppressionList' })),
  ],
  ['amazon-ses', 'Complaint: a new feedback type', sesComplaint(() => ({ complaintFeedbackType: 'new' }))],
  [
    'amazon-ses',
    'DeliveryDelay: a new type',
    ses('DeliveryDelay', 'deliveryDelay', 'delayedRecipients', () => ({ delayType: 'New' })),
  ],
  ['mailgun', 'failed/permanent: a new reason', failed('permanent', () => byReason('new'))],
  ['mailgun', 'failed/temporary: a new reason', failed('temporary', () => byReason('new'))],
  ['mailgun', 'failed without a severity: a new reason', failed(null, () => byReason('new'))],
  ['postmark', 'Delivery', postmark(() => ({ RecordType: 'Delivery' }))],
  ['postmark', 'SpamComplaint', postmark(() => ({ RecordType: 'SpamComplaint' }))],
  [
    'postmark',
    'SubscriptionChange: ManualSuppression by the recipient',
    listed({ SuppressionReason: 'ManualSuppression', Origin: 'Recipient' }),
  ],
  [
    'postmark',
    'SubscriptionChange: ManualSuppression by the customer',
    listed({ SuppressionReason: 'ManualSuppression' }),
  ],
  ['postmark', 'SubscriptionChange: SuppressSending false', listed({ SuppressSending: false })],
  ...['Open', 'Click'].map((label): (typeof others)[number] => [
    'postmark',
    label,
    postmark((RecordType) => ({ RecordType })),
  ]),
  ['resend', 'email.bounced: a new type', (_label, to) => resendBounce('New/New', to)],
  ['sendgrid', 'bounce/bounce: a new classification', bounced('bounce')],
  ['sendgrid', 'bounce/blocked: a new classification', bounced('blocked')],
  ['sendgrid', 'bounce/expired', bounced('expired')],
  ['sendgrid', 'dropped: a new reason', sendgrid((reason) => ({ event: 'dropped', reason }))],
  ['sparkpost', 'bounce, class: a new one', sparkpost(() => ({ type: 'bounce', bounce_class: '999' }))],
  ['sparkpost', 'spam_complaint: a new type', sparkpost(() => ({ type: 'spam_complaint', fbtype: 'new' }))],
  ...kinds.map((kind): (typeof others)[number] => [
    'generic',
    `event: ${kind}`,
    generic(() => ({ event: kind })),
  ]),
];
