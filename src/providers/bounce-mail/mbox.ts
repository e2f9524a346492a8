/** The messages of an mbox file (RFC 4155), or the one message there is. */
import { err, ok, type Result } from '../../core/result.ts';

const maxMbox = { messages: 10_000, lines: 1_000_000 } as const;

const [LF, CR, GT] = [10, 13, 62];
const FROM = [70, 114, 111, 109, 32]; // "From "

/** `>From ` lines of an mbox lose one `>`. Line ends of the old Macintosh, which no MIME parser knows, become LF. */
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

function withLineFeeds(bytes: Uint8Array): Uint8Array {
  const first = bytes.indexOf(LF);
  if (first === -1) return bytes.map((byte) => (byte === CR ? LF : byte));
  // CR CR LF: a CRLF whose LF was made CRLF once more.
  return bytes[first - 1] === CR && bytes[first - 2] === CR ? bytes.filter((byte) => byte !== CR) : bytes;
}

const startsWithFrom = (bytes: Uint8Array, at: number): boolean =>
  FROM.every((byte, i) => bytes[at + i] === byte);

const isBlankBefore = (bytes: Uint8Array, lineEnd: number): boolean =>
  bytes[lineEnd - 1] === LF || (bytes[lineEnd - 1] === CR && bytes[lineEnd - 2] === LF);

function afterLine(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(LF);
  return bytes.subarray(end === -1 ? bytes.length : end + 1);
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
