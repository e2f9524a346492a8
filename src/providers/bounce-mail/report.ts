/** What a report says about itself and the message it returns: what all events of one mail have in common. */
import type { ProviderEvent } from '../../core/event.ts';
import { DAY, readTime } from '../../core/time.ts';
import type { Item } from '../adapter.ts';
import { unreadable } from '../item.ts';
import type { Mail } from '../mail.ts';
import { returnPathsOf } from './addresses.ts';
import { type Fields, firstOf, readFieldGroups } from './fields.ts';

export type Common = Omit<ProviderEvent, 'meaning' | 'recipient' | 'reply' | 'providerType' | 'eventId'>;

export interface Report {
  readonly original: Fields;
  readonly returnPaths: readonly string[];
  readonly common: Common;
  /** One id for each recipient of the report, null where the report has no Message-ID. */
  eventId(recipient: string): string | null;
}

const returnedTypes = new Set([
  'message/rfc822',
  'text/rfc822-headers',
  'text/rfc822-header',
  'message/rfc822-headers', // not registered, but sent
  'message/global',
  'message/global-headers',
]);

const maxHead = 65_536;

/** `told` is the head of the original where the notice itself holds it. */
export function readReport({ headers, parts }: Mail, told: Fields): Report {
  const returned =
    parts.find(({ type }) => returnedTypes.has(type)) ?? parts.find(({ text }) => isHead(text));
  const original = (returned && readFieldGroups(returned.text.slice(0, maxHead))[0]) ?? told;
  const returnPaths = returnPathsOf(headers, original);
  const at = readDate(firstOf(headers, 'date'));
  const sentAt = readDate(firstOf(original, 'date'));
  const id = bareId(firstOf(headers, 'message-id'));
  const messageId = bareId(firstOf(original, 'message-id'));
  return {
    original,
    returnPaths,
    common: {
      at,
      sentAt: sentAt !== null && at !== null && sentAt > at + DAY ? null : sentAt,
      messageId,
      rfcMessageId: messageId,
      proven: false,
      returnPaths,
    },
    eventId: (recipient) => (id === null ? null : `${id} ${recipient}`),
  };
}

/** `mailheaders.txt`, as gateways attach it. */
const isHead = (text: string): boolean => /^(?:return-path|received):/i.test(text.slice(0, 80).trimStart());

/** As far as an operator would read it. */
const maxRaw = 65_536;
const decoder = new TextDecoder();

export const rawText = (message: Uint8Array): string => decoder.decode(message.subarray(0, maxRaw));

/** A mail that nothing could be read from, or part of it. */
export const putAside = (message: Uint8Array, why: string): Item => unreadable(why, rawText(message));

export const bareId = (id: string | undefined): string | null =>
  (id ?? '').trim().replace(/^<|>$/g, '') || null;

/** RFC 5322 dates, with or without the day of the week; `readTime` wants it. */
export function readDate(date: string | undefined): number | null {
  const text = (date ?? '')
    .slice(0, 100)
    .replace(/\([^()]*\)/g, '')
    .trim();
  const at = readTime(/^\d{1,2} [A-Z][a-z]{2} /.test(text) ? `Mon, ${text}` : text);
  return at !== null && at > Date.UTC(2000, 0) ? at : null;
}
