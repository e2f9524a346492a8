/** What the overview is a view of. */
import { DAY } from '../../core/time.ts';
import type { IncidentRow, SourceRow } from '../../store/store.ts';
import type { Series } from '../charts.tsx';

export const spans = { '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY, '90d': 90 * DAY } as const;
export type Span = keyof typeof spans;

export interface Ranked {
  readonly name: string;
  readonly count: number;
}

/** Something of ours that receivers refuse: a 504, or a category that blames the sender or the message. */
export interface Cause extends Ranked {
  /** To the hour. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly receivers: readonly string[];
  /** The reply it comes with most. */
  readonly code: string | null;
  readonly fix: string | null;
  /** Whether anybody is on the list for it. */
  readonly suppresses: boolean;
}

export interface SourceHealth extends SourceRow {
  /** Requests of the last 24 hours that were not proven. */
  readonly refused: number;
  /** Of the last items there. */
  readonly quarantined: number;
}

export interface OverviewFacts {
  readonly span: Span;
  readonly labels: readonly string[];
  readonly kinds: readonly Series[];
  /** What began and ceased to block. */
  readonly moves: readonly Series[];
  /** By kind. */
  readonly totals: Readonly<Record<string, number>>;
  /** Bounces that say nothing against an address. */
  readonly ownBounces: number;
  readonly codes: readonly Ranked[];
  readonly categories: readonly Ranked[];
  readonly receivers: readonly Ranked[];
  /** Receivers that send complaints, and whose deliveries are reported; of a week at most. */
  readonly complaining: readonly {
    readonly name: string;
    readonly complaints: number;
    readonly deliveries: number;
  }[];
  readonly causes: readonly Cause[];
  readonly sources: readonly SourceHealth[];
  readonly incidents: readonly IncidentRow[];
  readonly quarantined: { readonly count: number; readonly more: boolean };
  readonly unmapped: number;
}
