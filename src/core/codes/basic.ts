/**
 * The basic reply codes (RFC 5321 4.2 and its extensions), one row each: facts only. What follows from a
 * category (severity, verdict, action) is computed, never written here. Our own words.
 */
import type { Category } from '../taxonomy.ts';

export interface BasicRow {
  readonly code: string;
  readonly name: string;
  /** What the code means where there is nothing else. */
  readonly category: Category;
  /** The category is only a guess: holds where there is no text; an unreadable text makes it `unknown`. */
  readonly presumed: boolean;
  readonly standard: string;
  readonly meaning: string;
}

type Row = readonly [
  code: string,
  name: string,
  category: Category | `${Category}?`,
  standard: string,
  meaning: string,
];

const NONSTANDARD = 'nonstandard';

/** A `?` after the category: presumed. */
// biome-ignore format: one row a line
const rows: readonly Row[] = [
  ['211', 'System Status', 'delivered', 'RFC 5321', 'The server answers a STATUS or HELP request.'],
  ['214', 'Help Message', 'delivered', 'RFC 5321', 'The server explains its commands to a person.'],
  ['220', 'Service Ready', 'delivered', 'RFC 5321', 'The server’s greeting, or its go-ahead for TLS after STARTTLS (RFC 3207).'],
  ['221', 'Closing Transmission Channel', 'delivered', 'RFC 5321', 'The server says goodbye after QUIT.'],
  ['235', 'Authentication Succeeded', 'delivered', 'RFC 4954', 'The login with AUTH was accepted.'],
  ['250', 'Requested Mail Action Completed', 'delivered', 'RFC 5321', 'The command worked; after DATA the receiver has taken charge of the message.'],
  ['251', 'User Not Local, Will Forward', 'delivered', 'RFC 5321', 'The mailbox is elsewhere, and the server passes the message on.'],
  ['252', 'Cannot Verify User, Will Try Delivery', 'delivered', 'RFC 5321', 'The server does not say whether the mailbox exists, but takes the message.'],
  ['253', 'Pending Messages Started', 'delivered', 'RFC 1985', 'The server starts to send what it has queued for a node (ETRN).'],
  ['334', 'Authentication Challenge', 'delivered', 'RFC 4954', 'A step of the AUTH exchange: the server waits for the client’s next line.'],
  ['354', 'Start Mail Input', 'delivered', 'RFC 5321', 'The server waits for the message, which a line with a single dot ends.'],
  ['355', 'Octet Offset', 'delivered', 'RFC 1845', 'The server knows part of this message already and says where to go on.'],

  ['421', 'Service Not Available', 'system-error', 'RFC 5321', 'The server closes the connection: it is overloaded, shutting down, or slows this client down.'],
  ['432', 'Password Transition Needed', 'smtp-auth-tls', 'RFC 4954', 'The account must log in once with a plain password before this mechanism works.'],
  ['450', 'Mailbox Temporarily Unavailable', 'system-error', 'RFC 5321', 'The mailbox cannot take the message now: busy, greylisted, or held back by policy.'],
  ['451', 'Local Error In Processing', 'system-error', 'RFC 5321', 'Something failed inside the receiver, or it wants to see the message again later.'],
  ['452', 'Insufficient System Storage', 'system-error', 'RFC 5321', 'The receiver lacks space, or the transaction names too many recipients.'],
  ['453', 'You Have No Mail', 'protocol', 'RFC 2645', 'There is nothing to fetch for this node (ATRN).'],
  ['454', 'TLS Or Authentication Temporarily Unavailable', 'smtp-auth-tls', 'RFC 3207, RFC 4954', 'STARTTLS or AUTH cannot be served at the moment.'],
  ['455', 'Unable To Accommodate Parameters', 'protocol', 'RFC 5321', 'The server knows the parameters of MAIL or RCPT but cannot honour them now.'],
  ['458', 'Unable To Queue Messages For Node', 'protocol', 'RFC 1985', 'The server cannot start the queue of this node (ETRN).'],
  ['459', 'Node Not Allowed', 'protocol', 'RFC 1985', 'The server does not serve this node’s queue to this client (ETRN).'],

  ['500', 'Command Unrecognized', 'protocol', 'RFC 5321', 'The server did not understand the command, or the line was too long.'],
  ['501', 'Syntax Error In Parameters', 'protocol', 'RFC 5321', 'The command is known, its arguments are malformed; with 5.1.3 it is the recipient’s address.'],
  ['502', 'Command Not Implemented', 'protocol', 'RFC 5321', 'The command is known, but this server does not offer it.'],
  ['503', 'Bad Sequence Of Commands', 'protocol', 'RFC 5321', 'A command came out of order, often because an earlier reply was overlooked.'],
  ['504', 'Command Parameter Not Implemented', 'protocol', 'RFC 5321', 'The command is known, but the server does not implement the parameter that came with it.'],
  ['521', 'Host Accepts No Mail', 'domain-invalid', 'RFC 1846, RFC 7504', 'This host never takes mail; with 5.7.x or 5.5.x it only refuses this client.'],
  ['523', 'Encryption Needed', 'smtp-auth-tls', 'RFC 5248', 'The server wants TLS before it goes on.'],
  ['524', 'Encryption Required For Authentication', 'smtp-auth-tls', 'RFC 5248', 'This login mechanism is only offered over TLS.'],
  ['525', 'User Account Disabled', 'mailbox-disabled', 'RFC 5248', 'The account is switched off; in reply to AUTH it is the sender’s own.'],
  ['530', 'Authentication Or STARTTLS Required', 'smtp-auth-tls', 'RFC 4954, RFC 3207', 'The server serves only clients that log in, or that use TLS.'],
  ['534', 'Authentication Mechanism Too Weak', 'smtp-auth-tls', 'RFC 4954', 'The account must log in with a stronger mechanism.'],
  ['535', 'Authentication Credentials Invalid', 'smtp-auth-tls', 'RFC 4954', 'The user name, password or token was refused.'],
  ['538', 'Encryption Required For Authentication', 'smtp-auth-tls', 'RFC 4954', 'This login mechanism needs TLS; newer servers say 524 or 530.'],
  ['550', 'Mailbox Unavailable', 'mailbox-unknown?', 'RFC 5321', 'The mailbox does not exist, or the message was refused by policy: only the words after the code tell which.'],
  ['551', 'User Not Local', 'mailbox-moved', 'RFC 5321', 'The mailbox is elsewhere, and this server does not forward.'],
  ['552', 'Exceeded Storage Allocation', 'mailbox-full', 'RFC 5321', 'The mailbox has no room for the message; some servers say it of messages that are too large.'],
  ['553', 'Mailbox Name Not Allowed', 'address-syntax?', 'RFC 5321', 'The address is not acceptable: malformed, or a sender or client that the server does not want.'],
  ['554', 'Transaction Failed', 'policy-rejected?', 'RFC 5321', 'The message was refused without a more exact code: mostly policy, reputation or content.'],
  ['555', 'MAIL Or RCPT Parameters Not Implemented', 'protocol', 'RFC 5321', 'The server does not know a parameter of MAIL FROM or RCPT TO.'],
  ['556', 'Domain Does Not Accept Mail', 'domain-invalid', 'RFC 7504, RFC 7505', 'The domain declares that it takes no mail (null MX).'],

  ['200', 'Success', 'delivered', 'nonstandard', 'An old success reply that no current standard defines.'],
  ['400', 'Temporary Failure', 'system-error?', NONSTANDARD, 'A temporary failure without a cause.'],
  ['420', 'Timeout Or Resources Unavailable', 'network-error?', NONSTANDARD, 'The connection broke or timed out, as gateways report it.'],
  ['422', 'Password Transition Or Mailbox Over Quota', 'smtp-auth-tls?', NONSTANDARD, 'Listed beside 432 by IANA; some servers use it for a full mailbox.'],
  ['430', 'Command Or Authentication Failure', 'protocol?', NONSTANDARD, 'A temporary trouble with a command or a login.'],
  ['441', 'Intermittent Network Connection', 'network-error?', NONSTANDARD, 'The receiver did not respond, as Exchange reports it.'],
  ['442', 'Connection Dropped', 'network-error?', NONSTANDARD, 'The connection was lost during the transmission.'],
  ['446', 'Hop Count Exceeded', 'routing-error?', NONSTANDARD, 'The message went in circles.'],
  ['447', 'Message Timed Out', 'expired?', NONSTANDARD, 'The sending server gave up after its time limit.'],
  ['449', 'Routing Error', 'routing-error?', NONSTANDARD, 'The sending server found no way for the message.'],
  ['510', 'Bad Email Address', 'address-syntax?', NONSTANDARD, 'The address was refused as malformed.'],
  ['511', 'Bad Email Address', 'mailbox-unknown?', NONSTANDARD, 'The address was refused as unknown.'],
  ['512', 'Host Not Found', 'domain-invalid?', NONSTANDARD, 'The recipient’s domain could not be resolved.'],
  ['513', 'Address Type Incorrect', 'address-syntax?', NONSTANDARD, 'The address is of a kind that the server does not take.'],
  ['522', 'Recipient Over Quota', 'mailbox-full?', NONSTANDARD, 'The mailbox is full.'],
  ['531', 'Mail System Full', 'system-error?', NONSTANDARD, 'The receiver has no room.'],
  ['533', 'Not Authorized', 'policy-rejected?', NONSTANDARD, 'The message was refused by policy.'],
  ['540', 'Recipient Wrong', 'mailbox-unknown?', NONSTANDARD, 'The recipient was refused.'],
  ['541', 'Message Rejected By Recipient', 'policy-rejected?', NONSTANDARD, 'The recipient’s filter refused the message.'],
  ['542', 'Recipient Rejected', 'mailbox-unknown?', NONSTANDARD, 'The recipient was refused.'],
  ['570', 'Rejected By Policy', 'policy-rejected?', NONSTANDARD, 'The message was refused by policy.'],
  ['571', 'Blocked By The Recipient’s System', 'policy-rejected?', NONSTANDARD, 'The message or its sender is blocked.'],
  ['591', 'Host Is Blocklisted', 'ip-blocked?', NONSTANDARD, 'The sending host is on a block list.'],
];

const isPresumed = (given: Category | `${Category}?`): given is `${Category}?` => given.endsWith('?');

function toRow([code, name, given, standard, meaning]: Row): BasicRow {
  const presumed = isPresumed(given);
  // Cutting off the `?` leaves a category; the type of `slice` cannot say so.
  const category = (presumed ? given.slice(0, -1) : given) as Category;
  return { code, name, category, presumed, standard, meaning };
}

export const basicRows: readonly BasicRow[] = rows.map(toRow);

const byCode: ReadonlyMap<string, BasicRow> = new Map(basicRows.map((row) => [row.code, row]));

export const basicRow = (code: string | null): BasicRow | null =>
  code === null ? null : (byCode.get(code) ?? null);
