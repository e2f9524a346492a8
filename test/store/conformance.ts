/**
 * What every engine must do, in the words of the port. Run by sqlite.test.ts, by postgres/store.test.ts and, on workerd,
 * by worker/d1.test.ts.
 */
import { afterEach, beforeEach, describe } from 'vitest';
import type { Driver } from '../../src/store/driver.ts';
import type { Store } from '../../src/store/store.ts';
import { alerting } from './conformance/alarms.ts';
import { erasing } from './conformance/erasing.ts';
import { incidents, surging } from './conformance/incidents.ts';
import { configuring, pruning } from './conformance/keeping.ts';
import { counting, everything, filtering, paging } from './conformance/listing.ts';
import { moving } from './conformance/moving.ts';
import { telling } from './conformance/outbox.ts';
import { peppered } from './conformance/pepper.ts';
import { checking, knowing } from './conformance/reading.ts';
import { redeciding } from './conformance/redeciding.ts';
import { drifting } from './conformance/schema.ts';
import { signedIn, users } from './conformance/sessions.ts';
import { waiting } from './conformance/waiting.ts';
import { staleness, writing } from './conformance/writing.ts';

export interface Subject {
  readonly store: Store;
  /** For what the port rightly cannot do: damage, and counting rows. */
  readonly driver: Driver;
}
/** `makeSubject` gives an empty, migrated database. */
export function storeConformance(name: string, makeSubject: () => Promise<Subject>): void {
  describe(`${name} as a store`, () => {
    let subject: Subject;
    let store: Store;
    const make = async () => {
      subject = await makeSubject();
      ({ store } = subject);
    };
    beforeEach(make);
    afterEach(() => store.close());

    const using = {
      store: () => store,
      driver: () => subject.driver,
      async fresh() {
        await store.close();
        await make();
      },
    };
    describe('one write', () => writing(using));
    describe('a write that came too late', () => staleness(using));
    describe('what is known before judging', () => knowing(using));
    describe('the check', () => checking(using));
    describe('all that stands', () => everything(using));
    describe('pages', () => paging(using));
    describe('filters', () => filtering(using));
    describe('statistics', () => counting(using));
    describe('configuration', () => configuring(using));
    describe('deciding anew', () => redeciding(using));
    describe('what waits for a paused source', () => waiting(using));
    describe('pruning', () => pruning(using));
    describe('a surge', () => surging(using));
    describe('an incident', () => incidents(using));
    describe('telling others', () => telling(using));
    describe('an alarm', () => alerting(using));
    describe('a pepper', () => peppered(using));
    describe('an address that is erased', () => erasing(using));
    describe('a session', () => signedIn(using));
    describe('a user', () => users(using));
    describe('the schema', () => drifting(using));
    describe('moving house', () => moving(using));
  });
}
