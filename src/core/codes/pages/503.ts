import type { Page } from '../page.ts';

export const page: Page = {
  example: '503 5.5.1 Error: need RCPT command',
  meaning:
    'A command came at a moment when it is not allowed, such as DATA before any recipient was accepted. Mostly it is the second fault: an earlier reply was a refusal, the client did not look, and went on. The line above it in the log has the true reason.',
  playsOut: [
    'The order is EHLO, then STARTTLS and EHLO again, AUTH, MAIL FROM, RCPT TO, DATA. One step was skipped, refused or sent twice.',
    'The next command finds the session in the wrong state. Postfix says need MAIL command, Exchange Need Rcpt command, Gmail EHLO/HELO first.',
    'Exim quotes the earlier refusal: 503-All RCPT commands were rejected with this error, and then its words.',
    'RSET would clear the state. Most clients quit instead and report the 503 as if it were the cause.',
    'Mailstop reads the words: if Exim repeats user unknown there, the address is suppressed. Without such words it remains a note about the sender.',
  ],
  softOrHard:
    'Hard. The same program will make the same mistake in the next session. As a verdict it is about the dialogue, and the mailbox comes into it only where an earlier refusal is quoted.',
  causes: [
    'MAIL FROM or all RCPT TO were refused, and the client sent DATA all the same.',
    'AUTH to a server that did not offer it: Postfix says authentication not enabled, Exim says AUTH command used when not advertised.',
    'No second EHLO after STARTTLS. The knowledge of the first one has to be discarded (RFC 3207, section 4.2).',
    'Talking too early: Postfix with reject_unauth_pipelining answers 503 5.5.0 Improper use of SMTP command pipelining.',
    'A session that is reused for a second message without RSET, after the first one broke off: nested MAIL command.',
    'A second AUTH after a success. RFC 4954 allows one per session.',
  ],
  fixes: [
    'Read the replies before the 503 in the transcript, and repair the first refusal: it decides, the 503 only follows from it.',
    'Let the client stop after a refused MAIL FROM, and send DATA only if at least one RCPT TO got a 2xx.',
    'Send EHLO as the first command, and once more inside TLS.',
    'For authentication not enabled, go to port 587 or 465 instead of 25; on your own Postfix set smtpd_sasl_auth_enable = yes for that service.',
    'Send several commands at once only where EHLO lists PIPELINING, and wait after EHLO, STARTTLS, AUTH and DATA.',
    'Issue RSET before a connection from the pool is used again.',
  ],
  questions: [
    {
      q: 'Is the recipient to blame?',
      a: 'By the code, no. Only if RCPT TO was refused before it, with a reply such as 550 5.1.1, is there something wrong with the address.',
    },
    {
      q: 'Why do I get it only on port 25?',
      a: 'Port 25 takes mail from other servers and often offers no AUTH. A program that logs in belongs on the submission ports.',
    },
    {
      q: 'Is there harm in a retry?',
      a: 'No harm, but no use either: the order of commands is fixed in your software. A retry helps only where the first refusal in the session was a 4xx.',
    },
    {
      q: 'Is it the 503 Service Unavailable of the web?',
      a: 'No. That is HTTP and asks you to come back. In mail, the reply for a service that is down is 421.',
    },
  ],
  related: ['500', '502', '530', '554', '421', '5.5.1', '5.5.0'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.4',
    'https://www.rfc-editor.org/rfc/rfc3207#section-4.2',
    'https://www.rfc-editor.org/rfc/rfc2920',
    'https://www.postfix.org/postconf.5.html#reject_unauth_pipelining',
    'https://support.google.com/a/answer/3726730',
  ],
};
