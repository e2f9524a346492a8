import type { Page } from '../page.ts';

export const page: Page = {
  example: '421 4.7.0 mx.example.com Error: too many connections from 192.0.2.1',
  meaning:
    'The receiver ends the session and hangs up, at whatever point it was. Either it is about the host (a restart, overload, a timeout) or about you (too many connections or messages, a poor reputation of the IP). The mailbox was not judged.',
  playsOut: [
    'It comes in place of the greeting, in the middle of a transaction, or after the final dot, and TCP is closed.',
    'The queue keeps the message. Good senders try another MX, then wait: minutes at first, later hours.',
    'Each try at once after a throttle makes it worse, since Yahoo and Gmail count the attempts.',
    'As a rule it passes within hours. If not, the queue gives up after some days, and a bounce is made.',
    'While the provider still tries, Mailstop notes a deferral. A final 421 with no telling words is a strike of its UTC day; six such days within 90 suppress for 7 days.',
    'Words that name a rate limit or a block of the IP make it a note instead: our fault, good address.',
  ],
  softOrHard:
    'Soft. The connection failed, not the address, and a later one may go through. Even with suspicious words such as spam or complaints a 421 only postpones; the sender’s traffic has to change, and the recipient stays good.',
  causes: [
    'Throttling: Gmail 421 4.7.28 unusual rate, Yahoo 421 4.7.0 [TSS04] unexpected volume or user complaints.',
    'Too many sessions at once: Postfix smtpd_client_connection_count_limit, which is 50, or smtp_accept_max in Exim.',
    'Too many refused commands in one session: Postfix says too many errors at smtpd_hard_error_limit.',
    'Your side was silent too long: 421 4.4.2 timeout exceeded.',
    'The service restarts or is out of slots: 421 4.3.2 All server ports are busy, or Service not available.',
  ],
  fixes: [
    'Slow down for this receiver: fewer connections at once (smtp_destination_concurrency_limit in Postfix) and a pause between messages.',
    'Read the words behind the code: TSS, 4.7.28 or 4.7.0 ask for less volume or a better list; 4.3.2 and 4.4.2 ask only for time.',
    'Back off with growing pauses. Do not flush the queue by hand.',
    'Give that provider a transport of its own in master.cf of Postfix, say slow, and set slow_destination_rate_delay. The same limit under the name smtp would slow down all receivers.',
    'Look at complaint rates in Google Postmaster Tools and Yahoo Sender Hub, and stop the campaign that raised them.',
    'Send fewer messages in each session if 421 comes after many of them: connection_max_messages in Exim.',
  ],
  questions: [
    {
      q: 'Does 421 say anything against the address?',
      a: 'No. It is mostly sent before RCPT TO, when no recipient is known. What builds up over six days is a sign that this receiver cannot be reached.',
    },
    {
      q: 'How long will the throttle last?',
      a: 'No provider promises a time. Minutes to hours are usual if the volume falls. It stays or grows for senders that go on hammering.',
    },
    {
      q: 'Why 421 and not 450 or 451?',
      a: '450 and 451 refuse one command, and the session goes on. 421 ends it, so that all further recipients have to wait for the next connection.',
    },
    {
      q: 'The line broke and there is no code at all. Is that the same?',
      a: 'Nearly. RFC 5321, section 3.8, tells clients to treat a broken connection like 451. The message stays in the queue.',
    },
  ],
  related: ['450', '451', '454', '4.3.2', '4.4.2', '4.7.0', '4.7.28', '554'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-3.8',
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.5.4.1',
    'https://www.postfix.org/TUNING_README.html',
    'https://support.google.com/a/answer/3726730',
    'https://senders.yahooinc.com/smtp-error-codes/',
  ],
};
