import type { Page } from '../page.ts';

export const page: Page = {
  example: '455 Server unable to accommodate parameters',
  meaning:
    'The server knows the extra parameter of MAIL FROM or RCPT TO, such as SIZE or NOTIFY, but cannot honour it at present. It is the temporary twin of 555. Hardly any product prints it, because most extensions prescribe a code of their own for that case.',
  playsOut: [
    'EHLO lists an extension, and the client uses its parameter: SIZE=, BODY=, RET=, NOTIFY=, SMTPUTF8.',
    'The server cannot fulfil it now and answers MAIL FROM or RCPT TO with 455.',
    'A good client retries later, or leaves the parameter out if the message can do without.',
    'If no attempt passes before the queue gives up, the provider reports a bounce.',
    'The bounce is a note in Mailstop, on the account of the sender. It adds no strike to the recipient.',
  ],
  softOrHard:
    'Soft. Unlike 555, the parameter itself is supported, and later it may be honoured. The mailbox behind it was not examined.',
  causes: [
    'An extension that depends on a second system, for instance delivery reports or a future release queue, which is down.',
    'A proxy lists what one of its backends supports, and the session landed on another that does not.',
    'A server in a half-finished upgrade, whose EHLO reply is ahead of its abilities.',
  ],
  fixes: [
    'Leave out the parameter and send again: RET, NOTIFY and ORCPT can mostly be dropped, and so can BODY=8BITMIME for pure ASCII.',
    'Compare MAIL FROM in the log with the EHLO reply of the same session, not of an older one.',
    'In Postfix hide a troublesome extension with smtp_discard_ehlo_keywords, for this receiver by smtp_discard_ehlo_keyword_address_maps.',
    'If SIZE is the parameter in question, try a smaller message; a server with a true size problem says 452 or 552 instead.',
  ],
  questions: [
    {
      q: 'How do 455, 555 and 504 differ?',
      a: '455: known, not now. 555: not known or never implemented, for MAIL FROM and RCPT TO. 504: a parameter of some other command, above all AUTH.',
    },
    {
      q: 'Will the same message pass later?',
      a: 'It may, as the server claims the extension. If it fails twice with an hour between, drop the parameter rather than wait longer.',
    },
    {
      q: 'Does dropping NOTIFY lose my bounces?',
      a: 'No. Failures are reported to MAIL FROM in any case. What you lose is the wish for success reports or for no reports.',
    },
  ],
  related: ['452', '501', '504', '552', '555', '4.5.4'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.11',
    'https://www.rfc-editor.org/rfc/rfc3461',
    'https://www.postfix.org/postconf.5.html#smtp_discard_ehlo_keywords',
  ],
};
