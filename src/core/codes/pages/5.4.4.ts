import type { Page } from '../page.ts';

export const page: Page = {
  example: '550 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain',
  meaning:
    'The sending server looked for a host to which it could hand the message, and DNS gave it none. No connection was made, and the receiver never saw a thing. Mostly the domain is dead; sometimes only the sender’s own resolver or routing table is.',
  playsOut: [
    'Your server takes the message into its queue and asks DNS for the MX of the domain, then for its A and AAAA records.',
    'The answer is final: no such name, or a name without any address. A timeout would have been 4.4.3 instead.',
    'Postfix logs dsn=5.4.4, status=bounced, Host or domain name not found. Name service error for name=example.com.',
    'A bounce is written at once and never waits for the end of the queue time.',
    'Mailstop suppresses where the words say that the domain is missing. A bare 5.4.4 is one strike, and six days with it are needed.',
  ],
  softOrHard:
    'Hard, with a grain of salt. A domain that is gone ends the matter for every address in it. But the number also covers a route that your own configuration lacks, so the code without words blocks for a limited time only.',
  causes: [
    'The domain does not exist: misspelt, lapsed, or never registered.',
    'Its MX record names a host without an A or AAAA record, often after a change of provider.',
    'The domain has a website on www only, and neither MX nor A record at its root.',
    'Your relayhost or a transport_maps entry in Postfix names a host that DNS does not know.',
    'A chrooted Postfix with no current copy of resolv.conf under its queue directory.',
    'Exchange with ROUTING.NoConnectorForAddressType: no send connector fits the address.',
  ],
  fixes: [
    'Check which name failed: the text may quote the MX host, or your relayhost, and not the domain of the recipient.',
    'Query it from the sending machine with dig MX, then with dig @9.9.9.9 MX, and compare both.',
    'If your relay is at fault, correct relayhost or transport_maps; square brackets around a name switch its MX lookup off.',
    'If only your resolver fails, repair it, run postfix reload, and release the domain’s addresses.',
    'If the MX names a dead host, write to the domain’s owner by other means; nobody at that domain gets your mail.',
    'For Exchange, add a send connector with the address space SMTP:* and a working DNS setting.',
  ],
  questions: [
    {
      q: 'Could it be a passing DNS problem?',
      a: 'A timeout or SERVFAIL is reported as 4.4.3 and retried. But a resolver that wrongly says no such domain looks final, and then hundreds of domains fail in the same minute.',
    },
    {
      q: 'Why type=A in the log, when the domain needs an MX?',
      a: 'Postfix prints the last lookup that failed. type=A means that it got a host name, from an MX or as a fallback, and this name has no address.',
    },
    {
      q: 'Which code does Exchange Online use?',
      a: 'Nowadays 550 5.4.310, DNS domain does not exist. Exchange servers on site print 5.4.4 with SMTPSEND.DNS.NonExistentDomain.',
    },
  ],
  related: ['5.1.2', '4.4.4', '4.4.3', '5.1.10', '5.4.1', '5.4.310', '5.4.6', '556'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.5',
    'https://www.rfc-editor.org/rfc/rfc5321#section-5.1',
    'https://www.postfix.org/postconf.5.html#relayhost',
    'https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online',
  ],
};
