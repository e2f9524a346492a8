/**
 * Which rule knows a reply’s words. What a receiver publishes of its own replies comes first. Among general words the
 * order is the safety: what the sender did comes before what is wrong with the address, and both before general
 * words of refusal. Pure.
 */
import { factsOf } from '../taxonomy.ts';
import { eventRules } from './events.ts';
import { mayBeForeign, recipientLanguages, senderLanguages, systemLanguages } from './languages.ts';
import { messageRules } from './message.ts';
import { receivers } from './receivers/registry.ts';
import { recipientRules } from './recipient.ts';
import { anyOf, plain, type TextRule } from './rule.ts';
import { senderRules } from './sender.ts';
import { systemRules } from './system.ts';

export type { TextRule } from './rule.ts';
export { plain } from './rule.ts';

const aboutRecipient = [...recipientRules, ...recipientLanguages];

/** For replies of any receiver. */
export const generalRules: readonly TextRule[] = [
  ...eventRules,
  ...messageRules,
  ...senderRules,
  ...senderLanguages,
  ...aboutRecipient,
  ...systemRules,
  ...systemLanguages,
];

/** In the order in which they are tried. */
export const textRules: readonly TextRule[] = [...receivers.flatMap(({ rules }) => rules), ...generalRules];

export interface TextMatch {
  readonly rule: TextRule;
  /** The words that decided, as `plain` shows them. */
  readonly words: string;
}

export interface Around {
  readonly code: string | null;
  readonly enhanced: string | null;
}

const MAX_EVIDENCE = 80;

/** Replies to AUTH: the user in them is the sender. */
const loginReplies = new Set(['530', '534', '535', '538']);

/** Postfix and Exim say to which command a reply came; before RCPT no recipient was named. */
const earlier =
  /in reply to (?:mail from|helo|ehlo|auth|starttls)\b|refused to talk to me|\bafter (?:initial connection|(?:pipelined )?mail from|ehlo|helo|starttls)\b/;

/** X.1.7 and X.1.8 are the sender's address (RFC 3463 3.2). */
export const senderStatus = /^[45]\.1\.[78]$/;

/** A refused command line, unless its words name the recipient: EHLO and MAIL FROM have arguments as well. */
const isAboutArguments = ({ code, enhanced }: Around, words: string): boolean =>
  code !== null &&
  /^50[0-3]$/.test(code) &&
  (enhanced?.startsWith('5.5.') || (enhanced === null && /\bdomain\b/.test(words))) &&
  !/@|\b(?:recipients?|rcpt|mailbox|user|destination|forward[- ]path)\b/.test(words);

/** Replies that are remembered, and how long they may be: receivers say the same to thousands. */
const REMEMBERED = 2_000;
const REMEMBERED_LENGTH = 500;
const remembered = new Map<string, TextMatch | null>();

export function matchText(text: string, around: Around): TextMatch | null {
  const words = plain(text);
  if (words.length > REMEMBERED_LENGTH) return matchWords(words, around);
  const key = `${around.code} ${around.enhanced} ${words}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const found = matchWords(words, around);
  if (remembered.size >= REMEMBERED) remembered.clear();
  remembered.set(key, found);
  return found;
}

/** The same of what `plain` made, without a memory. */
export function matchWords(words: string, around: Around): TextMatch | null {
  const toSender = isToSender(words, around);
  const ofReceiver = matchReceiver(words, around);
  if (ofReceiver !== null && !(toSender && factsOf(ofReceiver.rule.category).blame === 'recipient'))
    return ofReceiver;
  const [all, notOfRecipients] = mayBeForeign.test(words) ? rulesIn.any : rulesIn.english;
  return firstMatch(toSender ? notOfRecipients : all, words, around);
}

/** Whatever such a reply says of a user or a domain, it is not the recipient's. */
const isToSender = (words: string, around: Around): boolean =>
  (around.code !== null && loginReplies.has(around.code)) ||
  (around.enhanced !== null && senderStatus.test(around.enhanced)) ||
  earlier.test(words) ||
  isAboutArguments(around, words);

function matchReceiver(words: string, around: Around): TextMatch | null {
  if (!anyGate.test(words)) return null;
  for (const { gate, rules } of receivers) {
    const match = gate.test(words) ? firstMatch(rules, words, around) : null;
    if (match !== null) return match;
  }
  return null;
}

const anyGate = anyOf(...receivers.map(({ gate }) => gate));
const foreign = [...senderLanguages, ...recipientLanguages, ...systemLanguages];
const without = (rules: readonly TextRule[], not: readonly TextRule[]): readonly TextRule[] =>
  rules.filter((rule) => !not.includes(rule));
const english = without(generalRules, foreign);
/** All, and those that do not speak of the recipient. */
const rulesIn = {
  any: [generalRules, without(generalRules, aboutRecipient)],
  english: [english, without(english, aboutRecipient)],
} as const;

function firstMatch(rules: readonly TextRule[], words: string, around: Around): TextMatch | null {
  for (const rule of rules) {
    const found = holds(rule, around) ? rule.pattern.exec(words) : null;
    if (found !== null) return { rule, words: found[0].trim().slice(0, MAX_EVIDENCE) };
  }
  return null;
}

const holds = ({ when }: TextRule, { code, enhanced }: Around): boolean =>
  when === undefined || (fits(when.code, code) && fits(when.enhanced, enhanced));

const fits = (wanted: RegExp | undefined, given: string | null): boolean =>
  wanted === undefined || (given !== null && wanted.test(given));

/** The standards’ own phrases for 450, 550, 553 and 554: they say no more than the code beside them. */
const empty =
  /requested (?:mail )?action (?:not taken|aborted)|mailbox (?:is )?(?:currently )?unavailable|mailbox name not allowed|transaction (?:has )?failed|message not delivered|delivery (?:has )?failed|bounced?|smtp|\bx-[a-z]+|recipient address rejected|permanent|failure|failed|fatal error|error|undefined|status|unknown (?:error|reason)|\bnull\b|\bn\/a\b|@|\(?in reply to (?:end of )?[a-z ]{2,20} command\)?/g;

/** Whether there are words that could mean something: more than codes, an address and a stock phrase. */
export const saysSomething = (text: string | null): boolean =>
  text !== null && /\p{L}{3}/u.test(plain(text).replace(empty, ' '));
