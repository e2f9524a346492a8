/** AT&T (att.net, sbcglobal.net, bellsouth.net) on servers of its own. https://www.att.com/esupport/postmaster */
import { anyOf, type Receiver } from '../rule.ts';

const SOURCE = 'https://www.att.com/esupport/postmaster, as published';

export const att: Receiver = {
  name: 'AT&T',
  gate: /dnsbl:(?:att)?rbl|abuse-att|\batt\.net\b|prodigy\.net|fix reverse dns/,
  rules: [
    {
      id: 'att-ptr',
      category: 'dns-ptr',
      pattern: anyOf(/fix reverse dns|without a valid sender domain/),
      why: 'The IP has no reverse DNS.',
      source: SOURCE,
      examples: [
        '550 5.7.1 Connections not accepted from servers without a valid sender domain. flph829 Fix reverse DNS for 192.0.2.1',
        '550 5.7.1 Connections not accepted from servers without a valid sender domain. att.net',
      ],
    },
    {
      id: 'att-ip',
      category: 'ip-blocked',
      pattern: anyOf(/dnsbl:(?:att)?rbl|_is_blocked/),
      why: 'The IP is on AT&T’s own list.',
      source: SOURCE,
      examples: [
        '553 5.3.0 flpd588 DNSBL:ATTRBL 521< 192.0.2.1 >_is_blocked. For assistance forward this error to abuse_rbl@abuse-att.net',
      ],
    },
  ],
};
