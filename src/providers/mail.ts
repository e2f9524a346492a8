/**
 * Mail as bytes: its headers, what it says as text, and its other parts. Anyone can send these bytes, so nothing
 * throws and everything is bounded. May not look into a returned message as if it were a part of the report: a
 * report about a report speaks for itself only.
 */
import PostalMime from 'postal-mime';
import { err, ok, type Result } from '../core/result.ts';
import { type Fields, firstOf } from './bounce-mail/fields.ts';
import { textOfHtml } from './bounce-mail/html.ts';
import { type Content, decode, headerEnd, headersOf, readPlain, type Source } from './bounce-mail/plain.ts';
import { decodeUtf8 } from './verify/bytes.ts';

export interface Part {
  /** `message/rfc822`, in lower case. */
  readonly type: string;
  readonly text: string;
}

export interface Mail {
  readonly headers: Fields;
  /** All text that a mail reader would show, in order; HTML as text where there is nothing else. */
  readonly text: string;
  /** Reports, returned messages, attachments. */
  readonly parts: readonly Part[];
  /** The message goes on after what was read: its last part may be cut short. */
  readonly isCut: boolean;
}

/**
 * A report and the head of what it returns come first; the rest of the original is not read. Lines are counted
 * because they, not bytes, are what costs: the MIME parser takes 5 to 20 microseconds for each, however short.
 */
const maxMessage = { bytes: 1_048_576, lines: 20_000 } as const;
const maxParsed = { bytes: 262_144, lines: 2_500 } as const;
const maxField = 1_000;
const limits = { maxNestingDepth: 16, maxHeadersSize: 262_144, forceRfc822Attachments: true } as const;

const LF = 10;
const latin1 = new TextDecoder('latin1');
const encoder = new TextEncoder();

export async function readMail(message: Uint8Array): Promise<Result<Mail, string>> {
  const head = headOf(message, maxMessage);
  const source = withoutReturnedBody({ bytes: head, ascii: latin1.decode(head) });
  const headers = unicodeOf(source);
  const isCut = head.length < message.length;
  const plain = readPlain(source, headers);
  if (plain !== null) return ok({ headers, ...plain, isCut });
  const body = source.bytes.subarray(headerEnd(source.ascii));
  const start = headOf(body, maxParsed);
  const parsed = await parse(headers, start);
  return parsed.ok ? ok({ headers, ...parsed.value, isCut: isCut || start.length < body.length }) : parsed;
}

/** RFC 6532, and whoever has always written so: headers are UTF-8 where they can be. */
function unicodeOf({ bytes, ascii }: Source): Fields {
  const end = headerEnd(ascii);
  const text = decodeUtf8(bytes.subarray(0, end)) ?? ascii.slice(0, end);
  return headersOf(text, 0, text.length);
}

/** Of the header, the parser sees what says how the body is to be read: it would take every other field apart too. */
async function parse(headers: Fields, body: Uint8Array): Promise<Result<Content, string>> {
  const fields = ['content-type', 'content-transfer-encoding'].flatMap((name) => {
    const value = firstOf(headers, name);
    return value === undefined ? [] : [`${name}: ${value.slice(0, maxField)}\n`];
  });
  try {
    const mail = await PostalMime.parse(joined(encoder.encode(`${fields.join('')}\n`), body), limits);
    const parts = mail.attachments.map(({ mimeType, content }) => ({
      type: /^[\w.+/-]+/.exec(mimeType)?.[0] ?? '',
      text: typeof content === 'string' ? content : decode(content, 'utf-8'),
      // `Content-Type: text/plain charset=…`, without its semicolon, makes an attachment of what is text.
      isText: /^text\/plain\s/.test(mimeType),
    }));
    const texts = parts.filter(({ isText }) => isText).map(({ text }) => text);
    const text = [...texts, mail.text ?? textOfHtml(mail.html ?? '')].join('\n');
    // Without the boundary that it promises, a multipart is read as what it looks like.
    const isBroken = text.trim() === '' && parts.length === 0;
    return ok({ parts, text: isBroken ? decode(body, 'utf-8') : text });
  } catch (cause) {
    return err(`broken MIME: ${cause instanceof Error ? cause.message : 'unknown'}`);
  }
}

const returned =
  /^content-type:[ \t]*"?(?:message\/(?:rfc822|global)(?:-headers)?(?![\w-])|text\/rfc822-header)/im;
const report = /^content-type:[ \t]*"?message\/(?:global-)?(?:delivery-status|feedback|disposition)/im;

/** Nobody reads it, unless a report comes after it. */
function withoutReturnedBody({ bytes, ascii }: Source): Source {
  const end = startOfReturnedBody(ascii);
  return end === null ? { bytes, ascii } : { bytes: bytes.subarray(0, end), ascii: ascii.slice(0, end) };
}

function startOfReturnedBody(ascii: string): number | null {
  const found = returned.exec(ascii);
  const isFirst = found === null || !/\n--[^\n]*\n[\s\S]*?\n--/.test(ascii.slice(0, found.index));
  if (isFirst) return null;
  const blank = /\n[ \t]*\r?\n/g;
  blank.lastIndex = found.index;
  if (blank.exec(ascii) === null || blank.exec(ascii) === null) return null;
  return report.test(ascii.slice(blank.lastIndex)) ? null : blank.lastIndex;
}

function headOf(message: Uint8Array, max: { readonly bytes: number; readonly lines: number }): Uint8Array {
  const head = message.subarray(0, max.bytes);
  let end = -1;
  for (let lines = 0; lines < max.lines; lines++) {
    end = head.indexOf(LF, end + 1);
    if (end === -1) return head;
  }
  return head.subarray(0, end + 1);
}

function joined(head: Uint8Array, body: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}
