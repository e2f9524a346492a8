/** Who is signed in. */
import { expect, it } from 'vitest';
import { T0 } from '../rows.ts';
import type { Using } from './ground.ts';

export function signedIn(using: Using): void {
  const row = { hash: 'h', tenant: 'default', actor: 'key_1', key_hash: 'k', expires_at: T0 };
  it('is kept until it is ended', async () => {
    const store = using.store();
    await store.configure({ put: 'session', row }, null);
    expect(await store.session('h')).toEqual(row);
    expect(await store.session('other')).toBeNull();
    await store.configure({ drop: 'session', hash: 'h' }, null);
    expect(await store.session('h')).toBeNull();
  });
  it('is pruned once it has run out', async () => {
    const store = using.store();
    await store.configure({ put: 'session', row }, null);
    const before = { receipts: 0, notes: 0, surges: 0, hours: 0 };
    expect(await store.prune({ ...before, forget: T0 })).toBe(0);
    expect(await store.prune({ ...before, forget: T0 + 1 })).toBe(1);
  });
}
