/** What cannot be had of a list whose addresses are hashed: docs/hashed-addresses.md. */
import { type Problem, refuse } from './problem.ts';

/** `what`: the subject of the sentence. */
export const notOfHashes = (what: string): Problem =>
  refuse(
    409,
    `${what} needs the addresses, and this list holds only hashes of them (MAILSTOP_PEPPER); docs/hashed-addresses.md says what to do instead.`,
  );
