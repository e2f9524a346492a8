import type { Page } from '../page.ts';

export const page: Page = {
  example: '504 5.5.4 Unrecognized authentication type',
  meaning:
    'The receiver knows the command but does not implement a parameter that came with it. The same command will fail the same way every time, so the failure is permanent: the address is suppressed and nothing is retried until the sender is fixed and the entry is released.',
  playsOut: [
    'Your server connects and sends AUTH, EHLO, MAIL FROM or another command with a parameter.',
    'The receiver answers 504, mostly with 5.5.4, sometimes with 5.5.2 or 5.7.4.',
    'The sending server gives up at once, and a bounce is reported for the recipient.',
    'The address is suppressed for all mail, with blame on the sender, and listed with every other entry of the same cause.',
    'Once the sender is fixed, all entries of that cause are released together; a delivery alone does not lift them.',
  ],
  softOrHard:
    'Hard. Unlike a 4xx, nothing about it changes with time: only another command, or another sender, gets another answer. A provider that reports it as a deferral wastes attempts, and the address is suppressed all the same.',
  causes: [
    'AUTH with a mechanism that the receiver does not have (AUTH is RFC 4954), or an AUTH mechanism offered only over TLS.',
    'Parameters of MAIL FROM such as SIZE or BODY that the receiver does not support. Some servers answer 504 here; RFC 5321 has 555 for it.',
    'An encoding of the message body that the receiver does not support, such as BODY=BINARYMIME.',
    'A host name in EHLO or HELO that is not fully qualified; Postfix answers 504 5.5.2.',
  ],
  fixes: [
    'Read the answer to EHLO: it lists the extensions, login mechanisms and the largest size that the receiver supports.',
    'Log in with a mechanism from that list, over TLS, and read the list again after STARTTLS: it often changes.',
    'Drop the parameters that the list does not name (SIZE, BODY, SMTPUTF8 and others).',
    'Give the sending server its fully qualified host name (myhostname in Postfix, primary_hostname in Exim).',
    'Then release all entries of that cause, so that the addresses get mail again: mailstop release --code 504.',
  ],
  questions: [
    {
      q: 'Is the address dead?',
      a: 'The reply does not say so. It says that this sender cannot reach it as it is set up now, so the entry carries blame on the sender.',
    },
    {
      q: 'Why is a good address suppressed?',
      a: 'Because each further attempt fails in the same way. The rule is part of the default policy, and a narrower rule may be put above it.',
    },
    {
      q: 'Will it pass if I try again?',
      a: 'No. 504 is permanent: first change the command or the server that sends it.',
    },
    {
      q: 'How is 504 different from 555?',
      a: '555 is the exact code for MAIL FROM and RCPT TO parameters that a server does not know. 504 speaks of any command’s parameter, above all of AUTH.',
    },
    {
      q: 'Is this the 504 Gateway Timeout of web servers?',
      a: 'No. That one is HTTP and says that another server answered too late. It has nothing to do with mail.',
    },
    {
      q: 'What about 5.5.4 beside another code?',
      a: '5.5.4 with no basic code is taken as a 504. Beside 501, 550 or 555 it is not: those notes do not suppress.',
    },
  ],
  related: ['500', '501', '502', '503', '555', '5.5.4'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.2',
    'https://www.rfc-editor.org/rfc/rfc4954',
    'https://www.rfc-editor.org/rfc/rfc5248',
    'https://www.postfix.org/postconf.5.html#reject_non_fqdn_helo_hostname',
  ],
};
