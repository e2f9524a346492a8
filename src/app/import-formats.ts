/**
 * Lists as other systems export them, told apart by the names of their columns: what each column is in our words. Where a
 * vendor does not document its file, the columns are those of its API and marked UNVERIFIED. Pure.
 */
import { ok } from '../core/result.ts';
import { addressColumns, asksNothing, byWord, type ImportFormat, take } from './import-format.ts';

/** First one that fits. */
export const importFormats: readonly ImportFormat[] = [
  {
    // https://postmarkapp.com/developer/api/suppressions-api
    id: 'postmark',
    name: 'Postmark suppressions',
    has: ['emailaddress', 'suppressionreason'],
    read: (fields) =>
      byWord(
        'suppressionreason',
        {
          HardBounce: 'hard-bounce',
          SpamComplaint: 'complaint',
          // What a recipient does is an unsubscribe; what a customer or Postmark does is a block.
          ManualSuppression: fields.origin?.toLowerCase() === 'recipient' ? 'unsubscribe' : 'manual',
        },
        { address: 'emailaddress', created_at: 'createdat' },
      )(fields),
  },
  {
    // https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_ListSuppressedDestinations.html
    id: 'amazon-ses',
    name: 'Amazon SES suppression list',
    has: ['emailaddress', 'reason'],
    read: byWord(
      'reason',
      { BOUNCE: 'hard-bounce', COMPLAINT: 'complaint' },
      { address: 'emailaddress', created_at: 'lastupdatetime' },
    ),
  },
  {
    // https://www.twilio.com/docs/sendgrid/api-reference/bounces-api: bounces, and blocks, which the policy tells apart.
    id: 'sendgrid-bounces',
    name: 'SendGrid bounces or blocks',
    has: ['email', 'status', 'reason', 'created'],
    read: take({ address: 'email', enhanced: 'status', text: 'reason', created_at: 'created' }, () => ({
      reason: 'hard-bounce',
    })),
  },
  {
    // https://www.twilio.com/docs/sendgrid/api-reference/spam-reports-api
    id: 'sendgrid-spam-reports',
    name: 'SendGrid spam reports',
    has: ['email', 'ip', 'created'],
    read: take({ address: 'email', created_at: 'created' }, () => ({ reason: 'complaint' })),
  },
  {
    // https://www.twilio.com/docs/sendgrid/api-reference/invalid-e-mails-api
    id: 'sendgrid-invalid-emails',
    name: 'SendGrid invalid emails',
    has: ['email', 'reason', 'created'],
    read: take({ address: 'email', note: 'reason', created_at: 'created' }, () => ({
      reason: 'hard-bounce',
    })),
  },
  {
    // https://www.twilio.com/docs/sendgrid/api-reference/suppressions-global-suppressions
    id: 'sendgrid-unsubscribes',
    name: 'SendGrid global unsubscribes',
    has: ['email', 'created'],
    lacks: ['status', 'reason', 'name'],
    read: take({ address: 'email', created_at: 'created' }, () => ({ reason: 'unsubscribe' })),
  },
  {
    // https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/bounces
    id: 'mailgun-bounces',
    name: 'Mailgun bounces',
    has: ['address', 'code', 'error'],
    read: take({ address: 'address', code: 'code', text: 'error', created_at: 'created_at' }, () => ({
      reason: 'hard-bounce',
    })),
  },
  {
    // https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/complaints; UNVERIFIED: that every row has a count.
    id: 'mailgun-complaints',
    name: 'Mailgun complaints',
    has: ['address', 'count', 'created_at'],
    read: take({ address: 'address', created_at: 'created_at' }, () => ({ reason: 'complaint' })),
  },
  {
    // https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/unsubscribe
    id: 'mailgun-unsubscribes',
    name: 'Mailgun unsubscribes',
    has: ['address', 'tags'],
    lacks: ['reason'],
    // From one tag only: never narrower than can be enforced, so from all mail.
    read: take({ address: 'address', created_at: 'created_at' }, () => ({ reason: 'unsubscribe' })),
  },
  {
    // https://developers.sparkpost.com/api/suppression-list/
    id: 'sparkpost',
    name: 'SparkPost suppression list',
    has: ['recipient', 'source'],
    read: byWord(
      'source',
      {
        'Spam Complaint': 'complaint',
        'List Unsubscribe': 'unsubscribe',
        'Unsubscribe Link': 'unsubscribe',
        'Bounce Rule': 'hard-bounce',
        'Manually Added': 'manual',
        Compliance: 'manual',
      },
      { address: 'recipient', note: 'description', created_at: 'created' },
    ),
  },
  {
    // https://mailchimp.com/developer/transactional/api/rejects/list-denylisted-emails/
    id: 'mandrill',
    name: 'Mandrill reject list',
    has: ['email', 'reason', 'detail'],
    read: (fields) =>
      /^(?:true|1|yes)$/i.test(fields.expired ?? '')
        ? asksNothing('it has expired there')
        : byWord(
            'reason',
            {
              'hard-bounce': 'hard-bounce',
              'soft-bounce': 'soft-bounce',
              spam: 'complaint',
              unsub: 'unsubscribe',
              custom: 'manual',
            },
            { address: 'email', note: 'detail', created_at: 'created_at', until: 'expires_at' },
          )(fields),
  },
  {
    // https://developers.brevo.com/reference/gettransacblockedcontacts; the reason's code is one level down.
    id: 'brevo',
    name: 'Brevo blocked contacts',
    has: ['email', 'reason_code', 'blockedat'],
    read: byWord(
      'reason_code',
      {
        hardBounce: 'hard-bounce',
        contactFlaggedAsSpam: 'complaint',
        unsubscribedViaMA: 'unsubscribe',
        unsubscribedViaEmail: 'unsubscribe',
        unsubscribedViaApi: 'unsubscribe',
        adminBlocked: 'manual',
      },
      { address: 'email', note: 'reason_message', created_at: 'blockedat' },
    ),
  },
  {
    // https://dev.mailjet.com/email/reference/contacts/; UNVERIFIED as a file.
    id: 'mailjet',
    name: 'Mailjet contacts',
    has: ['email', 'isexcludedfromcampaigns'],
    read: byWord(
      'isexcludedfromcampaigns',
      { true: 'unsubscribe', 1: 'unsubscribe', false: null, 0: null },
      { address: 'email', created_at: 'exclusionfromcampaignsupdatedat' },
    ),
  },
  {
    // https://github.com/mailtrap/mailtrap-openapi/blob/main/specs/email-sending.openapi.yml
    id: 'mailtrap',
    name: 'Mailtrap suppressions',
    has: ['email', 'type', 'sending_stream'],
    read: byWord(
      'type',
      {
        'hard bounce': 'hard-bounce',
        'spam complaint': 'complaint',
        unsubscription: 'unsubscribe',
        'manual import': 'manual',
      },
      { address: 'email', created_at: 'created_at' },
    ),
  },
  {
    // https://elasticemail.com/developers/api-documentation (suppressions); UNVERIFIED: the columns, and the words of both.
    id: 'elastic-email',
    name: 'Elastic Email suppressions',
    has: ['email', 'friendlyreason'],
    read: (fields) => {
      const { errorcode = '', friendlyreason = '' } = fields;
      const said = `${errorcode} ${friendlyreason}`;
      const reason = /spam|abuse|complain/i.test(said)
        ? 'complaint'
        : /unsub/i.test(said)
          ? 'unsubscribe'
          : 'hard-bounce';
      const note = friendlyreason === '' ? {} : { note: friendlyreason };
      return take({ address: 'email', created_at: 'dateupdated' }, () => ({ reason, ...note }))(fields);
    },
  },
  {
    // https://resend.com/docs/api-reference (suppressions); UNVERIFIED as a file.
    id: 'resend',
    name: 'Resend suppressions',
    has: ['email', 'origin', 'source_id'],
    read: byWord(
      'origin',
      { bounce: 'hard-bounce', complaint: 'complaint', manual: 'manual', unsubscribe: 'unsubscribe' },
      { address: 'email', created_at: 'created_at' },
    ),
  },
  {
    // https://developers.mailersend.com/api/v1/recipients.html: the address is one level down. UNVERIFIED: `type`.
    id: 'mailersend',
    name: 'MailerSend recipients',
    has: ['recipient_email'],
    read: take({ address: 'recipient_email', created_at: 'created_at', reason: 'type' }),
  },
  {
    // https://developers.cloudflare.com/api/resources/email_sending/subresources/suppressions/methods/list/
    id: 'cloudflare',
    name: 'Cloudflare Email Sending suppressions',
    has: ['email', 'reason', 'created_at', 'expires_at'],
    read: byWord(
      'reason',
      { hard_bounce: 'hard-bounce', soft_bounce: 'soft-bounce', complaint: 'complaint', manual: 'manual' },
      { address: 'email', created_at: 'created_at', until: 'expires_at' },
    ),
  },
  {
    // https://listmonk.app/docs/apis/subscribers/: the export of subscribers.
    id: 'listmonk',
    name: 'listmonk subscribers',
    has: ['uuid', 'email', 'status'],
    read: byWord(
      'status',
      { blocklisted: 'manual', enabled: null },
      { address: 'email', created_at: 'updated_at' },
      () => ({
        note: 'blocklisted in listmonk',
      }),
    ),
  },
];

/** Our own columns, or an address and nothing that is known. */
const own: ImportFormat = {
  id: 'own',
  name: 'columns of Mailstop, or addresses alone',
  has: [],
  read: (fields) => {
    if (fields.address !== undefined) return ok(fields);
    const column = addressColumns.find((name) => fields[name] !== undefined && fields[name] !== '');
    return ok(column === undefined ? fields : { ...fields, address: fields[column] as string });
  },
};

let last = { columns: '', format: own };

/** Of a million rows all have the same columns. */
export function formatOf(columns: readonly string[]): ImportFormat {
  const name = columns.join(',');
  if (last.columns !== name) last = { columns: name, format: find(columns) };
  return last.format;
}

function find(columns: readonly string[]): ImportFormat {
  const given = new Set(columns);
  return (
    importFormats.find(
      ({ has, lacks = [] }) => has.every((name) => given.has(name)) && !lacks.some((name) => given.has(name)),
    ) ?? own
  );
}
