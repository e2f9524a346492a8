/**
 * A signature that holds over a time that is not now: somebody repeats an old request, or a clock is wrong. Answered
 * like any other forgery, and counted apart, so that a wrong clock shows.
 */
import { err, type Result } from '../../core/result.ts';
import type { Proof, VerifyError } from '../adapter.ts';

/** Of a proof, by what is known of its time. Asked last: who cannot sign learns and counts nothing. */
export const inTime = (
  proof: Result<Proof, VerifyError>,
  isTimely: boolean,
  detail: string,
): Result<Proof, VerifyError> => (proof.ok && !isTimely ? untimely(detail) : proof);

export const untimely = (detail: string): Result<never, VerifyError> =>
  err({ reason: 'forged', detail, untimely: true });
