/**
 * Enhanced codes outside the registry that one receiver defines. Exchange Online numbers its replies far above
 * the registry, so the number alone names the receiver.
 * https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online
 */
import type { Category } from '../taxonomy.ts';

export interface VendorCode {
  readonly vendor: string;
  readonly name: string;
  readonly category: Category;
  readonly meaning: string;
  readonly source: string;
}

type Row = readonly [
  subject: string,
  from: number,
  to: number,
  name: string,
  category: Category,
  meaning: string,
];

const SOURCE =
  'https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online';

// biome-ignore format: one row a line; the first row that holds the number wins
const microsoft: readonly Row[] = [
  ['1', 90, 90, 'Daily Recipient Limit Exceeded', 'rate-limited', 'The sender has reached the number of recipients of a day.'],
  ['2', 121, 122, 'Receive Limit Per Hour Exceeded', 'rate-limited', 'The mailbox gets more messages an hour than it may.'],
  ['4', 14, 14, 'Hop Count Exceeded', 'routing-error', 'The message goes in circles, mostly by a fault in the receiver’s set-up.'],
  ['4', 20, 20, 'All Connections Failed', 'network-error', 'No host of the domain could be reached.'],
  ['4', 310, 310, 'DNS Domain Does Not Exist', 'domain-invalid', 'The recipient’s domain is not in the DNS.'],
  ['4', 300, 399, 'Expired Or Unreachable', 'network-error', 'DNS, TLS or the connection failed until the message expired.'],
  ['7', 57, 57, 'Client Not Authenticated', 'smtp-auth-tls', 'The client must log in before it may send.'],
  ['7', 64, 64, 'Tenant Attribution: Relay Access Denied', 'relay-denied', 'The receiving tenant does not serve this domain or this client.'],
  ['7', 120, 139, 'Sender Not Authenticated For Recipient', 'recipient-refused', 'The mailbox or group takes mail from some senders only.'],
  ['7', 504, 505, 'Banned Recipient', 'mailbox-unknown', 'The recipient’s address is not valid.'],
  ['7', 506, 506, 'Bad HELO', 'dns-ptr', 'The client introduced itself with a name that is not its own.'],
  ['7', 507, 507, 'Rejected By Recipient', 'ip-blocked', 'The recipient’s organization blocks the sending IP.'],
  ['7', 508, 508, 'Permitted Limits Exceeded', 'rate-limited', 'The sending range has exceeded its limit.'],
  ['7', 501, 503, 'Banned Sender', 'sender-rejected', 'The sending account is suspected of spam.'],
  ['7', 509, 509, 'DMARC Failure', 'auth-failure', 'The From domain’s DMARC policy refuses the message.'],
  ['7', 511, 511, 'Banned Sender', 'sender-rejected', 'The sender is banned.'],
  ['7', 512, 512, 'Message Not RFC 5322', 'content-rejected', 'The header breaks the message format.'],
  ['7', 515, 515, 'Authentication Below Required Level', 'auth-failure', 'SPF, DKIM or DMARC do not reach what bulk senders need.'],
  ['7', 500, 599, 'Traffic Not Accepted', 'ip-blocked', 'The sending IP behaves suspiciously.'],
  ['7', 606, 649, 'Banned Sending IP', 'ip-blocked', 'The sending IP is banned.'],
  ['7', 600, 699, 'Sending IP Throttled', 'ip-blocked', 'The sending IP is limited or blocked.'],
  ['7', 705, 705, 'Tenant Threshold Exceeded', 'sender-rejected', 'The sending tenant sends too much spam or bulk mail.'],
  ['7', 708, 708, 'Traffic From This IP Not Accepted', 'ip-blocked', 'The sending tenant’s addresses are of low reputation.'],
  ['7', 750, 750, 'Unregistered Domain', 'sender-rejected', 'The tenant sends from domains that it has not registered.'],
  ['7', 850, 899, 'Sending IP Rate Limited', 'rate-limited', 'The sending IP must slow down.'],
  ['7', 900, 999, 'Transport Rule', 'policy-rejected', 'A rule of the receiving organization refused the message.'],
];

export function vendorCode(code: string): VendorCode | null {
  const [, subject, number] = code.split('.');
  const detail = Number(number);
  const row = microsoft.find((each) => each[0] === subject && detail >= each[1] && detail <= each[2]);
  if (row === undefined) return null;
  const [, , , name, category, meaning] = row;
  return { vendor: 'Microsoft', name, category, meaning, source: SOURCE };
}
