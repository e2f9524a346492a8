import type { Page } from '../page.ts';

export const page: Page = {
  example: '550 5.7.1 [CS01] Message rejected due to local policy',
  meaning:
    'Refused by policy: the code says that this delivery is not authorised and nothing more. Many unlike causes share it, from relaying and block lists to DMARC, spam scores and closed groups. The words and the link beside it decide; without them it proves nothing against the address.',
  playsOut: [
    'The step is a clue: at connect or EHLO it is your IP, at MAIL FROM the sender, at RCPT TO relaying or the recipient’s rules, after DATA the message. Postfix mostly keeps the first two back until RCPT TO.',
    'Your server gives up and quotes the reply in its report.',
    'Mailstop looks for known words first: relaying, block lists, DNS, authentication and spam become notes of their own severity, up to critical for a blocked IP.',
    'A recipient or group that refuses this sender is a strike about the recipient; words for an unknown mailbox make the address dead, whatever the code.',
    'A 5.7.1 with no words, or with words that say policy only, is a note, and the address stays good.',
  ],
  softOrHard:
    'Hard. The same message from the same host gets the same answer until you, or their rules, change. It is only the words that can turn it against an address. Receivers choose the class freely, too: Postfix gives its DNS checks as 450, and block lists appear with either.',
  causes: [
    'Relaying: Relay access denied (Postfix), Unable to relay (Exchange), not in my list of allowed rcpthosts (qmail). This server does not serve that domain for you.',
    'The IP: on a public list (blocked using zen.spamhaus.org), on the receiver’s own (S3150 of Microsoft, [BL21] of Yahoo), or in a range of dynamic addresses.',
    'DNS of the host: no PTR or one that does not lead back (cannot find your hostname), or an EHLO name that does not exist (Helo command rejected).',
    'The sender: SPF, DKIM or DMARC failed, or the account may not use this From (not owned by user, permissions to send as this sender).',
    'The message: judged spam or phishing, a link on a list such as SURBL, a missing From header, a banned attachment.',
    'The recipient’s side: an Exchange group for members only (RESOLVER.RST), a transport rule, a personal block, an access table in Postfix.',
    'What has codes of its own: a login or TLS that is missing, a rate limit, even an unknown mailbox (550 5.7.1 No such user).',
  ],
  fixes: [
    'Read the words, open the link in the reply and see which command it answered: together they name the cause.',
    'Relaying: log in on port 587, or look whether the MX record leads to the right host. As its operator, add the domain to relay_domains or virtual_mailbox_domains in Postfix.',
    'A list: look the IP up at check.spamhaus.org or at the list named, stop what put it there, and only then ask for removal.',
    'DNS and sender: let PTR, A record and EHLO name agree, and let SPF or DKIM pass for the From domain.',
    'Content: send a bare text on the same way. If it passes, leave out links and attachments one by one.',
    'A closed group: its owner must allow you, in Exchange by RequireSenderAuthenticationEnabled or a list of accepted senders.',
    'No words at all: write to the postmaster there from another domain, with time, IP and the id in the reply.',
  ],
  questions: [
    {
      q: 'Is the address dead?',
      a: 'The code never says so. Words such as no such user do, and Mailstop believes them rather than 5.7.1.',
    },
    {
      q: 'Only one recipient of a domain is refused. Why?',
      a: 'Then it is a rule of that mailbox or group, such as an Exchange list that takes mail from inside only. Your IP and your domain are in order there.',
    },
    {
      q: 'Every recipient of a domain is refused. Why?',
      a: 'Then it is your IP, your domain or your content, or a server that does not host the domain. Relay access denied points to the last.',
    },
    {
      q: 'May I send it again?',
      a: 'After a change, yes. Unchanged it gets the same reply and adds to what the receiver holds against you.',
    },
    {
      q: 'Why not suppress, to be on the safe side?',
      a: 'One bad day of an IP would take thousands of good addresses off the list, and the cause would still be there.',
    },
  ],
  related: ['550', '554', '5.7.0', '4.7.1', '5.7.25', '5.7.26', '5.7.8', '5.1.1'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.8',
    'https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online',
    'https://support.google.com/a/answer/3726730',
    'https://www.postfix.org/SMTPD_ACCESS_README.html',
    'https://support.apple.com/en-us/102322',
    'https://senders.yahooinc.com/smtp-error-codes/',
  ],
};
