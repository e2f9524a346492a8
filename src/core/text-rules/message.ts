/** The message's fault, named exactly: its size, something malicious, a listed link. */
import { anyOf, type TextRule } from './rule.ts';

export const messageRules: readonly TextRule[] = [
  {
    id: 'message-size',
    category: 'message-too-large',
    pattern: anyOf(
      /message (?:size|length) .{0,20}exceed(?!.{0,30}quota)|message (?:is |was )?too (?:large|big)/,
      /(?:e?mails?|messages?) (?:(?:larger|bigger|greater) than|over|above|exceeding) \d[\d.,]{0,9} ?(?:[kmg]i?b\b|bytes|mega)/,
      /(?:size|length) exceeds (?:the )?(?:fixed|maximum|administrative)|(?:recip|send)sizelimit|message trop (?:gros|volumineux)/,
    ),
    why: 'The message, not the mailbox, is too large.',
    source: 'RFC 1870; Postfix, Exchange (RESOLVER.RST.RecipSizeLimit)',
    examples: [
      '552 5.2.3 The length exceeds the maximum of this mailbox',
      '552 5.3.4 Message size exceeds fixed limit',
    ],
  },
  {
    id: 'header-form',
    category: 'content-rejected',
    pattern: anyOf(
      /(?:duplicate|multiple|missing|blank|empty|invalid|malformed) (?:or \w{1,24} )?(?:addresses in )?'?(?:from|date|to|subject|message-id|dkim-signature|return-path):?'? (?:headers?|fields?|lines?)/,
      /(?:duplicate|multiple|missing|malformed) headers? '?[a-z-]{2,30}|(?:blank|empty) from:? addresses|headers? fail\w{0,2}\b|no (?:valid )?(?:from|date|message-id):? (?:header|field)|\bheader error\b/,
      /\b(?:address|recipient)\w{0,2} in (?:the )?(?:(?:from|to|cc|sender|reply-to):? )?headers?\b|headers? (?:from|to|cc|reply-to):? .{0,30}(?:invalid|malformed|illegal) (?:e-?mail )?address/,
    ),
    why: 'A header of the message is missing, occurs twice or cannot be read.',
    source: 'RFC 5322 3.6; Gmail 5.7.1, Postfix header_checks, GoDaddy IB501',
    examples: [
      '550 5.7.1 Messages with multiple From: headers are not accepted',
      "554 Duplicate header 'DKIM-Signature'",
      '554 5.7.0 Header error',
    ],
  },
  {
    id: 'virus',
    category: 'virus',
    pattern: anyOf(
      /(?<!anti-?|anti |spam or )virus(?!total)/,
      /\bmalware\b|\btrojan\b|\bworm\b/,
      /infected (?:file|message|attachment|content|mail)/,
      /is infected/,
      /\bid=\S{1,40} - infected\b/,
    ),
    why: 'A scanner found something malicious.',
    source: 'ClamAV, Amavis, Exim scan replies',
    examples: [
      '554 5.7.0 This message contains a virus (Example-Test-1)',
      '550 Malware detected in attachment',
    ],
  },
  {
    id: 'listed-link',
    category: 'spam-content',
    pattern: anyOf(
      /\b(?:surbl|uribl|ivmuri)\b/,
      /(?:url|uri|link|website|domain in (?:the )?(?:body|message))s?\b.{0,40}(?:black|block|deny)[- ]?list/,
      /(?:contains?|containing).{0,30}(?:listed|blocked|forbidden|malicious) (?:url|uri|link|domain)/,
    ),
    why: 'The message links to a place that is on a list.',
    source: 'SURBL, URIBL',
    examples: ['554 5.7.1 The message contains a URL listed by SURBL', '550 Message contains a blocked link'],
  },
];
