import type { Page } from '../page.ts';

export const page: Page = {
  example: '451 4.7.1 Greylisting in action, please come back in 00:05:00',
  meaning:
    'Delivery is not authorised for now. Behind it stand checks that a second attempt may pass (greylisting, a filter that is down, a failed lookup) and verdicts that no waiting cures (no PTR, a bad HELO name, a poor reputation), given as 4xx because the receiver prefers it so. Only the words tell which.',
  playsOut: [
    'At RCPT TO or after DATA a check fails, and the receiver answers 450 or 451 with 4.7.1.',
    'A sender that retries gets past greylisting once its delay is over, often five minutes.',
    'Where the check is about the sender’s DNS or reputation, each retry ends alike until the queue lifetime is over.',
    'The report then reads Status: 4.7.1, although the verdict was meant as a rejection.',
    'Mailstop notes greylisting, limits, DNS and policy. Words about a service that is unavailable, or a bare try again later, make it a strike about the system instead.',
  ],
  softOrHard:
    'Soft. Postfix gives its DNS checks as 450 on purpose, since a lookup may fail by accident, so the class says little about how lasting the refusal is. It is about your host or your message; the mailbox has nothing to do with it.',
  causes: [
    'Greylisting: milter-greylist and Rspamd answer 451 4.7.1 to a combination of IP, sender and recipient that they have not seen.',
    'Postfix, reject_unknown_client_hostname: cannot find your hostname, since the PTR is missing or does not lead back. Newer versions print 4.7.25 for it.',
    'Postfix, reject_unknown_helo_hostname: Host not found, for an EHLO name with neither an A nor an MX record.',
    'A milter that does not run: with milter_default_action = tempfail, Postfix says 451 4.7.1 Service unavailable.',
    'Postfix limits for one client: too much mail (smtpd_client_message_rate_limit) or too many recipients (smtpd_client_recipient_rate_limit).',
    'Yahoo in former years: 421 4.7.1 [TS03], all messages permanently deferred, for an IP with heavy complaints.',
    'A block list that is answered with 450 on purpose (maps_rbl_reject_code in Postfix), to leave time for delisting.',
  ],
  fixes: [
    'Retry from the same IP after five to fifteen minutes and leave that to the queue: greylisting lets the second attempt pass.',
    'Test the DNS of the sending IP with dig -x, then look up the name that comes out; it must lead back to the IP.',
    'Set smtp_helo_name in Postfix, or helo_data in the smtp transport of Exim, to a name that resolves.',
    'Keep the retries of one message in one network: greylisting often compares the /24 only.',
    'On your own server, start the milter that the log cannot reach; milter_default_action = accept lets mail pass unchecked meanwhile.',
    'If it lasts for a day, treat it like 5.7.1 and go by the words.',
  ],
  questions: [
    {
      q: 'Is it greylisting or a block?',
      a: 'Look at the second attempt. Greylisting ends there with 250, whereas a block or a DNS check repeats its words.',
    },
    {
      q: 'Why 450 in the log and a bounce days later?',
      a: 'Each 450 was a deferral. The bounce is the decision of your own server to give up, and it quotes the last reply.',
    },
    {
      q: 'Does my IP have a bad name?',
      a: 'If several domains complain in words about DNS, correct PTR and HELO. If a single one does, it is a rule of its own.',
    },
    {
      q: 'Can greylisting be avoided?',
      a: 'No, and it need not be. Well-known senders are often exempt, and once a combination has passed, later mail of it is taken at once for weeks.',
    },
  ],
  related: ['450', '451', '5.7.1', '4.7.0', '4.2.0', '4.7.25'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.8',
    'https://www.rfc-editor.org/rfc/rfc6647',
    'https://www.postfix.org/postconf.5.html#reject_unknown_client_hostname',
    'https://www.postfix.org/postconf.5.html#milter_default_action',
  ],
};
