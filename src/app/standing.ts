/** What stands at a moment. */
import type { EntryRow } from '../store/store.ts';

/** An allowance may override it. */
export const stands = ({ state, until }: Pick<EntryRow, 'state' | 'until'>, now: number): boolean =>
  state !== 'released' && (until === null || until > now);
