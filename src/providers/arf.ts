/**
 * Abuse reports of mailbox providers (feedback loops), and Microsoft's, which have a form of their own; one message
 * or an mbox. Most providers remove the recipient: then only a return path or an unsubscribe link that the sender
 * wrote for one recipient tells who it was. May not guess among several.
 * https://www.rfc-editor.org/rfc/rfc5965 · https://www.rfc-editor.org/rfc/rfc6591
 */
import type { LabelMeaning } from '../core/event.ts';
import { defineAdapter, type Item, type Labels } from './adapter.ts';
import { addressesIn, recipientInVerp, sameAddress, visibleRecipients } from './bounce-mail/addresses.ts';
import { allOf, type Fields, firstOf, noFields, readFieldGroups } from './bounce-mail/fields.ts';
import { bareId, putAside, type Report, readDate, readReport } from './bounce-mail/report.ts';
import { readMessages } from './dsn.ts';
import { eventItem, ignored, rowOf } from './item.ts';
import { type Mail, readMail } from './mail.ts';
import { feedbackRows } from './rows.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

/** `Feedback-Type`. What is harmless among them the classifier knows. */
const LABELS: Labels = {
  ...feedbackRows(),
  dmarc: 'ignored', // says something about a domain
};

const maxRecipients = 1_000;
const maxReport = 65_536;

export const arf = defineAdapter({
  id: 'arf',
  name: 'Abuse reports (ARF)',
  docs: 'https://www.rfc-editor.org/rfc/rfc5965',
  needs: { proof: 'shared', hint: sharedHint },
  setup: [
    'Sign up for the feedback loops of the mailbox providers (Yahoo, Microsoft JMRP, Comcast and others) with an address of its own, such as fbl@example.com.',
    'Let your mail server hand what arrives there to a program that posts each message, as it came, to the URL.',
    'Give it the header X-Mailstop-Key with the secret, and Content-Type message/rfc822, or application/mbox for many at once.',
    'Write the recipient into your return paths (VERP), since most reports do not say who complained.',
  ],
  labels: LABELS,
  unverified: [
    'JMRP is read from its published field X-HmXmrOriginalRecipient; no report of 2026 was at hand.',
  ],
  checkKey: checkSharedKey,
  maxBodyBytes: 50 * 1_048_576,
  verify: (request, trust) => verifyShared(request, trust),
  parse: (request) => readMessages(request, readMessage),
});

async function readMessage(message: Uint8Array): Promise<readonly Item[]> {
  const read = await readMail(message);
  if (!read.ok) return [putAside(message, read.error)];
  const report = readReport(read.value, noFields);
  const feedback = feedbackOf(read.value, report);
  if (typeof feedback === 'string') return [putAside(message, feedback)];
  // Whoever leaves it out says nothing that would make it less than a complaint.
  const type = (firstOf(feedback, 'feedback-type') ?? 'abuse').toLowerCase().replace(/[^a-z-].*$/, '');
  const meaning = rowOf(LABELS, type);
  if (meaning === undefined || meaning === 'ignored') return [ignored(type, meaning !== undefined)];
  return readRecipients(feedback, report, meaning, type) ?? [putAside(message, REDACTED)];
}

const REDACTED =
  'an abuse report whose recipient was removed: nothing in it tells who complained, unless your return paths (VERP) hold the recipient';

/** The fields of the report, or why there are none. */
function feedbackOf({ parts }: Mail, { original }: Report): Fields | string {
  const part = parts.find(({ type }) => type === 'message/feedback-report');
  // Blank lines within are an error that some reporters make.
  if (part !== undefined)
    return (
      readFieldGroups(part.text.slice(0, maxReport).replace(/\n\s*\n/g, '\n'))[0] ?? 'an empty abuse report'
    );
  // https://sendersupport.olc.protection.outlook.com/snds/JMRP.aspx
  if (original.has('x-hmxmroriginalrecipient')) return new Map([['feedback-type', ['abuse']]]);
  if (parts.some(({ type }) => /^message\/(?:global-)?delivery-status$/.test(type)))
    return 'a delivery report (DSN): send these to a source of provider dsn';
  return 'not an abuse report: a multipart/report with a message/feedback-report part was expected';
}

/** Null where nobody is named. */
function readRecipients(
  feedback: Fields,
  report: Report,
  meaning: LabelMeaning,
  type: string,
): Item[] | null {
  const mailFrom = allOf(feedback, 'original-mail-from').flatMap(addressesIn);
  const returnPaths = [...new Set([...report.returnPaths, ...mailFrom])].slice(0, 16);
  const named = namedIn(feedback, report.original, returnPaths);
  const recipients = (named.length > 0 ? named : visibleIn(report.original)).slice(0, maxRecipients);
  if (recipients.length === 0) return null;
  // A message to several, and no word of who of them it was.
  const ambiguous = named.length === 0 && recipients.length > 1;
  return recipients.map((recipient) =>
    eventItem({
      ...report.common,
      meaning,
      recipient,
      // When the message arrived: the one time that the mailbox provider itself vouches for.
      at: readDate(firstOf(feedback, 'arrival-date', 'received-date')) ?? report.common.at,
      reply: {},
      providerType: type,
      eventId: report.eventId(recipient),
      messageId: report.common.messageId ?? bareId(firstOf(feedback, 'original-message-id')),
      returnPaths,
      ...(ambiguous && { ambiguous }),
    }),
  );
}

/** Whom the report names; else whom the sender wrote into what belongs to one recipient alone. */
function namedIn(feedback: Fields, original: Fields, returnPaths: readonly string[]): readonly string[] {
  const removed = wholeIn(allOf(feedback, 'removal-recipient'));
  if (removed.length > 0) return removed;
  const named = wholeIn([
    ...allOf(feedback, 'original-rcpt-to'),
    ...allOf(original, 'x-hmxmroriginalrecipient'),
  ]);
  if (named.length === 1) return named;
  const link = firstOf(original, 'list-unsubscribe') ?? '';
  const hidden = recipientInVerp([...returnPaths, ...addressesIn(link)]) ?? recipientInLink(link);
  if (named.length > 0) {
    const one = named.find((address) => hidden !== null && sameAddress(address, hidden));
    return one === undefined ? named : [one];
  }
  return hidden !== null && isWhole(hidden) ? [hidden] : [];
}

/** Who could see the others. Where one was removed it was that one, and none of those who are left. */
function visibleIn(original: Fields): readonly string[] {
  const visible = visibleRecipients(original);
  return visible.every(isWhole) ? visible : [];
}

/** Each address once that nobody took away. */
const wholeIn = (fields: readonly string[]): string[] => {
  const seen = new Set<string>();
  return fields.flatMap(addressesIn).filter((address) => {
    const isNew = !seen.has(address.toLowerCase());
    seen.add(address.toLowerCase());
    return isNew && isWhole(address);
  });
};

const isWhole = (address: string): boolean => !/^(?:redacted|removed|undisclosed|x{3,}|\*+)@/i.test(address);

/** `?email=ann%40example.com`; a + stands for itself there, whatever forms make of it. */
function recipientInLink(link: string): string | null {
  const [, found = ''] =
    /[?&;](?:e?mail|address|recipient|user|to)=((?:[\w.+'~*-]|%[0-9a-f]{2}){1,200}(?:%40|@)[\w.-]{3,253})/i.exec(
      link,
    ) ?? [];
  try {
    return found === '' ? null : decodeURIComponent(found);
  } catch {
    return null; // not UTF-8
  }
}
