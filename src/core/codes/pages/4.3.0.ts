import type { Page } from '../page.ts';

export const page: Page = {
  example: '451 4.3.0 <a@example.com>: Temporary lookup failure',
  meaning:
    'Something inside a mail system failed, and the reply does not say what: a table or database behind it, a queue that cannot be written, a service that crashed. The recipient was not judged at all. In your own log the code may come from your own server, before any remote host was asked.',
  playsOut: [
    'Postfix answers RCPT TO with Temporary lookup failure when a table behind it (SQL, LDAP, a missing .db file) cannot be read, and the end of DATA with queue file write error.',
    'Your server keeps the message and tries another MX host or waits for the next queue run.',
    'Mostly the operators repair it within hours, and a later attempt gets 250.',
    'If it outlasts the queue lifetime, the failure report says Status: 4.3.0.',
    'That report is a strike against the system. Six UTC days of it within 90 pause the address for a week at first; a delivery wipes them out.',
  ],
  softOrHard:
    'Soft. The fault lies in a machine and hits everybody behind it alike. It says nothing for or against the address, so twice as many days as for a full mailbox must pass before anything is paused.',
  causes: [
    'A lookup table is out: Postfix cannot reach MySQL, PostgreSQL or LDAP, or a hash file was never built with postmap.',
    'The queue file cannot be written: a full or read-only disk, or a cleanup process that died.',
    'Gmail, when one transaction names recipients of two Workspace domains: Multiple destination domains per transaction is unsupported. That one is yours to solve.',
    'Your own Postfix, with no remote host involved: mail transport unavailable, when a service of transport_maps or master.cf is missing or crashes.',
    'A delivery program that exits with EX_TEMPFAIL under the pipe or local agent of Postfix, or a mailer that dies on a signal under Sendmail.',
  ],
  fixes: [
    'Look whose system speaks: relay=none or relay=local in the Postfix log is your own server, a host name there is the receiver.',
    'If it is theirs, wait for the queue; after a day, tell their postmaster from an address at another domain.',
    'If it is yours, read the log lines before it (proxymap, trivial-rewrite, cleanup) and try the failing key with postmap -q.',
    'For mail transport unavailable, look whether the transport named in transport_maps, default_transport or content_filter stands in master.cf, then run postfix reload.',
    'For Gmail, open one transaction per recipient domain, even where the domains share their MX hosts.',
  ],
  questions: [
    {
      q: 'How is it different from 4.3.1 and 4.3.2?',
      a: 'Those name the trouble: X.3.1 is a system without space, X.3.2 one that takes no mail for the moment. X.3.0 leaves it open.',
    },
    {
      q: 'Does Temporary lookup failure mean DNS?',
      a: 'In a Postfix reply to RCPT TO it speaks of lookup tables such as aliases or virtual mailboxes. When DNS fails on the way out, Postfix logs Host or domain name not found with 4.4.3.',
    },
    {
      q: 'One domain has said it for days. What now?',
      a: 'A receiver that fails for so long is mostly a broken set-up that nobody watches. Leave the pause to the strikes, and write to the people there by other means.',
    },
    {
      q: 'Could it be greylisting?',
      a: 'Not by itself. Greylisting mostly comes as 450 4.2.0 or 451 4.7.1, with words about it.',
    },
  ],
  related: ['451', '4.3.1', '4.3.2', '4.3.5', '4.4.3', '421'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.4',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3',
    'https://www.postfix.org/DATABASE_README.html',
    'https://support.google.com/a/answer/3726730',
  ],
};
