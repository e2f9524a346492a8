import type { Page } from '../page.ts';

export const page: Page = {
  example: '453 You have no mail',
  meaning:
    'The answer to ATRN when nothing waits for the domains that were asked for. It comes from a provider of on-demand mail relay (ODMR), where a customer without a fixed address logs in and turns the connection round to collect mail. It is good news and no failure of a delivery.',
  playsOut: [
    'The customer’s server connects to port 366, says EHLO and logs in with AUTH, mostly CRAM-MD5.',
    'It sends ATRN with its domains, or none for all that belong to the account.',
    'The queue of the provider is empty, so the roles are not exchanged; 453 is printed, and QUIT follows.',
    'With mail waiting it would be 250, and the provider would go on as the client.',
    'If such a line ever reaches Mailstop in a bounce, it becomes a note, and nobody is blocked for it.',
  ],
  softOrHard:
    'Soft. All 4xx replies are, and this one means no more than that the next poll may find something. No recipient of yours was refused by it.',
  causes: [
    'A poll while the queue at the provider is empty, which is the usual state.',
    'The login owns other domains than the ones named after ATRN.',
    'The MX record of the domain does not point to the ODMR provider, so that mail never gets into that queue.',
  ],
  fixes: [
    'Do nothing if mail flows: the provider’s queue is empty, and the next poll asks again.',
    'If mail is missing, look with dig at the MX of the domain: it has to lead to the hosts of the ODMR provider.',
    'Compare the domains after ATRN with those of the login; in fetchmail the option fetchdomains holds them.',
    'If a bounce of your own mail shows 453, find the host that invented it: RFC 5321 has no such code for MAIL FROM, RCPT TO or DATA.',
  ],
  questions: [
    {
      q: 'Why is an empty queue an error code?',
      a: 'Because the turn-round did not take place. A 2xx would tell the client to become the server now. RFC 2645 gave the case a number of its own.',
    },
    {
      q: 'Is ATRN still in use?',
      a: 'Seldom. fetchmail can do it, and a few providers for small offices do. Most sites with a changing address use a relay with a fixed one instead.',
    },
    {
      q: 'How does ATRN differ from ETRN?',
      a: 'ETRN makes the server connect to the MX of your domain. ATRN uses the connection you opened, which works behind NAT, but needs a login.',
    },
  ],
  related: ['250', '253', '450', '451', '458', '459', '530'],
  sources: ['https://www.rfc-editor.org/rfc/rfc2645', 'https://www.fetchmail.info/fetchmail-man.html'],
};
