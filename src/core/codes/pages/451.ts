import type { Page } from '../page.ts';

export const page: Page = {
  example: '451 4.3.0 <a@example.com>: Temporary lookup failure',
  meaning:
    'The receiver broke off this command for a reason of its own: a database, a filter or a disk did not answer. Microsoft and some filters use it for throttling too, and qmail for a plain protocol error. The address may be fine; the text tells whose turn it is.',
  playsOut: [
    'RCPT TO fails if user tables are out of reach; the reply to the final dot fails if a content filter or the queue is.',
    'Your server keeps the message and retries. An outage is mostly over within the hour.',
    'Greylisting in Exim and in many appliances wears this code too, and passes at the next attempt.',
    'Server busy from Exchange Online lasts as long as the reputation or the volume of your IP asks for it.',
    'A final 451 counts in Mailstop as a system failure: one strike a UTC day, six days for a block of a week. Words of a rate limit or of greylisting make it a note; Server busy and the smtplf link remain strikes.',
  ],
  softOrHard:
    'Soft. Something inside the other system failed and may work in a minute. One trap: qmail refuses a bare line feed with 451, and that never passes, since the message itself has to change.',
  causes: [
    'Lookup tables down: LDAP, MySQL or DNS behind Postfix (Temporary lookup failure, Server configuration error).',
    'A milter or policy service is dead: 451 4.7.1 Service unavailable - try again later.',
    'Exim could not finish a check: Temporary local problem, or a sender callout that timed out.',
    'Microsoft: 451 4.7.500 Server busy at Exchange Online, 451 4.7.650 rate limited due to IP reputation at Outlook.com.',
    'Exchange Online 451 4.4.4: the domain is not fully set up there, or no mail-enabled subscription is active.',
    'A line that ends in LF without CR, at qmail: it answers with a link to smtplf.html.',
  ],
  fixes: [
    'Let it retry with growing pauses, and look whether other domains on the same MX fail too: then it is their outage.',
    'For 4.7.500 and 4.7.650 of Microsoft, lower the volume from this IP, and look at its reputation at Outlook.com in SNDS.',
    'For the smtplf link, have the program that makes the message end each line with CRLF.',
    'If a sender callout fails, see that the MX of your bounce domain accepts RCPT TO for the address in MAIL FROM.',
    'If the failing server is yours: postmap -q on the table of the log line, then milter_default_action and the policy socket.',
  ],
  questions: [
    {
      q: 'Is the fault with them or with us?',
      a: 'With them, unless the text names your IP, your sender, a rate or line ends. Test with one message from another network to be sure.',
    },
    {
      q: 'Should I remove the address from the list?',
      a: 'No. At most a long outage suppresses it for a while. Six separate days within 90 are needed, and a delivery wipes the count.',
    },
    {
      q: 'Why does the same receiver answer 451 for weeks?',
      a: 'Then a setup is broken for good: a domain half moved to another host, a lapsed Microsoft 365 subscription, or a policy service nobody watches.',
    },
    {
      q: 'What is the difference between 450 and 451?',
      a: '450 is bound to the mailbox or a rule about it, 451 to the processing. Servers mix them freely, so trust the words first.',
    },
  ],
  related: ['421', '450', '452', '454', '4.3.0', '4.3.5', '4.4.1', '4.7.1'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3',
    'https://www.postfix.org/MILTER_README.html',
    'https://cr.yp.to/docs/smtplf.html',
    'https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online',
  ],
};
