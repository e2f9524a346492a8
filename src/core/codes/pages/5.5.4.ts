import type { Page } from '../page.ts';

export const page: Page = {
  example: '504 5.5.4 Unrecognized authentication type',
  meaning:
    'A command was understood, but an argument of it is wrong or not supported. What follows hangs on the basic code: alone or beside 504 it counts as Command Parameter Not Implemented, permanent and suppressed, whereas beside 501, 550 or 555 it is a note about the sender.',
  playsOut: [
    'An argument goes out that the server does not take: an AUTH mechanism, SIZE or BODY on MAIL FROM, NOTIFY on RCPT TO, a name after EHLO.',
    'The server says which: 501 5.5.4 Bad message size syntax, 555 5.5.4 Unsupported option, 504 5.5.4 for AUTH.',
    'Your server reports a failure, at times as a bare Status: 5.5.4 with the basic code lost on the way.',
    'Mailstop takes the lone detail for a 504: the address is blocked in every stream, with blame on the sender, and no later delivery lifts it.',
    'You correct the sender and run mailstop release --code 504; that frees these entries together with those of 504 itself.',
  ],
  softOrHard:
    'Hard. No waiting teaches a server a parameter. With 504 beside it, or with no basic code at all, the address is suppressed until somebody releases it. With another basic code the address stays good, though the message is lost either way.',
  causes: [
    'AUTH with a mechanism that is off or needs TLS first; Postfix says Encryption required for requested authentication mechanism.',
    'An option that EHLO did not offer: Postfix answers 555 5.5.4 Unsupported option, Sendmail says parameter unrecognized.',
    'A stale list of extensions: the client kept the answer to EHLO from before STARTTLS, or from another server behind the same name.',
    'DSN parameters with bad syntax, such as NOTIFY=NEVER together with FAILURE, or an ORCPT without its rfc822 prefix: 501 5.5.4.',
    'A MAIL FROM or RCPT TO of the wrong form; Postfix prints the right one, 501 5.5.4 Syntax: MAIL FROM:<address>.',
    'An EHLO name that is no domain name, such as a bare computer name, sent to Exchange or Outlook.com: 501 5.5.4.',
  ],
  fixes: [
    'Compare what the client sends with the answer to EHLO, asked anew after STARTTLS, and send nothing that is not listed there.',
    'For login, use AUTH PLAIN or LOGIN inside TLS, which nearly every submission server has.',
    'Switch off what a mail library adds by itself: DSN options, SMTPUTF8, an AUTH mechanism of its own choice.',
    'In Postfix, hide an extension that a host announces but refuses: smtp_discard_ehlo_keyword_address_maps, or smtp_discard_ehlo_keywords for all hosts.',
    'Where a provider shows the lone detail, look up the full reply there before you judge the address.',
    'When test mail passes, release: mailstop release --code 504.',
  ],
  questions: [
    {
      q: 'Why is a lone 5.5.4 taken for a 504?',
      a: 'The IANA registry names several basic codes for this detail, 504 among them. With none given, the policy takes the strict reading: stop, correct the sender, release.',
    },
    {
      q: 'Is 5.5.4 beside 501, 550 or 555 suppressed?',
      a: 'No. There the basic code names another fault, so the failure is noted and the address stays good. The sender needs correcting even so.',
    },
    {
      q: 'Does it say anything about the mailbox?',
      a: 'No. Most of these replies come before RCPT TO, when the server has not heard the address yet.',
    },
    {
      q: 'Does the entry run out by itself?',
      a: 'No. It has no end date, and proof of life does not lift it. A person releases it once the sender works.',
    },
  ],
  related: ['504', '501', '555', '550', '5.5.2', '5.5.1', '503'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.6',
    'https://www.iana.org/assignments/smtp-enhanced-status-codes/smtp-enhanced-status-codes.xhtml',
    'https://www.rfc-editor.org/rfc/rfc4954#section-4',
    'https://www.rfc-editor.org/rfc/rfc3461#section-4',
    'https://www.postfix.org/postconf.5.html#smtp_discard_ehlo_keyword_address_maps',
  ],
};
