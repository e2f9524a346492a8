import type { Page } from '../page.ts';

export const page: Page = {
  example: '521 mx.example.com does not accept mail',
  meaning:
    'By the standard, this host says that it takes no mail from anyone, ever. In practice most 521 replies come from Postfix postscreen or an access table, and they turn away one client: yours. 5.7.x or 5.5.x beside it, or the name of a block list, means that second case.',
  playsOut: [
    'The code often stands where 220 should be, in the greeting itself. Postscreen sends it after its first checks, an access table mostly at RCPT TO, and both hang up.',
    'A Postfix client logs refused to talk to me, tries the next MX, and keeps the message queued (smtp_skip_5xx_greeting = yes).',
    'When its time runs out, or at once with other software, a bounce is made.',
    'Mailstop takes a bare 521 as a dead domain and suppresses: for ever, or for 30 days first if mail was delivered there within 90 days.',
    'With 5.7.x or a block list in the words, it is a critical note about your IP. With words that settle nothing, only strikes are counted, six days of them before anything is blocked.',
  ],
  softOrHard:
    'Hard. RFC 7504 made 521 for machines that never receive mail, such as a web server to which an A record leads. That is final for the address. Where it means your client only, the mailbox is sound, and the block on you is what has to go.',
  causes: [
    'Postscreen with the action drop: 521 5.7.1 Service unavailable; client blocked using zen.spamhaus.org.',
    'Postscreen against clients that talk before the greeting: 521 5.5.1 Protocol error.',
    'A 521 entry in an access table of Postfix (check_client_access), chosen because it also cuts the connection.',
    'A domain without MX whose A record leads to a web host; that host runs a small server to say no.',
    'A retired or send-only machine that is still named in an MX record.',
  ],
  fixes: [
    'Look at what stands beside it: 5.7.x or a block list is your IP, and the way out is the page of that list.',
    'Test from another network with swaks or telnet to port 25. If the greeting there is 220, the refusal is meant for you.',
    'For 5.5.1 Protocol error, let your client wait until the whole banner is there; a banner may have several lines.',
    'Check the domain with dig MX and dig A. If it has no MX and belongs to a web shop or parking service, correct the address.',
    'Once the block is lifted, run mailstop release for addresses that were suppressed by a report without words.',
  ],
  questions: [
    {
      q: 'Is the domain dead?',
      a: 'Only if everyone gets the answer. A domain that wants no mail should rather publish a null MX; then your own server says 556 and connects to nobody.',
    },
    {
      q: 'Why does my Postfix go on trying after a 5xx?',
      a: 'Because it came in the greeting. By default Postfix treats that as a refusing host, not as a verdict on the message, and looks for another MX.',
    },
    {
      q: 'How does 521 differ from 554 in the greeting?',
      a: 'RFC 5321 has 554 for a host that offers no SMTP service to you. RFC 7504 keeps 521 for one that offers it to nobody.',
    },
    {
      q: 'Should I use 521 in my own access tables?',
      a: 'Postfix warns against it: hanging up is not what the standards say of 521. Keep it for botnets, and use 554 for the rest.',
    },
  ],
  related: ['556', '554', '220', '550', '5.3.2', '5.7.1', '5.1.10'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc7504',
    'https://www.rfc-editor.org/rfc/rfc1846',
    'https://www.postfix.org/POSTSCREEN_README.html',
    'https://www.postfix.org/access.5.html',
    'https://www.postfix.org/postconf.5.html#smtp_skip_5xx_greeting',
  ],
};
