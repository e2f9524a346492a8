/** One transaction of the committer: reads what is known, judges, and writes. */
import { ownDomain } from '../core/domain.ts';
import type { Policy } from '../core/policy.ts';
import { withoutAddress } from '../core/pseudonym.ts';
import {
  type AddressKey,
  type AuditNameRow,
  type AuditRow,
  type Known,
  keyOf,
  type Store,
} from '../store/store.ts';
import { auditRows } from './audit.ts';
import { settled } from './edits.ts';
import { type AuditNote, type Job, type JobResult, tenantOf } from './jobs.ts';
import { judge } from './judge.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import type { Runtime } from './runtime.ts';
import { sift } from './sift.ts';
import { untilFresh } from './until-fresh.ts';

export interface FlushDeps {
  readonly store: Store;
  readonly runtime: Runtime;
  policyOf(tenant: string): Promise<Policy>;
  /** For the audit, which is never rewritten: it tells of an address by its hash. */
  readonly pseudonyms: Pseudonyms;
  /** Told once failures of a tenant were counted that may be a surge. */
  noticed?(tenant: string): void;
}

export const flush = (deps: FlushDeps, jobs: readonly Job[]): Promise<readonly JobResult[]> =>
  untilFresh(() => tryFlush(deps, jobs));

/** Reads, judges and writes. */
async function tryFlush(
  { store, runtime, policyOf, noticed, pseudonyms }: FlushDeps,
  given: readonly Job[],
): Promise<readonly JobResult[] | 'stale'> {
  const now = runtime.now();
  const known = await store.known(askedOf(given));
  const policies = new Map<string, Policy>();
  for (const job of given) {
    const tenant = tenantOf(job);
    if (!policies.has(tenant)) policies.set(tenant, await policyOf(tenant));
  }
  const policyFor = (tenant: string): Policy => policies.get(tenant) as Policy;
  const sifted = sift(given, known, policyFor, now);
  const histories = await store.histories([...sifted.toFold.values()].filter(mayHaveHistory(known)));
  const jobs = given.map((job) =>
    job.type === 'edit' ? settled(job, known, histories, policyFor(job.tenant)) : job,
  );
  const uncounted = await store.uncounted(redecided(jobs));
  const judgement = judge(jobs, sifted, {
    known,
    histories,
    uncounted,
    policyOf: policyFor,
    now,
    newId: runtime.newId,
  });
  const told = jobs.flatMap((job) => (job.type === 'edit' && job.audit !== null ? [job.audit] : []));
  const { notes, names } = byHash(told, pseudonyms);
  const audit: AuditRow[] = notes.length === 0 ? [] : auditRows(await store.auditHead(), notes, runtime);
  const { fresh, unreadable } = sifted;
  const { nonces, unmapped, acts, entries, resumed, waiting, redecided: progress } = judgement.plan;
  if (
    [fresh, unreadable, notes, nonces, unmapped, acts, entries, resumed, waiting, progress].every(
      (rows) => rows.length === 0,
    )
  )
    return judgement.results;
  const judgedBy = [...policies].map(([tenant, { revision }]) => ({ tenant, version: revision }));
  if ((await store.write({ ...judgement.plan, audit, names, judgedBy })) === 'stale') return 'stale';
  for (const { tenant } of judgement.plan.surges) noticed?.(tenant);
  return judgement.results;
}

function byHash(
  told: readonly AuditNote[],
  pseudonyms: Pseudonyms,
): { notes: AuditNote[]; names: AuditNameRow[] } {
  const names: AuditNameRow[] = [];
  const notes = told.map((note) => {
    const { tenant, subject } = note;
    // A whole domain is nobody.
    if (!/.@/.test(subject)) return note;
    const pseudonym = pseudonyms.of(tenant, subject);
    names.push({ tenant, pseudonym, name: subject });
    const detail = JSON.parse(withoutAddress(JSON.stringify(note.detail), subject, pseudonym));
    return { ...note, subject: pseudonym, detail };
  });
  return { notes, names };
}

/** Whatever moves an address leaves a row of it. A whole domain may be accused by what was said before there was a rule for it. */
const mayHaveHistory = (known: Known) => (of: AddressKey) =>
  of.address.startsWith('@') || known.addresses.has(keyOf(of));

const redecided = (jobs: readonly Job[]): AddressKey[] =>
  jobs.flatMap((job) =>
    job.type === 'redecide' ? job.addresses.map((address) => ({ tenant: job.tenant, address })) : [],
  );

function askedOf(jobs: readonly Job[]): Parameters<Store['known']>[0] {
  const digests = [];
  const nonces = [];
  const addresses = new Map<string, { tenant: string; address: string }>();
  for (const job of jobs) {
    if (job.type !== 'intake') {
      const changing = job.type === 'edit' ? job.acts.map(({ address }) => address) : job.addresses;
      for (const address of changing)
        addresses.set(`${job.tenant} ${address}`, { tenant: job.tenant, address });
      continue;
    }
    const { tenant } = job.receipt;
    if (job.wait === 'ends') digests.push({ tenant, digest: job.receipt.id });
    if (job.bind !== null) nonces.push({ tenant, provider: job.provider, nonce: job.bind.nonce });
    for (const { digest } of job.unreadable) digests.push({ tenant, digest });
    for (const { event, digest } of job.events) {
      digests.push({ tenant, digest });
      addresses.set(`${tenant} ${event.address}`, { tenant, address: event.address });
      const domain = ownDomain(event.address);
      if (domain !== null) addresses.set(`${tenant} ${domain}`, { tenant, address: domain });
    }
  }
  return { digests, nonces, addresses: [...addresses.values()] };
}
