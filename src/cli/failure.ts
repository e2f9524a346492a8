/** What ends a command with a sentence instead of a stack, and the exit codes. */

/** `again`: EX_TEMPFAIL of sysexits.h, at which a mail server keeps the message. */
export const exitCodes = { done: 0, failed: 1, usage: 2, suppressed: 3, again: 75 } as const;

export class Failure extends Error {
  override name = 'Failure';
  readonly exitCode: number;
  /** Fields that the server refused, as JSON pointers. */
  readonly pointers: readonly { readonly pointer: string; readonly detail: string }[];
  /** What the server answered; null where it is not its answer that failed. */
  readonly status: number | null;
  constructor(
    message: string,
    exitCode: number = exitCodes.failed,
    pointers: Failure['pointers'] = [],
    status: number | null = null,
  ) {
    super(message);
    this.exitCode = exitCode;
    this.pointers = pointers;
    this.status = status;
  }
}

/** No answer at all: the server may be there again in a moment. */
export class Unreachable extends Failure {
  override name = 'Unreachable';
}

export const usage = (message: string): Failure => new Failure(message, exitCodes.usage);
