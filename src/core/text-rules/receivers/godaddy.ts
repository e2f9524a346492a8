/** GoDaddy (secureserver.net), whose replies end in a number: `IB212`. https://www.godaddy.com/help/fix-rejected-email-with-a-bounce-error-40685 */
import { anyOf, type Receiver } from '../rule.ts';

const SOURCE = 'https://www.godaddy.com/help/fix-rejected-email-with-a-bounce-error-40685';

export const godaddy: Receiver = {
  name: 'GoDaddy',
  gate: /\bib\d{3}\b/,
  rules: [
    {
      id: 'godaddy-ip',
      category: 'ip-blocked',
      pattern: anyOf(/\bib1(?:0[3-6]|1[0-3])\b/),
      why: 'The IP is on a list, or sent too much spam or to too many unknown recipients.',
      source: SOURCE,
      examples: [
        '554 Connection refused. This IP has a poor reputation on Cloudmark Sender Intelligence (CSI). IB103',
        '554 This IP has been temporarily blocked for attempting to mail too many invalid recipients. IB112',
      ],
    },
    {
      id: 'godaddy-ptr',
      category: 'dns-ptr',
      pattern: anyOf(/\bib108\b/),
      why: 'The IP has no reverse DNS.',
      source: SOURCE,
      examples: ['421 Temporarily rejected. Reverse DNS for this IP failed. IB108'],
    },
    {
      id: 'godaddy-rate',
      category: 'rate-limited',
      pattern: anyOf(/\bib(?:007|101|504|510|605|607)\b/),
      why: 'Too many sessions, messages or recipients.',
      source: SOURCE,
      examples: [
        '550 This IP has sent too many messages this hour. IB504',
        '452 This message contains too many recipients. Reduce the number of recipients and retry. IB605',
      ],
    },
    {
      id: 'godaddy-login',
      category: 'smtp-auth-tls',
      pattern: anyOf(/\bib401\b/),
      why: 'This host takes incoming mail, and no logins.',
      source: SOURCE,
      examples: ['535 Authentication not allowed on IBSMTP Servers. IB401'],
    },
    {
      id: 'godaddy-content',
      category: 'content-rejected',
      pattern: anyOf(/\bib50[12]\b/),
      why: 'The From header is blank, or names an IP address.',
      source: SOURCE,
      examples: ['550 a@example.com Blank From: addresses are not allowed. Provide a valid From. IB501'],
    },
    {
      id: 'godaddy-sender',
      category: 'sender-rejected',
      pattern: anyOf(/\bib506\b/),
      why: 'The From domain has neither mail host nor address.',
      source: SOURCE,
      examples: ['550 example.com From: Domain is invalid. Provide a valid From: IB506'],
    },
    {
      id: 'godaddy-spf',
      category: 'auth-failure',
      pattern: anyOf(/\bib508\b/),
      why: 'The domain’s SPF record does not name the host.',
      source: SOURCE,
      examples: ['550 a@example.com Invalid SPF record. Inspect your SPF settings, and try again. IB508'],
    },
    {
      id: 'godaddy-spam',
      category: 'spam-content',
      pattern: anyOf(/\bib212\b/),
      why: 'The content is judged to be spam.',
      source: SOURCE,
      examples: [
        '552 This message has been rejected due to content judged to be spam by the internet community. IB212',
      ],
    },
    {
      id: 'godaddy-virus',
      category: 'virus',
      pattern: anyOf(/\bib705\b/),
      why: 'The message is infected.',
      source: SOURCE,
      examples: ['552 Virus infected message rejected. IB705'],
    },
  ],
};
