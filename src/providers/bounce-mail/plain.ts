/**
 * Mail that is plain as it stands: one text, or parts side by side of which none is encoded. Almost every report is,
 * and cutting it at its boundaries takes a tenth of the time of a MIME parser. May not try anything else: what is
 * nested, encoded, or not cut as announced is the MIME parser's.
 */
import { type Fields, firstOf, noFields, readFieldGroups } from './fields.ts';

export interface Content {
  readonly text: string;
  readonly parts: readonly { readonly type: string; readonly text: string }[];
}

/** The message as bytes, and with a character for each byte: for looking at what is ASCII. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly ascii: string;
}

const maxParts = 100;
const maxHeader = 65_536;

/** Where the header ends and the body begins, from `start` on. */
export function headerEnd(ascii: string, start = 0): number {
  const blank = /\n\r?\n/g;
  blank.lastIndex = Math.max(0, start - 1);
  return blank.exec(ascii) === null ? ascii.length : blank.lastIndex;
}

export const headersOf = (ascii: string, start: number, end: number): Fields =>
  readFieldGroups(ascii.slice(start, Math.min(end, start + maxHeader)))[0] ?? noFields;

/** Null where only a MIME parser can tell. */
export function readPlain(source: Source, headers: Fields): Content | null {
  const type = firstOf(headers, 'content-type') ?? 'text/plain';
  const body = headerEnd(source.ascii);
  if (isEncoded(headers)) return null;
  if (/^\s*text\/plain\b/i.test(type)) return { text: decode(source.bytes.subarray(body), type), parts: [] };
  const boundary =
    /^\s*multipart\/(?:report|mixed)\s*;(?:.*;)?\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s";]{1,200}))/i.exec(
      type,
    );
  return boundary === null ? null : readParts(source, `--${boundary[1] ?? boundary[2]}`, body);
}

function readParts({ bytes, ascii }: Source, delimiter: string, body: number): Content | null {
  const texts: string[] = [];
  const parts: { type: string; text: string }[] = [];
  let at = ascii.startsWith(delimiter, body) ? body : after(ascii, delimiter, body);
  if (at === -1) return null;
  while (at !== -1 && !ascii.startsWith('--', at + delimiter.length)) {
    const start = ascii.indexOf('\n', at) + 1;
    // A boundary that begins another's, or a part without end.
    if (start === 0 || ascii.slice(at + delimiter.length, start).trim() !== '') return null;
    const next = after(ascii, delimiter, start - 1);
    const stop = next === -1 ? ascii.length : next - 1;
    // A part may have no header at all.
    const isBare = /^\r?\n/.test(ascii.slice(start, start + 2));
    const end = isBare ? start : Math.min(headerEnd(ascii, start), stop);
    const headers = isBare ? noFields : headersOf(ascii, start, end);
    const type = firstOf(headers, 'content-type') ?? 'text/plain';
    const name = /^\s*([\w.+-]+\/[\w.+-]+)\s*(?:;|$)/.exec(type)?.[1]?.toLowerCase();
    if (name === undefined || /^(?:multipart|text\/html)/.test(name) || isEncoded(headers)) return null;
    const content = bytes.subarray(end, Math.max(end, stop));
    if (name === 'text/plain' && !/^\s*attachment/i.test(firstOf(headers, 'content-disposition') ?? ''))
      texts.push(decode(content, type));
    else if (parts.push({ type: name, text: decode(content, 'utf-8') }) > maxParts) return null;
    at = next;
  }
  return { text: texts.join('\n'), parts };
}

/** Where the delimiter next begins a line; -1 where it does not. */
function after(ascii: string, delimiter: string, from: number): number {
  const found = ascii.indexOf(`\n${delimiter}`, from);
  return found === -1 ? -1 : found + 1;
}

const isEncoded = (headers: Fields): boolean =>
  /base64|quoted-printable/i.test(firstOf(headers, 'content-transfer-encoding') ?? '');

const utf8 = new TextDecoder(); // bytes that are not UTF-8 become U+FFFD, which no address may hold

/**
 * By the charset that the type names, if there is one of that name. Japanese servers write ISO-2022-JP into reports,
 * which are ASCII by RFC 3464; its escapes tell.
 */
export function decode(content: ArrayBuffer | Uint8Array, type: string): string {
  const charset = /\bcharset\s{0,5}=\s{0,5}"?([\w.:-]{1,40})/i.exec(type)?.[1] ?? 'utf-8';
  const text = decoderOf(charset).decode(content);
  return (text.includes('\u001b$') ? decoderOf('iso-2022-jp').decode(content) : text).replaceAll(
    '\r\n',
    '\n',
  );
}

function decoderOf(charset: string): TextDecoder {
  if (/^(?:utf-?8|us-ascii)$/i.test(charset)) return utf8;
  try {
    return new TextDecoder(charset);
  } catch {
    return utf8; // `unknown-8bit`, `x-unknown`
  }
}
