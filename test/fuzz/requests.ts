/**
 * Mutated requests of every provider through verification and parsing: nothing may throw, nothing may take long, and
 * nothing may be accepted whose proof does not hold.
 */
import { performance } from 'node:perf_hooks';
import { jobOf } from '../../src/app/ingest.ts';
import { verifyOrigin } from '../../src/app/origin.ts';
import type { Source } from '../../src/app/sources.ts';
import { err, ok } from '../../src/core/result.ts';
import { nodeRuntime } from '../../src/node-runtime.ts';
import type { Proof, RawRequest, Secrets } from '../../src/providers/adapter.ts';
import { providerOf } from '../../src/providers/registry.ts';
import { testCertificateUrl } from '../../src/samples/amazon-ses.ts';
import { samplers } from '../../src/samples/registry.ts';
import type { Sampler } from '../../src/samples/sampler.ts';
import { scalewayCertificateUrl } from '../../src/samples/scaleway.ts';
import { testCertificatePem } from '../../src/samples/sns.ts';
import type { ReceiptRow, SourceRow } from '../../src/store/store.ts';
import { mutated } from './mutate.ts';
import { proofs } from './proofs.ts';
import { type Random, randomFrom } from './random.ts';

export const SLOW_MS = 50;
const NOW = Date.UTC(2026, 5, 1, 12);
/** Samples are signed anew so often: what is signed differs with them. */
const FRESH = 200;

export interface Tally {
  readonly provider: string;
  requests: number;
  accepted: number;
  refused: number;
  undecided: number;
  events: number;
  slowest: number;
}

export interface Fuzzed {
  readonly tallies: readonly Tally[];
  /** Each a sentence with what repeats it. */
  readonly findings: readonly string[];
}

export interface FuzzOptions {
  readonly requests: number;
  readonly seed: number;
  /** The negative control: every request is believed. */
  readonly believeAll?: boolean;
  progress?(done: number): void;
}

const runtime = nodeRuntime();
const io = {
  now: NOW,
  fetchCertificate: async (url: URL) =>
    [testCertificateUrl, scalewayCertificateUrl].includes(url.href)
      ? ok(testCertificatePem)
      : err('unavailable' as const),
};

export async function fuzzRequests(options: FuzzOptions): Promise<Fuzzed> {
  const findings: string[] = [];
  const tallies: Tally[] = [];
  const each = Math.ceil(options.requests / samplers.length);
  let done = 0;
  for (const sampler of samplers) {
    const tally: Tally = {
      provider: sampler.provider,
      requests: 0,
      accepted: 0,
      refused: 0,
      undecided: 0,
      events: 0,
      slowest: 0,
    };
    tallies.push(tally);
    const random = randomFrom(options.seed);
    let ground = await prepare(sampler, random);
    for (let i = 0; i < each && findings.length < 20; i++) {
      if (i % FRESH === 0 && i > 0) ground = await prepare(sampler, random);
      const original = random.pick(ground.requests);
      const bent = mutated(original, random);
      const problems = await attempt(ground, original, bent, tally, options.believeAll === true);
      findings.push(
        ...problems.map((problem) => `${sampler.provider}, seed ${options.seed}, request ${i}: ${problem}`),
      );
      tally.requests += 1;
      done += 1;
      if (done % 1_000 === 0) options.progress?.(done);
    }
  }
  return { tallies, findings };
}

interface Ground {
  readonly source: Source;
  readonly requests: readonly RawRequest[];
}

/** A source with fresh secrets and its signed samples. Unbent, each must be accepted: else nothing is tested. */
async function prepare(sampler: Sampler, random: Random): Promise<Ground> {
  const adapter = providerOf(sampler.provider);
  if (adapter === null) throw new Error(`no provider ${sampler.provider}`);
  const { source: given, signing } = await sampler.source();
  const secrets: Secrets = {
    keys: given.secrets.keys ?? [],
    basicAuth: given.secrets.basic_auth ?? [],
    topicArns: given.secrets.topic_arns ?? [],
  };
  const row = {
    id: `${sampler.provider}_fuzz`,
    tenant: 'default',
    provider: sampler.provider,
    stream: null,
    allow_unsigned: 0,
    require_sha256: 0,
    recipient_tag: 0,
    public_url: given.public_url ?? null,
    trust: null,
  } as SourceRow;
  const source: Source = { row, adapter, secrets, streams: {} };
  const requests: RawRequest[] = [];
  for (const { payload } of sampler.samples(NOW)) {
    const { headers, body } = await sampler.request(payload, signing, NOW - random.below(60_000));
    const request = {
      method: 'POST',
      url: new URL(given.public_url ?? 'https://mail.example.com/webhooks/x'),
      headers: new Headers(headers),
      body: new TextEncoder().encode(body),
    };
    const proof = await verifyOrigin(source, request, io);
    if (!proof.ok) throw new Error(`${sampler.provider}: its own sample is refused: ${proof.error.detail}`);
    requests.push(request);
  }
  return { source, requests };
}

async function attempt(
  { source, requests }: Ground,
  original: RawRequest,
  bent: RawRequest,
  tally: Tally,
  believeAll: boolean,
): Promise<string[]> {
  const problems: string[] = [];
  const proof = await timed('verify', problems, tally, () =>
    believeAll ? Promise.resolve(ok({} as Proof)) : verifyOrigin(source, bent, io),
  );
  if (proof === null) return problems;
  if (proof.ok) {
    tally.accepted += 1;
    const mayAccept = proofs[source.adapter.id];
    if (mayAccept === undefined)
      throw new Error(`test/fuzz/proofs.ts does not say what proves ${source.adapter.id}`);
    // One sample's proof may have been put onto another's body: then it must be that one whole.
    const claims = await Promise.all(
      [original, ...requests].map(async (one) =>
        holds(() => mayAccept({ original: one, bent, secrets: source.secrets, proof: proof.value })),
      ),
    );
    if (!claims.includes(true)) problems.push('accepted without proof');
  } else if (proof.error.reason === 'forged') tally.refused += 1;
  else tally.undecided += 1;
  // Whoever can prove himself may send anything: parsing must stand all of it.
  const parsed = await timed('parse', problems, tally, async () => source.adapter.parse(bent));
  if (parsed === null || !parsed.ok || parsed.value.type !== 'items') return problems;
  const { items } = parsed.value;
  const job = await timed('normalize', problems, tally, async () =>
    jobOf(runtime, source, { id: 'rcp_1', received_at: NOW } as ReceiptRow, {}, items, 'digest'),
  );
  if (job === null) return problems;
  tally.events += job.events.length;
  if (items.length > 10_000) problems.push(`${items.length} items of one request`);
  if (job.events.length + job.ignored.length + job.unreadable.length !== items.length)
    problems.push('an item got lost');
  if ('polluted' in {}) problems.push('Object.prototype was changed');
  return problems;
}

/** What a check of ours cannot read is no proof. */
async function holds(check: () => boolean | Promise<boolean>): Promise<boolean> {
  try {
    return await check();
  } catch {
    return false;
  }
}

/** Null where it throws. Only what is slow again and again is slow: a collection of garbage is not. */
async function timed<T>(
  what: string,
  problems: string[],
  tally: Tally,
  run: () => Promise<T>,
): Promise<T | null> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let attempts = 0; attempts < 4; attempts++) {
    const began = performance.now();
    let result: T;
    try {
      result = await run();
    } catch (error) {
      problems.push(`${what} threw ${error instanceof Error ? `${error.name}: ${error.message}` : error}`);
      return null;
    }
    fastest = Math.min(fastest, performance.now() - began);
    if (fastest <= SLOW_MS) {
      tally.slowest = Math.max(tally.slowest, fastest);
      return result;
    }
  }
  problems.push(`${what} took ${Math.round(fastest)} ms`);
  return null;
}
