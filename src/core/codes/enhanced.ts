/**
 * The enhanced codes (RFC 3463 and the IANA registry), one row each without their class, and what a code
 * that is not in the registry means. Facts only; our own words.
 */
import type { Category } from '../taxonomy.ts';
import { basicRow } from './basic.ts';
import { vendorCode } from './vendor.ts';

export interface EnhancedRow {
  /** Subject and detail: `1.1`. */
  readonly detail: string;
  readonly name: string;
  /** Null: the code alone does not tell. */
  readonly category: Category | null;
  readonly standard: string;
  readonly meaning: string;
}

type Row = readonly [
  detail: string,
  name: string,
  category: Category | null,
  standard: string,
  meaning: string,
];

// biome-ignore format: one row a line
const rows: readonly Row[] = [
  ['0.0', 'Other Undefined Status', null, 'RFC 3463', 'Only the class is known; the basic code and the text must tell the rest.'],
  ['1.0', 'Other Address Status', null, 'RFC 3463', 'Something is wrong with an address, the sender’s or the recipient’s.'],
  ['1.1', 'Bad Destination Mailbox Address', 'mailbox-unknown', 'RFC 3463', 'The part before the @ names no mailbox.'],
  ['1.2', 'Bad Destination System Address', 'domain-invalid', 'RFC 3463', 'The part after the @ names no system that takes mail.'],
  ['1.3', 'Bad Destination Mailbox Address Syntax', 'address-syntax', 'RFC 3463', 'The recipient’s address is malformed.'],
  ['1.4', 'Destination Mailbox Address Ambiguous', 'address-syntax', 'RFC 3463', 'The address fits more than one recipient.'],
  ['1.5', 'Destination Address Valid', 'delivered', 'RFC 3463', 'The recipient was accepted.'],
  ['1.6', 'Destination Mailbox Has Moved', 'mailbox-moved', 'RFC 3463', 'The mailbox existed, and nothing is forwarded.'],
  ['1.7', 'Bad Sender’s Mailbox Address Syntax', 'sender-rejected', 'RFC 3463', 'The sender’s address is malformed.'],
  ['1.8', 'Bad Sender’s System Address', 'sender-rejected', 'RFC 3463', 'The sender’s domain does not exist or takes no replies.'],
  ['1.9', 'Message Relayed To Non-Compliant Mailer', 'delivered', 'RFC 3886', 'The message was passed on to a system that reports nothing back.'],
  ['1.10', 'Recipient Address Has Null MX', 'domain-invalid', 'RFC 7505', 'The domain declares that it takes no mail; Microsoft says it of an unknown recipient (550).'],
  ['2.0', 'Other Or Undefined Mailbox Status', null, 'RFC 3463', 'The mailbox exists, and something is wrong with it.'],
  ['2.1', 'Mailbox Disabled', 'mailbox-disabled', 'RFC 3463', 'The mailbox exists but takes no messages; Gmail also says it of one that gets too much at once.'],
  ['2.2', 'Mailbox Full', 'mailbox-full', 'RFC 3463', 'The mailbox has reached its quota.'],
  ['2.3', 'Message Length Exceeds Administrative Limit', 'message-too-large', 'RFC 3463', 'The message is larger than this mailbox may receive.'],
  ['2.4', 'Mailing List Expansion Problem', 'system-error', 'RFC 3463', 'The address is a list, and the receiver could not expand it.'],
  ['3.0', 'Other Or Undefined Mail System Status', 'system-error', 'RFC 3463', 'The receiving system has a trouble of its own.'],
  ['3.1', 'Mail System Full', 'system-error', 'RFC 3463', 'The receiving system is out of space.'],
  ['3.2', 'System Not Accepting Network Messages', 'domain-invalid', 'RFC 3463', 'The host takes no mail: for good beside 521, for now when it shuts down.'],
  ['3.3', 'System Not Capable Of Selected Features', 'protocol', 'RFC 3463', 'The message needs a feature that the receiver lacks.'],
  ['3.4', 'Message Too Big For System', 'message-too-large', 'RFC 3463', 'The message is larger than the receiving system takes.'],
  ['3.5', 'System Incorrectly Configured', 'system-error', 'RFC 3463', 'The receiving system is set up wrongly.'],
  ['3.6', 'Requested Priority Was Changed', 'delivered', 'RFC 6710', 'The message was accepted with another priority.'],
  ['4.0', 'Other Or Undefined Network Or Routing Status', 'network-error', 'RFC 3463', 'Something is wrong on the way to the receiver.'],
  ['4.1', 'No Answer From Host', 'network-error', 'RFC 3463', 'The receiver could not be reached.'],
  ['4.2', 'Bad Connection', 'network-error', 'RFC 3463', 'The connection was made and then broke.'],
  ['4.3', 'Directory Server Failure', 'network-error', 'RFC 3463', 'DNS or a directory did not answer.'],
  ['4.4', 'Unable To Route', 'domain-invalid', 'RFC 3463', 'No host for the domain could be found.'],
  ['4.5', 'Mail System Congestion', 'rate-limited', 'RFC 3463', 'There is more mail than the system handles now.'],
  ['4.6', 'Routing Loop Detected', 'routing-error', 'RFC 3463', 'The message went in circles.'],
  ['4.7', 'Delivery Time Expired', 'expired', 'RFC 3463', 'The message was too old before it could be delivered.'],
  ['5.0', 'Other Or Undefined Protocol Status', 'protocol', 'RFC 3463', 'Something went wrong in the SMTP dialogue; Outlook.com says it of unknown mailboxes.'],
  ['5.1', 'Invalid Command', 'protocol', 'RFC 3463', 'A command is unknown or came at the wrong time.'],
  ['5.2', 'Syntax Error', 'protocol', 'RFC 3463', 'A command could not be read.'],
  ['5.3', 'Too Many Recipients', 'rate-limited', 'RFC 3463', 'One transaction names more recipients than the receiver takes.'],
  ['5.4', 'Invalid Command Arguments', 'protocol', 'RFC 3463', 'A command came with arguments that are wrong or not supported.'],
  ['5.5', 'Wrong Protocol Version', 'protocol', 'RFC 3463', 'Client and server do not speak the same protocol.'],
  ['5.6', 'Authentication Exchange Line Too Long', 'smtp-auth-tls', 'RFC 4954', 'A line of the login dialogue exceeds the server’s limit.'],
  ['6.0', 'Other Or Undefined Media Error', 'content-rejected', 'RFC 3463', 'Something about the content prevents delivery.'],
  ['6.1', 'Media Not Supported', 'content-rejected', 'RFC 3463', 'The receiver does not take this kind of content.'],
  ['6.2', 'Conversion Required And Prohibited', 'content-rejected', 'RFC 3463', 'The content would have to be converted, and that is forbidden.'],
  ['6.3', 'Conversion Required But Not Supported', 'content-rejected', 'RFC 3463', 'The content would have to be converted, and nobody on the way can.'],
  ['6.4', 'Conversion With Loss Performed', 'delivered', 'RFC 3463', 'The message was delivered after a lossy conversion.'],
  ['6.5', 'Conversion Failed', 'content-rejected', 'RFC 3463', 'The content could not be converted.'],
  ['6.6', 'Message Content Not Available', 'content-rejected', 'RFC 4468', 'Content given by reference could not be fetched.'],
  ['6.7', 'Non-ASCII Addresses Not Permitted', 'protocol', 'RFC 6531', 'The address needs SMTPUTF8, and this path does not offer it.'],
  ['6.8', 'UTF-8 Reply Required', 'protocol', 'RFC 6531', 'The reply would contain UTF-8, which the client did not allow.'],
  ['6.9', 'UTF-8 Header Message Not Transferable', 'content-rejected', 'RFC 6531', 'The header is UTF-8, and a recipient’s path does not take it.'],
  ['6.10', 'UTF-8 Reply Required (Deprecated)', 'protocol', 'RFC 6531', 'An older number for X.6.8.'],
  ['7.0', 'Other Or Undefined Security Status', 'policy-rejected', 'RFC 3463', 'Refused for a reason of security or policy that is not named.'],
  ['7.1', 'Delivery Not Authorized', 'policy-rejected', 'RFC 3463', 'Refused by policy: reputation, content, authentication or relaying; only the words tell which.'],
  ['7.2', 'Mailing List Expansion Prohibited', 'recipient-refused', 'RFC 3463', 'The sender may not write to this list.'],
  ['7.3', 'Security Conversion Required But Not Possible', 'smtp-auth-tls', 'RFC 3463', 'The message would have to change its security protocol; Exchange says it of a failed login.'],
  ['7.4', 'Security Features Not Supported', 'smtp-auth-tls', 'RFC 3463', 'The receiver lacks a security feature that was asked for.'],
  ['7.5', 'Cryptographic Failure', 'auth-failure', 'RFC 3463', 'A signature or an encryption could not be checked; Yahoo says it of DKIM and DMARC.'],
  ['7.6', 'Cryptographic Algorithm Not Supported', 'smtp-auth-tls', 'RFC 3463', 'The receiver does not know the algorithm.'],
  ['7.7', 'Message Integrity Failure', 'content-rejected', 'RFC 3463', 'The message was changed on its way.'],
  ['7.8', 'Authentication Credentials Invalid', 'smtp-auth-tls', 'RFC 4954', 'The login was refused.'],
  ['7.9', 'Authentication Mechanism Too Weak', 'smtp-auth-tls', 'RFC 4954', 'A stronger login mechanism is needed; Yahoo says it of refused senders.'],
  ['7.10', 'Encryption Needed', 'smtp-auth-tls', 'RFC 5248', 'The server wants TLS.'],
  ['7.11', 'Encryption Required For Authentication', 'smtp-auth-tls', 'RFC 4954', 'This login mechanism needs TLS.'],
  ['7.12', 'Password Transition Needed', 'smtp-auth-tls', 'RFC 4954', 'The account must log in once with a plain password.'],
  ['7.13', 'User Account Disabled', 'mailbox-disabled', 'RFC 5248', 'The account is switched off; in reply to AUTH it is the sender’s own.'],
  ['7.14', 'Trust Relationship Required', 'smtp-auth-tls', 'RFC 5248', 'The server needs a trust set up beforehand with this client.'],
  ['7.15', 'Priority Level Too Low', 'protocol', 'RFC 6710', 'The receiver takes only mail of higher priority now.'],
  ['7.16', 'Message Too Big For Priority', 'message-too-large', 'RFC 6710', 'The message is too large for the priority it asks for.'],
  ['7.17', 'Mailbox Owner Has Changed', 'recipient-refused', 'RFC 7293', 'Somebody else owns the mailbox now.'],
  ['7.18', 'Domain Owner Has Changed', 'domain-invalid', 'RFC 7293', 'Somebody else owns the domain now.'],
  ['7.19', 'RRVS Test Cannot Be Completed', 'system-error', 'RFC 7293', 'The receiver could not tell since when the mailbox has its owner.'],
  ['7.20', 'No Passing DKIM Signature', 'auth-failure', 'RFC 7372', 'No DKIM signature of the message verifies.'],
  ['7.21', 'No Acceptable DKIM Signature', 'auth-failure', 'RFC 7372', 'Signatures verify, but none that the receiver accepts.'],
  ['7.22', 'No Author-Matched DKIM Signature', 'auth-failure', 'RFC 7372', 'No signature verifies for the domain of the From address.'],
  ['7.23', 'SPF Validation Failed', 'auth-failure', 'RFC 7372', 'The sending host is not in the domain’s SPF record.'],
  ['7.24', 'SPF Validation Error', 'auth-failure', 'RFC 7372', 'The SPF record could not be read.'],
  ['7.25', 'Reverse DNS Validation Failed', 'dns-ptr', 'RFC 7372', 'The sending IP has no PTR record, or it does not match.'],
  ['7.26', 'Multiple Authentication Checks Failed', 'auth-failure', 'RFC 7372', 'More than one of SPF, DKIM and DMARC failed.'],
  ['7.27', 'Sender Address Has Null MX', 'sender-rejected', 'RFC 7505', 'The sender’s domain declares that it takes no mail.'],
  ['7.28', 'Mail Flood Detected', 'rate-limited', 'IANA', 'Too much mail came at once.'],
  ['7.29', 'ARC Validation Failure', 'auth-failure', 'RFC 8617', 'The ARC chain of a forwarded message does not verify.'],
  ['7.30', 'REQUIRETLS Support Required', 'smtp-auth-tls', 'RFC 8689', 'The message may only travel over TLS all the way.'],
];

export const enhancedRows: readonly EnhancedRow[] = rows.map(
  ([detail, name, category, standard, meaning]) => ({
    detail,
    name,
    category,
    standard,
    meaning,
  }),
);

const byDetail: ReadonlyMap<string, EnhancedRow> = new Map(enhancedRows.map((row) => [row.detail, row]));

/** Codes that are not in the registry resolve by their subject. */
const subjects: readonly { readonly name: string; readonly category: Category }[] = [
  { name: 'Other Or Undefined', category: 'unknown' },
  { name: 'Addressing', category: 'unknown' },
  { name: 'Mailbox', category: 'unknown' },
  { name: 'Mail System', category: 'system-error' },
  { name: 'Network And Routing', category: 'network-error' },
  { name: 'Mail Delivery Protocol', category: 'protocol' },
  { name: 'Message Content Or Media', category: 'content-rejected' },
  { name: 'Security Or Policy', category: 'policy-rejected' },
];

export const enhancedForm = /^[245]\.(?:0|[1-9]\d{0,2})\.(?:0|[1-9]\d{0,2})$/;

const detailOf = (code: string): string => code.slice(2);

export const enhancedRow = (code: string): EnhancedRow | null => byDetail.get(detailOf(code)) ?? null;

export const subjectOf = (code: string): { readonly name: string; readonly category: Category } | null =>
  subjects[Number(code.split('.')[1])] ?? null;

/** Too general to be believed where the basic code is exact. */
const vague = new Set(['0.0', '1.0', '2.0', '5.0']);

/**
 * What a 4.x.x or 5.x.x means beside a basic code, or null where it says no more than its class and the basic
 * code, or a guess, must answer.
 */
export function enhancedCategory(code: string, basic: string | null): Category | null {
  const detail = detailOf(code);
  const beside = basicRow(basic);
  const exact = beside === null || beside.presumed ? null : beside.category;
  if (basic === '521' && /^[57]\./.test(detail)) return 'ip-blocked'; // postscreen and others: this client, not the host
  if (vague.has(detail)) return detail === '0.0' ? exact : (exact ?? 'unknown');
  if (detail === '7.0' && exact === 'smtp-auth-tls') return exact;
  if (detail === '1.10' && basic === '550') return 'mailbox-unknown'; // Microsoft: recipient not found by address lookup
  if (detail === '3.2' && (code.startsWith('4') || (basic !== null && basic !== '521')))
    return 'system-error'; // shutting down
  if (detail === '4.4' && code.startsWith('4')) return 'network-error'; // DNS out for now
  const category =
    vendorCode(code)?.category ?? byDetail.get(detail)?.category ?? subjectOf(code)?.category ?? 'unknown';
  return category === 'delivered' ? 'unknown' : category; // a success detail in a failure
}
