import type { Page } from '../page.ts';

export const page: Page = {
  example: '550 Requested action not taken: mailbox unavailable',
  meaning:
    'The commonest refusal in mail, and the least exact. RFC 5321 gives it two meanings that could hardly be further apart: there is no such mailbox, or a policy rejects you. The enhanced code and the words separate them; the bare number does not.',
  playsOut: [
    'At RCPT TO it is mostly the address. At connect, EHLO or MAIL FROM it is you. After the final dot it is the message.',
    'Exim uses 550 for nearly every deny in its ACLs, Microsoft for blocked IPs and for unknown users alike.',
    'The sending server gives up and quotes the line in its bounce.',
    'Mailstop looks for known words first: no such user suppresses, relay not permitted or a block list becomes a note.',
    'Bare, or with a stock phrase, it is weak evidence: a week, a month at the next failure, then for ever. With words that it cannot read it is one strike, and six days of those are needed.',
  ],
  softOrHard:
    'Hard, in that this message will not be taken. For the address it depends: an unknown user is final, a policy refusal says nothing against the mailbox. As the number alone does not tell, the first block is for a week only.',
  causes: [
    'The user does not exist: 550 5.1.1 at Gmail and Postfix, 550 5.1.10 or 5.4.1 Access denied at Microsoft, no such user here at others.',
    'The account is disabled: 550 5.2.1 at Gmail.',
    'The IP is blocked: 550 5.7.1 with S3140 at Outlook.com, 5.7.606 and its neighbours at Exchange Online.',
    'SPF, DKIM or DMARC failed: 550 5.7.26 at Gmail, 5.7.509 or 5.7.515 at Microsoft.',
    'Relaying without a login: relay not permitted (Exim), 5.7.54 Unable to relay (Exchange).',
    'The sender was checked by a call back and does not exist: Sender verify failed (Exim).',
    'Content filters that answer after DATA.',
  ],
  fixes: [
    'Read the second code and the words: 5.1.x and 5.2.x are the address, 5.7.x is your IP, domain, login or content. Look that code up next.',
    'For an unknown user, stop, and check how the address came on the list.',
    'For a policy refusal, keep the list as it is and repair what the words name: a block list, a DNS record, the relay login.',
    'If the bounce shows 550 without words, find the full line in the log of the server that spoke to the receiver.',
    'If many recipients at several domains fail within the hour, stop the send: no set of users dies at once.',
    'Release addresses that a misread policy refusal took down: mailstop release --code 550, with --since, --domain and --dry-run.',
  ],
  questions: [
    {
      q: 'Is the address dead?',
      a: 'With words such as user unknown or 5.1.1, yes. With nothing but the number it is likely, and not sure enough to block somebody for ever at once.',
    },
    {
      q: 'Should I retry a 550?',
      a: 'Not this message. A later message may be right: after a block of a week Mailstop lets one through, and a delivery clears the doubt.',
    },
    {
      q: 'Why does Outlook.com say mailbox unavailable for mailboxes that exist?',
      a: 'That sentence is the stock phrase of the standard. Receivers use it for accounts that are closed, and some for senders they do not want.',
    },
    {
      q: 'How do 550, 553 and 554 differ?',
      a: '550 is an action refused, mostly for a mailbox. 553 is about the form of a name. 554 is the rest. Servers interchange them, so the words have to decide.',
    },
  ],
  related: ['551', '553', '554', '450', '5.1.1', '5.1.10', '5.4.1', '5.7.1'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc5321#section-4.2.3',
    'https://support.google.com/a/answer/3726730',
    'https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online',
    'https://www.exim.org/exim-html-current/doc/html/spec_html/ch-access_control_lists.html',
  ],
};
