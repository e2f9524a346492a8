import type { Page } from '../page.ts';

export const page: Page = {
  example: '554 5.1.0 Sender Denied',
  meaning:
    'An address in the envelope is refused, and the code leaves open which one and why. The same number is used for unknown recipients (Cisco), for blocked senders (Exchange) and for domains with a null MX (Postfix). Only the text, and the command that got the reply, can tell them apart.',
  playsOut: [
    'The reply comes to MAIL FROM if your own address is refused, to RCPT TO if it is about the other side.',
    'Cisco Secure Email refuses a recipient that its directory lacks with 550 #5.1.0 Address rejected.',
    'Exchange with sender filtering answers 554 5.1.0 Sender Denied and closes the connection.',
    'Postfix bounces on its own, with dsn=5.1.0 and relay=none, where DNS says that the domain takes no mail (null MX).',
    'Mailstop goes by the words. If it knows none of them, the failure counts as a strike, and six days with one within 90 days block for a while.',
  ],
  softOrHard:
    'Hard for the message: the same envelope is refused again. For the address it proves nothing, so Mailstop calls the cause unknown and never suppresses for ever on this number alone. With User unknown or nullMX beside it, the address is dead.',
  causes: [
    'A recipient that the LDAP query or the recipient table of a Cisco gateway does not accept.',
    'Your envelope sender or its domain is on the blocked list of an Exchange organization.',
    'The recipient’s domain publishes MX 0 and a lone dot: Domain example.com does not accept mail (nullMX).',
    'A Cisco gateway that sends, and wraps any 5xx of the remote host: 5.1.0 - Unknown address error 550.',
  ],
  fixes: [
    'Find out which command was refused: MAIL FROM puts the blame on your sender address, RCPT TO on the recipient.',
    'For Unknown address error, read the reply quoted after it; it is the true one, and may be about size or spam.',
    'For Address rejected, check the spelling, then ask the person by other means; the gateway will not say more.',
    'For Sender Denied, have the organization take your domain from its list (Set-SenderFilterConfig on their Exchange).',
    'For nullMX, run dig MX on the domain and look for a typing error such as a missing letter before the dot.',
  ],
  questions: [
    {
      q: 'Does Address rejected mean that the user is unknown?',
      a: 'On Cisco gateways it mostly does, though a policy on recipients gives the same line. That doubt is why Mailstop counts it and does not suppress at once.',
    },
    {
      q: 'Why is there a # in 550 #5.1.0?',
      a: 'Cisco prints the enhanced code that way. Strict parsers miss it; Mailstop reads it as 5.1.0.',
    },
    {
      q: 'Why does Postfix not use 5.1.10 for a null MX?',
      a: 'Its SMTP server does, with 556. Its client, which finds the record while delivering, logs dsn=5.1.0 with the same words.',
    },
  ],
  related: ['550', '554', '5.0.0', '5.1.1', '5.1.8', '5.1.10', '5.7.1'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.2',
    'https://www.rfc-editor.org/rfc/rfc7505#section-3',
    'https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online',
  ],
};
