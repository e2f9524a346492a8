/**
 * The words by which notices are read that follow no standard: who bounced, and what the server replied. A row is
 * a way of saying it that several programs share; `of` names those known to. Each pattern is tried against what
 * stands before or after one address in one line, so that none can run long. What the programs say of themselves:
 * qmail https://cr.yp.to/proto/qsbmf.txt · Postfix https://www.postfix.org/bounce.5.html · Exim
 * https://www.exim.org/exim-html-current/doc/html/spec_html/ch-customizing_messages.html · Exchange
 * https://learn.microsoft.com/exchange/mail-flow/non-delivery-reports-and-bounce-messages
 */

/** How sure it is that the address is the recipient; the first kind that a notice holds is believed. */
export const places = ['listed', 'labelled', 'told', 'spoken'] as const;
export type Place = (typeof places)[number];

export interface RecipientRule {
  readonly place: Place;
  readonly of: string;
  /** What stands before the address in its line, to its end. */
  readonly before: RegExp;
  /** What stands after it. */
  readonly after: RegExp;
}

/** Phrases, one a line, as one pattern. */
export const oneOf = (...phrases: readonly RegExp[]): RegExp =>
  new RegExp(phrases.map(({ source }) => source).join('|'), 'i');

const closing = String.raw`^[>"')\]]{0,3}`;

const adjectives = '(?:failed|final|intended|affected|invalid|original|addressed|bad|unknown|envelope)';
const nouns = [
  "recipients?|recipient(?:'s)? (?:name|e?-?mail|address)|rcpt(?: to)?|to|e-?mail address",
  'destinat[áa]ri[oie]s?|empfänger|destinataires?|ontvangers?|geadresseerden?|odbiorc[ay]|příjemc[ei]|mottagare|modtager|alıcı',
  'получатель|адрес|(?:宛先|受信者|送信先)(?:(?:メール)?アドレス)?|收件人|收件者|받는 ?사람|수신(?:자|인)',
].join('|');

/** What a sentence about a recipient speaks of, how it comes to the address, and how it goes on. */
const topics =
  'deliver|send|sent|mail|message|reach|fail|error|unknown|undeliverable|rejected|exceed|attempt|user|mailbox|account|recipient|disabled|inbox';
const links = String.raw`\b(?:to|for|of|by|in|inbox|user|recipients?|address(?:es)?|errors|mailbox|account|size|attempts)`;
const verbs = "was|is|has|have|could|couldn|wasn|isn|does|did|cannot|can't|due|because|failed";

/** What is said of an address that a sentence begins with. */
const predicates = [
  "could(?:n['’]t| not)|was(?:n['’]t| not)|was (?:undeliverable|rejected)|isn['’]t|did(?:n['’]t| not)|does(?:n['’]t| not)|can(?:not|['’]t)",
  'is (?:not|no longer|unknown|undeliverable|unavailable|over|full|disabled)',
  "konnten? nicht|n['’]a pas pu|no (?:se )?(?:pudo|puede|ha podido)|non (?:è stato|può)|não (?:pôde|foi)",
  'не удалось|не может|への|に配信|は存在',
].join('|');

export const recipientRules: readonly RecipientRule[] = [
  {
    place: 'spoken',
    of: 'Sendmail before 8.9, Bigfoot, InterScan MSS, m-FILTER, Postfix to its postmaster: the SMTP session itself',
    before:
      /^[\s>]{0,8}(?:sent |in: {1,3})?(?:>>> ?rcpt to: ?<?|rcpt to: ?<|(?:<<< ?)?[45]\d\d[ -][^@]{0,200})$/i,
    after: /^/,
  },
  {
    place: 'listed',
    of: 'qmail, Postfix, Exim, Sendmail, Gmail, Courier, GMX, OpenSMTPD, Exchange 5.5, McAfee, Mail2000',
    before: /^[\s>*•·–-]{0,20}(?:\d{1,3}[.)] )?(?:(?:rfc822|smtp|mailto)[;:] ?)?["'<([]{0,3}$/i,
    after: new RegExp(
      String.raw`${closing}\s{0,8}(?:$|[:;,.([<–=-]|on (?:\w{3},|\d)|\((?:expanded|generated)|Invalid|User|Unknown|Mailbox|Address)`,
      'i',
    ),
  },
  {
    place: 'labelled',
    of: 'Apache James, MailMarshal, au by KDDI, SurfControl, MailEnable, Exchange (several languages)',
    before: new RegExp(
      String.raw`(?:^|[\s(*•-])(?:${adjectives}[ -])?(?:${nouns})(?:\(e?s\))? ?(?:address)? ?[:=：] ?["'<[]{0,3}$`,
      'i',
    ),
    after: new RegExp(String.raw`${closing}\s{0,8}(?:$|[,;.(<])`),
  },
  {
    place: 'told',
    of: 'DragonFly, MailFoundry, KDDI, Trend Micro, IMail, Cisco IronPort, Kerio',
    before: new RegExp(
      String.raw`(?:${topics})[^@]{0,80}(?:${links}|(?<!from):) ?:?\s{0,3}["'<([]{0,3}$`,
      'i',
    ),
    after: new RegExp(String.raw`${closing}[.:]?\s{0,8}(?:$|[.:;,(-]|${verbs}|at |on |for\b)`),
  },
  {
    place: 'told',
    of: 'QQ and other servers of China, whose sentences have no blanks',
    before:
      /(?:无法|無法|不能)(?:投递|送达|发送|遞送|傳送|送達)(?:到|至|给|給)?\s?[:：]?\s{0,3}["'<([]{0,3}$/,
    after: /^/,
  },
  {
    place: 'told',
    of: 'Exchange 2007 and later, Office 365, Cisco IronPort, in several languages',
    before: /^[^@]{0,60}["'<([]{0,3}$/,
    after: new RegExp(String.raw`${closing}\s{0,3}(?:${predicates})`),
  },
  {
    place: 'labelled',
    of: 'Exim and Sendmail, where a pipe or a file failed that an address led to; servers that name their own user',
    before:
      /^\s{0,20}\(?(?:(?:ultimately )?(?:generated|expanded) (?:from|by)|originally addressed to):?\s{0,3}["'<]{0,2}$/i,
    after: /^/,
  },
];

/** The end of a line after which the next address is the sender's. */
export const senders = /\b(?:sent by|message from|sender|from)\s?:?$/i;

/** Fields of the notice that name who failed: Exim, Gmail; IndiMail; Mail.Ru; Sendmail. */
export const failedFields = [
  'x-failed-recipients',
  'x-bounced-address',
  'x-mailer-daemon-recipients',
  'x-actual-recipient',
] as const;

/** Lines that begin what is said about something else than the recipient before them. */
export const stops =
  /^[ \t]{0,8}(?:[-=*_#~]{3,}|for (?:further|more) (?:assistance|information)|please (?:do not|contact|direct)|the message subject|if you (?:have|do|believe|think)|original message (?:headers?|details))/im;

const quoting = oneOf(
  /remote (?:host|server|system) (?:said|replied|responded|returned|answered|issued an error)/,
  /other server returned(?: was)?/,
  /response(?: from the remote server)?(?: was)?/,
  /responded(?: with failure)?/,
  /error (?:message|description|reason)?(?: below)?/,
  /said|replied|reason|reports?|diagnostic-code|response ?code|error_?code/, // the last is Zoho's
  /\[[\d.]{7,15}\](?::\d{1,5})?,/, // SurfControl
  /after (?:initial connection|end of data|[A-Z]{4}(?: [A-Z]{2,4})?(?::<[^>\n]{0,260}>)?(?: SIZE=\d{1,12}(?!\d))?)/, // Exim
  /did not like our [A-Z ]{4,20}/, // DragonFly
  /<[^>\n]{1,260}>\.\.\./, // Sendmail, around a reply of another's
);

/** What stands right before a reply that is quoted. */
export const replyMarkers = new RegExp(
  String.raw`(?:${quoting.source})(?: is| was)?\s{0,3}[:=]?\s{0,12}["'(<[#]{0,2}(?=[245]\d\d\b|[245]\.\d\.\d)`,
  'i',
);
