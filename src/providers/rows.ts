/** Rows that recur where vendors pass on the type of a complaint, or the reason of an entry of their list. Pure. */
import type { FeedbackType, ListedFor } from '../core/event.ts';
import type { Labels, Meaning } from './adapter.ts';
import { COMPLAINED, onList, rowOf } from './item.ts';

/** How reports name their type (RFC 5965, 6430, 6591), and the two names that its older drafts had for an unsubscribe. */
export const feedbackTypes: Readonly<Record<string, FeedbackType>> = {
  abuse: 'abuse',
  'auth-failure': 'auth-failure',
  fraud: 'fraud',
  'not-spam': 'not-spam',
  'opt-out': 'opt-out',
  'opt-out-list': 'opt-out',
  other: 'other',
  virus: 'virus',
};

/** `type`, with what is before it. */
export const feedbackRows = (before = ''): Labels =>
  Object.fromEntries(
    Object.entries(feedbackTypes).map(([type, feedback]) => [
      `${before}${type}`,
      { ...COMPLAINED, feedback },
    ]),
  );

/** `label`, for complaints that name no type, and `label/type`. */
export const complaints = (label: string): Labels => ({
  [label]: COMPLAINED,
  ...feedbackRows(`${label}/`),
});

/** `label`, for entries that give no reason, and `label/reason`; null where the reason is nobody's but the customer's. */
export const listedBy = (label: string, reasons: Readonly<Record<string, ListedFor | null>>): Labels => ({
  [label]: onList(),
  ...Object.fromEntries(
    Object.entries(reasons).map(([reason, listedFor]) => [
      `${label}/${reason}`,
      onList(listedFor ?? undefined),
    ]),
  ),
});

/** The row of a reason; where it has none, its words tell. */
export const listedRow = (labels: Labels, label: string, reason: string | null): Meaning =>
  rowOf(labels, `${label}/${reason}`) ?? onList(listedForIn(reason));

/** Why an address is on a list, where a vendor says it in words of no fixed form. */
export function listedForIn(words: string | null): ListedFor | undefined {
  if (words === null) return undefined;
  if (/complain|spam/i.test(words)) return 'complaint';
  if (/unsubscri/i.test(words)) return 'unsubscribe';
  return /bounce/i.test(words) ? 'bounce' : undefined;
}
