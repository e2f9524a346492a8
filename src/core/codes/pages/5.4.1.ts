import type { Page } from '../page.ts';

export const page: Page = {
  example:
    '550 5.4.1 Recipient address rejected: Access denied. [DB1PR01FT001.eop-EUR01.prod.protection.outlook.com]',
  meaning:
    'By the registry, nobody answered: the receiver’s host could not be reached. Exchange Online turned the number into something else. With the words Recipient address rejected: Access denied it means that the tenant’s directory has no such recipient, in other words an unknown user.',
  playsOut: [
    'Microsoft 365: the MX is reached without trouble, MAIL FROM is accepted, and RCPT TO is looked up at the edge.',
    'Directory based edge blocking finds no recipient of that name and refuses with Access denied before any content flows.',
    'In the registered sense no reply exists at all: your server tries each MX until its queue time is over, then reports the failure.',
    'Most servers keep 4.4.1 in that last report; a provider’s summary may turn it into 5.4.1.',
    'Mailstop suppresses on the words of Microsoft. The bare number gives a strike, and six such days within 90 block for a while.',
  ],
  softOrHard:
    'Soft by the number alone, as an unreachable host says nothing about a mailbox. With Exchange Online’s Recipient address rejected: Access denied it is a hard bounce, and as certain as 5.1.1. Relay Access Denied beside it points to a wrong MX or tenant.',
  causes: [
    'Exchange Online: the address is not in the tenant. The person left, the alias was removed, or it is misspelt.',
    'A hybrid tenant where a mailbox, group or public folder lives on site and was not synchronized to the cloud.',
    'The MX points to Microsoft 365, but the domain is not, or not yet, an accepted domain of any tenant: Relay Access Denied.',
    'Hosts of the domain that are down, or a firewall on their side or yours that drops port 25.',
  ],
  fixes: [
    'Look for Access denied and a protection.outlook.com host in the text: then treat the address as unknown and stop sending.',
    'If the person insists that it works, their administrator has to check that the recipient is visible in Exchange Online.',
    'As that administrator, synchronize the missing recipients with Entra Connect, public folders included.',
    'Until all are in the cloud, Set-AcceptedDomain -DomainType InternalRelay switches the edge check off for the domain.',
    'Without those words, test the path: dig MX for the domain, then nc -vz and each host on port 25, from the sending machine.',
  ],
  questions: [
    {
      q: 'Access denied: is my IP blocked by Microsoft?',
      a: 'No. A blocked IP gets 550 5.7.606 or a number near it, and a link for removal. Here the recipient is refused, and another sender would hear the same.',
    },
    {
      q: 'Should I ask Microsoft to unblock me?',
      a: 'It will not help. Only the tenant can add the recipient. Delisting forms are for replies that name your IP address.',
    },
    {
      q: 'Why do good addresses fail right after a move to Microsoft 365?',
      a: 'The domain was set to Authoritative before all recipients were in the directory. Once they are, release the addresses with mailstop release --domain example.com.',
    },
    {
      q: 'How does 5.1.10 at Exchange differ?',
      a: 'There the message got past the edge, and the lookup failed later inside the organization. The outcome for the address is equal.',
    },
  ],
  related: ['550', '4.4.1', '5.1.1', '5.1.10', '5.4.4', '5.4.7', '5.7.1', '5.7.606'],
  sources: [
    'https://www.rfc-editor.org/rfc/rfc3463#section-3.5',
    'https://learn.microsoft.com/exchange/mail-flow-best-practices/use-directory-based-edge-blocking',
    'https://learn.microsoft.com/en-us/troubleshoot/exchange/email-delivery/ndr/non-delivery-reports-in-exchange-online',
  ],
};
