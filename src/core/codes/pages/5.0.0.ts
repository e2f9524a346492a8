import type { Page } from '../page.ts';

export const page: Page = {
  example: '554 5.0.0 Service unavailable',
  meaning:
    'All three digits together say one thing only: failed for good. Subject 0 and detail 0 mean that the server, or the program that wrote the bounce, had nothing better to fill in. The cause stands in the basic code beside it and above all in the text.',
  playsOut: [
    'A command of yours is answered with a 5xx, often by a server that sends no enhanced code at all.',
    'Your own mail server has to fill the Status field of its bounce (RFC 3464) and writes 5.0.0 there.',
    'The real reply survives in Diagnostic-Code, for instance smtp; 550 you are not allowed to send mail.',
    'Mailstop reads those words first, then the basic code: 554 5.0.0 alone is a note like any 554, 552 5.0.0 a full mailbox. Words that tell nothing, as in the example, make it a strike.',
    'With no words at all, 5.0.0 alone or beside 550 is weak evidence: blocked for a week, then a month, then for ever.',
  ],
  softOrHard:
    'Hard, by its first digit. But it is the least certain of all hard codes: it may hide an unknown user, an SPF failure or a refused relay. That is why the address gets three chances, days apart, before it is lost for ever.',
  causes: [
    'A remote server without enhanced codes, such as Exim in its standard set-up. Postfix then notes 5.0.0 for each 5xx it got.',
    'Bounces that Exim writes: their Status field is 5.0.0 whatever the remote host said.',
    'Cisco Secure Email and older Amazon SES bounces: Status 5.0.0 (permanent failure), with the true code inside Diagnostic-Code.',
    'Sendmail where a delivery program ended with a failure that it cannot map: 554 5.0.0 Service unavailable.',
    'Webhooks of sending services that fill an empty status field with 5.0.0.',
  ],
  fixes: [
    'Read the words after the code, or Diagnostic-Code in the bounce: the number itself tells nothing about the cause.',
    'Look for a second code inside the text, such as 550 5.7.1, and look that one up.',
    'If the bounce has no text either, find the session in the log of the server that sent it (postfix/smtp, or the ** lines of Exim).',
    'Pass the whole diagnostic text on to Mailstop, not the status field alone; then the words decide.',
    'If a reply about your IP or SPF was reported without its words, mend that and release the addresses.',
  ],
  questions: [
    {
      q: 'Is the mailbox gone?',
      a: 'Perhaps. An unknown user is a frequent reason behind a 550 with this status, but blocks and policy refusals look the same when their text is lost.',
    },
    {
      q: 'Why does the bounce say 5.0.0 when the log says 550 5.1.1?',
      a: 'The program that wrote the bounce did not copy the enhanced code. Trust the line of the SMTP session, not the summary.',
    },
    {
      q: 'How do 5.0.0 and 5.1.0 differ?',
      a: '5.1.0 at least names the subject: an address, yours or theirs. 5.0.0 does not even say that much.',
    },
    {
      q: 'May I send to the address again?',
      a: 'After the block has run out, yes, and a delivery clears the record. Another failure at least 72 hours later leads to the next, longer block.',
    },
  ],
  related: ['550', '554', '4.0.0', '5.1.0', '5.1.1', '5.3.0', '5.7.1'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.1',
    'https://www.rfc-editor.org/rfc/rfc3464#section-2.3.4',
    'https://www.iana.org/assignments/smtp-enhanced-status-codes/smtp-enhanced-status-codes.xhtml',
  ],
};
