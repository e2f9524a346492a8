/** Reads a request's body once, under a limit that holds whatever Content-Length says. */
import { err, ok, type Result } from '../core/result.ts';

export type BodyProblem =
  /** More bytes than allowed, declared or sent. */
  | 'too-large'
  /** `grow` refused: no room now. */
  | 'no-room'
  /** The client went away, or the transfer was malformed. */
  | 'broken';

/** Larger bodies are read in pieces, so that what is on the way stays within the budget. */
const WHOLE_BYTES = 256 * 1024;

/** `grow` is told of each chunk before it is kept, so that all requests together stay under one budget. */
export async function readBody(
  request: Request,
  limit: number,
  grow: (bytes: number) => boolean = () => true,
): Promise<Result<Uint8Array<ArrayBuffer>, BodyProblem>> {
  const declared = declaredLength(request);
  if (declared > limit) return err('too-large');
  // HTTP holds a body to its declared length, and reading it whole is several times faster than in pieces. Room is
  // taken by bytes that came, not by bytes that were announced: else two idle connections could take all of it.
  if (declared > 0 && declared <= WHOLE_BYTES) return readWhole(request, limit, grow);
  if (request.body === null) return ok(new Uint8Array(0));
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = request.body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      length += read.value.length;
      const problem = length > limit ? 'too-large' : grow(read.value.length) ? null : 'no-room';
      if (problem !== null) {
        await reader.cancel().catch(() => undefined);
        return err(problem);
      }
      chunks.push(read.value);
    }
  } catch {
    return err('broken');
  }
  return ok(joined(chunks, length));
}

async function readWhole(
  request: Request,
  limit: number,
  grow: (bytes: number) => boolean,
): Promise<Result<Uint8Array<ArrayBuffer>, BodyProblem>> {
  try {
    const body = new Uint8Array(await request.arrayBuffer());
    if (body.length > limit) return err('too-large');
    return grow(body.length) ? ok(body) : err('no-room');
  } catch {
    return err('broken');
  }
}

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** The client went away in the middle of a body that is read as it comes, or the transfer was malformed. */
export class BrokeOff extends Error {
  override name = 'BrokeOff';
}

/** A body as it comes, which errors with BrokeOff, so that this is told from a fault of ours. */
export function asItComes(body: Bytes): Bytes {
  const reader = body.getReader();
  return new ReadableStream(
    {
      async pull(controller) {
        const read = await reader.read().catch(() => {
          throw new BrokeOff('the body broke off');
        });
        if (read.done) controller.close();
        else controller.enqueue(read.value);
      },
      cancel: (why) => reader.cancel(why),
    },
    // Nothing is taken before it is asked for: what is too much stays where it is.
    { highWaterMark: 0 },
  );
}

/** 0 where there is none. */
export function declaredLength(request: Request): number {
  const header = request.headers.get('content-length');
  return header !== null && /^\d+$/.test(header) ? Number(header) : 0;
}

/** Only bytes as they are: a signature is over raw bytes, and a few hundred bytes may inflate to gigabytes. */
export function isEncoded(request: Request): boolean {
  const encoding = request.headers.get('content-encoding');
  return encoding !== null && encoding.trim() !== '' && encoding.trim().toLowerCase() !== 'identity';
}

/** `text/csv; charset=utf-8` -> `text/csv`; null where there is none, or in another charset than UTF-8. */
export function mediaType(request: Request): string | null {
  const [type = '', ...parameters] = (request.headers.get('content-type') ?? '').toLowerCase().split(';');
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  const known = charset === undefined || /^charset="?(utf-?8|us-ascii)"?$/.test(charset);
  return type.trim() === '' || !known ? null : type.trim();
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
