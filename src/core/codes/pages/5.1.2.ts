import type { Page } from '../page.ts';

export const page: Page = {
  example: '550 5.1.2 <a@example.com>: Recipient address rejected: Domain not found',
  meaning:
    'The domain cannot receive mail at all: no such name in DNS, or no host behind it. It is said by a relay or by your own server, since a domain that does not exist has no server that could reply. All addresses of that domain share the fate.',
  playsOut: [
    'Your application hands a message to a relay and names the recipient in RCPT TO.',
    'The relay asks DNS for the MX record, then for A and AAAA (RFC 5321, 5.1), and gets NXDOMAIN.',
    'Postfix with reject_unknown_recipient_domain refuses right there; 450 4.1.2 is its default, 550 5.1.2 where unknown_address_reject_code says so.',
    'Without such a check the relay accepts, finds no host while delivering, and sends a bounce.',
    'Mailstop blocks the address for ever, or for 30 days first where mail was delivered lately: a lapsed domain may come back.',
  ],
  softOrHard:
    'Hard. A name that DNS does not hold will not appear because you try again. The one doubt is a broken resolver at the sender: it turns living domains into dead ones, and then the message was fine and so was the address.',
  causes: [
    'A misspelt domain: gamil.com, hotmail.con, a company name without its last letter.',
    'The registration ran out, and the registry took the name out of its zone.',
    'The company closed, or merged and gave up the old name.',
    'An internal name such as mail.local or server.lan in a list that is used for outside mail.',
    'Your resolver answers NXDOMAIN wrongly, through split DNS or a filter list.',
  ],
  fixes: [
    'Run dig MX and dig A for the domain against a public resolver, for example 1.1.1.1, and compare with your own.',
    'If the public one finds it, mend the resolver of the sending host, then run mailstop release --domain with that name.',
    'Correct common misspellings in the sign-up form, before the first mail goes out.',
    'Ask whois for the state of the name: redemptionPeriod means that the owner still has some weeks to renew it.',
    'Remove names that only exist inside your network, such as those that end in .local.',
  ],
  questions: [
    {
      q: 'Who sent this reply if the domain does not exist?',
      a: 'Your relay, your smarthost or your own mail server. Look at the Reporting-MTA line of the bounce.',
    },
    {
      q: 'What is the difference to 5.4.4?',
      a: 'In practice little. qmail says #5.1.2 for a name that is not there and #5.4.4 for a name with no mail host; Postfix uses 5.4.4 for both when it delivers.',
    },
    {
      q: 'The domain works again. Do I need to do anything?',
      a: 'Release its addresses. A block for ever does not run out on its own, and no mail goes out that could prove the domain alive.',
    },
  ],
  related: ['550', '4.1.2', '5.1.1', '5.1.10', '5.4.4', '5.1.8', '556'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.2',
    'https://www.rfc-editor.org/rfc/rfc5321#section-5.1',
    'https://www.postfix.org/postconf.5.html#reject_unknown_recipient_domain',
    'https://www.postfix.org/postconf.5.html#unknown_address_reject_code',
  ],
};
