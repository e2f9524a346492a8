/** Entries as the database gives them: where many are read at once, this is most of what it takes. */

import * as schema from './schema.ts';
import { rowsOf } from './statements.ts';
import type { EntryRow } from './store.ts';

export const entryRows = {
  columns: rowsOf(schema.suppressions).columns,
  /**
   * Each column named, and in its place (test/store/entry-rows.test.ts): an object that is made by a loop over names takes
   * thirty times as long.
   */
  read: (cells: readonly unknown[]): EntryRow =>
    ({
      tenant: cells[0],
      address: cells[1],
      stream: cells[2],
      reason: cells[3],
      id: cells[4],
      domain: cells[5],
      origin: cells[6],
      state: cells[7],
      until: cells[8],
      code: cells[9],
      enhanced: cells[10],
      code_source: cells[11],
      category: cells[12],
      blame: cells[13],
      severity: cells[14],
      bounce_type: cells[15],
      retry: cells[16],
      rule: cells[17],
      policy_version: cells[18],
      provider: cells[19],
      source_id: cells[20],
      event_id: cells[21],
      note: cells[22],
      contradicted_at: cells[23],
      created_at: cells[24],
      updated_at: cells[25],
    }) as EntryRow,
};
