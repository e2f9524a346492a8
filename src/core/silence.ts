/** When a source that is not heard has probably lost its webhook. Pure. */
import { DAY, HOUR } from './time.ts';

export const silence = {
  /** Of the usual gap between hours with events; and at least so long. */
  times: 3,
  least: 6 * HOUR,
  /** Hours with events before anything is usual. */
  hours: 5,
  /** How far is looked back for them: who mails once a week is known by three of them. */
  memory: 28 * DAY,
} as const;

/** The gap that nine of ten do not exceed; null where too little is known. `hours`: starts of hours with events. */
export function usualGap(hours: readonly number[]): number | null {
  if (hours.length < silence.hours) return null;
  const ordered = [...hours].sort((a, b) => a - b);
  const gaps = ordered.slice(1).map((hour, i) => hour - (ordered[i] as number));
  return gaps.sort((a, b) => a - b)[Math.ceil(gaps.length * 0.9) - 1] ?? null;
}

export const isSilent = (lastAt: number, hours: readonly number[], now: number): boolean => {
  const gap = usualGap(hours);
  return gap !== null && now - lastAt > Math.max(silence.least, silence.times * gap);
};
