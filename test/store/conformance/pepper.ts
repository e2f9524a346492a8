/** Under which pepper the addresses are hashed. */
import { expect, it } from 'vitest';
import type { Using } from './ground.ts';

export function peppered(using: Using): void {
  it('is none until one is kept, and then that one', async () => {
    const store = using.store();
    expect(await store.pepper()).toBeNull();
    await Promise.all([store.keepPepper('a'), store.keepPepper('a')]);
    await store.keepPepper('b');
    expect(await store.pepper()).toBe('a');
  });
  it('is not what makes a list begun', async () => {
    const store = using.store();
    await store.keepPepper('a');
    expect(await store.dumpEnd()).toBeNull();
  });
}
