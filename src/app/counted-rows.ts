/** What a flush adds to the counters: events by what they are, and by the rule that decided them. Pure. */
import type { Decision } from '../core/event.ts';
import { matchRule } from '../core/policy.ts';
import { DAY, HOUR } from '../core/time.ts';
import type { RuleCountRow, StatRow } from '../store/store.ts';
import type { Desk } from './judged-rows.ts';
import type { FreshEvent } from './sift.ts';

export function statRows(fresh: readonly FreshEvent[]): StatRow[] {
  const rows = new Map<string, StatRow>();
  for (const { event } of fresh) {
    const row: Omit<StatRow, 'count'> = {
      tenant: event.tenant,
      hour: event.receivedAt - (event.receivedAt % HOUR),
      kind: event.kind,
      provider: event.provider,
      code: event.smtp.code ?? '',
      enhanced: event.smtp.enhanced ?? '',
      category: event.category ?? '',
      domain: event.address.slice(event.address.lastIndexOf('@') + 1),
    };
    const key = Object.values(row).join('\n');
    rows.set(key, { ...row, count: (rows.get(key)?.count ?? 0) + 1 });
  }
  return [...rows.values()];
}

/** A delivery has no decision of its own; the rule that lets it lift something decides it all the same. */
export function ruleCountRows(
  fresh: readonly FreshEvent[],
  decisions: ReadonlyMap<string, Decision>,
  { policyOf }: Pick<Desk, 'policyOf'>,
): RuleCountRow[] {
  const rows = new Map<string, RuleCountRow>();
  for (const { event } of fresh) {
    const row: Omit<RuleCountRow, 'count'> = {
      tenant: event.tenant,
      day: event.receivedAt - (event.receivedAt % DAY),
      rule: decisions.get(event.id)?.rule ?? matchRule(policyOf(event.tenant), event).id,
    };
    const key = `${row.tenant} ${row.day} ${row.rule}`;
    rows.set(key, { ...row, count: (rows.get(key)?.count ?? 0) + 1 });
  }
  return [...rows.values()];
}
