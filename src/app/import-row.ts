/** One row of an imported list: what it says in our words, judged by the policy where it brings a code or a text. Pure. */
import { canonicalAddress } from '../core/address.ts';
import type { Reason } from '../core/event.ts';
import type { Act, ImportedCause } from '../core/facts.ts';
import { judgeReply } from '../core/judge-reply.ts';
import { milliseconds, type Policy, streamName } from '../core/policy.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readReply } from '../core/smtp.ts';
import { storable } from '../core/storable.ts';
import { readTime, toRfc3339 } from '../core/time.ts';
import { asksNothing, type Skip, unreadable } from './import-format.ts';

const MAX_NOTE = 1_000;

type Import = Extract<Act, { kind: 'import' }>;

/** One row that counts: an act, less who and its id. */
export interface Planned {
  readonly line: number;
  readonly address: string;
  readonly act: Omit<Import, 'id' | 'actor'>;
}

/** Other systems' words for our reasons, in lower case with hyphens. */
const reasonWords: Readonly<Record<string, Reason>> = {
  'hard-bounce': 'hard-bounce',
  hardbounce: 'hard-bounce',
  hard: 'hard-bounce',
  bounce: 'hard-bounce',
  bounced: 'hard-bounce',
  bounces: 'hard-bounce',
  'soft-bounce': 'soft-bounce',
  softbounce: 'soft-bounce',
  soft: 'soft-bounce',
  complaint: 'complaint',
  complained: 'complaint',
  complaints: 'complaint',
  spam: 'complaint',
  'spam-complaint': 'complaint',
  spamcomplaint: 'complaint',
  'spam-report': 'complaint',
  abuse: 'complaint',
  unsubscribe: 'unsubscribe',
  unsubscribed: 'unsubscribe',
  unsubscribes: 'unsubscribe',
  'opt-out': 'unsubscribe',
  optout: 'unsubscribe',
  manual: 'manual',
  blocked: 'manual',
  blocklist: 'manual',
  blacklist: 'manual',
  suppressed: 'manual',
  manualsuppression: 'manual',
};

function reasonOf(word: string | null): Reason | undefined {
  const known = word?.toLowerCase().replace(/[\s_]+/g, '-') ?? '';
  return Object.hasOwn(reasonWords, known) ? reasonWords[known] : undefined;
}

/** Says of a subscriber that mail is welcome: no reason to block, and no release either. */
const welcome = new Set(['active', 'subscribed', 'confirmed', 'valid', 'ok']);

/** What a row asks for, or why it does not count. */
export function planRow(
  policy: Policy,
  line: number,
  fields: Readonly<Record<string, string>>,
  now: number,
): Result<Planned, Skip> {
  const field = (name: string): string | null => storable(fields[name]?.trim() ?? '') || null;
  const address = readAddress((field('address') === null ? fields.email : fields.address) ?? '');
  if (!address.ok) return unreadable(`address: ${address.error}`);
  if (welcome.has(field('status')?.toLowerCase() ?? ''))
    return asksNothing('the status says that mail is welcome; an import never lifts anything');
  const state = field('state')?.toLowerCase() ?? 'active';
  if (state !== 'active' && state !== 'held')
    return asksNothing(`the state is ${state.slice(0, 20)}: nothing to block`);
  const times = readTimes(field, now);
  if (!times.ok) return unreadable(times.error);
  const stream = field('stream') ?? '*';
  if (stream !== '*' && !streamName.test(stream))
    return unreadable('stream: 1 to 64 letters, digits, and _ . : -, or *');
  const word = field('reason');
  // Other words in these columns say nothing of why.
  const told = [field('status'), field('type')].flatMap((one) => reasonOf(one) ?? []);
  const named = word === null ? (told[0] ?? null) : reasonOf(word);
  if (named === undefined)
    return unreadable('reason: one of complaint, unsubscribe, manual, hard-bounce, soft-bounce');
  const verdict = judge(policy, address.value, field, named, times.value);
  if (!verdict.ok) return verdict;
  if (verdict.value.until !== null && verdict.value.until <= now)
    return asksNothing(`it ran out on ${toRfc3339(verdict.value.until)}`);
  const note = field('note')?.slice(0, MAX_NOTE).toWellFormed() ?? null;
  return ok({
    line,
    address: address.value,
    act: { kind: 'import', at: times.value.at, stream, note, ...verdict.value },
  });
}

function readAddress(text: string): Result<string, string> {
  if (text.trim() === '') return err('there is none');
  // A whole domain.
  const domain = /^ *(@.*)$/s.exec(text)?.[1];
  if (domain === undefined) return canonicalAddress(text);
  const read = canonicalAddress(`a${domain}`);
  return read.ok ? ok(read.value.slice(1)) : read;
}

interface Times {
  readonly at: number;
  readonly until: number | null;
}

function readTimes(field: (name: string) => string | null, now: number): Result<Times, string> {
  const [created, until] = [field('created_at'), field('until')];
  const at = created === null ? now : readTime(created);
  if (at === null) return err('created_at: a time like 2026-01-31T12:00:00Z');
  const end = until === null ? null : readTime(until);
  if (until !== null && end === null)
    return err('until: a time like 2026-01-31T12:00:00Z, or empty for ever');
  return ok({ at: Math.min(at, now), until: end });
}

/**
 * Bounces that come with codes or text are judged by the policy, whatever their list made of them; a row of our
 * own export was judged before. A bounce without either stands for ever, as its owner says so.
 */
function judge(
  policy: Policy,
  address: string,
  field: (name: string) => string | null,
  named: Reason | null,
  { at, until }: Times,
): Result<Pick<Import, 'reason' | 'until' | 'cause'>, Skip> {
  const [code, enhanced, text, provider] = [
    field('code'),
    field('enhanced'),
    field('text'),
    field('provider'),
  ];
  const told = code !== null || enhanced !== null || text !== null;
  const isBounce = named === 'hard-bounce' || named === 'soft-bounce' || (named === null && told);
  const judgedBefore = field('rule') !== null;
  if (named === 'soft-bounce' && !told && until === null)
    return unreadable('a soft bounce blocks nobody for ever: give until');
  if (!told) return ok({ reason: named ?? 'manual', until, cause: null });
  const smtp = readReply({ code, enhanced, text });
  const { found, rule } = judgeReply(policy, { reply: smtp, address, provider });
  const { category, blame, bounceType, severity } = found;
  const cause: ImportedCause = { smtp, category, blame, bounceType, severity, provider };
  if (!isBounce || judgedBefore) return ok({ reason: named ?? 'manual', until, cause });
  const outcome = rule.then;
  if (outcome.do !== 'suppress' && outcome.do !== 'dead')
    return asksNothing(`by rule "${rule.id}" one such failure blocks nobody`);
  const length = milliseconds(outcome.do === 'dead' ? (outcome.steps[0] ?? 'ever') : outcome.for);
  const end = until ?? (length === Number.POSITIVE_INFINITY ? null : at + length);
  return ok({ reason: outcome.do === 'dead' ? 'hard-bounce' : outcome.reason, until: end, cause });
}
