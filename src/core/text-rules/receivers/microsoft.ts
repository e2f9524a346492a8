/**
 * Outlook.com, Exchange Online and Exchange Server. Numbers above the registry are in codes/vendor.ts; here are
 * words that mean something else than they say.
 * https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online
 * https://sendersupport.olc.protection.outlook.com/pm/troubleshooting
 */
import { anyOf, type Receiver } from '../rule.ts';

const NDR =
  'https://learn.microsoft.com/exchange/mail-flow-best-practices/non-delivery-reports-in-exchange-online/non-delivery-reports-in-exchange-online';
const SNDS = 'https://sendersupport.olc.protection.outlook.com/pm/troubleshooting';
const SERVER =
  'https://learn.microsoft.com/exchange/mail-flow/non-delivery-reports-and-bounce-messages/non-delivery-reports-and-bounce-messages';

export const microsoft: Receiver = {
  name: 'Microsoft',
  gate: /outlook|microsoft|hotmail|office365|\b(?:rp|sc|dy|ou|hc)-00\d\b|storedrv|resolver\.|smtpsend|routing\.|access denied, (?:rejected|banned)|message expired, |proxy session|purported responsible|content filter(?:ing| agent)|domain is not reachable|s31[45]0/,
  rules: [
    {
      id: 'microsoft-rate',
      category: 'rate-limited',
      pattern: anyOf(/\brp-00[1-3]\b|resolver\.adr\.reciplimit|submission.?quota|exceeded the rate limit/),
      why: 'The host or the account has sent too much in too short a time.',
      source: SNDS,
      examples: [
        '421 RP-001 (BAY0-MC1-F1) Unfortunately, some messages from 192.0.2.1 weren’t sent; it has exceeded the rate limit allowed.',
        '550 5.5.3 RESOLVER.ADR.RecipLimit; too many recipients',
        '554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException',
        '421 The mail server IP connecting to Outlook.com server has exceeded the rate limit allowed',
      ],
    },
    {
      id: 'microsoft-ip',
      category: 'ip-blocked',
      pattern: anyOf(
        /\b(?:sc|dy|ou|hc)-00\d\b|s31[45]0|access denied, banned (?:sender|sending ip) ?\[|access denied, rejected by recipient/,
      ),
      why: 'The sending IP is blocked, by Outlook.com or by the recipient’s organization; “banned sender” beside an IP means the IP.',
      source: NDR,
      examples: [
        '550 SC-001 (SNT004-MC1F1) Unfortunately, messages from 192.0.2.1 weren’t sent.',
        '550 5.7.1 Unfortunately, messages from [192.0.2.1] were not sent; part of their network is listed (S3150).',
        '550 5.7.511 Access denied, banned sender[192.0.2.1].',
        '550 5.7.507 Access denied, rejected by recipient',
      ],
    },
    {
      id: 'microsoft-sender-id',
      category: 'sender-rejected',
      pattern: anyOf(/purported responsible address/),
      why: 'No header names a sender that can be believed.',
      source: SERVER,
      examples: ["550 5.7.1 can't determine Purported Responsible Address"],
    },
    {
      id: 'microsoft-spam',
      category: 'spam-content',
      pattern: anyOf(/content filter agent|rejected as spam by content filtering/),
      why: 'Exchange’s content filter took it for spam.',
      source: SERVER,
      examples: [
        '550 5.2.1 Content Filter agent quarantined this message',
        '550 5.7.1 Message rejected as spam by Content Filtering.',
      ],
    },
    {
      id: 'microsoft-disabled',
      category: 'mailbox-disabled',
      pattern: anyOf(/accountdisabledexception|mailboxdisabledexception|mailboxinsiteunavailable/),
      why: 'The account behind the mailbox is switched off.',
      source: NDR,
      examples: [
        '554 5.2.1 STOREDRV.Deliver.Exception:AccountDisabledException.MapiExceptionAccountDisabled',
        '554 5.2.0 STOREDRV.Deliver.Exception:MailboxDisabledException',
      ],
    },
    {
      id: 'microsoft-full',
      category: 'mailbox-full',
      pattern: anyOf(/quotaexceeded|storedrv\.deliver; mailbox full/),
      why: 'The mailbox is over its quota.',
      source: NDR,
      examples: [
        '554 5.2.2 STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded',
      ],
    },
    {
      id: 'microsoft-ambiguous',
      category: 'address-syntax',
      pattern: anyOf(/resolver\.adr\.(?:ambiguous|badprimary|invalidinsmtp|invalid)/),
      why: 'The address belongs to several objects, or to one that cannot get mail.',
      source: NDR,
      examples: [
        '550 5.1.4 RESOLVER.ADR.Ambiguous; ambiguous address',
        '550 5.1.3 RESOLVER.ADR.BadPrimary; recipient primary SMTP address is missing or invalid',
      ],
    },
    {
      id: 'microsoft-loop',
      category: 'routing-error',
      pattern: anyOf(/resolver\.fwd\.|routing\.(?:noconnector|looped?)|smtpsend\.loop/),
      why: 'The message is forwarded in circles, or nothing leads to the address.',
      source: NDR,
      examples: [
        '550 5.4.6 RESOLVER.FWD.Loop; there is a forwarding loop',
        '550 5.4.4 ROUTING.NoConnectorForAddressType; unable to route',
      ],
    },
    {
      id: 'microsoft-domain',
      category: 'domain-invalid',
      pattern: anyOf(
        /because the domain is not reachable|smtpsend\.dns\.nonexistentdomain|resolver\.adr\.invaliddomain/,
        /dns query failed ?\(?(?:dnsdomaindoesnotexist|infodomainnonexistent)/,
      ),
      why: 'There is no such domain, or nobody there takes mail.',
      source: NDR,
      examples: [
        '554 The mail could not be delivered to the recipient because the domain is not reachable. Please check the domain and try again (-1915321397:308:-2147467259)',
        '550 5.4.4 SMTPSEND.DNS.NonExistentDomain; nonexistent domain',
        '550 5.4.312 Message expired, DNS query failed(DnsDomainDoesNotExist)',
        '550 5.4.312 Message expired, DNS query failed(InfoDomainNonexistent)',
      ],
    },
    {
      id: 'microsoft-unreachable',
      category: 'network-error',
      pattern: anyOf(
        /message expired, (?:dns|connection|cannot connect|failed to connect)|smtpsend\.(?:suspiciousremoteserver|dns\.mxloop)/,
      ),
      why: 'The message expired because DNS or the receiver did not answer.',
      source: NDR,
      examples: [
        '550 5.4.312 Message expired, DNS query failed(ServerFailure)',
        '550 5.4.316 Message expired, connection refused(Socket error code 10061)',
      ],
    },
    {
      id: 'microsoft-proxy',
      category: 'system-error',
      pattern: anyOf(/proxy session setup failed/),
      why: 'The front end could not reach the mailbox server.',
      source: SERVER,
      examples: [
        "450 4.7.0 Proxy session setup failed on Frontend with '451 4.4.0 Primary target IP address responded with 421 4.2.1 Unable to connect'",
      ],
    },
  ],
};
