/** The list as people change it. What an order does, and what is told of it, goes by what stands in the commit. */
import type { Reason } from '../core/event.ts';
import { err, ok } from '../core/result.ts';
import type { EntryRow } from '../store/store.ts';
import type { Edit } from './jobs.ts';
import type { Allowance, List, ListDeps, NotReleased, Who } from './list.ts';
import { stands } from './standing.ts';
import { wouldLift } from './trial-release.ts';

export function listEdits({
  committer,
  runtime,
}: Pick<ListDeps, 'committer' | 'runtime'>): Pick<List, 'block' | 'allow' | 'disallow' | 'release'> {
  return {
    async block(who, { address, reason, stream, note, until }) {
      const at = runtime.now();
      const by = { at, actor: who.actor, reason, stream, note, until };
      const edit = {
        acts: [{ address, act: { id: runtime.newId('act', at), kind: 'block', ...by } as const }],
        audit: {
          ...who,
          action: 'suppression.add',
          subject: address,
          detail: { reason, stream, note, until },
        },
      };
      const isIt = (row: EntryRow) => row.stream === stream && row.reason === reason;
      let before = null as EntryRow | null;
      const result = await committer.submit({
        type: 'edit',
        tenant: who.tenant,
        ...edit,
        atCommit(of) {
          before = of(address).entries.find((row) => isIt(row) && stands(row, runtime.now())) ?? null;
          return edit;
        },
      });
      const changed = result.type === 'edit' ? result.changed.map(({ after }) => after) : [];
      // Nothing changed: the entry stood already, longer or for ever.
      const entry = changed.find(isIt) ?? before;
      if (entry === null) throw new Error('a block left no entry');
      return { entry, created: before === null };
    },

    async allow(who, allowance) {
      await committer.submit({ type: 'edit', tenant: who.tenant, ...allowing(who, allowance) });
    },

    async disallow(who, of) {
      // A time that has passed takes it back.
      const edit = allowing(who, { ...of, until: runtime.now() });
      const result = await committer.submit({
        type: 'edit',
        tenant: who.tenant,
        ...edit,
        atCommit: (known) => ((known(of.address).allowedUntil ?? 0) > runtime.now() ? edit : nothing),
      });
      return result.type === 'edit' && result.acts.length > 0;
    },

    async release(who, { address, reasons: named, stream, why, evidence }) {
      const now = runtime.now();
      // Without evidence it speaks of no complaint or unsubscribe, not even of one that is still on its way.
      const lifted = evidence === null ? named.filter((reason) => !needsConsent(reason)) : named;
      const id = runtime.newId('rel', now);
      const act = {
        id: runtime.newId('act', now),
        kind: 'release',
        at: now,
        actor: who.actor,
        reasons: lifted,
        stream,
        why,
        evidence,
        code: null,
        grace: 0,
      } as const;
      const acts = [{ address, batch: id, act }];
      let refusal = null as NotReleased | null;
      const result = await committer.submit({
        type: 'edit',
        tenant: who.tenant,
        acts,
        audit: null,
        atCommit(of, policy) {
          const { entries, facts } = of(address);
          const meant = entries.filter(
            (row) =>
              stands(row, runtime.now()) &&
              named.includes(row.reason) &&
              (stream === null || row.stream === stream),
          );
          const lifts = () => wouldLift(policy, address, facts, act);
          refusal = refusalOf(meant, evidence !== null, lifts);
          if (refusal !== null) return nothing;
          const was = meant.map((row) => ({ id: row.id, reason: row.reason, until: row.until }));
          const detail = { id, reasons: lifted, stream, why, evidence, was };
          return { acts, audit: { ...who, action: 'suppression.release', subject: address, detail } };
        },
      });
      if (refusal !== null) return err(refusal);
      const changed = result.type === 'edit' ? result.changed.map(({ after }) => after) : [];
      return ok({ id, entries: changed.filter((row) => row.state === 'released') });
    },
  };

  function allowing(who: Who, { address, until, note }: Allowance): Pick<Edit, 'acts' | 'audit'> {
    const at = runtime.now();
    const act = { id: runtime.newId('act', at), kind: 'allow', at, actor: who.actor, until, note } as const;
    const detail = { until, note };
    return {
      acts: [{ address, act }],
      audit: { ...who, action: 'suppression.allow', subject: address, detail },
    };
  }
}

const nothing = { acts: [], audit: null };

function refusalOf(
  meant: readonly EntryRow[],
  hasEvidence: boolean,
  lifts: () => boolean,
): NotReleased | null {
  if (meant.length === 0) return 'nothing-to-release';
  if (!hasEvidence) return meant.some((row) => needsConsent(row.reason)) ? 'evidence-needed' : null;
  return meant.some((row) => !needsConsent(row.reason)) || lifts() ? null : 'evidence-too-old';
}

const needsConsent = (reason: Reason): boolean => reason === 'complaint' || reason === 'unsubscribe';
