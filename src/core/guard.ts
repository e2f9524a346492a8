/**
 * Rule G: one receiver that suddenly fails many addresses with one reply is more likely wrong than right. Counts of
 * five minutes go in, a verdict comes out. Pure.
 */
import type { MailEvent } from './event.ts';
import { templateOf } from './mask.ts';
import type { Category } from './taxonomy.ts';
import { DAY, HOUR, MINUTE } from './time.ts';

export const guard = {
  slot: 5 * MINUTE,
  /** The hour is the rule's; its last ten minutes tell of a jump on a busy day before the hour does. */
  windows: [HOUR, 10 * MINUTE],
  memory: 14 * DAY,
  /** Addresses that took other mail before, and how many times the worst hour. */
  alive: { least: 20, times: 5 },
  /** Where no deliveries are reported, so that nobody is known to be alive. */
  blind: { least: 100, times: 10 },
  /** Without a new failure for so long, it is over; then a person has so long to say what it was. */
  quiet: HOUR,
  patience: 72 * HOUR,
  /** What failed before a release may be reported so long after it. */
  late: DAY,
  /** A cause of our own has passed once nothing failed for it for so long. */
  passed: DAY,
} as const;

/** What fails alike: one reply of one receiver, or one cause of our own at all of them. */
export interface Cluster {
  /** The recipients' domain; `*` = a cause of our own. */
  readonly receiver: string;
  /** The reply with its variable parts replaced; of a cause of our own, its name: `504`, or a category. */
  readonly cause: string;
}

export const OWN = '*';

export interface Slot {
  /** Start of the five minutes, epoch ms. */
  readonly slot: number;
  /** Addresses that this put on the list; of a cause of our own, failures. */
  readonly failures: number;
  /** Of them, those known to be alive. */
  readonly alive: number;
}

export const slotOf = (at: number): number => at - (at % guard.slot);
export const windowStart = (now: number): number => slotOf(now) - HOUR + guard.slot;

type Reply = Pick<MailEvent, 'address' | 'smtp' | 'provider' | 'providerType'>;

export const clusterOf = ({ address, smtp, provider, providerType }: Reply): Cluster => ({
  receiver: address.slice(address.lastIndexOf('@') + 1),
  cause: smtp.text === null ? `${provider}: ${providerType}` : templateOf(smtp.text),
});

const ownCategories: ReadonlySet<Category | null> = new Set<Category | null>([
  'auth-failure',
  'dns-ptr',
  'ip-blocked',
  'relay-denied',
  'sender-rejected',
  'smtp-auth-tls',
]);

/** The cause of our own that a failure tells of; null where it tells of none. */
export function ownCauseOf({
  kind,
  smtp,
  category,
  hearsay,
}: Pick<MailEvent, 'kind' | 'smtp' | 'category' | 'hearsay'>): string | null {
  if (hearsay) return null;
  const is504 = smtp.code === '504' || (smtp.code === null && smtp.enhanced === '5.5.4');
  if (is504 && (kind === 'bounce' || kind === 'reject' || kind === 'deferral')) return '504';
  return (kind === 'bounce' || kind === 'reject') && ownCategories.has(category) ? category : null;
}

/** Whether the hour up to now may be one. Cheap: asks nothing of the weeks before. */
export const isSuspect = ({ receiver }: Cluster, { failures, alive }: Omit<Slot, 'slot'>): boolean =>
  receiver === OWN
    ? failures >= guard.alive.least
    : alive >= guard.alive.least || failures >= guard.blind.least;

/**
 * Whether the hour up to now, or its last ten minutes, stands out of the fortnight before. `isFed`: deliveries are
 * reported, so that a list of addresses that never were cannot look like an outage. `slots` in the order of time.
 */
export async function standsOut(
  cluster: Cluster,
  slots: readonly Slot[],
  now: number,
  isFed: () => Promise<boolean>,
): Promise<boolean> {
  for (const width of guard.windows) {
    const start = slotOf(now) - width + guard.slot;
    const { failures, alive } = sumSince(slots, start);
    const known = cluster.receiver === OWN ? failures : alive;
    if (known < guard.alive.least && failures < guard.blind.least) continue;
    const worst = worstBefore(slots, start, width);
    if (known >= Math.max(guard.alive.least, guard.alive.times * worst)) return true;
    const isBlindJump = failures >= Math.max(guard.blind.least, guard.blind.times * worst);
    if (isBlindJump && cluster.receiver !== OWN && !(await isFed())) return true;
  }
  return false;
}

function sumSince(slots: readonly Slot[], start: number): Omit<Slot, 'slot'> {
  let [failures, alive] = [0, 0];
  for (let i = slots.length - 1; i >= 0 && (slots[i] as Slot).slot >= start; i--) {
    failures += (slots[i] as Slot).failures;
    alive += (slots[i] as Slot).alive;
  }
  return { failures, alive };
}

/** The most failures in any window of that width. */
function worstBefore(slots: readonly Slot[], end: number, width: number): number {
  let [worst, sum, first] = [0, 0, 0];
  for (const { slot, failures } of slots) {
    if (slot >= end) break;
    sum += failures;
    for (; (slots[first] as Slot).slot <= slot - width; first++) sum -= (slots[first] as Slot).failures;
    worst = Math.max(worst, sum);
  }
  return worst;
}
