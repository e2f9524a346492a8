/** Mimecast. https://community.mimecast.com/s/article/Mimecast-SMTP-Error-Codes-842605754 */
import { anyOf, type Receiver } from '../rule.ts';

const SOURCE = 'https://community.mimecast.com/s/article/Mimecast-SMTP-Error-Codes-842605754';

export const mimecast: Receiver = {
  name: 'Mimecast',
  gate: /mimecast|envelope (?:blocked|rejected)|header[- ]based|internal resources are temporarily|ip temporarily blacklisted|host network not allowed|this route requires|account (?:in|out)bounds disabled|email rejected due to security policies|content examination/,
  rules: [
    {
      id: 'mimecast-greylist',
      category: 'greylisted',
      pattern: anyOf(/internal resources are temporarily unavailable/),
      why: 'Mimecast’s words for greylisting.',
      source: SOURCE,
      examples: [
        '451 Internal resources are temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451',
      ],
    },
    {
      id: 'mimecast-authentication',
      category: 'auth-failure',
      pattern: anyOf(/(?:spf|dkim|dmarc) sender invalid/),
      why: 'SPF, DKIM or DMARC does not vouch for the sender.',
      source: SOURCE,
      examples: ['550 SPF Sender Invalid - envelope rejected'],
    },
    {
      id: 'mimecast-sender',
      category: 'sender-rejected',
      pattern: anyOf(
        /envelope (?:blocked|rejected)|header[- ]based (?:manually )?blocked senders|anti-spoofing policy|sender address blocked/,
      ),
      why: 'The sender is on a list of the recipient or of their organization.',
      source: SOURCE,
      examples: [
        '550 Envelope blocked – User Entry - https://community.mimecast.com',
        '550 Administrative prohibition envelope blocked - https://community.mimecast.com',
        '550 Rejected by header-based manually blocked senders - block for manual block',
        '550 Rejected by header-based Anti-Spoofing policy',
        '421 Sender address blocked - https://community.mimecast.com',
      ],
    },
    {
      id: 'mimecast-ip',
      category: 'ip-blocked',
      pattern: anyOf(/ip temporarily blacklisted|local ct ip reputation|host network not allowed/),
      why: 'The IP is refused for its reputation or its country.',
      source: SOURCE,
      examples: [
        '451 IP temporarily blacklisted',
        '550 Local CT IP Reputation - (reject) - https://community.mimecast.com',
        '554 Host network not allowed',
      ],
    },
    {
      id: 'mimecast-tls',
      category: 'smtp-auth-tls',
      pattern: anyOf(/this route requires|incorrect authentication data/),
      why: 'The way to this recipient needs TLS of a certain strength, or a login.',
      source: SOURCE,
      examples: [
        '553 This route requires encryption (TLS)',
        '535 Incorrect authentication data - https://community.mimecast.com',
      ],
    },
    {
      id: 'mimecast-rate',
      category: 'rate-limited',
      pattern: anyOf(/exceeding outbound thread limit|account service is temporarily unavailable/),
      why: 'Too many connections at once.',
      source: SOURCE,
      examples: [
        '550 Exceeding outbound thread limit - https://community.mimecast.com',
        '451 Account service is temporarily unavailable - https://community.mimecast.com',
      ],
    },
    {
      id: 'mimecast-spam',
      category: 'spam-content',
      pattern: anyOf(/email rejected due to security policies/),
      why: 'A signature of spam or of a virus was found; Mimecast does not say which.',
      source: SOURCE,
      examples: [
        '554 Email rejected due to security policies - https://community.mimecast.com/docs/DOC-1369#554',
      ],
    },
    {
      id: 'mimecast-content',
      category: 'content-rejected',
      pattern: anyOf(/content examination policy/),
      why: 'A rule of the recipient’s organization about what messages may hold.',
      source: SOURCE,
      examples: ['550 Message bounced due to Content Examination Policy'],
    },
    {
      id: 'mimecast-disabled',
      category: 'domain-invalid',
      pattern: anyOf(/account inbounds disabled/),
      why: 'The organization takes no mail here.',
      source: SOURCE,
      examples: ['451 Account inbounds disabled - https://community.mimecast.com'],
    },
  ],
};
