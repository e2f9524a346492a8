import type { Page } from '../page.ts';

export const page: Page = {
  example: '501 Syntactically invalid HELO argument(s)',
  meaning:
    'The verb is known, but what follows it has the wrong form. Three places are usual: the host name after EHLO, the sender in MAIL FROM, the recipient in RCPT TO. Only the last one says something about the address, and then the words or 5.1.3 tell.',
  playsOut: [
    'The server parses the argument of EHLO, MAIL FROM, RCPT TO or AUTH by the grammar of RFC 5321, section 4.1.2.',
    'Exim refuses the host name at EHLO; Postfix prints 501 5.1.7 for the sender and 501 5.1.3 for the recipient.',
    'At AUTH it means base64 that cannot be read, or a login that the client cancelled with a single star (RFC 4954, section 4).',
    'A bad recipient ends that recipient only, whereas a bad EHLO name ends the mail of your whole host.',
    'Mailstop suppresses where 5.1.3, or words that it knows, blame the syntax of the recipient. In all other cases it writes a note, and the address stays open.',
  ],
  softOrHard:
    'Hard. The argument has to be written in another way before any server takes it. Where it is your host name or sender, every recipient of that receiver is hit until you change it; where it is the recipient, this spelling is dead for good.',
  causes: [
    'A host name in EHLO with an underscore, a blank or nothing at all: container ids, computer names from Windows, an unset variable.',
    'A sender with a broken address or two of them. Postfix with strict_rfc821_envelopes = yes also refuses a display name, a comment or missing brackets, which it takes by default.',
    'A recipient with two @, a comma or a trailing dot.',
    'A bare local part: Exim says recipient address must contain a domain, unless recipient_unqualified_hosts lists you.',
    'A SIZE without a number, or a keyword of DSN with a wrong value.',
    'A broken answer during AUTH, for instance a password sent in clear where base64 is due.',
  ],
  fixes: [
    'Find the command that got the reply, then print its argument with all bytes visible: cat -A shows blanks, tabs and control characters.',
    'Set the EHLO name in the library: name in Nodemailer, local_hostname in smtplib of Python, mail.smtp.localhost in JavaMail.',
    'On a server it is smtp_helo_name (Postfix) or, in the smtp transport, helo_data (Exim): a name with letters, digits, hyphens and dots.',
    'Build the envelope from the address alone, and leave the display name to the From header.',
    'If you run the Exim that refuses and must accept such clients, list the sign in helo_allow_chars or their hosts in helo_accept_junk_hosts.',
  ],
  questions: [
    {
      q: 'Is the address wrong or is my server wrong?',
      a: 'Look at the command. After RCPT TO and with 5.1.3 it is the address. After EHLO, MAIL FROM or AUTH it is yours, and no recipient is touched by it.',
    },
    {
      q: 'Why do other servers accept the same command?',
      a: 'Many servers are lenient: they take an underscore in the EHLO name or a blank before the bracket. Strict ones keep to the grammar, and they are right.',
    },
    {
      q: 'Is 501 5.5.4 a 504?',
      a: 'No. With 501 beside it the detail is a syntax matter and only noted. A 5.5.4 that comes with no basic code is treated as 504.',
    },
    {
      q: 'What does Gmail mean by Cannot Decode response?',
      a: 'It is 501 5.5.2 in the login: the line after the 334 prompt was no valid base64. Encode user and password, without a line break inside.',
    },
  ],
  related: ['500', '503', '504', '553', '5.1.3', '5.1.7', '5.5.2', '5.5.4'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2',
    'https://www.rfc-editor.org/rfc/rfc4954#section-4',
    'https://www.postfix.org/postconf.5.html#strict_rfc821_envelopes',
    'https://www.exim.org/exim-html-current/doc/html/spec_html/ch-main_configuration.html',
    'https://support.google.com/a/answer/3726730',
  ],
};
