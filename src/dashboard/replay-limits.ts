/** What one press looks at and reads again of the kept requests with a label; the next press goes on. */
export const replayLimits = {
  node: { lookedAt: 5_000, readAgain: 500 },
  /** Two statements for each that is looked at, of the thousand that a request may ask of D1 (docs/engines.md). */
  worker: { lookedAt: 300, readAgain: 40 },
} as const;
