/** Yahoo and AOL. https://senders.yahooinc.com/smtp-error-codes */
import { anyOf, type Receiver } from '../rule.ts';

const SOURCE = 'https://senders.yahooinc.com/smtp-error-codes';
/** Gone since AOL moved to Yahoo's servers; the codes still come out of old logs. */
const AOL = 'http://postmaster.aol.com/error-codes, as published';

export const yahoo: Receiver = {
  name: 'Yahoo',
  gate: /yahoo|aol\.|\[(?:ts|bl|ph|gl)\w?\d\d\]|\(554\.\d\d\)|delivery error: dd|permanently deferred|\b(?:rly|hvu|dyn|con|rtr|dns|snd):\w\w?\d?\b/,
  rules: [
    {
      id: 'yahoo-unknown',
      category: 'mailbox-unknown',
      pattern: anyOf(
        /delivery error: dd (?:this user does ?n[o']?t|not a valid|requested mail action aborted, mailbox not found)|dd .{0,80}\[#101\]/,
      ),
      why: 'There is no such account.',
      source: SOURCE,
      examples: [
        "554 delivery error: dd This user doesn't have a yahoo.com account (a@yahoo.com) [0]",
        '554 delivery error: dd Sorry, your message to a@yahoo.com cannot be delivered. [#101]',
      ],
    },
    {
      id: 'yahoo-disabled',
      category: 'mailbox-disabled',
      pattern: anyOf(/\(554\.30\)|delivery error: dd .{0,100}(?:\[#102\]|is no longer valid)/),
      why: 'The account is switched off.',
      source: SOURCE,
      examples: [
        '554 30 Sorry, your message to a@yahoo.com cannot be delivered. This mailbox is disabled (554.30).',
        '554 delivery error: dd Sorry, your message to a@yahoo.com cannot be delivered. This account has been disabled or discontinued [#102].',
        '554 delivery error: dd a@yahoo.com is no longer valid.',
      ],
    },
    {
      id: 'yahoo-from-domain',
      category: 'sender-rejected',
      pattern: anyOf(/unresolvable rfc\.?5321 (?:from )?domain/),
      why: 'The domain of the return path cannot be found.',
      source: SOURCE,
      examples: [
        '451 Message temporarily deferred due to unresolvable RFC.5321 from domain. See https://senders.yahooinc.com/error-codes',
      ],
    },
    {
      id: 'aol-content',
      category: 'spam-content',
      pattern: anyOf(/\bhvu:\w\w?\d?\b/),
      why: 'A link in the message has brought complaints.',
      source: AOL,
      examples: ['554 5.7.1 : (HVU:B2) http://postmaster.info.aol.com/errors/554hvub2.html'],
    },
    {
      id: 'aol-rate',
      category: 'rate-limited',
      pattern: anyOf(/\bdyn:t\d\b|\bcon:t\d\b/),
      why: 'The host must slow down for a day or so.',
      source: AOL,
      examples: ['421 4.7.1 : (DYN:T1) http://postmaster.info.aol.com/errors/421dynt1.html'],
    },
    {
      id: 'aol-ptr',
      category: 'dns-ptr',
      pattern: anyOf(/\bdns:(?:nr|b\d|t\d)\b/),
      why: 'The IP has no reverse DNS.',
      source: AOL,
      examples: ['421 4.7.1 : (DNS:NR) http://postmaster.info.aol.com/errors/421dnsnr.html'],
    },
    {
      id: 'yahoo-ip',
      category: 'ip-blocked',
      pattern: anyOf(
        /\[(?:tss?u?\d\d|bl\d\d|gl\d\d)\]|permanently deferred|\b(?:rly|rtr|con|dyn):\w\w?\d?\b/,
      ),
      why: 'Complaints or bad mail came from this IP, or it is on Spamhaus’s list.',
      source: SOURCE,
      examples: [
        '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes',
        '553 5.7.2 [TSS09] All messages from 192.0.2.1 will be permanently deferred; Retrying will NOT succeed.',
        '553 5.7.1 [BL21] Connections will not be accepted from 192.0.2.1',
        '554 5.7.1 : (RLY:B1) http://postmaster.info.aol.com/errors/554rlyb1.html',
      ],
    },
    {
      id: 'yahoo-policy',
      category: 'policy-rejected',
      pattern: anyOf(/not accepted for policy reasons|\[ph01\]/),
      why: 'Refused by a policy that is not named: content, a link, or authentication.',
      source: SOURCE,
      examples: [
        '554 Message not allowed - [PH01] Email not accepted for policy reasons. Please visit https://postmaster.yahooinc.com/error-codes',
        '554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes',
      ],
    },
  ],
};
