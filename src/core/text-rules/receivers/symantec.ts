/** Symantec Email Security.cloud (MessageLabs). https://knowledge.broadcom.com/external/article/169652 */
import { anyOf, type Receiver } from '../rule.ts';

const SOURCE = 'https://knowledge.broadcom.com/external/article/169652';

export const symantec: Receiver = {
  name: 'Symantec Email Security.cloud',
  gate: /messagelabs|symantec|connection rejected by policy|requested action aborted \[\d|recipient mailbox is not allowed|as a relay, but|has been blacklisted/,
  rules: [
    {
      id: 'symantec-ip',
      category: 'ip-blocked',
      pattern: anyOf(/connection rejected by policy|your ip address has been (?:blocked|blacklisted)/),
      why: 'The IP has a bad name at Symantec, or is on the recipient’s list.',
      source: SOURCE,
      examples: [
        '501 Connection rejected by policy [7.7] 20805, please visit www.messagelabs.com/support',
        '553-Sorry, your IP address has been blacklisted',
      ],
    },
    {
      id: 'symantec-sender',
      category: 'sender-rejected',
      pattern: anyOf(/your (?:domain|email address) has been (?:blocked|blacklisted)/),
      why: 'The sender is on the recipient’s list.',
      source: SOURCE,
      examples: ['553-Sorry, your domain has been blacklisted'],
    },
    {
      id: 'symantec-relay',
      category: 'relay-denied',
      pattern: anyOf(/as a relay, but/),
      why: 'The recipient’s domain is no customer of this server.',
      source: SOURCE,
      examples: [
        '553-you are trying to use me [server-3.tower-1.messagelabs.com] as a relay, but I have not been configured to let you do this',
      ],
    },
    {
      id: 'symantec-content',
      category: 'content-rejected',
      pattern: anyOf(/requested action aborted \[4\]/),
      why: 'The message does not have the form of RFC 5322.',
      source: SOURCE,
      examples: ['550 Requested action aborted [4] 20412, please visit www.messagelabs.com/support'],
    },
    {
      id: 'symantec-unknown',
      category: 'mailbox-unknown',
      pattern: anyOf(/recipient mailbox is not allowed/),
      why: 'The address is not one that the organization has registered.',
      source: SOURCE,
      examples: ['553 Recipient mailbox is not allowed'],
    },
  ],
};
