import type { Page } from '../page.ts';

export const page: Page = {
  example: '553 5.3.0 flpd575 DNSBL:RBL 521< 192.0.2.1 >_is_blocked',
  meaning:
    'Something in the receiving mail system failed, and the system does not say what. In its registered sense the fault lies with the receiver’s machinery. In the wild, Sendmail prints it for refusals that an administrator wrote without an enhanced code: unknown users, blocked IPs, spam.',
  playsOut: [
    'Postfix hands a message to a program through pipe or local, and the program ends with an error.',
    'Postfix maps the exit status: 69, 70, 74 and any unknown number become 5.3.0, while 75 becomes 4.3.0 and is retried.',
    'The bounce reads dsn=5.3.0, Command died with status 1, followed by the command and its output.',
    'A Sendmail rule without a number of its own gives 553 5.3.0 already at MAIL FROM or RCPT TO.',
    'Mailstop reads the words first. With none it knows, it counts days: six within 90 block the address for a week.',
  ],
  softOrHard:
    'Soft as a bare number: a system fault gets repaired, and the mailbox behind it is not to blame. The text can turn it around. No such user beside it is a dead address, while is_blocked, as in the example, is about your IP and leaves the address good.',
  causes: [
    'A delivery command of the receiver crashes: procmail, a spam filter, a ticket system fed through an alias.',
    'A Sendmail access or virtusertable entry with its own text, for instance error:nouser No such user here.',
    'A block of your IP at att.net, sbcglobal.net or bellsouth.net: DNSBL:RBL 521, your IP, is_blocked.',
    'A full or broken disk at the moment of writing: Postfix says error writing message or error reading message.',
    'A Cisco gateway that could not classify the remote reply: 5.3.0 - Other mail system problem, with that reply quoted.',
  ],
  fixes: [
    'Read the text: user unknown, a blocked IP and a crashed program all come under this number.',
    'If your IP is named, treat it as a block: check the list it names, clean up your sending, and ask for removal.',
    'If a command died, send its output from the bounce to postmaster at that domain; they seldom know that it fails.',
    'On your own Postfix, run the command by hand as the user in master.cf, and let it exit with 75 when a retry makes sense.',
    'On your own Sendmail, write ERROR:5.1.1:550 and the text in the access map, so that senders learn the cause.',
  ],
  questions: [
    {
      q: 'Will the same message pass tomorrow?',
      a: 'If a program or a disk had failed, often yes. Your server has given up, though: the application has to send it anew.',
    },
    {
      q: 'Why does it count at all, if the receiver is at fault?',
      a: 'Some systems stay broken for years. Six separate days are more than any queue would wait, and after that a pause saves everybody the effort.',
    },
    {
      q: 'What does Command died with signal 9 tell me?',
      a: 'The receiver’s program was killed, mostly for want of memory. Nothing in your message needs to change.',
    },
  ],
  related: ['4.3.0', '5.0.0', '5.3.5', '553', '554', '5.7.1', '5.1.1'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.4',
    'https://www.postfix.org/pipe.8.html',
    'https://www.iana.org/assignments/smtp-enhanced-status-codes/smtp-enhanced-status-codes.xhtml',
  ],
};
