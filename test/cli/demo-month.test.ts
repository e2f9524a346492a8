/** The made-up month behind `mailstop demo --keep`. */
import { expect, it } from 'vitest';
import { month, sendings } from '../../src/cli/demo-month.ts';
import { kinds } from '../../src/core/event.ts';

const NOW = Date.UTC(2026, 0, 31);
const reportsOf = () => [...month(NOW)].flatMap(({ reports }) => reports);

it('is the same each time, of every kind, and through every provider', () => {
  const reports = reportsOf();
  expect(reportsOf()).toEqual(reports);
  expect(reports.length).toBeGreaterThan(15_000);
  expect(new Set(reports.map(({ kind }) => kind))).toEqual(new Set(kinds));
  expect(new Set(reports.map(({ provider }) => provider))).toEqual(
    new Set(sendings.map(({ provider }) => provider)),
  );
});

it('has a time of its own for each report, none of them to come', () => {
  const times = reportsOf().map(({ at }) => at);
  expect(new Set(times).size).toBe(times.length);
  expect(Math.max(...times)).toBeLessThan(NOW);
});
