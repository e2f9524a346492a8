/** Texts that are no mail server's judgement: the provider's own list, and auto-replies. */
import { anyOf, type TextRule } from './rule.ts';

export const eventRules: readonly TextRule[] = [
  {
    id: 'provider-list',
    category: 'suppressed',
    pattern: anyOf(
      /suppression[ -]?list/,
      /has suppressed sending/,
      /(?:address|recipient|user) (?:is |was |has been )?suppressed/,
      /(?:not|won't|will not) deliver(?:ing)? to (?:a )?(?:previously|user who)/,
      /marked as inactive.{0,60}(?:bounce|complaint|suppress)/,
    ),
    why: 'The provider did not try, because the address is on its own list.',
    source: 'Amazon SES, Mailgun and Postmark documentation',
    examples: [
      'Amazon SES has suppressed sending to this address because it bounced before',
      'Not delivering to previously bounced address',
      '550 5.1.1 The recipient is on the account suppression list',
    ],
  },
  {
    id: 'auto-reply',
    category: 'auto-reply',
    pattern: anyOf(
      /out[- ]of[- ](?:the[- ])?office/,
      /auto(?:matic|mated|-)? ?(?:reply|response|responder)\b/,
      /\b(?:am|is) (?:currently )?(?:on (?:vacation|leave|holiday)|away from)/,
      /challenge[- ]response|confirm that you are (?:a )?human/,
    ),
    why: 'Somebody’s machine answered; the message arrived.',
    source: 'RFC 3834',
    examples: ['I am currently out of the office until Monday', 'Automatic reply: your message'],
  },
];
