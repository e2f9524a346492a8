/**
 * HTML form bodies, urlencoded or multipart, as ordered name and value pairs: some providers repeat a name and
 * mean the first or the last, so nothing is merged here.
 *
 * Multipart is read by hand, not by `Response.formData()`: undici's and workerd's readers differ in what they
 * forgive (preamble, bare LF, an unterminated last part), so the same bytes could give two runtimes two sets of
 * signed fields, and neither can be told a limit. This one takes the exact form that providers send
 * (RFC 7578 over RFC 2046) and refuses the rest. May not touch headers other than Content-Type.
 */
import { err, ok, type Result } from '../core/result.ts';
import { decodeUtf8, utf8 } from './verify/bytes.ts';

export type FormPair = readonly [name: string, value: string];

export const formLimits = { parts: 1_000, partHeaderBytes: 4_096, nameLength: 256 } as const;

/** Bytes that are not UTF-8 become U+FFFD in values: a Latin-1 reply text must not cost the event. */
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
const CRLF = [0x0d, 0x0a];
const BLANK_LINE = utf8('\r\n\r\n');

export const isForm = (contentType: string | null): boolean =>
  /^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i.test(contentType ?? '');

export function parseForm(contentType: string | null, body: Uint8Array): Result<readonly FormPair[], string> {
  if (!isForm(contentType)) return err('not a form');
  if (!/^multipart/i.test(contentType ?? '')) return parseUrlEncoded(body);
  const boundary = boundaryOf(contentType ?? '');
  return boundary === null ? err('no usable multipart boundary') : parseMultipart(body, boundary);
}

/** `a` of the pairs in the order of the body. */
export const valuesOf = (pairs: readonly FormPair[], name: string): string[] =>
  pairs.filter(([key]) => key === name).map(([, value]) => value);

function parseUrlEncoded(body: Uint8Array): Result<readonly FormPair[], string> {
  let separators = 0;
  for (const byte of body) if (byte === 0x26) separators++;
  if (separators >= formLimits.parts) return err(`more than ${formLimits.parts} fields`);
  const pairs = [...new URLSearchParams(lenient.decode(body))];
  return pairs.some(([name]) => name.length > formLimits.nameLength)
    ? err('a field name is too long')
    : ok(pairs);
}

/** RFC 2046 5.1.1: 1 to 70 characters of a small set. Two boundaries mean that someone will read the other. */
function boundaryOf(contentType: string): string | null {
  const found = [...contentType.matchAll(/;\s*boundary\s*=\s*(?:"([^"]*)"|([^\s;"]*))\s*(?=;|$)/gi)];
  const boundary = found[0]?.[1] ?? found[0]?.[2] ?? '';
  const named = contentType.match(/boundary\s*=/gi)?.length;
  return named === 1 && /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary)
    ? boundary
    : null;
}

/** `--b CRLF part CRLF --b CRLF part … CRLF --b--`, and at most one CRLF after it. */
function parseMultipart(body: Uint8Array, boundary: string): Result<readonly FormPair[], string> {
  const opening = utf8(`--${boundary}`);
  const delimiter = utf8(`\r\n--${boundary}`);
  if (!standsAt(body, opening, 0)) return err('the body does not start with its boundary');
  const pairs: FormPair[] = [];
  let at = opening.length;
  for (let parts = 0; parts <= formLimits.parts; parts++) {
    if (body[at] === 0x2d && body[at + 1] === 0x2d) {
      const left = body.length - (at + 2);
      const clean = left === 0 || (left === 2 && standsAt(body, CRLF, at + 2));
      return clean ? ok(pairs) : err('bytes after the last boundary');
    }
    if (!standsAt(body, CRLF, at)) return err('a boundary that is not alone on its line');
    const end = indexOf(body, delimiter, at + 2);
    if (end === -1) return err('the last part is not closed');
    const pair = readPart(body.subarray(at + 2, end));
    if (!pair.ok) return pair;
    if (pair.value !== null) pairs.push(pair.value);
    at = end + delimiter.length;
  }
  return err(`more than ${formLimits.parts} parts`);
}

/** Null for a file: what it holds is not ours to read. */
function readPart(part: Uint8Array): Result<FormPair | null, string> {
  const end = indexOf(part.subarray(0, formLimits.partHeaderBytes), BLANK_LINE, 0);
  const head = end === -1 ? null : decodeUtf8(part.subarray(0, end));
  if (head === null) return err('a part without readable headers');
  const disposition = head.split('\r\n').filter((line) => /^content-disposition\s*:/i.test(line));
  const parameters = /^content-disposition\s*:\s*form-data\s*(;.*)$/i.exec(disposition[0] ?? '')?.[1];
  if (disposition.length !== 1 || parameters === undefined)
    return err('a part without a form-data disposition');
  // Quotes inside a name come as %22 (WHATWG) or \" (older senders).
  const names = [...parameters.matchAll(/;\s*name="((?:[^"\\]|\\.)*)"/gi)];
  const name = names[0]?.[1]?.replace(/\\(.)/g, '$1').replaceAll('%22', '"');
  if (names.length !== 1 || name === undefined) return err('a part without exactly one name');
  if (name.length > formLimits.nameLength) return err('a field name is too long');
  if (/;\s*filename\*?=/i.test(parameters)) return ok(null);
  return ok([name, lenient.decode(part.subarray(end + BLANK_LINE.length))]);
}

/** Whether `wanted` stands at `at`. No views are made here: a hostile body would have millions of them made. */
function standsAt(bytes: Uint8Array, wanted: ArrayLike<number>, at: number): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const [first = 0] = wanted;
  let at = bytes.indexOf(first, from);
  while (at !== -1 && !standsAt(bytes, wanted, at)) at = bytes.indexOf(first, at + 1);
  return at;
}
