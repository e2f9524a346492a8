/** Everything out, and in again elsewhere. */
import { expect, it } from 'vitest';
import type { DumpPlace, DumpRow, Store } from '../../../src/store/store.ts';
import {
  change,
  event,
  incident,
  mailPlace,
  plan,
  source,
  sourceDrift,
  sourceHour,
  sourceList,
  T0,
  webhook,
} from '../rows.ts';
import { awkward, full, type Using } from './ground.ts';

async function everything(store: Store): Promise<DumpRow[]> {
  const rows: DumpRow[] = [];
  let after: DumpPlace | null = null;
  do {
    const page = await store.dump(after);
    rows.push(...page.rows);
    after = page.next;
  } while (after !== null);
  return rows;
}

/** A buffer of any kind as plain bytes. */
const plain = (rows: readonly DumpRow[]) =>
  rows.map(({ table, fields }) => [
    table,
    Object.entries(fields).map(([name, value]) => [name, value instanceof Uint8Array ? [...value] : value]),
  ]);

export function moving(using: Using): void {
  const filled = async () => {
    const store = using.store();
    await store.configure({ put: 'tenant', row: { id: 'acme', name: 'Acme', created_at: T0 } }, null);
    await store.configure({ put: 'source', row: source() }, null);
    const user = {
      tenant: 'acme',
      name: 'ann',
      role: 'read' as const,
      password: 'p',
      created_at: T0,
      changed_at: T0,
    };
    await store.configure({ put: 'user', row: user }, null);
    const notice = { tenant: 'default', at: T0, type: 'incident.opened', data: '{}' };
    await store.configure(
      [
        { put: 'incident', row: incident() },
        { put: 'webhook', row: webhook() },
        { put: 'source-list', row: sourceList() },
        { put: 'source-drift', row: sourceDrift() },
        { put: 'notice', row: notice },
      ],
      null,
    );
    await store.countHours([sourceHour()]);
    await store.beginMail(mailPlace());
    await store.write(full());
    await store.write(plan({ events: [event({ id: 'evt_2', text: awkward, tenant: 'acme' })] }));
    return everything(store);
  };

  it('gives every row of every table once, bytes and all, and takes them in as they were', async () => {
    const rows = await filled();
    expect(new Set(rows.map(({ table }) => table)).size).toBe(29);
    await using.fresh();
    expect(await using.store().dumpEnd()).toBeNull();
    expect(await using.store().load(rows)).toBe('done');
    expect(plain(await everything(using.store()))).toEqual(plain(rows));
  });

  it('goes on behind the last row that is there, and refuses what is not next', async () => {
    const rows = await filled();
    await using.fresh();
    const store = using.store();
    const at = rows.findIndex(({ table }) => table === 'events');
    expect(await store.load(rows.slice(0, at + 1))).toBe('done');
    expect(await store.dumpEnd()).toEqual({ table: 'events', key: ['acme', 'evt_2'] });
    const before = plain(await everything(store));
    expect(await store.load(rows.slice(at))).toBe('not-next');
    expect(plain(await everything(store))).toEqual(before);
    expect(await store.load(rows.slice(at + 1))).toBe('done');
    expect(plain(await everything(store))).toEqual(plain(rows));
  });

  it('refuses a table or a column of another version, and stores nothing of it', async () => {
    const store = using.store();
    const fine = { table: 'seen', fields: { tenant: 'default', digest: 'd', forget_at: 1 } };
    for (const strange of [
      { table: 'of-another-version', fields: { id: 'i' } },
      { table: 'seen', fields: { tenant: 'default', digest: 'e', forget_at: 1, colour: 'blue' } },
    ])
      expect(await store.load([fine, strange])).toBe('not-ours');
    expect(await store.dumpEnd()).toBeNull();
  });

  it('numbers the changes that follow after those that came', async () => {
    const store = using.store();
    const { seq: _none, ...fields } = { seq: 0, ...change() };
    expect(await store.load([{ table: 'changes', fields: { seq: 41, ...fields } }])).toBe('done');
    await store.write(plan({ changes: [change()] }));
    expect((await store.changesAfter('default', 0, 10)).map(({ seq }) => seq)).toEqual([41, 42]);
  });

  it('has pages without gap or repeat', async () => {
    const store = using.store();
    const seen = Array.from({ length: 2_345 }, (_, i) => ({
      tenant: 'default',
      digest: `d${String(i).padStart(5, '0')}`,
      forget_at: T0,
    }));
    await store.write(plan({ seen }));
    const rows = (await everything(store)).filter(({ table }) => table === 'seen');
    expect(rows.map(({ fields }) => fields)).toEqual(seen);
  });
}
