/** What alarms are judged by, and how far mail of them has come. */
import { expect, it } from 'vitest';
import { HOUR, sourceHour as hour, mailPlace as place, source, T0 } from '../rows.ts';
import type { Using } from './ground.ts';

export function alerting(using: Using): void {
  it('adds up what is counted of each source and hour', async () => {
    const store = using.store();
    await store.countHours([]);
    await store.countHours([
      hour(),
      hour({ hour: T0 + HOUR }),
      hour({ source_id: 'generic_2', tenant: 'rival' }),
    ]);
    await store.countHours([hour({ rejected: 10 }), hour({ source_id: 'generic_2', tenant: 'rival' })]);
    const twice = { proven: 2, untimely: 6, items: 8, early: 10, unmapped: 12, unreadable: 14 };
    expect(await store.sourceHours('default', ['generic_1'], T0)).toEqual(
      expect.arrayContaining([hour({ ...twice, rejected: 12 }), hour({ hour: T0 + HOUR })]),
    );
    expect(await store.sourceHours('default', ['generic_1'], T0 + 1)).toEqual([hour({ hour: T0 + HOUR })]);
    expect(await store.sourceHours('rival', ['generic_1'], T0)).toEqual([]);
    expect(await store.hoursSince(T0)).toHaveLength(3);
    const before = { receipts: 0, notes: 0, forget: 0, surges: 0 };
    expect(await store.prune({ ...before, hours: T0 + 1 })).toBe(2);
    expect(await store.hoursSince(T0)).toEqual([hour({ hour: T0 + HOUR })]);
  });

  it('finds the sources with an open alarm, and leaves the others of a source as they are', async () => {
    const store = using.store();
    await store.configure({ put: 'source', row: source() }, null);
    await store.configure({ put: 'source', row: source({ id: 'quiet_1', silent_since: T0 }) }, null);
    expect(await store.alarmingSources()).toEqual([]);
    await store.configure({ note: 'source', id: 'generic_1', rejected_since: T0, silent_since: T0 }, null);
    await store.configure(
      { note: 'source', id: 'generic_1', skewed_since: T0 + 1, silent_since: null },
      null,
    );
    await store.configure({ put: 'source', row: source({ name: 'other' }) }, null);
    expect(await store.alarmingSources()).toEqual([
      source({ name: 'other', rejected_since: T0, skewed_since: T0 + 1 }),
    ]);
  });

  it('gives a turn to one at a time', async () => {
    const store = using.store();
    expect(await store.takeTurn('alarms', T0, T0 + 50)).toBe(true);
    expect(await store.takeTurn('alarms', T0 + 49, T0 + 99)).toBe(false);
    expect(await store.takeTurn('other', T0, T0 + 50)).toBe(true);
    expect(await store.takeTurn('alarms', T0 + 50, T0 + 100)).toBe(true);
    const together = await Promise.all([1, 2, 3, 4].map(() => store.takeTurn('alarms', T0 + 200, T0 + 300)));
    expect(together.filter((mine) => mine)).toHaveLength(1);
  });

  it('says who is to be mailed: where notices wait, once their time has come', async () => {
    const store = using.store();
    expect(await store.dueMail('r1', T0)).toEqual([{ tenant: 'default', place: null }]);
    await store.beginMail(place());
    await store.beginMail(place({ notices_to: 99 }));
    expect(await store.dueMail('r1', T0)).toEqual([]);
    await store.configure(
      { put: 'notice', row: { tenant: 'default', at: T0, type: 'source.silent', data: '{}' } },
      null,
    );
    expect(await store.dueMail('r1', T0 - 1)).toEqual([]);
    expect(await store.dueMail('r1', T0)).toEqual([{ tenant: 'default', place: place() }]);
    expect(await store.dueMail('r2', T0)).toEqual([{ tenant: 'default', place: null }]);
    const told = {
      notices_to: await store.lastNotice('default'),
      attempts: 1,
      failing_since: 4,
      next_at: T0,
    };
    expect(await store.moveMail(place(), told)).toBe(true);
    expect(await store.moveMail(place(), told)).toBe(false);
    expect(await store.dueMail('r1', T0)).toEqual([]);
  });
}
