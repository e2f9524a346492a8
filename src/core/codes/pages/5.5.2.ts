import type { Page } from '../page.ts';

export const page: Page = {
  example: '500 5.5.2 Error: command not recognized',
  meaning:
    'The server could not make sense of a line: an unknown verb, a malformed address in MAIL FROM or RCPT TO, or bytes that are no SMTP at all. Sent again, the same line fails again. Beside 504 the detail stands for a name without a full domain, and there the rule for 504 applies.',
  playsOut: [
    'Your client sends a line that the parser of the server does not take.',
    'The reply comes at once: 500 5.5.2 from Postfix, 501 5.5.2 from Sendmail, 555 5.5.2 Syntax error from Gmail.',
    'A good client gives up here or falls back from EHLO to HELO. A bad one sends the message text as commands and collects an error for each line.',
    'After twenty errors in a session Postfix hangs up (smtpd_hard_error_limit).',
    'Mailstop notes the failed message as the sender’s fault; with basic code 504 it suppresses instead.',
  ],
  softOrHard:
    'Hard. What is malformed now is malformed tomorrow, whoever the recipient is. That settles the message and leaves the address as it was. The one exception is 504 5.5.2: it suppresses for ever, until the sender is corrected and the entries are released.',
  causes: [
    'A MAIL FROM with a display name, doubled brackets or a line break inside; Gmail answers 555 5.5.2.',
    'A HELO name or an address without a full domain, where Postfix demands one (reject_non_fqdn_helo_hostname, reject_non_fqdn_sender): 504 5.5.2.',
    'A HELO name with bad syntax, such as one with an underscore: 501 5.5.2 Invalid name (reject_invalid_helo_hostname in Postfix).',
    'An answer to AUTH that is not valid base64; Gmail says cannot decode response.',
    'Bare line feeds in the message: Postfix with smtpd_forbid_bare_newline = reject answers 550 5.5.2 bare LF received; normalize, the default since version 3.9, takes them.',
    'TLS bytes on a port that begins in clear text, from a client set to implicit TLS on 25 or 587.',
    'Message text sent as commands by a client that did not wait for 354 after DATA.',
  ],
  fixes: [
    'Find the exact line that was refused: a transcript of swaks, or debug_peer_list in Postfix, shows what went over the wire.',
    'Put the bare address in brackets, as in MAIL FROM:<a@example.com>, without a name and without a space after the colon.',
    'Strip line breaks and blanks from addresses that come from forms, files or environment variables.',
    'End lines with CR LF, and greet with a full host name.',
    'Begin with TLS on port 465 only; on 25 and 587 start in clear text and send STARTTLS.',
    'After 504 5.5.2, correct the name first and then run mailstop release --code 504.',
  ],
  questions: [
    {
      q: 'Is the recipient’s address at fault?',
      a: 'Only if RCPT TO is the line that was refused. Then look at that address in your list: a space, a comma or a missing domain is enough.',
    },
    {
      q: 'Why does 504 5.5.2 suppress and 500 5.5.2 not?',
      a: '504 is permanent by policy, whatever detail stands beside it. The other basic codes with 5.5.2 are noted.',
    },
    {
      q: 'How is it different from 5.5.1 and 5.5.4?',
      a: '5.5.1 is a command that is not offered or out of order, 5.5.4 a readable command with bad arguments. 5.5.2 could not be parsed. Servers mix the three freely.',
    },
    {
      q: 'EHLO itself was refused. Is that bad?',
      a: 'An old server or a proxy may know HELO only. Postfix falls back by itself, but the session then goes without TLS, AUTH and SIZE.',
    },
  ],
  related: ['500', '501', '502', '504', '555', '5.5.1', '5.5.4'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.6',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2',
    'https://www.postfix.org/postconf.5.html#smtpd_forbid_bare_newline',
    'https://www.postfix.org/postconf.5.html#reject_invalid_helo_hostname',
  ],
};
