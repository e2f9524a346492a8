/** Chance that a printed seed repeats. */
export interface Random {
  /** Between 0 and 1. */
  next(): number;
  /** 0 to below `limit`. */
  below(limit: number): number;
  pick<T>(of: readonly T[]): T;
}

/** Mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return { next, below, pick: (of) => of[below(of.length)] as never };
}
