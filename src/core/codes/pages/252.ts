import type { Page } from '../page.ts';

export const page: Page = {
  example: '252 2.0.0 a@example.com',
  meaning:
    'The server will not say whether this mailbox exists, but a message for it would be taken and tried. It is the polite way to refuse VRFY, made so that address harvesters learn nothing. It is neither a yes nor a no.',
  playsOut: [
    'Somebody sends VRFY with a name or an address, mostly a verification service or a scanner.',
    'Postfix repeats the address after 252 2.0.0 when it cannot rule it out. Sendmail with novrfy and qmail say it for any name.',
    'A careful client gives up and learns nothing. A careless one books the address as valid.',
    'The truth comes with a real message: 550 at RCPT TO, 250, or a bounce hours later.',
    'Mailstop counts the bare code as a note: no strike, and no delivery that would lift an entry.',
  ],
  softOrHard:
    'Neither. The reply commits the server to nothing. A mailbox that was deleted years ago and one read a minute ago get the same line.',
  causes: [
    'VRFY on a server that hides its users: Sendmail with PrivacyOptions novrfy or goaway, Exchange, qmail.',
    'Exim with no acl_smtp_vrfy: it says 252 Administrative prohibition.',
    'A backup MX or a gateway that relays for the domain and has no list of its mailboxes.',
    'In reply to ETRN: pending messages for the node were started (RFC 1985).',
  ],
  fixes: [
    'Do not use VRFY to clean a list: mail that people asked for, and the bounces it causes, are the only reliable check.',
    'Book 252 as unknown in every tool that scores addresses, never as valid.',
    'On your own Postfix, set disable_vrfy_command = yes; VRFY is then refused with 502 and RCPT TO is not affected.',
    'Stop probing when you see it: repeated VRFY or RCPT TO without DATA gets an IP address listed.',
  ],
  questions: [
    {
      q: 'Is the address valid if the server says 252?',
      a: 'It is unknown. RFC 5321, section 3.5.3, keeps the code for the case where the server cannot or will not verify.',
    },
    {
      q: 'Can RCPT TO tell me more than VRFY?',
      a: 'Sometimes, on hosts that know their users. Catch-all domains say yes to all, and large providers watch for such probes and block them.',
    },
    {
      q: 'Why do verification services still show results for such domains?',
      a: 'They guess, from earlier bounces, from other providers’ data, or from RCPT TO. None of that is what the server said here.',
    },
  ],
  related: ['250', '251', '253', '502', '550', '2.1.5'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-3.5.3',
    'https://www.rfc-editor.org/rfc/rfc5321#section-7.3',
    'https://www.postfix.org/postconf.5.html#disable_vrfy_command',
    'https://www.rfc-editor.org/rfc/rfc1985',
  ],
};
