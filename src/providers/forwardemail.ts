/**
 * Forward Email bounce webhooks: one bounce a request, signed over the raw body. The reply of the server comes with
 * all its parts; the category beside it is ZoneMTA's guess from the same words.
 * https://forwardemail.net/en/faq#do-you-support-bounce-webhooks
 */
import type { LabelMeaning } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Category } from '../core/taxonomy.ts';
import { readTime } from '../core/time.ts';
import {
  type Delivery,
  defineAdapter,
  type Item,
  type Labels,
  type ParseError,
  type RawRequest,
} from './adapter.ts';
import { echoedTag } from './echo.ts';
import { bounced, deferred, eventItem, ignored, rowOf, unreadable } from './item.ts';
import { isRecord, parseJson, textOf } from './json.ts';
import { checkSigningKey, verifyBodyHash } from './verify/keyed-hash.ts';

const refused = (category: Category, code = '554', enhanced = '5.7.1'): LabelMeaning =>
  bounced(code, enhanced, { category });

/** `bounce.action/bounce.category`. A block, spam or a virus is the sender's: only `recipient` is about the address. */
const LABELS: Labels = {
  reject: { kind: 'bounce' },
  'reject/recipient': bounced('550', '5.1.1', { category: 'mailbox-unknown', proof: 'hard' }),
  'reject/block': refused('policy-rejected'),
  'reject/blocklist': refused('ip-blocked'),
  'reject/blacklist': refused('ip-blocked'),
  'reject/spam': refused('spam-content'),
  'reject/virus': refused('virus', '554', '5.7.0'),
  'reject/policy': refused('policy-rejected'),
  'reject/dmarc': refused('auth-failure'),
  'reject/spf': refused('auth-failure', '550', '5.7.23'),
  'reject/protocol': refused('protocol', '550', '5.5.0'),
  'reject/network': refused('network-error', '421', '4.4.1'),
  'reject/capacity': refused('system-error', '450', '4.3.0'),
  'reject/message': refused('content-rejected', '554', '5.6.0'),
  defer: deferred(),
  'defer/recipient': deferred('450', '4.1.1', 'mailbox-unknown'),
  'defer/block': deferred('450', '4.7.1', 'policy-rejected'),
  'defer/greylist': deferred('451', '4.7.1', 'greylisted'),
  'defer/capacity': deferred('450', '4.3.0', 'system-error'),
  'defer/network': deferred('421', '4.4.1', 'network-error'),
  'defer/policy': deferred('450', '4.7.1', 'policy-rejected'),
  slowdown: deferred('421', '4.7.0', 'rate-limited'),
};

export const forwardemail = defineAdapter({
  id: 'forwardemail',
  name: 'Forward Email',
  docs: 'https://forwardemail.net/en/faq#do-you-support-bounce-webhooks',
  needs: { proof: 'signature', hint: 'keys: the webhook signature payload verification key of the domain' },
  setup: [
    'In Forward Email, open My Account, Domains, Settings of the domain.',
    'Paste the URL as its bounce webhook URL, and save.',
    'Copy the webhook signature payload verification key that the settings show into keys of the source.',
  ],
  attach: 'the header X-Mailstop-Tag: …, one recipient a message',
  labels: LABELS,
  unverified: [
    'That every header of the message comes back: listmonk finds its own there.',
    'The list of actions and categories is not documented; those of ZoneMTA’s rules have rows, and any other is read by its reply.',
    'That a bounce without an action is final.',
  ],
  checkKey: checkSigningKey,
  verify: (request, trust) => verifyBodyHash(request, 'x-webhook-signature', trust.secrets.keys),
  parse,
});

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(request.body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  return ok({ type: 'items', items: [readBounce(json.value)] });
}

function readBounce(fields: Readonly<Record<string, unknown>>): Item {
  const { bounce } = fields;
  if (!isRecord(bounce)) return unreadable('no bounce', fields);
  const action = textOf(bounce.action) ?? 'reject';
  const label = [action, textOf(bounce.category)].filter(Boolean).join('/');
  const meaning = rowOf(LABELS, label) ?? rowOf(LABELS, action);
  if (meaning === undefined || meaning === 'ignored') return ignored(label, meaning !== undefined);
  return eventItem({
    meaning,
    recipient: fields.recipient,
    at: readTime(fields.bounced_at),
    reply: {
      // Its servers set response_code to 421 where they want a message tried again, whatever the reply was.
      code: textOf(bounce.code) ?? textOf(fields.response_code),
      enhanced: textOf(bounce.status), // false or an object where there is none
      text: textOf(fields.response) ?? textOf(fields.message) ?? textOf(bounce.message),
    },
    providerType: label,
    eventId: null,
    messageId: textOf(fields.email_id),
    group: textOf(fields.list_id) || null,
    ...echoedTag(fields.headers),
  });
}
