import { describe, expect, it, test } from 'vitest';
import { matchText, plain, saysSomething, textRules } from '../../src/core/text-rules/index.ts';
import {
  mayBeForeign,
  recipientLanguages,
  senderLanguages,
  systemLanguages,
} from '../../src/core/text-rules/languages.ts';
import { receivers } from '../../src/core/text-rules/receivers/registry.ts';

const codesIn = (text: string) => {
  const [, code = null, enhanced = null] = /^([45]\d\d)?[ -]?([45]\.\d+\.\d+)?/.exec(text) ?? [];
  return { code, enhanced };
};

const ruleFor = (text: string): string | null => matchText(text, codesIn(text))?.rule.id ?? null;
const categoryFor = (text: string): string | null => matchText(text, codesIn(text))?.rule.category ?? null;

describe('the rules', () => {
  it('have ids of their own', () => {
    const ids = textRules.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(textRules.flatMap(({ id, examples }) => examples.map((example) => [id, example] as const)))(
    '%s catches its example: %s',
    (id, example) => expect(ruleFor(example)).toBe(id),
  );

  it('each have an example', () => {
    expect(textRules.filter(({ examples }) => examples.length === 0)).toEqual([]);
  });

  test.each(
    receivers.flatMap(({ name, gate, rules }) =>
      rules.flatMap(({ id, examples }) => examples.map((example) => [name, id, example, gate] as const)),
    ),
  )('%s: the gate lets an example of %s in: %s', (_name, _id, example, gate) =>
    expect(gate.test(plain(example))).toBe(true),
  );

  test.each(
    [...senderLanguages, ...recipientLanguages, ...systemLanguages].flatMap(({ examples }) => examples),
  )('that are not in English may be tried on %s', (example) =>
    expect(mayBeForeign.test(plain(example))).toBe(true),
  );

  it('keep no state between texts', () => {
    expect(textRules.filter(({ pattern }) => pattern.global || pattern.sticky)).toEqual([]);
  });
});

/** Each would suppress a good address if the order or a pattern were wrong. */
describe('words about a dead address lose to the sender’s fault named in the same reply', () => {
  test.each([
    [
      'a DNSBL hit at RCPT',
      '550 5.7.1 <a@example.com>: Recipient address rejected: blocked using zen.spamhaus.org',
      'ip-blocked',
    ],
    [
      'an unknown sender',
      '550 5.1.1 <a@example.com>: Sender address rejected: User unknown in virtual mailbox table',
      'sender-rejected',
    ],
    [
      'a sender domain that does not exist',
      '550 5.1.8 <a@example.com>: Sender address rejected: Domain not found',
      'sender-rejected',
    ],
    [
      'a sender callout',
      '550-Verification failed for <a@example.com> 550-No such user here 550 Sender verify failed',
      'sender-rejected',
    ],
    ['a disabled sender', '550 5.2.1 The sender mailbox is disabled', 'sender-rejected'],
    ['an invalid domain in the sender', '550 Invalid domain in the sender address', 'sender-rejected'],
    ['the sender’s null MX', '550 5.7.27 The sender domain has a null MX', 'sender-rejected'],
    ['a HELO that is not found', '550 5.7.1 <mx>: Helo command rejected: Host not found', 'dns-ptr'],
    [
      'greylisting of a recipient',
      '450 4.1.1 <a@example.com>: Recipient address rejected: Greylisted, unknown sender triplet',
      'greylisted',
    ],
    [
      'a relay that is refused',
      '550 5.7.1 <a@example.com>... Relaying denied, unknown recipient domain',
      'relay-denied',
    ],
    ['too many unknown users', '421 4.7.0 Too many unknown users from your host', 'rate-limited'],
    [
      'a group for members',
      '550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; address does not exist for outsiders',
      'recipient-refused',
    ],
    [
      'a rate on a known mailbox',
      '550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents delivery',
      'rate-limited',
    ],
    ['recipient preferences', '550 5.1.1 RCP-P2 Refused due to recipient preferences', 'recipient-refused'],
    [
      'DMARC',
      '550 5.7.26 Unauthenticated email from example.com is not accepted due to the domain’s DMARC policy, user unknown',
      'auth-failure',
    ],
    [
      'a size limit of the recipient',
      '550 5.2.3 RESOLVER.RST.RecipSizeLimit; more than this mailbox takes',
      'message-too-large',
    ],
    ['mail refused from one host', '550 This domain does not accept mail from dynamic hosts', 'ip-blocked'],
  ])('%s', (_, text, category) => expect(categoryFor(text)).toBe(category));
});

describe('words about a dead address win over general words', () => {
  test.each([
    ['policy words', '550 5.7.1 No such user! Rejected by policy', 'mailbox-unknown'],
    ['access denied', '550 5.1.1 User unknown; access denied', 'mailbox-unknown'],
    ['try again', '550 User unknown, please check the address and try again', 'mailbox-unknown'],
    ['full first: it passes', '552 5.2.2 User unknown or mailbox full', 'mailbox-full'],
    ['a disabled account', '550 5.2.1 Account disabled. Message refused.', 'mailbox-disabled'],
    [
      'a server that tells of its own refusal',
      '550 5.1.1 The remote server rejected the recipient: user unknown',
      'mailbox-unknown',
    ],
    [
      'the wrapper of an answer',
      'Remote server replied: 550 Recipient rejected, no such mailbox',
      'mailbox-unknown',
    ],
    [
      'a host that refused a recipient',
      '550 This host refused the recipient: mailbox disabled',
      'mailbox-disabled',
    ],
  ])('%s', (_, text, category) => expect(categoryFor(text)).toBe(category));
});

/** What SendGrid and others write who look up names by the library of Go. */
describe('a sending server that looked for the mail host of the recipient', () => {
  test.each([
    [
      'and found none, nor names of our own at fault',
      'unable to get mx info: failed to get IPs from PTR record: lookup <nil>: unrecognized address',
      'domain-invalid',
    ],
    [
      'and was told that there is none',
      'unable to get mx info: failed to get IPs from PTR record: lookup example.com: no such host',
      'domain-invalid',
    ],
    ['and could not resolve it', 'Unable to resolve MX host example.com', 'domain-invalid'],
    [
      'and was refused the answer',
      'unable to get mx info: failed to get IPs from PTR record: lookup mx.mail.example.com on 192.0.2.53:53: server misbehaving',
      'network-error',
    ],
    [
      'and waited too long',
      'unable to get mx info: lookup mx.mail.example.com on 192.0.2.53:53: read udp 192.0.2.7:4022->192.0.2.53:53: i/o timeout',
      'network-error',
    ],
  ])('%s', (_, text, category) => expect(categoryFor(text)).toBe(category));
});

test.each(['521 mx.example.com does not accept mail', '521 Server does not accept mail'])(
  '%s: nobody there can be mailed',
  (text) => expect(categoryFor(text)).toBe('domain-invalid'),
);

describe('no dead-address rule', () => {
  const dead = ['mailbox-unknown', 'mailbox-disabled', 'mailbox-moved', 'address-syntax', 'domain-invalid'];
  test.each([
    ['takes a reply to MAIL FROM', '550 User unknown (in reply to MAIL FROM command)'],
    [
      'of a receiver takes a reply to MAIL FROM',
      '550 5.1.1 Invalid recipient. OFR_416 (in reply to MAIL FROM command)',
    ],
    ['takes a greeting', 'host mx.example.com refused to talk to me: 554 unknown host'],
    ['takes a reply to AUTH', '535 5.7.8 No such user'],
    ['takes our own account', '550 Your account is disabled'],
    ['takes "no spam here"', '550 no spam here'],
    ['takes a closed connection', '421 Recipient server closed connection'],
    ['takes a sending domain', '550 Your domain does not exist'],
    ['takes the mail host of the sender', '450 4.1.8 Unable to resolve MX for your domain'],
    ['takes a client without a name', '550 Failed to get the PTR record of mx.example.net'],
    ['takes a domain that refuses this host', '550 This domain does not accept mail from unauthorized hosts'],
    ['takes a domain that refuses some hosts', '550 This domain does not accept emails from example.net'],
    ['takes a mailbox that refuses a sender', '550 The user is not accepting messages from example.net'],
    [
      'takes a mailbox that refuses attachments',
      '550 The recipient is not accepting mail with attached files',
    ],
    [
      'takes a mailbox that refuses large mail',
      '552 The mailbox is not accepting messages larger than 10 MB',
    ],
    ['takes a domain that refuses links', '550 5.7.1 This domain does not accept mail containing links'],
    ['takes a domain without IPv6', '550 The domain example.com does not accept email over IPv6'],
    ['takes an address that left some senders', '550 The user no longer accepts messages from example.net'],
    ['takes a mailbox that takes no mail for now', '550 The mailbox is not accepting messages at this time'],
    ['takes DNS trouble', '451 4.4.3 Recipient domain: temporary lookup failure'],
    [
      'takes "no valid recipients", which follows another refusal',
      '503 5.5.1 There are no valid recipients for DATA',
    ],
    ['takes a bare refusal', '550 Recipient rejected'],
    [
      'takes an address that is still looked up',
      '550 5.1.1 <a@example.com>: Recipient address rejected: unverified address: Address verification in progress',
    ],
    ['takes the mailbox of a return path', '550 Return path mailbox unknown'],
    ['takes the domain of From', '550 From: domain does not exist'],
    ['takes the domain of Reply-To', '550 Reply-To domain does not exist'],
    ['takes the domain of a return path', '550 Return-path domain does not exist'],
    ['takes the domain of a client', '550 Client domain not found'],
    ['takes an originating domain', '550 Originating domain does not exist'],
    ['takes the mail host that our domain lacks', '550 No MX for your domain'],
    ['takes the mail host that the sender lacks', '550 No valid MX for the sender'],
    ['takes our own user', '550 5.7.1 Your user account is suspended'],
    ['takes an account that sends', '550 Outbound account suspended'],
    ['takes an account that may not send', '550 This account has been disabled for sending'],
    ['takes the account that we send from', '550 The account you are sending from is suspended'],
    ['takes a domain that may not send', '550 Domain example.net is suspended from sending'],
    ['takes an address in a header', '554 5.6.0 Invalid address in the To: header'],
    ['takes a header with an address', '554 5.6.0 Header To: contains an invalid address'],
    ['takes a host out of reach', '550 5.4.4 Host not reachable'],
    ['takes a sending user', '550 Sending user not local'],
    ['takes an originating address', '550 Originating address unknown'],
    ['takes a bounce address', '550 Bounce address does not exist'],
    ['takes the name in EHLO', '501 5.5.4 Invalid domain name'],
    ['takes the name in EHLO without an enhanced code', '501 Invalid domain name'],
    ['takes arguments of a command', '501 5.5.4 Invalid address'],
    ['takes the syntax of the sender', '501 5.1.7 Invalid address'],
    ['takes an address with telling words', '550 <user-unknown@disabled-account.example.com> refused'],
  ])('%s', (_, text) => expect(dead).not.toContain(categoryFor(text)));
});

describe('a reply to the client', () => {
  test.each([
    ['that logs in too often', '454 4.7.0 Too many login attempts, please try again later', 'smtp-auth-tls'],
    [
      'whose account is disabled',
      '525 5.7.13 User account disabled (in reply to AUTH command)',
      'smtp-auth-tls',
    ],
    ['that wants TLS', '454 TLS currently unavailable', 'smtp-auth-tls'],
    ['that talks too early', '554 SMTP synchronization error', 'protocol'],
    ['that ends lines wrongly', '521 5.5.2 mx.example.net Error: bare <LF> received', 'protocol'],
    ['that sends as another user', '553 Mail from must equal authorized user', 'sender-rejected'],
    ['that wants to relay', '551 This is not a relay host', 'relay-denied'],
    ['that is not authenticated', '550 5.7.26 The sender is unauthenticated', 'auth-failure'],
    [
      'about a message that a busy server turned away',
      '451 4.3.0 Mail server temporarily rejected message',
      'system-error',
    ],
  ])('%s', (_, text, category) => expect(categoryFor(text)).toBe(category));
});

describe('receivers with codes of their own', () => {
  test.each([
    [
      'Exchange edge blocking of several recipients',
      '550 5.4.1 All recipient addresses rejected : Access denied [AB1EXAMPLE.prod.protection.outlook.com]',
      'mailbox-unknown',
    ],
    ['Amavis: spam', '554 5.7.0 Reject, id=12345-01 - SPAM', 'spam-content'],
    ['Amavis: virus', '554 5.7.0 Reject, id=12345-01 - INFECTED: Eicar-Test-Signature', 'virus'],
    ['Amavis: a file', '554 5.7.0 Reject, id=12345-01 - BANNED: .exe', 'content-rejected'],
    [
      'Postfix at the limit of a mailbox file',
      '552 5.2.2 <a@example.com>: error writing message: File too large',
      'mailbox-full',
    ],
    [
      'Exchange edge blocking',
      '550 5.4.1 Recipient address rejected: Access denied. [AB1EXAMPLE.prod.protection.outlook.com]',
      'mailbox-unknown',
    ],
    [
      'the same words with 5.7.1 stay a policy',
      '550 5.7.1 Recipient address rejected: Access denied',
      'policy-rejected',
    ],
    [
      'Orange full',
      '552 5.1.1 <a@example.com> Boite du destinataire pleine. Recipient over quota. OFR_417',
      'mailbox-full',
    ],
    ['Orange unknown', '550 5.1.1 Adresse d au moins un destinataire invalide. OFR_416', 'mailbox-unknown'],
    [
      'Yahoo disabled',
      '554 30 Sorry, your message to a@example.com cannot be delivered. This mailbox is disabled (554.30).',
      'mailbox-disabled',
    ],
    [
      'Yahoo deferral',
      '421 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to unexpected volume or user complaints',
      'ip-blocked',
    ],
    ['Apple policy', '550 5.7.1 [CS01] Message rejected due to local policy.', 'policy-rejected'],
    [
      'Gmail full and inactive',
      '552 5.2.2 The recipient’s inbox is out of storage space and inactive.',
      'mailbox-full',
    ],
    [
      'a final Gmail IP block',
      '550 5.7.28 There is an unusual rate of mail; mail from your IP address has been blocked',
      'ip-blocked',
    ],
    [
      'a slowing Gmail',
      '421 4.7.28 There is an unusual rate of mail; mail from your IP address has been rate limited',
      'rate-limited',
    ],
    [
      'a Mimecast tag is no block list',
      '550 Invalid Recipient - https://csi.mimecast.org',
      'mailbox-unknown',
    ],
  ])('%s', (_, text, category) => expect(categoryFor(text)).toBe(category));
});

describe('plain', () => {
  it('joins continued lines and takes codes and addresses out', () => {
    expect(plain('550-5.1.1 The user <Bob.Unknown@Example.com>\r\n550 5.1.1 does not   exist')).toBe(
      'the user @ 550 does not exist',
    );
  });
  it('keeps IP addresses whole', () => expect(plain('Client host [5.1.1.2]')).toBe('client host [5.1.1.2]'));
  it('reads 4 KiB and no more', () => expect(ruleFor(`${' '.repeat(4096)}user unknown`)).toBeNull());
});

test.each([
  ['codes alone', '550 5.1.1', false],
  ['the standard’s own phrase', '550 Requested action not taken: mailbox unavailable', false],
  ['an address', '550 <a@example.com>', false],
  ['words', '550 Nope, ask Bob', true],
])('%s: says something is a question of words', (_, text, expected) =>
  expect(saysSomething(text)).toBe(expected),
);

/** Everything that is tried on a reply. Texts are cut at 4 KiB; that no pattern needs it is shown here. */
const patterns: readonly (readonly [string, RegExp])[] = [
  ...textRules.map(({ id, pattern }) => [id, pattern] as const),
  ...receivers.map(({ name, gate }) => [`the gate of ${name}`, gate] as const),
  ['the gate of languages', mayBeForeign],
];

describe('T065 no text makes a pattern slow', () => {
  const timeOf = (pattern: RegExp, text: string): number => {
    const start = performance.now();
    pattern.test(text);
    return performance.now() - start;
  };
  const fastest = (pattern: RegExp, text: string): number =>
    Math.min(...[1, 2, 3, 4, 5].map(() => timeOf(pattern, text)));
  /** What else the machine does may slow any one try; a pattern that is slow is slow each time. */
  const once = (holds: () => boolean): boolean => Array.from({ length: 20 }).some(holds);
  /** Four times as much takes four times as long where a pattern is linear, and sixteen times where it is quadratic. */
  const isLinear = (pattern: RegExp, quarter: string, whole: string): boolean =>
    once(() => fastest(pattern, whole) / fastest(pattern, quarter) < 8);

  test.each(patterns)('%s', (_id, pattern) => {
    // Its own words, over and over, begin matches that come to nothing.
    const words = pattern.source.match(/[a-z]{3,}/g) ?? [];
    const own = words.flatMap((word, i) => [word, `${word} ${words[(i * 7 + 3) % words.length]} `]);
    for (const seed of [' ', 'a', '<', '5.1.', '"', '@ ', ...own.slice(0, 24)]) {
      const [quarter = '', whole = ''] = [25_000, 100_000].map((length) => seed.repeat(length / seed.length));
      const time = timeOf(pattern, whole);
      if (time < 5) continue;
      const named = JSON.stringify(seed);
      expect(time, `100 KB of ${named}`).toBeLessThan(1_000);
      expect(
        once(() => timeOf(pattern, whole) < 50),
        `100 KB of ${named} in 50 ms`,
      ).toBe(true);
      expect(isLinear(pattern, quarter, whole), `four times as much of ${named}`).toBe(true);
    }
  });

  test('a pattern that is not linear is found', () => {
    const [quarter = '', whole = ''] = [50, 200].map((times) => 'block'.repeat(times));
    expect(isLinear(/block\w*.{0,30}\bip\b/, quarter, whole)).toBe(false);
  });
});

describe('the rules agree with each other', () => {
  test('no phrase stands in two of them', () => {
    const phrases = textRules.flatMap(({ id, category, pattern, when }) =>
      pattern.source
        .slice(3, -1)
        .split(')|(?:')
        .map((phrase) => ({ id, category, phrase, when: String(when?.code) + String(when?.enhanced) })),
    );
    const twice = [...Map.groupBy(phrases, ({ phrase, when }) => `${phrase} ${when}`).values()].filter(
      (group) => group.length > 1,
    );
    expect(twice).toEqual([]);
  });

  test('every rule tells why, and who says so', () => {
    for (const { id, why, source } of textRules) {
      expect(why, id).toMatch(/^[A-Z“].+\.$/u);
      expect(source.length, id).toBeGreaterThan(2);
    }
  });
});
