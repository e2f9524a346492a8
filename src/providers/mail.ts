/**
 * Mail as bytes: MIME parts, groups of header-like fields (RFC 3464 2.1, RFC 5965 3), and mbox files. Anyone can
 * send these bytes, so nothing throws and everything is bounded. May not look into a returned message as if it
 * were a part of the report: a report about a report speaks for itself only.
 */
import PostalMime from 'postal-mime';
import { err, ok, type Result } from '../core/result.ts';

/** Lower-case name -> value, unfolded; the first of several. */
export type Fields = ReadonlyMap<string, string>;

export interface Mail {
  readonly headers: Fields;
  readonly parts: readonly { readonly type: string; readonly text: string }[];
  /** The message goes on after what was read: its last part may be cut short. */
  readonly isCut: boolean;
}

/**
 * A report and the head of what it returns come first; the rest of the original is not read. Lines are counted
 * because they, not bytes, are what costs: the parser takes 10 to 20 microseconds for each, however short.
 */
const maxMessage = { bytes: 1_048_576, lines: 20_000 } as const;
const maxMbox = { messages: 10_000, lines: 1_000_000 } as const;
const limits = { maxNestingDepth: 16, maxHeadersSize: 262_144, forceRfc822Attachments: true } as const;

const [LF, CR, GT] = [10, 13, 62];
const FROM = [70, 114, 111, 109, 32]; // "From "

/** Parts that mail readers do not show as text: reports, returned messages, attachments. */
export async function readMail(message: Uint8Array): Promise<Result<Mail, string>> {
  try {
    const head = headOf(withLineFeeds(message));
    const mail = await PostalMime.parse(head, limits);
    return ok({
      isCut: head.length < message.length,
      headers: firstOfEach(mail.headers.map(({ key, value }) => [key, value])),
      parts: mail.attachments.map(({ mimeType, content }) => ({ type: mimeType, text: decode(content) })),
    });
  } catch (cause) {
    return err(`broken MIME: ${cause instanceof Error ? cause.message : 'unknown'}`);
  }
}

/** Groups of `Name: value` lines between blank lines. Lines that are neither field nor continuation are skipped. */
export function readFieldGroups(text: string): Fields[] {
  const groups: [string, string][][] = [];
  let group: [string, string][] = [];
  for (const line of `${text}\n`.split(/\r\n|\n|\r/)) {
    const last = group.at(-1);
    const colon = line.indexOf(':');
    if (line.trim() === '') {
      if (group.length > 0) groups.push(group);
      group = [];
    } else if (/^[ \t]/.test(line)) {
      if (last !== undefined) last[1] += ` ${line.trim()}`;
    } else if (colon > 0) {
      group.push([line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]);
    }
  }
  return groups.map(firstOfEach);
}

/** The messages of an mbox file, or the one message there is. `>From ` lines of an mbox lose one `>`. */
export function splitMbox(body: Uint8Array, isOneMessage: boolean): Result<Uint8Array[], string> {
  const bytes = withLineFeeds(body);
  if (!startsWithFrom(bytes, 0)) return ok([bytes]);
  if (isOneMessage) return ok([afterLine(bytes)]);
  const starts = [0];
  let lines = 1;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) {
    if (++lines > maxMbox.lines) return err(`more than ${maxMbox.lines} lines in one mbox`);
    if (!isBlankBefore(bytes, at) || !startsWithFrom(bytes, at + 1)) continue;
    if (starts.push(at + 1) > maxMbox.messages)
      return err(`more than ${maxMbox.messages} messages in one mbox`);
  }
  return ok(starts.map((start, i) => unescapeFrom(afterLine(bytes.subarray(start, starts[i + 1])))));
}

function firstOfEach(fields: readonly (readonly [string, string])[]): Fields {
  const first = new Map<string, string>();
  for (const [name, value] of fields) if (!first.has(name)) first.set(name, value);
  return first;
}

const decoder = new TextDecoder(); // bytes that are not UTF-8 become U+FFFD, which no address may hold
const decode = (content: string | ArrayBuffer | Uint8Array): string =>
  typeof content === 'string' ? content : decoder.decode(content);

/** The line ends of the old Macintosh, which no MIME parser knows. */
const withLineFeeds = (bytes: Uint8Array): Uint8Array =>
  bytes.includes(LF) ? bytes : bytes.map((byte) => (byte === CR ? LF : byte));

const startsWithFrom = (bytes: Uint8Array, at: number): boolean =>
  FROM.every((byte, i) => bytes[at + i] === byte);

const isBlankBefore = (bytes: Uint8Array, lineEnd: number): boolean =>
  bytes[lineEnd - 1] === LF || (bytes[lineEnd - 1] === CR && bytes[lineEnd - 2] === LF);

function afterLine(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(LF);
  return bytes.subarray(end === -1 ? bytes.length : end + 1);
}

function headOf(message: Uint8Array): Uint8Array {
  const head = message.subarray(0, maxMessage.bytes);
  let end = -1;
  for (let lines = 0; lines < maxMessage.lines; lines++) {
    end = head.indexOf(LF, end + 1);
    if (end === -1) return head;
  }
  return head.subarray(0, end + 1);
}

function unescapeFrom(message: Uint8Array): Uint8Array {
  const kept = new Uint8Array(message.length);
  let length = 0;
  for (let start = 0; start < message.length; ) {
    let text = start;
    while (message[text] === GT) text++;
    const escaped = text > start && startsWithFrom(message, text);
    const next = message.indexOf(LF, text);
    const end = next === -1 ? message.length : next + 1;
    const line = message.subarray(escaped ? start + 1 : start, end);
    kept.set(line, length);
    length += line.length;
    start = end;
  }
  return kept.subarray(0, length);
}
