/**
 * Gmail and Google Workspace. Most replies are worded so plainly that general rules read them; here is what they
 * would take for something else. https://support.google.com/a/answer/3726730
 */
import { anyOf, type Receiver } from '../rule.ts';

const ERRORS = 'https://support.google.com/a/answer/3726730';
const GUIDELINES = 'https://support.google.com/mail/answer/81126';
const RELAY = 'https://support.google.com/a/answer/6140680';
const GROUPS = 'https://support.google.com/a/answer/168383';

export const google: Receiver = {
  name: 'Google',
  gate: /gsmtp|google|gmail|(?:this|your) (?:message|mail|email).{0,40}(?:rate limited|suspicious|unsolicited)|low reputation of the sending|send mail as'|mail relay denied|for relay|for the relay/,
  rules: [
    {
      id: 'google-login',
      category: 'smtp-auth-tls',
      pattern: anyOf(
        /application-specific password|log in (?:with|through|via) your web browser|'send mail as' feature/,
        /too many login attempts|no identity changes permitted|(?:use|using) tls\/ssl for smtp|tls required for rcpt domain/,
      ),
      why: 'The client must log in, log in otherwise, or use TLS.',
      source: ERRORS,
      examples: [
        '535 5.7.1 Application-specific password required. https://support.google.com/accounts/answer/185833',
        '534 5.7.14 Please log in through your web browser and then try again - gsmtp',
        "You're sending this from a different address or alias using the 'Send mail as' feature. The settings for your account are misconfigured",
        '454 4.7.0 Too many login attempts, please try again later - gsmtp',
        '503 5.7.0 No identity changes permitted - gsmtp',
        '550 5.7.29 Gmail requires all bulk email senders to use TLS/SSL for SMTP connections',
        '421 4.7.0 TLS required for RCPT domain, closing connection - gsmtp',
      ],
    },
    {
      id: 'google-relay',
      category: 'relay-denied',
      pattern: anyOf(
        /invalid credentials for relay|mail relay denied|not authorized to send email directly to our servers/,
      ),
      why: 'The Workspace relay does not know this host, or Gmail wants the relay of the sender’s own provider.',
      source: RELAY,
      examples: [
        '550 5.7.1 Invalid credentials for relay [192.0.2.1] - gsmtp',
        '550 5.7.0 Mail relay denied [192.0.2.1] - gsmtp',
        '550 5.7.1 The IP you are using to send mail is not authorized to send email directly to our servers - gsmtp',
      ],
    },
    {
      id: 'google-sender',
      category: 'sender-rejected',
      pattern: anyOf(/mail sending denied|low reputation of the sending domain/),
      why: 'The sending account is off, or the sending domain is known for unwanted mail.',
      source: GUIDELINES,
      examples: [
        '550 5.7.0 Mail Sending denied - gsmtp',
        '550 5.7.1 Our system has detected that this message is likely suspicious due to the very low reputation of the sending domain - gsmtp',
      ],
    },
    {
      id: 'google-ip',
      category: 'ip-blocked',
      pattern: anyOf(/low reputation of the sending ip|ip not in whitelist for rcpt domain/),
      why: 'The sending IP is known for unwanted mail, or not on the list of those that may send.',
      source: GUIDELINES,
      examples: [
        '550 5.7.1 Our system has detected that this message is likely suspicious due to the very low reputation of the sending IP address - gsmtp',
        '421 4.7.0 IP not in whitelist for RCPT domain, closing connection - gsmtp',
      ],
    },
    {
      id: 'google-ip-blocked',
      category: 'ip-blocked',
      pattern: anyOf(/unusual rate of (?:unsolicited )?mail.{0,200}has been blocked/),
      when: { code: /^5/ },
      why: 'What began as a rate limit has become a block.',
      source: GUIDELINES,
      examples: [
        '550 5.7.1 Our system has detected an unusual rate of unsolicited mail originating from your IP address. Mail sent from your IP address has been blocked. - gsmtp',
      ],
    },
    {
      id: 'google-rate',
      category: 'rate-limited',
      pattern: anyOf(
        /exceeded its quota for sending|unusual rate of|denial of service|relay (?:sending )?limit exceeded|user sending limit/,
        /(?:try again later|connection expired).{0,20}closing connection|has been rate limited(?! because)/,
      ),
      why: 'Too much at once, from one address, one domain, or with one Message-ID.',
      source: ERRORS,
      examples: [
        '421 4.7.28 Gmail has detected this message exceeded its quota for sending messages with the same Message-ID',
        '421 4.7.28 Gmail has detected an unusual rate of mail originating from your DKIM domain - gsmtp',
        '421 4.7.0 Try again later, closing connection. This usually indicates a Denial of Service (DoS) for the SMTP relay - gsmtp',
        '550 5.4.5 Daily SMTP relay limit exceeded for customer - gsmtp',
        '550 5.4.5 Daily user sending limit exceeded - gsmtp',
        '550 5.7.1 This mail has been rate limited - gsmtp',
      ],
    },
    {
      id: 'google-ptr',
      category: 'dns-ptr',
      pattern: anyOf(/ipv6 sending guidelines/),
      why: 'Over IPv6 Gmail wants a PTR record, and SPF or DKIM.',
      source: GUIDELINES,
      examples: [
        '550 5.7.1 This message does not meet IPv6 sending guidelines regarding PTR records and authentication - gsmtp',
      ],
    },
    {
      id: 'google-spam',
      category: 'spam-content',
      pattern: anyOf(/likely unsolicited mail|nature of the content or the links|due to spam classification/),
      why: 'The message looks like spam, to Gmail or to the group that it was for.',
      source: GUIDELINES,
      examples: [
        '550 5.7.1 Our system has detected that this message is likely unsolicited mail - gsmtp',
        '421 4.7.0 This message is suspicious due to the nature of the content or the links within - gsmtp',
        'Your email to group a@example.com was rejected due to spam classification. See https://support.google.com/a/answer/168383',
      ],
    },
    {
      id: 'google-content',
      category: 'content-rejected',
      pattern: anyOf(
        /mail message is malformed|unicode character in a disallowed header|encoded-word syntax is not permitted/,
      ),
      why: 'The form of the message is not acceptable.',
      source: ERRORS,
      examples: [
        '554 5.6.0 Mail message is malformed. Not accepted. - gsmtp',
        '550 5.7.1 The message contains a unicode character in a disallowed header - gsmtp',
        '550 5.7.1 Encoded-word syntax is not permitted in message header subject - gsmtp',
      ],
    },
    {
      id: 'google-policy',
      category: 'policy-rejected',
      pattern: anyOf(/has a policy that prohibited the mail/),
      why: 'A rule of one of the two domains.',
      source: 'https://support.google.com/a/answer/172179',
      examples: [
        '550 5.7.1 The user or domain that you are sending to (or from) has a policy that prohibited the mail that you sent - gsmtp',
      ],
    },
    {
      id: 'google-group',
      category: 'recipient-refused',
      pattern: anyOf(
        /groups\.google\.com\/support|permission to post messages? to the group|google ?groups?.{0,60}permission/,
      ),
      why: 'The group does not exist, or takes mail from its members only: Google says both in one sentence, in the reader’s language.',
      source: GROUPS,
      examples: [
        'the group you tried to contact (news) may not exist, or you may not have permission to post messages to the group. https://groups.google.com/support/',
        'the group may not exist, or you may not have permission to post messages to the group. Google Groups',
        'Google Groups: you do not have permission',
      ],
    },
  ],
};
