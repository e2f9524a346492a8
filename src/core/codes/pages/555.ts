import type { Page } from '../page.ts';

export const page: Page = {
  example: '555 5.5.4 Unsupported option: SMTPUTF8',
  meaning:
    'MAIL FROM or RCPT TO carried a parameter that the server does not know or will not handle: SIZE, BODY, SMTPUTF8, RET, NOTIFY. Gmail and qmail use it in a wider sense, for an envelope address that they cannot parse. Without the parameter the mail mostly goes.',
  playsOut: [
    'EHLO lists what the server can do. Your client adds an option that is not on the list.',
    'Postfix names it: 555 5.5.4 Unsupported option, and the word. Sendmail says parameter unrecognized.',
    'Gmail prints 555 5.5.2 Syntax error for doubled brackets or a name in the envelope; qmail says syntax error (#5.5.4).',
    'A careful client drops the option and repeats the command. Most report a failure.',
    'Mailstop notes it against the sender, also with 5.5.4: beside 555 that detail is not the 504 rule.',
  ],
  softOrHard:
    'Hard. The command in this form stays refused, and the message with it. It is about a few words after the address, so the address remains as good as it was.',
  causes: [
    'SMTPUTF8 set by a library for any message with a letter outside ASCII, to a server that lacks RFC 6531.',
    'DSN options (NOTIFY, ORCPT, RET, ENVID) without DSN in the answer to EHLO; many large providers leave it out.',
    'The list of extensions came from another host: a cache, a proxy, or a relay in between with fewer of them.',
    'BODY=BINARYMIME to a server that knows 8BITMIME only.',
    'At Gmail: brackets twice, as in <<a@example.com>>, a blank or a display name, typical for values from a settings file.',
    'HELO instead of EHLO, followed by parameters all the same.',
  ],
  fixes: [
    'Look in the transcript for what stands behind the address in MAIL FROM and RCPT TO, and take out what EHLO did not list.',
    'For Gmail’s Syntax error, pass the pure address to the library; it adds the brackets itself.',
    'Switch DSN off: dsn in Nodemailer, mail.smtp.dsn.notify and mail.smtp.dsn.ret in JavaMail.',
    'Ask for SMTPUTF8 only where an address itself has such letters; for names and subjects encoded words suffice.',
    'In Postfix hide what a host announces and cannot do: smtp_discard_ehlo_keyword_address_maps.',
    'Send the failed messages again; nobody was blocked.',
  ],
  questions: [
    {
      q: 'Is it 504 or 555?',
      a: '555 where the parameter belongs to MAIL FROM or RCPT TO (RFC 5321, 4.1.1.11), 504 for other commands. Some servers answer 504 here, and then the rule for 504 applies.',
    },
    {
      q: 'How does it relate to 455?',
      a: 'The temporary sister: the server knows the parameter and cannot serve it now. A 455 may pass on a retry, a 555 will not.',
    },
    {
      q: 'Does 5.5.4 beside it suppress the address?',
      a: 'No. Only 504 itself, or a 5.5.4 with no basic code, does.',
    },
  ],
  related: ['504', '455', '501', '500', '5.5.4', '5.5.2', '5.6.7'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.1.11',
    'https://www.rfc-editor.org/rfc/rfc6531',
    'https://www.rfc-editor.org/rfc/rfc3461',
    'https://support.google.com/a/answer/3726730',
    'https://www.postfix.org/postconf.5.html#smtp_discard_ehlo_keyword_address_maps',
  ],
};
