/** The words that adapters share: rows of their tables of labels, and the items they read. Pure. */
import type { LabelMeaning, ListedFor, ProviderEvent } from '../core/event.ts';
import type { Category } from '../core/taxonomy.ts';
import type { Item, Labels, Meaning } from './adapter.ts';

export type Json = Readonly<Record<string, unknown>>;

/** The codes are what the label stands for where the vendor shows no reply. */
export const bounced = (
  code: string,
  enhanced: string,
  more: Omit<LabelMeaning, 'kind' | 'code' | 'enhanced'> = {},
): LabelMeaning => ({ kind: 'bounce', code, enhanced, ...more });

export const deferred = (code = '450', enhanced = '4.0.0', category?: Category): LabelMeaning => ({
  kind: 'deferral',
  code,
  enhanced,
  ...(category && { category }),
});

/** The vendor did not try, for its own list. */
export const onList = (listedFor?: ListedFor): LabelMeaning => ({
  kind: 'reject',
  code: '554',
  enhanced: '5.7.1',
  category: 'suppressed',
  ...(listedFor && { listedFor }),
});

export const DELIVERED: LabelMeaning = { kind: 'delivery', code: '250', category: 'delivered' };
export const COMPLAINED: LabelMeaning = { kind: 'complaint', category: 'complaint' };

/** Whether the vendor writes to the address no more, by what happened. */
export const isListed = ({ kind, category, feedback }: LabelMeaning): boolean =>
  (kind === 'complaint' && feedback !== 'not-spam') || kind === 'unsubscribe' || category === 'suppressed';

/** A label's own row; a label called `constructor` has none. */
export const rowOf = (labels: Labels, label: string | null): Meaning | undefined =>
  label !== null && Object.hasOwn(labels, label) ? labels[label] : undefined;

export const eventItem = (event: ProviderEvent): Item => ({ type: 'event', event });
export const ignored = (label: string, known: boolean): Item => ({ type: 'ignored', label, known });
export const unreadable = (why: string, raw: unknown): Item => ({ type: 'unreadable', why, raw });
