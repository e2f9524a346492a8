/**
 * Bounce mail: delivery status notifications, and the many notices that follow no standard; one message or an mbox.
 * May not call any of it proven: whoever knows the return path can send one. Abuse reports are put aside.
 * https://www.rfc-editor.org/rfc/rfc3464 · https://www.rfc-editor.org/rfc/rfc3834
 */
import type { ProviderEvent } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readReply } from '../core/smtp.ts';
import type { Delivery, Item, Labels, ParseError, RawRequest } from './adapter.ts';
import { defineAdapter } from './adapter.ts';
import { addressesIn, onlyRecipientOf, sameAddress } from './bounce-mail/addresses.ts';
import { allOf, type Fields, firstOf } from './bounce-mail/fields.ts';
import { splitMbox } from './bounce-mail/mbox.ts';
import { natureOf } from './bounce-mail/nature.ts';
import {
  earlierCommand,
  type Notice,
  readNotice,
  recipientsOf,
  wholeReply,
  wordsBy,
} from './bounce-mail/notice.ts';
import { splitNotice } from './bounce-mail/original.ts';
import { failedFields } from './bounce-mail/phrases.ts';
import { putAside, type Report, readReport } from './bounce-mail/report.ts';
import { readSnsMail } from './bounce-mail/sns.ts';
import {
  actionLabels,
  endsInStatus,
  hasStatusPart,
  labelOf,
  recipientOf,
  remarkOf,
  replyOf,
  statusGroupsIn,
  statusGroupsOf,
} from './bounce-mail/status.ts';
import { eventItem, ignored, rowOf } from './item.ts';
import { type Mail, readMail } from './mail.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

const maxRecipients = 1_000;
/** Exim writes no more into X-Failed-Recipients. */
const maxNamed = 50;
const NOBODY = 'a delivery report without a recipient';

const LABELS: Labels = { ...actionLabels, 'auto-reply': 'ignored', 'read-receipt': 'ignored' };

export const dsn = defineAdapter({
  id: 'dsn',
  name: 'Bounce mail (DSN)',
  docs: 'https://www.rfc-editor.org/rfc/rfc3464',
  needs: { proof: 'shared', hint: sharedHint },
  setup: [
    'Send your mail with a return path of its own, such as bounces@example.com, that nobody reads.',
    'Let your mail server hand what arrives there to a program that posts each message, as it came, to the URL.',
    'Give it the header X-Mailstop-Key with the secret, and Content-Type message/rfc822, or application/mbox for many at once.',
  ],
  labels: LABELS,
  unverified: [
    'The notices of MDaemon, GroupWise, MailEnable, hMailServer, SmarterMail and Kerio are read from how they are described; no message of theirs was at hand.',
  ],
  checkKey: checkSharedKey,
  maxBodyBytes: 50 * 1_048_576,
  verify: (request, trust) => verifyShared(request, trust),
  parse: (request) => readMessages(request, readMessage),
});

/** One message, or the messages of an mbox, by their reader. */
export async function readMessages(
  request: RawRequest,
  read: (message: Uint8Array) => Promise<readonly Item[]>,
): Promise<Result<Delivery, ParseError>> {
  const isOneMessage = /^\s*message\/(?:rfc822|global)\b/i.test(request.headers.get('content-type') ?? '');
  const messages = splitMbox(request.body, isOneMessage);
  if (!messages.ok) return err({ why: messages.error });
  const items: Item[] = [];
  for (const message of messages.value) for (const item of await read(message)) items.push(item);
  return ok({ type: 'items', items });
}

async function readMessage(message: Uint8Array): Promise<readonly Item[]> {
  const read = await readMail(message);
  if (!read.ok) return [putAside(message, read.error)];
  const mail = read.value;
  if (mail.parts.some(({ type }) => type === 'message/feedback-report'))
    return [putAside(message, 'an abuse report (ARF): send these to a source of provider arf')];
  const { notice, original } = splitNotice(mail.text);
  const report = readReport(mail, original);
  const groups = statusGroupsOf(mail);
  const items =
    groups.length > 0 ? readStatus(groups, notice, report) : await readProse(mail, notice, report);
  if (typeof items === 'string') return [putAside(message, items)];
  const most = items.slice(0, maxRecipients);
  if (items.length > most.length)
    most.push(
      putAside(
        message,
        `${items.length} recipients in one report: only the first ${maxRecipients} were read`,
      ),
    );
  return mail.isCut && endsInStatus(mail)
    ? [...most, putAside(message, 'a delivery report too long to be read to its end')]
    : most;
}

/** RFC 3464. Where a report gives no reply code, the notice that comes with it may quote the reply. */
function readStatus(groups: readonly Fields[], prose: string, report: Report): Item[] {
  const recipients = groups.map((fields) => recipientOf(fields, report.original));
  let notice: Notice | null = null;
  let words: ((recipient: string) => string | null) | null = null;
  return groups.map((fields, i) => {
    const label = labelOf(fields);
    const meaning = rowOf(LABELS, label);
    if (meaning === undefined || meaning === 'ignored') return ignored(label, meaning !== undefined);
    const named = recipients[i] ?? '';
    const recipient =
      named.includes('@') || groups.length > 1
        ? named
        : (onlyRecipientOf(report.original, report.returnPaths) ?? onlyTold(prose, report) ?? named);
    let reply = replyOf(fields);
    if (meaning.kind !== 'delivery') {
      notice ??= readNotice(prose);
      words ??= wordsBy(notice, recipients);
      reply = completed(reply, notice, () => words?.(recipient) ?? remarkOf(fields));
    }
    return eventItem({
      ...report.common,
      meaning,
      recipient,
      reply,
      providerType: label,
      eventId: report.eventId(recipient),
    });
  });
}

/** Whom the notice names, if it names one. */
function onlyTold(prose: string, { returnPaths }: Report): string | null {
  const [only, ...more] = recipientsOf(readNotice(prose), returnPaths);
  return more.length === 0 ? (only ?? null) : null;
}

/** What the notice adds to the report: the rest of a reply, the reply itself, or the command that it answered. */
function completed(
  reply: ProviderEvent['reply'],
  notice: Notice,
  wordsOf: () => string | null,
): ProviderEvent['reply'] {
  const { text = null } = reply;
  // `550-5.7.1 …`: Sendmail reports the first of a reply's lines, and quotes them all in its transcript.
  if (text !== null && /^[245]\d\d-/.test(text)) return { ...reply, text: wholeReply(notice, text) ?? text };
  if (readReply(reply).code === null) return quoted(reply, wordsOf());
  const command = notice.mayTellCommands ? earlierCommand(wordsOf()) : null;
  return command === null || text === null ? reply : { ...reply, text: `${command}: ${text}` };
}

/** A code that the notice quotes counts where it does not contradict the status. 5.0.0 says nothing that could be. */
function quoted(reply: ProviderEvent['reply'], words: string | null): ProviderEvent['reply'] {
  const text = reply.text ?? words;
  const status = reply.enhanced ?? null;
  const { code, enhanced } = readReply({ text: words });
  if (code === null || (status ?? code).charAt(0) !== code.charAt(0)) return { ...reply, text };
  const isVague = status === null || /^[245]\.0\.0\b/.test(status);
  return { code, enhanced: isVague ? (enhanced ?? status) : status, text };
}

/** A notice that is no report by RFC 3464; a string says why nothing is read from it. */
async function readProse(mail: Mail, notice: string, report: Report): Promise<Item[] | string> {
  const notified = await readSnsMail(mail.text);
  if (notified !== null) return [...notified];
  const nature = natureOf(mail, notice);
  if (nature === 'auto-reply' || nature === 'read-receipt') return [ignored(nature, true)];
  const groups = nature !== 'other' || isReport(mail) ? statusGroupsIn(mail.text) : [];
  if (groups.length > 0) return readStatus(groups, notice, report);
  if (nature === 'relayed') return [ignored(nature, true)];
  if (nature === 'other')
    return hasStatusPart(mail)
      ? NOBODY
      : 'not a delivery report: neither its sender nor its subject nor its words are those of a bounce';
  const read = readNotice(notice);
  const recipients = failedIn(read, mail, report);
  if (recipients.length === 0)
    return (
      (await readWrapped(mail)) ??
      (hasStatusPart(mail) ? NOBODY : 'not a delivery report that says who bounced: no recipient found in it')
    );
  const words = wordsBy(read, recipients);
  return recipients.map((recipient) =>
    eventItem({
      ...report.common,
      meaning: actionLabels[nature],
      recipient,
      reply: { text: words(recipient) },
      providerType: nature,
      eventId: report.eventId(recipient),
    }),
  );
}

const isReport = ({ headers }: Mail): boolean =>
  /^multipart\/report\b/i.test(firstOf(headers, 'content-type') ?? '');

/** Gateways put a notice of their own, which names nobody, around a report (Trend Micro). One layer is taken off. */
async function readWrapped({ parts }: Mail): Promise<Item[] | null> {
  const returned = parts.find(({ type }) => type === 'message/rfc822');
  const inner = returned && (await readMail(new TextEncoder().encode(returned.text)));
  if (!inner?.ok) return null;
  const { notice, original } = splitNotice(inner.value.text);
  const groups = statusGroupsOf(inner.value);
  return groups.length === 0 ? null : readStatus(groups, notice, readReport(inner.value, original));
}

/** In the order of how sure it is: where notices list who failed, a field for it, and whoever the original went to. */
function failedIn(notice: Notice, { headers }: Mail, { original, returnPaths }: Report): readonly string[] {
  const senders = [...returnPaths, ...allOf(original, 'from', 'sender', 'reply-to').flatMap(addressesIn)];
  const reporter = allOf(headers, 'from', 'reply-to').flatMap(addressesIn);
  const told = recipientsOf(notice, [...senders, ...reporter]);
  // Exim and Gmail name all: other addresses in the notice are of people to ask. IndiMail's field names one of several.
  const named = allOf(headers, 'x-failed-recipients').flatMap(addressesIn);
  const isAll = named.length < maxNamed;
  const agreed = isAll ? told.filter((one) => named.some((other) => sameAddress(one, other))) : [];
  if (agreed.length > 0) return agreed;
  if (told.length > 0) return told;
  const fields = allOf(headers, ...failedFields).flatMap(addressesIn);
  if (fields.length > 0) return [...new Set(fields)];
  // The report of another: its recipient is who sent the message that it is about.
  if (/^multipart\/report\b/i.test(firstOf(original, 'content-type') ?? '')) return [];
  const only = onlyRecipientOf(original, returnPaths);
  // Mail to oneself: the sender is the recipient.
  return only === null ? recipientsOf(notice, reporter) : [only];
}
