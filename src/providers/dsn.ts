/**
 * Bounce mail in the standard form: delivery status notifications, one message or an mbox. May not call any of
 * it proven: whoever knows the return path can send one. Replies that are no multipart/report (qmail, old
 * Exchange…) and abuse reports are put aside as unreadable.
 * https://www.rfc-editor.org/rfc/rfc3464 · https://www.rfc-editor.org/rfc/rfc6533
 */
import type { Kind, ProviderEvent } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readReply } from '../core/smtp.ts';
import { DAY, readTime } from '../core/time.ts';
import type { Delivery, Item, ParseError, RawRequest } from './adapter.ts';
import { defineAdapter } from './adapter.ts';
import { type Fields, type Mail, readFieldGroups, readMail, splitMbox } from './mail.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

const maxRawBytes = 65_536;

/** RFC 3464 2.3.3. */
const kindOfAction: Readonly<Record<string, Kind | 'ignored'>> = {
  failed: 'bounce', // final, also where the status is 4.x: the time to try ran out
  delayed: 'deferral',
  expired: 'bounce', // not in RFC 3464: SendGrid's bounce mail
  delivered: 'delivery',
  relayed: 'ignored', // handed to a system that sends no reports
  expanded: 'ignored', // a list took it, and sends it on
};

/** Where there is no action: RFC 3464 demands one, some gateways leave it out. */
const kindOfStatus: Readonly<Record<string, Kind>> = { 2: 'delivery', 4: 'deferral', 5: 'bounce' };

const statusTypes = new Set(['message/delivery-status', 'message/global-delivery-status']);
const returnedTypes = new Set([
  'message/rfc822',
  'text/rfc822-headers',
  'message/rfc822-headers', // not registered, but sent
  'message/global',
  'message/global-headers',
]);

interface Report {
  readonly id: string | null;
  readonly at: number | null;
  readonly messageId: string | null;
  readonly sentAt: number | null;
}

export const dsn = defineAdapter({
  id: 'dsn',
  name: 'Bounce mail (DSN)',
  docs: 'https://www.rfc-editor.org/rfc/rfc3464',
  needs: { proof: 'shared', hint: sharedHint },
  checkKey: checkSharedKey,
  maxBodyBytes: 50 * 1_048_576,
  verify: (request, trust) => verifyShared(request, trust),

  async parse(request: RawRequest): Promise<Result<Delivery, ParseError>> {
    const isOneMessage = /^\s*message\/(?:rfc822|global)\b/i.test(request.headers.get('content-type') ?? '');
    const messages = splitMbox(request.body, isOneMessage);
    if (!messages.ok) return err({ why: messages.error });
    const items: Item[] = [];
    for (const message of messages.value) for (const item of await readMessage(message)) items.push(item);
    return ok({ type: 'items', items });
  },
});

async function readMessage(message: Uint8Array): Promise<Item[]> {
  const mail = await readMail(message);
  if (!mail.ok) return [unreadable(message, mail.error)];
  const { texts, isCut } = statusOf(mail.value, message);
  if (texts.length === 0) return [unreadable(message, whyNoReport(mail.value))];
  const recipients = texts.flatMap(readFieldGroups).filter(isAboutRecipient);
  if (recipients.length === 0) return [unreadable(message, 'a delivery report without a recipient')];
  const report = readReport(mail.value);
  const items = recipients.map((fields) => readRecipient(fields, report));
  return isCut ? [...items, unreadable(message, 'a delivery report too long to be read to its end')] : items;
}

interface Status {
  readonly texts: readonly string[];
  readonly isCut: boolean;
}

function statusOf(mail: Mail, message: Uint8Array): Status {
  const isStatus = mail.parts.map(({ type }) => statusTypes.has(type));
  if (isStatus.includes(true))
    return {
      texts: mail.parts.filter((_part, i) => isStatus[i]).map(({ text }) => text),
      isCut: mail.isCut && isStatus.at(-1) === true,
    };
  const isReport = /^multipart\/report\b/i.test(mail.headers.get('content-type') ?? '');
  return isReport ? brokenStatusOf(message) : { texts: [], isCut: false };
}

/** Relays that rewrite a boundary, or indent it, leave a report whose parts MIME cannot tell apart. */
function brokenStatusOf(message: Uint8Array): Status {
  const found = /^ ?content-type:[ \t]*message\/(?:global-)?delivery-status\b/im.exec(textOf(message));
  if (found === null) return { texts: [], isCut: false };
  const [text = '', ...rest] = found.input.slice(found.index).split(/^ ?--/m, 2);
  return { texts: [text], isCut: rest.length === 0 && message.length > maxRawBytes };
}

/** As far as an operator would read it. */
const textOf = (message: Uint8Array): string => new TextDecoder().decode(message.subarray(0, maxRawBytes));

const unreadable = (message: Uint8Array, why: string): Item => ({
  type: 'unreadable',
  why,
  raw: textOf(message),
});

function whyNoReport({ parts }: Mail): string {
  const expected = 'a multipart/report with a message/delivery-status part was expected';
  return parts.some(({ type }) => type === 'message/feedback-report')
    ? `an abuse report (ARF): ${expected}`
    : `not a delivery report: ${expected}`;
}

/** The group about the message (Reporting-MTA, Arrival-Date) is not. */
const isAboutRecipient = (fields: Fields): boolean =>
  fields.has('final-recipient') || fields.has('original-recipient');

function readReport({ headers, parts }: Mail): Report {
  const at = readDate(headers.get('date'));
  const returned = parts.find(({ type }) => returnedTypes.has(type));
  const original = returned === undefined ? undefined : readFieldGroups(returned.text)[0];
  const sentAt = readDate(original?.get('date'));
  return {
    id: bareId(headers.get('message-id')),
    at,
    messageId: bareId(original?.get('message-id')),
    sentAt: sentAt !== null && at !== null && sentAt > at + DAY ? null : sentAt,
  };
}

function readRecipient(fields: Fields, report: Report): Item {
  const action = (fields.get('action') ?? '').toLowerCase().replace(/[^a-z].*$/, '');
  const status = fields.get('status') ?? null;
  const byStatus = kindOfStatus[status?.charAt(0) ?? ''];
  const kind = Object.hasOwn(kindOfAction, action) ? kindOfAction[action] : byStatus;
  const label = action === '' ? (status ?? '') : action;
  if (kind === undefined || kind === 'ignored') return { type: 'ignored', label, known: kind === 'ignored' };
  const recipient = recipientOf(fields);
  const event: ProviderEvent = {
    meaning: kind === 'delivery' ? { kind, category: 'delivered' } : { kind },
    recipient,
    at: report.at,
    sentAt: report.sentAt,
    reply: readDiagnostic(fields.get('diagnostic-code') ?? null, status),
    providerType: label,
    eventId: report.id === null ? null : `${report.id} ${recipient}`,
    messageId: report.messageId,
    proven: false,
  };
  return { type: 'event', event };
}

/** What the receiver itself replied says more than the reporting MTA's summary of it, often 5.0.0. */
function readDiagnostic(text: string | null, status: string | null): ProviderEvent['reply'] {
  const words = /^\s*(?:[el]?smtp\s*;)?\s*(\d.*)$/is.exec(text ?? '')?.[1] ?? null;
  const { code, enhanced } = readReply({ code: words });
  return {
    code,
    enhanced: (code === null ? null : enhanced) ?? status,
    text: text === null ? null : withoutType(text),
  };
}

/** Less the diagnostic type: `smtp; 550 …`. */
const withoutType = (diagnostic: string): string =>
  diagnostic.replace(/^\s*(?:[el]?smtp|x-[\w-]{1,30})\s*;\s*/i, '');

/**
 * The address the sender used, so that mail to an alias is not held against the mailbox behind it. ORCPT is
 * xtext (RFC 3461 4), which some MTAs print undecoded: `+` and `=` are all that an address needs of it.
 */
function recipientOf(fields: Fields): string {
  const original = addressOf(fields.get('original-recipient'));
  if (!original.includes('@')) return addressOf(fields.get('final-recipient'));
  return original.replace(/\+2B/gi, '+').replace(/\+3D/gi, '=');
}

/** Less the address type: `rfc822; a@example.com`. */
const addressOf = (field: string | undefined): string =>
  (field ?? '').replace(/^\s*[\w-]+\s*;\s*/, '').trim();

const bareId = (id: string | undefined): string | null => (id ?? '').trim().replace(/^<|>$/g, '') || null;

/** RFC 5322 dates, with or without the day of the week; `readTime` wants it. */
function readDate(date: string | undefined): number | null {
  const text = (date ?? '').replace(/\([^()]*\)/g, '').trim();
  const at = readTime(/^\d{1,2} [A-Z][a-z]{2} /.test(text) ? `Mon, ${text}` : text);
  return at !== null && at > Date.UTC(2000, 0) ? at : null;
}
