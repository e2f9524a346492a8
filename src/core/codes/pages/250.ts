import type { Page } from '../page.ts';

export const page: Page = {
  example: '250 2.0.0 Ok: queued as 4XyZ1k2mQpz9vNf',
  meaning:
    'The command did what it was asked. The same digits answer EHLO, MAIL FROM, RCPT TO, RSET and NOOP, so look at which command they answer. After the final dot they mean that the receiver now owns the message: it must deliver it or report the failure. They do not mean inbox.',
  playsOut: [
    'EHLO is answered by many 250 lines, one for each extension; all but the last have a hyphen after the number.',
    'MAIL FROM and RCPT TO each get their own 250, as a rule with 2.1.0 and 2.1.5. The message itself is still on your side.',
    'DATA gets 354, the body goes over, and the dot gets the 250 that counts, mostly with a queue id.',
    'The receiver filters, forwards, stores or drops it. A failure from here on comes as bounce mail, not as a reply.',
    'Mailstop takes the delivery as proof of life: it lifts soft, expiring and held entries, and clears strikes. Complaints, unsubscribes, manual entries and 504 stay.',
  ],
  softOrHard:
    'Neither. It is success, of one command. Only the one after the data stands for the message, and even that one is acceptance by a server: spam folder, quarantine and later bounces remain possible.',
  causes: [
    'The receiver stored the message in its queue: Postfix says Ok: queued as, Exim says OK id=, Gmail says OK with a time and an id.',
    'A catch-all domain or a filter in front takes every recipient at RCPT TO and finds out later who exists.',
    'A spam trap or a tarpit accepts everything on purpose.',
    'A quarantine accepted the message and holds it; Exchange Online does this with mail it judges as spam or phishing.',
  ],
  fixes: [
    'Keep the queue id from the reply in your log: it is what the other side needs to find the message.',
    'Mark a message as delivered on the 250 after the dot, not on the one after RCPT TO.',
    'Read multi-line replies to their end: the last line has a space after 250. A client that stops early gets out of step.',
    'If mail is accepted but never seen, look at spam folder, quarantine and authentication results, not at the address.',
  ],
  questions: [
    {
      q: 'Does 250 mean that the mail was delivered to the inbox?',
      a: 'No. RFC 5321, section 6.1, makes the receiver responsible for the message, and that is all. Folder, filter and forwarding come afterwards and are silent.',
    },
    {
      q: 'Can a message bounce after 250?',
      a: 'Yes. The receiving host then sends a delivery report to the address of MAIL FROM. Since anyone can forge such mail, Mailstop takes it for weak evidence at most, unless its source is set to --trust full.',
    },
    {
      q: 'Does 250 after RCPT TO prove that the mailbox exists?',
      a: 'No. Catch-all domains, qmail hosts and many gateways say it to any name. A real message that never bounces is a better sign, and still no proof.',
    },
    {
      q: 'Why is a suppressed address still suppressed after a delivery?',
      a: 'A delivery ends soft and expiring blocks. It does not undo a complaint, an unsubscribe, a manual entry, a 504, or an old hard bounce that stands for ever.',
    },
  ],
  related: ['251', '252', '354', '450', '550', '2.0.0', '2.1.5', '2.6.0'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-6.1',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.3.2',
    'https://www.rfc-editor.org/rfc/rfc3464',
  ],
};
