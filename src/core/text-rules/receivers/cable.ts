/**
 * Comcast, Cox and Charter (Spectrum), whose replies end in a mark of their own. Cox and Charter both write `AUP#`:
 * Cox with letters behind it, Charter with numbers.
 */
import { anyOf, type Receiver } from '../rule.ts';

const COMCAST = 'https://postmaster.comcast.net/smtp-error-codes.html, as published';
const COX = 'https://www.cox.com/residential/support/email-error-codes.html';
const CHARTER = 'https://www.spectrum.net/support/internet/understanding-email-error-codes';

export const comcast: Receiver = {
  name: 'Comcast',
  gate: /comcast|\b(?:rl|bl)0000\d\d\b/,
  rules: [
    {
      id: 'comcast-rate',
      category: 'rate-limited',
      pattern: anyOf(/\brl0000\d\d\b/),
      why: 'Too many sessions or messages.',
      source: COMCAST,
      examples: ['421 resimta-ch2-01.comcast.net comcast Too many sessions opened RL000001'],
    },
    {
      id: 'comcast-ip',
      category: 'ip-blocked',
      pattern: anyOf(/\bbl0000\d\d\b/),
      why: 'The IP is blocked for what it sent, or has an address that customers get.',
      source: COMCAST,
      examples: [
        '554 resimta-po-01.comcast.net comcast 192.0.2.1 Comcast block for spam. See http://postmaster.comcast.net/smtp-error-codes.php#BL000000',
      ],
    },
  ],
};

export const cox: Receiver = {
  name: 'Cox',
  gate: /\bcox\b|\b(?:cx[a-z]{2,5}|cdrbl|ipbl\d{4,5}|urlbl\d{3,4})\b/,
  rules: [
    {
      id: 'cox-ip',
      category: 'ip-blocked',
      pattern: anyOf(
        /\b(?:cxbl|cdrbl|ipbl\d{4,5})\b|cox too many bad commands from|too many invalid recipients/,
      ),
      why: 'The IP is on a list, of Cox’s own or of Spamhaus, Cloudmark and others.',
      source: COX,
      examples: [
        '554 IMP cox.net 192.0.2.1 blocked. Error: CXBL',
        '554 cox 192.0.2.1 blocked AUP#IPBL1000',
        '421 cox too many bad commands from 192.0.2.1',
        '452 cox Too many invalid recipients',
      ],
    },
    {
      id: 'cox-ptr',
      category: 'dns-ptr',
      pattern: anyOf(/\bcxdns\b|rejected - no rdns|dns check failure/),
      why: 'The reverse DNS of the IP fails.',
      source: COX,
      examples: [
        '554 cox 192.0.2.1 AUP#CXDNS',
        '554 Cox 192.0.2.1 rejected - no rDNS',
        '421 Cox DNS check failure - try again later',
      ],
    },
    {
      id: 'cox-sender',
      category: 'auth-failure',
      pattern: anyOf(/\bcxsndr\b/),
      why: 'SPF, DomainKeys or DKIM of the sender’s domain do not vouch for the message.',
      source: COX,
      examples: ['550 a@example.com sender rejected. AUP#CXSNDR'],
    },
    {
      id: 'cox-rate',
      category: 'rate-limited',
      pattern: anyOf(/\b(?:cxcnct|cxmxrt|cxthrt)\b|message threshold exceeded/),
      why: 'Too many connections or recipients.',
      source: COX,
      examples: ['421 cox Too many connections AUP#CXCNCT', '452 4.1.1 cox message threshold exceeded'],
    },
    {
      id: 'cox-protocol',
      category: 'protocol',
      pattern: anyOf(/\bcxsmtp\b|cox.{0,20}no data before greeting/),
      why: 'The client does not speak as RFC 5321 asks.',
      source: COX,
      examples: ['554 cox SMTP violation AUP#CXSMTP', '554 cox ESMTP no data before greeting'],
    },
    {
      id: 'cox-account',
      category: 'sender-rejected',
      pattern: anyOf(/\bcxmj\b/),
      why: 'The sending account may send no more.',
      source: COX,
      examples: ['550 cox blocked AUP#CXMJ'],
    },
    {
      id: 'cox-link',
      category: 'spam-content',
      pattern: anyOf(/\burlbl\d{3,4}\b/),
      why: 'A link in the message is on a list.',
      source: COX,
      examples: ['554 cox message rejected AUP#URLBL011'],
    },
  ],
};

/** Numbers by the hundred; what stands before them (`In-`, `Out-`, `I-`) is the direction. */
const aup = (numbers: string): RegExp => new RegExp(`aup#(?:[a-z]{1,3}-?)?(?:${numbers})\\b`);

export const charter: Receiver = {
  name: 'Charter (Spectrum)',
  gate: /aup#(?:[a-z]{1,3}-?)?\d{4}/,
  rules: [
    {
      id: 'charter-ip',
      category: 'ip-blocked',
      pattern: anyOf(aup('1000|12[0-5]\\d')),
      why: 'The IP is blocked by Spectrum, Cloudmark or Spamhaus.',
      source: CHARTER,
      examples: [
        '550 5.1.0 a@example.com sender rejected. Please see https://www.spectrum.net AUP#In-1000',
        '554 charter AUP#I-1220',
      ],
    },
    {
      id: 'charter-account',
      category: 'sender-rejected',
      pattern: anyOf(aup('10[1-8]0|1500|1520')),
      why: 'The sending account is blocked or limited, or sends under another name than its own.',
      source: CHARTER,
      examples: ['550 5.7.1 AUP#Out-1010', '550 5.7.1 AUP#O-1500'],
    },
    {
      id: 'charter-ptr',
      category: 'dns-ptr',
      pattern: anyOf(aup('11[0-5]\\d')),
      why: 'The DNS of the IP does not go full circle.',
      source: CHARTER,
      examples: ['421 charter.net AUP#In-1130'],
    },
    {
      id: 'charter-policy',
      category: 'auth-failure',
      pattern: anyOf(aup('11[6-9]\\d')),
      why: 'The message goes against the policies that its own domain publishes.',
      source: CHARTER,
      examples: ['550 5.7.1 AUP#In-1160'],
    },
    {
      id: 'charter-rate',
      category: 'rate-limited',
      pattern: anyOf(aup('13\\d\\d|14\\d\\d|15[4-8]0')),
      why: 'Too many connections, messages or recipients.',
      source: CHARTER,
      examples: [
        '421 4.1.0 a@example.com sender rejected. Please see https://www.spectrum.net AUP#In-1430',
        '452 AUP#Out-1580',
      ],
    },
    {
      id: 'charter-size',
      category: 'message-too-large',
      pattern: anyOf(aup('1530')),
      why: 'The message is larger than 20 MB.',
      source: CHARTER,
      examples: ['552 AUP#Out-1530'],
    },
    {
      id: 'charter-later',
      category: 'system-error',
      pattern: anyOf(aup('1090')),
      why: 'It cannot be processed now.',
      source: CHARTER,
      examples: ['451 AUP#In-1090'],
    },
    {
      id: 'charter-ipv6',
      category: 'network-error',
      pattern: anyOf(aup('1260')),
      why: 'Spectrum takes no connections over IPv6.',
      source: CHARTER,
      examples: ['554 AUP#In-1260'],
    },
  ],
};
