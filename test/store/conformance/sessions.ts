/** Who may sign in, and who is. */
import { expect, it } from 'vitest';
import { T0 } from '../rows.ts';
import type { Using } from './ground.ts';

export function users(using: Using): void {
  const ann = {
    tenant: 'default',
    name: 'ann',
    role: 'read' as const,
    password: 'p1',
    created_at: T0,
    changed_at: T0,
  };
  it('is one of its tenant, changed in place, and gone once it is removed', async () => {
    const store = using.store();
    const rival = { ...ann, tenant: 'other', password: 'p9' };
    await store.configure(
      [
        { put: 'user', row: ann },
        { put: 'user', row: rival },
      ],
      null,
    );
    const changed = { ...ann, role: 'admin' as const, password: 'p2', changed_at: T0 + 1 };
    await store.configure({ put: 'user', row: { ...changed, created_at: T0 + 1 } }, null);
    expect(await store.users('default')).toEqual([changed]);
    expect(await store.user('default', 'ann')).toEqual(changed);
    expect(await store.user('default', 'bob')).toBeNull();
    await store.configure({ drop: 'user', tenant: 'default', id: 'ann' }, null);
    expect(await store.users('default')).toEqual([]);
    expect(await store.users('other')).toEqual([rival]);
  });
}

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
