/** A bar on stderr for long work, where stderr is a terminal. */
import { SingleBar } from 'cli-progress';

export interface Progress {
  add(amount: number): void;
  stop(): void;
}

/** `total` is null where nobody knows it; then no bar can be drawn. */
export function progress(title: string, total: number | null): Progress {
  if (total === null || total <= 0 || !process.stderr.isTTY) return { add: () => {}, stop: () => {} };
  const bar = new SingleBar({
    stream: process.stderr,
    format: `${title} {bar} {percentage} %  {eta_formatted} left`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    barsize: 40,
    hideCursor: true,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return { add: (amount) => bar.increment(amount), stop: () => bar.stop() };
}
