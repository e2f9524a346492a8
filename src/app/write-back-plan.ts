/** What a provider's own list lacks of an address, or has too much: by what is known of the address now. Pure. */
import { type Reason, reasons } from '../core/event.ts';
import { isConsent } from '../lists/list.ts';
import type { EntryRow, History } from '../store/store.ts';
import { isOverridden } from './list.ts';

export type Task =
  | { readonly do: 'add'; readonly reason: Reason }
  | { readonly do: 'lift'; readonly ours: boolean };

interface Seen {
  readonly at: number;
  readonly on: boolean;
}

interface Writer {
  readonly id: string;
  readonly provider: string;
}

/**
 * Added is what blocks all mail by a decision that was made here: nothing that mirrors the provider's own list, and
 * nothing that an incident holds. Taken off is what nothing blocks any more, unless its recipient ever asked for it.
 * `seen`: whether its list had the address when it was read, which says more than what was once put there.
 */
export function taskOf(history: History, writer: Writer, now: number, seen: Seen | null = null): Task | null {
  const { entries } = history;
  const standing = entries.filter(
    ({ state, until }) => state !== 'released' && (until === null || until > now),
  );
  const listed = listedBy(history, writer, seen);
  const wanted = standing
    .filter((entry) => isDecidedHere(entry, writer) && !isOverridden(entry, allowedUntil(history, now)))
    .map(({ reason }) => reason);
  if (wanted.length > 0) return listed?.on === true ? null : { do: 'add', reason: hardest(wanted) };
  if (standing.length > 0 || entries.some(({ reason }) => isConsent(reason))) return null;
  if (listed === null) {
    // It reported the address, and may have put it on its list without saying so.
    const isIts = entries.some(({ state, provider }) => state === 'released' && provider === writer.provider);
    return isIts ? { do: 'lift', ours: false } : null;
  }
  // What the provider put there itself is taken off where somebody released it, and not where it ran out.
  const isReleased = entries.some(({ state }) => state === 'released');
  return listed.on && (listed.ours || isReleased) ? { do: 'lift', ours: listed.ours } : null;
}

export const isDecidedHere = (
  entry: { readonly [Name in 'state' | 'stream' | 'origin' | 'provider']: EntryRow[Name] | string | null },
  { provider }: Pick<Writer, 'provider'>,
): boolean =>
  entry.state === 'active' &&
  entry.stream === '*' &&
  !(entry.origin === 'provider' && entry.provider === provider);

const hardest = (some: readonly Reason[]): Reason => reasons.find((one) => some.includes(one)) ?? 'manual';

function allowedUntil({ acts }: Pick<History, 'acts'>, now: number): number | null {
  const last = acts
    .filter((act) => act.kind === 'allow')
    .toSorted((a, b) => a.at - b.at)
    .at(-1);
  return last !== undefined && last.until > now ? last.until : null;
}

/** What the source's list was last known to have; `ours`: we put it there. Null = nothing is known. */
function listedBy(
  { acts, events }: Pick<History, 'acts' | 'events'>,
  { id, provider }: Writer,
  seen: Seen | null,
): { readonly on: boolean; readonly ours: boolean } | null {
  const told = [
    ...acts.flatMap((act) =>
      act.kind === 'written' && act.sourceId === id && act.what !== 'refused'
        ? [{ at: act.at, on: act.what === 'added', ours: true }]
        : act.kind === 'import' && act.listedAt === provider
          ? [{ at: act.at, on: true, ours: false }]
          : [],
    ),
    ...events.flatMap(({ at, sourceId, listed, kind, hearsay }) =>
      sourceId !== id || hearsay
        ? []
        : listed === true
          ? [{ at, on: true, ours: false }]
          : listed === false || kind === 'delivery'
            ? [{ at, on: false, ours: false }]
            : [],
    ),
    ...(seen === null ? [] : [{ ...seen, ours: false }]),
  ].toSorted((a, b) => a.at - b.at);
  const last = told.at(-1);
  if (last === undefined) return null;
  // That a provider drops what we put on its list makes it no less ours.
  const before = told.findLast(({ on, ours }) => !on || ours);
  return { on: last.on, ours: last.on && before?.on === true && before.ours };
}
