/**
 * Clients that behave as providers do, and a ledger of what they were promised. An item is noted as acknowledged only
 * after a whole 200 whose counts add up to what was sent.
 */
import { pause, type Running } from './server.ts';

export const SHARED_KEY = 'fault-harness-shared-key-0123456789';
const CLIENTS = 16;

export interface Ledger {
  /** Numbers of events that were answered for; each suppresses `person<number>@example.com`. */
  readonly acknowledged: Set<number>;
  /** Items that cannot be read, answered for as quarantined. */
  readonly quarantined: Set<number>;
  readonly sent: Set<number>;
  /** Sent without the key. */
  readonly forged: Set<number>;
  /** Answers by status; 0 = none, the connection broke. */
  readonly answers: Map<number, number>;
  /** What no answer may be. */
  readonly problems: string[];
  /** The longest wait for an answer, in ms. */
  slowest: number;
  next: number;
}

export const newLedger = (): Ledger => ({
  acknowledged: new Set(),
  quarantined: new Set(),
  sent: new Set(),
  forged: new Set(),
  answers: new Map(),
  problems: [],
  slowest: 0,
  next: 0,
});

export const addressOf = (number: number): string => `person${number}@example.com`;

const kinds = [
  { event: 'bounce', text: '550 5.1.1 user unknown' },
  { event: 'complaint' },
  { event: 'unsubscribe' },
  { event: 'bounce', text: '504 5.5.4 Unrecognized authentication type' },
];

export const itemOf = (number: number, isReadable = true) => ({
  recipient: isReadable ? addressOf(number) : `nobody ${number}`,
  ...kinds[number % kinds.length],
  id: `event-${number}`,
  message_id: `m${number}`,
});

export const sourceFor = {
  provider: 'generic',
  name: 'faults',
  secrets: { keys: [SHARED_KEY] },
};

interface Counts {
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly quarantined: number;
}

interface Answered {
  readonly status: number;
  readonly counts: Counts | null;
}

export async function post(url: string, items: unknown, key = SHARED_KEY): Promise<Answered> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'x-mailstop-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(items),
    });
    const body = (await answer.json()) as Counts;
    return { status: answer.status, counts: answer.status === 200 ? body : null };
  } catch {
    return { status: 0, counts: null };
  }
}

/** Posts until stopped. A server that is away is waited for. */
export function startLoad(server: Running, path: string, ledger: Ledger): { stop(): Promise<void> } {
  let stopped = false;
  const url = server.url + path;
  const client = async (): Promise<void> => {
    while (!stopped) {
      const status = await once(url, ledger);
      if (status === 0) await pause(20);
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  return {
    async stop() {
      stopped = true;
      await Promise.all(clients);
    },
  };
}

/** Waits until more than so many items are acknowledged, however busy the machine is: the time of the test is the limit. */
export async function moreThan(many: number, { acknowledged }: Ledger): Promise<void> {
  while (acknowledged.size <= many) await pause(20);
}

/** One request of the mix: mostly single events, some batches with an unreadable item, some repeated, some forged. */
export async function once(url: string, ledger: Ledger): Promise<number> {
  const number = ledger.next++;
  if (number % 11 === 10) return forged(url, ledger, number);
  ledger.sent.add(number);
  if (number % 13 === 12) return batch(url, ledger, number);
  const answered = await timed(ledger, () => post(url, itemOf(number)));
  if (answered.counts !== null) {
    expectCounts(ledger, answered.counts, { accepted: 1 });
    ledger.acknowledged.add(number);
    if (number % 7 === 6) {
      const again = await timed(ledger, () => post(url, itemOf(number)));
      if (again.counts !== null) expectCounts(ledger, again.counts, { duplicates: 1 });
    }
  }
  return answered.status;
}

async function batch(url: string, ledger: Ledger, first: number): Promise<number> {
  const [second, broken] = [ledger.next++, ledger.next++];
  ledger.sent.add(second);
  ledger.sent.add(broken);
  const items = [itemOf(first), itemOf(broken, false), itemOf(second)];
  const { status, counts } = await timed(ledger, () => post(url, items));
  if (counts !== null) {
    expectCounts(ledger, counts, { accepted: 2, quarantined: 1 });
    ledger.acknowledged.add(first).add(second);
    ledger.quarantined.add(broken);
  }
  return status;
}

async function forged(url: string, ledger: Ledger, number: number): Promise<number> {
  ledger.forged.add(number);
  const { status } = await timed(ledger, () =>
    post(url, itemOf(number), 'not-the-shared-key-0123456789abcdef'),
  );
  if (status === 200) ledger.problems.push('a forged request was taken');
  return status;
}

async function timed(ledger: Ledger, ask: () => Promise<Answered>): Promise<Answered> {
  const began = performance.now();
  const answered = await ask();
  if (answered.status !== 0) ledger.slowest = Math.max(ledger.slowest, performance.now() - began);
  ledger.answers.set(answered.status, (ledger.answers.get(answered.status) ?? 0) + 1);
  // Any other 4xx, or a 500, would make a provider drop the event for good.
  if (![0, 200, 401, 503].includes(answered.status)) ledger.problems.push(`an answer of ${answered.status}`);
  return answered;
}

function expectCounts(ledger: Ledger, counts: Counts, expected: Partial<Counts>): void {
  const whole = { accepted: 0, duplicates: 0, ignored: 0, quarantined: 0, ...expected };
  if (JSON.stringify(counts) !== JSON.stringify(whole))
    ledger.problems.push(`counts ${JSON.stringify(counts)} instead of ${JSON.stringify(whole)}`);
}
