/** A bar on stderr for long work, where stderr is a terminal. */
import { SingleBar } from 'cli-progress';

export interface Progress {
  add(amount: number): void;
  stop(): void;
}

/** `total` is null where nobody knows it; then the amount is shown, without a bar. */
export function progress(title: string, total: number | null): Progress {
  if (total === 0 || !process.stderr.isTTY) return { add: () => {}, stop: () => {} };
  const bar = new SingleBar({
    stream: process.stderr,
    format: total === null ? `${title} {value}` : `${title} {bar} {percentage} %  {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 40,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(total ?? Number.MAX_SAFE_INTEGER, 0);
  return { add: (amount) => bar.increment(amount), stop: () => bar.stop() };
}
