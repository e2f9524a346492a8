/** The live tables are those the code works on, and what was changed past Mailstop is told. */
import { expect, it } from 'vitest';
import { driftOf } from '../../../src/store/drift.ts';
import type { Using } from './ground.ts';

export function drifting(using: Using): void {
  const after = async (...statements: string[]) => {
    await using.driver().transact(statements.map((sql) => ({ sql, params: [] })));
    return driftOf(using.driver());
  };

  it('is that of the migrations, column by column', async () => {
    expect(await driftOf(using.driver())).toEqual([]);
  });

  it.each([
    ['a table that is gone', ['drop table nonces'], ['the table nonces is missing']],
    [
      'a column that is gone',
      ['alter table stats rename column count to counted'],
      ['the column stats.count is missing', 'the column stats.counted is not ours'],
    ],
    [
      'a column more',
      ['alter table unmapped add column theirs text'],
      ['the column unmapped.theirs is not ours'],
    ],
  ])('tells %s', async (_title, statements, differences) => {
    expect(await after(...statements)).toEqual(differences);
  });

  it('tells a column of another type, and one that takes null', async () => {
    expect(
      await after(
        'drop table nonces',
        'create table nonces (tenant text, provider text not null, nonce text not null, body_digest text not null, forget_at text not null)',
      ),
    ).toEqual([
      'the column nonces.tenant takes null',
      expect.stringMatching(/^the column nonces\.forget_at is text, not (integer|bigint)$/i),
    ]);
  });

  it('is silent about tables that are not ours', async () => {
    expect(await after('create table theirs (id integer)')).toEqual([]);
  });
}
