/**
 * The fields of a delivery status notification about one recipient.
 * https://www.rfc-editor.org/rfc/rfc3464 · https://www.rfc-editor.org/rfc/rfc6533
 */
import type { ProviderEvent } from '../../core/event.ts';
import { readReply } from '../../core/smtp.ts';
import type { Labels } from '../adapter.ts';
import { DELIVERED } from '../item.ts';
import type { Mail } from '../mail.ts';
import { addressesIn, sameAddress } from './addresses.ts';
import { allOf, type Fields, firstOf, readFieldGroups } from './fields.ts';

/** `Action`, RFC 3464 2.3.3; by the class of `Status` where a gateway left it out, or has a word of its own for it. */
export const actionLabels = {
  failed: { kind: 'bounce' }, // final, also where the status is 4.x: the time to try ran out
  delayed: { kind: 'deferral' },
  expired: { kind: 'bounce' }, // not in RFC 3464: SendGrid's bounce mail
  delivered: DELIVERED,
  relayed: 'ignored', // handed to a system that sends no reports
  expanded: 'ignored', // a list took it, and sends it on
  'status 2': DELIVERED,
  'status 4': { kind: 'deferral' },
  'status 5': { kind: 'bounce' },
} satisfies Labels;

/** Twice what is kept of a reply. */
const maxDiagnostic = 8_192;

const statusTypes = new Set(['message/delivery-status', 'message/global-delivery-status']);

/** Of each recipient. */
export const statusGroupsOf = ({ parts }: Mail): readonly Fields[] =>
  parts
    .filter(({ type }) => statusTypes.has(type))
    .flatMap(({ text }) => mended(readFieldGroups(text)))
    .filter(isAboutRecipient);

/** A blank line between a recipient and what became of it is an error that some reporters make. */
function mended(groups: readonly Fields[]): Fields[] {
  const whole: Fields[] = [];
  for (const group of groups) {
    const last = whole.at(-1);
    const continues = last?.has('final-recipient') && !last.has('action') && !isAboutRecipient(group);
    if (last !== undefined && continues) whole[whole.length - 1] = new Map([...group, ...last]);
    else whole.push(group);
  }
  return whole;
}

/** A report whose boundary a relay changed, or that somebody forwards, stands in the text as it is. */
export const statusGroupsIn = (text: string): readonly Fields[] =>
  /^[> \t]{0,4}final-recipient[ \t]*:/im.test(text)
    ? readFieldGroups(text.replace(/^[ \t]?> ?/gm, '')).filter((group) => group.has('final-recipient'))
    : [];

export const hasStatusPart = ({ parts }: Mail): boolean => parts.some(({ type }) => statusTypes.has(type));
export const endsInStatus = ({ parts }: Mail): boolean => statusTypes.has(parts.at(-1)?.type ?? '');

/** The group about the message (Reporting-MTA, Arrival-Date) is not. */
const isAboutRecipient = (fields: Fields): boolean =>
  fields.has('final-recipient') || fields.has('original-recipient');

export function labelOf(fields: Fields): string {
  const action = (firstOf(fields, 'action') ?? '').toLowerCase().replace(/[^a-z].*$/, '');
  if (Object.hasOwn(actionLabels, action)) return action;
  const { code, enhanced } = readReply(replyOf(fields));
  return code === null && enhanced === null ? action : `status ${(enhanced ?? code)?.charAt(0)}`;
}

/**
 * The address the sender used, so that mail to an alias is not held against the mailbox behind it: what the
 * original was addressed to, else `Original-Recipient`, else whatever the report names. ORCPT is xtext (RFC 3461 4),
 * which some MTAs print undecoded: `+` and `=` are all that an address needs of it.
 */
export function recipientOf(fields: Fields, original: Fields): string {
  const final = addressOf(firstOf(fields, 'final-recipient'));
  const given = addressOf(firstOf(fields, 'original-recipient'))
    .replace(/\+2B/gi, '+')
    .replace(/\+3D/gi, '=');
  const isFinal = (): boolean => {
    const to = addressesIn(allOf(original, 'to', 'cc').join(', '));
    return to.some((one) => sameAddress(one, final)) && !to.some((one) => sameAddress(one, given));
  };
  if (given.includes('@')) return final.includes('@') && isFinal() ? final : given;
  if (final.includes('@')) return final;
  const named = ['x-actual-recipient', 'x-display-name'].map((name) => addressOf(firstOf(fields, name)));
  return named.find((one) => one.includes('@') && !/[\s|]/.test(one)) ?? final;
}

/** Less the address type and a comment: `rfc822; a@example.com (Ann)`. In `utf-8; …`, `\x{…}` may stand for a character (RFC 6533 3). */
const addressOf = (field: string | undefined): string =>
  (field ?? '')
    .replace(/^\s*[\w-]+\s*;\s*/, '')
    .replace(/@([^\s()]{1,255})\s{1,20}\(.{0,200}\)\s*$/, '@$1')
    .replace(/\\x\{([0-9A-F]{2,5})\}/gi, (_all, hex: string) =>
      String.fromCodePoint(Number.parseInt(hex, 16)),
    )
    .trim();

/** What the receiver itself replied says more than the reporting MTA's summary of it, often 5.0.0. */
export function replyOf(fields: Fields): ProviderEvent['reply'] {
  const diagnostic = firstOf(fields, 'diagnostic-code') ?? supplementOf(fields);
  const text = diagnostic?.slice(0, maxDiagnostic) ?? null;
  const status = firstOf(fields, 'status') ?? null;
  const words = /^\s*(?:[el]?smtp\s*;)?\s*(\d.*)$/is.exec(text ?? '')?.[1] ?? null;
  const { code, enhanced } = readReply({ code: quotedReply(words ?? '') ?? words });
  return {
    code,
    enhanced: (code === null ? null : enhanced) ?? status,
    text: text === null ? null : (exitOf(text, status) ?? withoutType(text)),
  };
}

/** Exchange 2010 has a field of its own for the reply: `<mx.example.com #5.1.1 smtp;550 5.1.1 …>`. */
const supplementOf = (fields: Fields): string | undefined =>
  /^<\S{0,255} #[245]\.\d{1,3}\.\d{1,3} (smtp;.*?)>?$/s.exec(
    firstOf(fields, 'x-supplementary-info') ?? '',
  )?.[1];

/** `Status: 4.4.3 (host name lookup failure)`. */
export const remarkOf = (fields: Fields): string | null =>
  /^\s*[245]\.\d{1,3}\.\d{1,3}\s*\((.{1,500})\)\s*$/.exec(firstOf(fields, 'status') ?? '')?.[1] ?? null;

/**
 * The receiver's reply within the reporter's own words: `554 4.4.7 Message expired: unable to deliver in 840
 * minutes.<421 4.4.2 Connection timed out>` (Amazon SES), `5.1.0 - Unknown address error 550-'5.2.2 Mailbox full'`
 * (IronPort).
 */
function quotedReply(words: string): string | null {
  const expired = /^554 4\.4\.7 [^<]{0,200}<([245]\d\d[ -][^<>]{1,500})>\s*$/.exec(words)?.[1];
  const [, code, text] = /^[245]\.\d\.\d - [^']{0,100} ([245]\d\d)-'([^']{1,500})/.exec(words) ?? [];
  return expired ?? (code === undefined ? null : `${code} ${text}`);
}

/** `X-Unix; 75` by Sendmail, sysexits(3): in words where the status makes nothing of it. */
function exitOf(diagnostic: string, status: string | null): string | null {
  const [, exit] = /^\s*x-unix\s*;\s*(\d{1,3})\s*$/i.exec(diagnostic) ?? [];
  return exit !== undefined && /^5\.0\.0\b/.test(status ?? '5.0.0')
    ? `exit status ${exit} of a program`
    : null;
}

/** Less the diagnostic type: `smtp; 550 …`. */
const withoutType = (diagnostic: string): string =>
  diagnostic.replace(/^\s*(?:[el]?smtp|x-[\w-]{1,30})\s*;\s*/i, '');
