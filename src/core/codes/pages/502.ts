import type { Page } from '../page.ts';

export const page: Page = {
  example: '502 5.5.1 VRFY command is disabled',
  meaning:
    'The server knows this verb and will not carry it out, because it was switched off or never built in. The rest of the session is open to you. Mail seldom needs a command that gets 502: VRFY, EXPN and TURN are the classic ones.',
  playsOut: [
    'A client sends VRFY to probe an address, STARTTLS to a host without a certificate, or an old verb such as TURN.',
    'Postfix answers 502 5.5.1 VRFY command is disabled, or Error: command not implemented; qmail says 502 unimplemented (#5.5.1).',
    'A good client drops that command and continues with MAIL FROM in the same session.',
    'One that insists on it, for example on TLS, gives up the message and reports a failure.',
    'Such a failure becomes a note in Mailstop; neither a block nor a strike follows for the recipient.',
  ],
  softOrHard:
    'Hard. The server will not grow the command by waiting. What can change is your side, and with another command the same mail to the same address may go through at once.',
  causes: [
    'VRFY from an address checker, where disable_vrfy_command = yes is set in Postfix.',
    'EXPN on a Sendmail with noexpn in PrivacyOptions: 502 5.7.0 Sorry, we do not allow this operation. To VRFY with novrfy it says 252 instead.',
    'STARTTLS without an offer in EHLO, to a Postfix that runs without TLS.',
    'Verbs that the parser does not know at all: Gmail and older Postfix versions print 502 for them, where 500 would be due.',
    'A firewall that masks EHLO or AUTH, so that the server sees only X signs.',
    'Text of a message sent as if it were commands, after an overlooked refusal.',
  ],
  fixes: [
    'Send only what the answer to EHLO lists; RFC 5321 forbids a server to list a capability and then refuse it with 502.',
    'Switch VRFY off in your checking tool. It is closed nearly everywhere, and a confirmed sign-up tells more than any probe.',
    'If TLS is a must for you, take a host that offers STARTTLS; if not, set smtp_tls_security_level = may in Postfix.',
    'If the refusing Postfix is yours and lacks TLS, set smtpd_tls_security_level = may with a chain in smtpd_tls_chain_files.',
    'Where EHLO itself comes back as 502, look for SMTP inspection on the firewall, or let the client fall back to HELO.',
  ],
  questions: [
    {
      q: 'Does a 502 to VRFY say that the mailbox does not exist?',
      a: 'No. The server declines to tell. Most do so on purpose, since VRFY and EXPN were used to harvest addresses.',
    },
    {
      q: 'Is 502 Bad Gateway the same?',
      a: 'No. Bad Gateway is an HTTP error of a proxy before a web service, for instance the API of your provider. It is worth a retry, and it never reached a mail server.',
    },
    {
      q: 'Which commands must every server have?',
      a: 'RFC 5321, section 4.5.1, names EHLO, HELO, MAIL, RCPT, DATA, RSET, NOOP, QUIT and VRFY. For VRFY it allows an answer that verifies nothing, such as 252.',
    },
  ],
  related: ['500', '503', '504', '252', '214', '5.5.1', '454'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.4',
    'https://www.rfc-editor.org/rfc/rfc5321#section-3.5.3',
    'https://www.postfix.org/postconf.5.html#disable_vrfy_command',
    'https://support.google.com/a/answer/3726730',
  ],
};
