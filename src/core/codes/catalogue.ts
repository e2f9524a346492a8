/**
 * The catalogue of reply codes: what each means with no text beside it, and what the default policy does then.
 * Derived from the code tables, the classifier and the default policy, so that it can never contradict a decision.
 */
import { defaultPolicy } from '../default-policy.ts';
import type { Action, Kind, Reply, Retry } from '../event.ts';
import { actionOf, judgeReply } from '../judge-reply.ts';
import type { Blame, BounceType, Category, Severity, Verdict } from '../taxonomy.ts';
import { type BasicRow, basicRow, basicRows } from './basic.ts';
import { enhancedForm, enhancedRow, enhancedRows, subjectOf } from './enhanced.ts';
import type { Page } from './page.ts';
import { pageOf } from './pages.ts';
import { vendorCode } from './vendor.ts';

export interface CodeEntry extends Omit<Page, 'example' | 'softOrHard'> {
  readonly code: string;
  readonly type: 'basic' | 'enhanced';
  readonly name: string;
  readonly bounceType: BounceType;
  readonly severity: Severity | null;
  readonly category: Category | null;
  readonly blame: Blame | null;
  readonly verdict: Verdict;
  readonly action: Action;
  readonly retry: Retry;
  /** The message can still arrive: later, or after a fix. */
  readonly recoverable: boolean;
  readonly standard: string;
  /** Null where the code has no page. */
  readonly example: string | null;
  readonly softOrHard: string | null;
}

type Named = Pick<CodeEntry, 'code' | 'type' | 'name' | 'standard' | 'meaning'>;
type Judged = Pick<
  CodeEntry,
  'bounceType' | 'severity' | 'category' | 'blame' | 'verdict' | 'action' | 'retry' | 'recoverable'
>;

const REGISTRY =
  'https://www.iana.org/assignments/smtp-enhanced-status-codes/smtp-enhanced-status-codes.xhtml';

/** A basic code (`550`) or an enhanced one (`5.1.1`); null for anything else. */
export function lookupCode(code: string): CodeEntry | null {
  const basic = basicRow(code);
  if (basic !== null) return basicEntry(basic);
  return enhancedForm.test(code) ? enhancedEntry(code) : null;
}

/** What to do about it first. A 504 is a 504 whatever stands beside it; otherwise the enhanced code says more. */
export function firstFix({ code, enhanced }: Pick<Reply, 'code' | 'enhanced'>): string | null {
  const known = code === '504' ? code : (enhanced ?? code);
  return known === null ? null : (lookupCode(known)?.fixes[0] ?? null);
}

/** Every code that the standards and the registry list, and the nonstandard basic ones, in order. */
export function allCodes(): readonly CodeEntry[] {
  all ??= listed()
    .map(lookupCode)
    .filter((each) => each !== null);
  return all;
}

/** Judged when first asked for: few starts of the program ask. */
let all: readonly CodeEntry[] | undefined;

/** Success details; they exist in class 2 only. */
const successOnly = ['1.5', '1.9', '3.6', '6.4'];
/** Details that RFC 3463 and 5321 use in successes too. */
const alsoSuccess = ['0.0', '1.0', '3.0', '5.0', '6.0', '7.0'];

const classesOf = (detail: string): readonly string[] => {
  if (successOnly.includes(detail)) return ['2'];
  return alsoSuccess.includes(detail) ? ['2', '4', '5'] : ['4', '5'];
};

function listed(): readonly string[] {
  const byNumber = new Intl.Collator('en', { numeric: true }).compare;
  const enhanced = enhancedRows.flatMap(({ detail }) =>
    classesOf(detail).map((digit) => `${digit}.${detail}`),
  );
  return [...basicRows.map(({ code }) => code).sort(byNumber), ...enhanced.sort(byNumber)];
}

function basicEntry(row: BasicRow): CodeEntry {
  const { code, name, standard, meaning } = row;
  return entry({ code, type: 'basic', name, standard, meaning }, judge({ code, enhanced: null }));
}

function enhancedEntry(code: string): CodeEntry | null {
  const subject = subjectOf(code);
  if (subject === null) return null;
  const row = enhancedRow(code);
  const vendor = row === null && !code.startsWith('2') ? vendorCode(code) : null;
  const judged = judge({ code: null, enhanced: code });
  if (row !== null) {
    const { name, standard, meaning } = row;
    return entry({ code, type: 'enhanced', name, standard, meaning }, judged);
  }
  if (vendor !== null) {
    const named = {
      name: `${vendor.name} (${vendor.vendor})`,
      standard: vendor.vendor,
      meaning: vendor.meaning,
    };
    return { ...entry({ code, type: 'enhanced', ...named }, judged), sources: [vendor.source] };
  }
  const name = `Unregistered ${subject.name} Status`;
  const meaning = `No registry lists this code; its subject is ${subject.name.toLowerCase()}, and the text must tell the rest.`;
  return entry({ code, type: 'enhanced', name, standard: 'unregistered', meaning }, judged);
}

/** What the classifier and the default policy make of the bare code in a final report. */
function judge(codes: Pick<Reply, 'code' | 'enhanced'>): Judged {
  const reply: Reply = { ...codes, text: null, source: 'reported' };
  const kind = kindOf(codes);
  const { found, rule } = judgeReply(defaultPolicy, { kind, reply });
  const { category, blame, bounceType, severity, verdict } = found;
  const judged = { category, blame, bounceType, severity, verdict };
  if (kind === 'delivery' && codes.code !== '250' && codes.code !== '251') {
    return { ...judged, action: 'note', retry: 'no', recoverable: true }; // a step of the dialogue, not a delivery
  }
  const recoverable = bounceType === 'none' || rule.retry !== 'no';
  return { ...judged, action: actionOf(rule), retry: rule.retry, recoverable };
}

const kindOf = ({ code, enhanced }: Pick<Reply, 'code' | 'enhanced'>): Kind =>
  /^[23]/.test(code ?? enhanced ?? '') ? 'delivery' : 'bounce';

function entry(named: Named, judged: Judged): CodeEntry {
  return { ...named, ...judged, ...(pageOf(named.code) ?? factsOnly(named)) };
}

const factsOnly = (named: Named): Omit<CodeEntry, Exclude<keyof Named, 'meaning'> | keyof Judged> => ({
  example: null,
  meaning: named.meaning,
  playsOut: [],
  softOrHard: null,
  causes: [],
  fixes: [],
  questions: [],
  related: [],
  sources: sourcesOf(named),
});

/** The RFCs that the `standard` names, and the registry. */
function sourcesOf({ standard, type }: Named): readonly string[] {
  const rfcs = [...standard.matchAll(/RFC (\d+)/g)].map(
    ([, number]) => `https://www.rfc-editor.org/rfc/rfc${number}`,
  );
  return type === 'enhanced' ? [...rfcs, REGISTRY] : rfcs;
}
