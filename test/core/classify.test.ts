import { describe, expect, it, test } from 'vitest';
import { type Classification, classify } from '../../src/core/classify.ts';
import type { Kind, LabelMeaning, Reply } from '../../src/core/event.ts';

const reply = (code: string | null, enhanced: string | null, text: string | null): Reply => ({
  code,
  enhanced,
  text,
  source: code === null && enhanced === null ? null : 'reported',
});

const bounce = (
  code: string | null,
  enhanced: string | null,
  text: string | null,
  meaning?: LabelMeaning,
): Classification =>
  classify({
    kind: meaning?.kind ?? 'bounce',
    reply: reply(code, enhanced, text),
    ...(meaning && { meaning }),
  });

const inferred = (meaning: LabelMeaning, text: string | null = null): Classification =>
  classify({
    kind: meaning.kind,
    reply: { code: meaning.code ?? null, enhanced: meaning.enhanced ?? null, text, source: 'inferred' },
    meaning,
  });

const kind = (given: Kind, meaning?: LabelMeaning): Classification =>
  classify({ kind: given, reply: reply(null, null, null), ...(meaning && { meaning }) });

describe('504', () => {
  const ruled = {
    category: 'protocol',
    blame: 'sender',
    bounceType: 'hard',
    severity: 'medium',
    verdict: 'suppress',
    rule: '504',
  };
  test.each([
    ['alone', '504', null, null],
    ['with 5.5.4', '504', '5.5.4', 'Unrecognized authentication type'],
    ['with 5.5.2', '504', '5.5.2', '<mx1>: Helo command rejected: need fully-qualified hostname'],
    ['with 5.7.4', '504', '5.7.4', 'Unrecognized authentication type'],
    ['whatever its text says', '504', '5.1.1', 'User unknown'],
    ['as a lone 5.5.4', null, '5.5.4', 'Invalid arguments'],
  ])('%s', (_, code, enhanced, text) => {
    expect(bounce(code, enhanced, text)).toMatchObject(ruled);
  });

  it('is as hard in a deferral', () => {
    expect(classify({ kind: 'deferral', reply: reply('504', '5.5.4', null) })).toMatchObject(ruled);
  });

  test.each(['501', '550', '555'])('is not %s with 5.5.4', (code) => {
    expect(bounce(code, '5.5.4', 'Invalid argument')).toMatchObject({
      category: 'protocol',
      verdict: 'fix-sender',
    });
  });
});

describe('the order of evidence', () => {
  test.each([
    [
      'text over the enhanced code',
      bounce('550', '5.1.1', 'Client host blocked using zen.spamhaus.org'),
      'ip-blocked',
    ],
    ['text over the basic code', bounce('554', null, 'User unknown'), 'mailbox-unknown'],
    ['enhanced over basic', bounce('552', '5.2.3', null), 'message-too-large'],
    [
      'basic over the label',
      bounce('552', null, null, { kind: 'bounce', category: 'mailbox-unknown', proof: 'cause' }),
      'mailbox-full',
    ],
    [
      'a label that names a cause over a bare 550',
      bounce('550', null, null, { kind: 'bounce', category: 'ip-blocked' }),
      'ip-blocked',
    ],
    [
      'a bare 550 over a label that says only "hard"',
      bounce('550', null, null, { kind: 'bounce', proof: 'hard' }),
      'mailbox-unknown',
    ],
    ['a vague enhanced code yields to an exact basic one', bounce('501', '5.5.0', null), 'protocol'],
    ['5.0.0 beside 554 leaves it to 554', bounce('554', '5.0.0', null), 'policy-rejected'],
    ['521 with 5.7.1 is about this client', bounce('521', '5.7.1', null), 'ip-blocked'],
    ['452 with 4.2.2 is the mailbox', bounce('452', '4.2.2', null), 'mailbox-full'],
    ['550 with 5.1.10 is Microsoft’s unknown recipient', bounce('550', '5.1.10', null), 'mailbox-unknown'],
    ['556 with 5.1.10 is a null MX', bounce('556', '5.1.10', null), 'domain-invalid'],
    ['the sender’s status over general words', bounce('550', '5.1.8', 'Access denied'), 'sender-rejected'],
    ['Microsoft’s number over general words', bounce('550', '5.7.606', 'Access denied'), 'ip-blocked'],
    [
      '5.7.1 with words that nobody knows stays a policy',
      bounce('550', '5.7.1', 'Zut alors'),
      'policy-rejected',
    ],
  ])('%s', (_, { category }, expected) => expect(category).toBe(expected));
});

it('takes no success for a failure, whatever its words', () => {
  expect(bounce('251', '2.1.5', 'User not local; will forward to <a@example.com>')).toMatchObject({
    category: 'delivered',
    verdict: 'ignore',
    strength: 'none',
  });
});

describe('words that no rule knows', () => {
  test.each(['550', '553', '554'])('make a %s unknown', (code) => {
    expect(bounce(code, null, 'Zut alors')).toMatchObject({
      category: 'unknown',
      severity: 'medium',
      verdict: 'unknown',
      strength: 'none',
      rule: 'unmapped-text',
    });
  });
  test.each(['521', '525', '551'])('make a %s unknown: it is no mailbox that they speak of', (code) => {
    expect(bounce(code, null, 'Zut alors')).toMatchObject({ category: 'unknown', strength: 'none' });
  });
  it('still let a label count that names the cause', () => {
    const meaning: LabelMeaning = { kind: 'bounce', category: 'mailbox-unknown', proof: 'cause' };
    expect(bounce('550', null, 'Zut alors', meaning)).toMatchObject({
      category: 'mailbox-unknown',
      strength: 'strong',
    });
  });
  it('let no label count that says only "hard"', () => {
    expect(bounce('550', null, 'Zut alors', { kind: 'bounce', proof: 'hard' })).toMatchObject({
      category: 'unknown',
      strength: 'none',
    });
  });
  it('leave the label its weight where they are prose of the provider, without any code', () => {
    expect(
      inferred({ kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' }, 'Zut alors'),
    ).toMatchObject({ category: 'mailbox-unknown', strength: 'weak' });
  });
  it('are not the standard’s own phrases', () => {
    expect(bounce('550', null, 'Requested action not taken: mailbox unavailable')).toMatchObject({
      category: 'mailbox-unknown',
      strength: 'weak',
    });
  });
});

describe('strength', () => {
  const cause: LabelMeaning = {
    kind: 'bounce',
    code: '550',
    enhanced: '5.1.1',
    category: 'mailbox-unknown',
    proof: 'cause',
  };
  const hard: LabelMeaning = { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' };
  test.each([
    ['a known text', bounce('550', null, 'No such user'), 'strong'],
    ...['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.7.17', '5.7.18'].map(
      (code) => [`a bare ${code}`, bounce(null, code, null), 'strong'] as const,
    ),
    ...['551', '556', '521', '525'].map(
      (code) => [`a bare ${code}`, bounce(code, null, null), 'strong'] as const,
    ),
    ['5.1.1 with words that nobody knows', bounce('550', '5.1.1', 'Zut alors'), 'strong'],
    ['521 with words that nobody knows', bounce('521', null, 'Zut alors'), 'none'],
    ['a label that names the cause', inferred(cause), 'strong'],
    ['a bare 550', bounce('550', null, null), 'weak'],
    ['a bare 5.0.0', bounce(null, '5.0.0', null), 'weak'],
    ['a bare 5.2.1', bounce('550', '5.2.1', null), 'weak'],
    ['5.2.1 with words that nobody knows', bounce('550', '5.2.1', 'Zut alors'), 'none'],
    ['a label that says only "hard"', inferred(hard), 'weak'],
    ...['5.1.0', '5.2.0', '5.5.0', '5.4.4'].map(
      (code) => [`a bare ${code}`, bounce(null, code, null), 'none'] as const,
    ),
    ...['553', '554', '552', '504'].map(
      (code) => [`a bare ${code}`, bounce(code, null, null), 'none'] as const,
    ),
    ['a 4xx that says user unknown', bounce('450', '4.1.1', 'User unknown'), 'none'],
    ['450 with 5.1.1', bounce('450', '5.1.1', 'User unknown'), 'none'],
    ['a deferral', classify({ kind: 'deferral', reply: reply('550', '5.1.1', 'User unknown') }), 'none'],
    ['a block', bounce('550', '5.1.1', 'blocked using zen.spamhaus.org'), 'none'],
  ] as const)('%s', (_, { strength }, expected) => expect(strength).toBe(expected));
});

describe('severity, bounce type and verdict', () => {
  test.each([
    ['5xx unknown user', bounce('550', '5.1.1', null), 'high', 'hard', 'suppress'],
    ['4xx unknown user', bounce('450', '4.1.1', null), 'medium', 'soft', 'retry'],
    ['5xx full', bounce('552', '5.2.2', null), 'medium', 'soft', 'retry'],
    [
      '5xx block',
      bounce('554', null, 'Client host blocked using zen.spamhaus.org'),
      'critical',
      'hard',
      'fix-sender',
    ],
    ['4xx block', bounce('421', null, 'IP address blocked'), 'high', 'soft', 'retry'],
    ['5xx rate', bounce('550', '5.7.28', null), 'medium', 'soft', 'retry'],
    ['greylisting', bounce('451', null, 'Greylisted'), 'low', 'soft', 'retry'],
    ['535', bounce('535', '5.7.8', null), 'high', 'hard', 'fix-sender'],
    ['534', bounce('534', null, null), 'medium', 'hard', 'fix-sender'],
    ['a banned Microsoft sender', bounce('550', '5.7.511', null), 'critical', 'hard', 'fix-sender'],
    ['a new owner', bounce('550', '5.7.17', null), 'medium', 'hard', 'suppress'],
    [
      'a deferral with a 5xx',
      classify({ kind: 'deferral', reply: reply('550', '5.1.1', 'User unknown') }),
      'medium',
      'soft',
      'retry',
    ],
    ['a text with no code', bounce(null, null, 'User unknown'), 'high', 'hard', 'suppress'],
    ['nothing at all', bounce(null, null, null), 'medium', 'soft', 'unknown'],
    [
      'a dead domain that only a 4.x status reports',
      bounce(null, '4.4.4', 'Unrouteable mail domain'),
      'medium',
      'soft',
      'suppress',
    ],
    [
      'a dead domain that a receiver defers',
      bounce('450', '4.1.2', 'Recipient address rejected: Domain not found'),
      'medium',
      'soft',
      'retry',
    ],
  ] as const)('%s', (_, found, severity, bounceType, verdict) => {
    expect(found).toMatchObject({ severity, bounceType, verdict });
  });
});

describe('what is no bounce', () => {
  test.each([
    ['delivery', kind('delivery'), { category: 'delivered', verdict: 'ignore', severity: null }],
    ['complaint', kind('complaint'), { category: 'complaint', verdict: 'suppress', severity: 'high' }],
    [
      'fraud report',
      kind('complaint', { kind: 'complaint', feedback: 'fraud' }),
      { category: 'complaint', verdict: 'suppress', severity: 'critical' },
    ],
    [
      'not-spam report',
      kind('complaint', { kind: 'complaint', feedback: 'not-spam' }),
      { category: 'complaint', verdict: 'ignore', severity: 'low' },
    ],
    ['unsubscribe', kind('unsubscribe'), { category: null, verdict: 'suppress', severity: null }],
    ['resubscribe', kind('resubscribe'), { category: null, verdict: 'ignore', severity: null }],
  ])('%s', (_, found, expected) => {
    expect(found).toMatchObject({ blame: 'event', bounceType: 'none', strength: 'none', ...expected });
  });

  it('an auto-reply is neither a failure nor a reason', () => {
    expect(bounce('450', '4.0.0', 'I am out of the office')).toMatchObject({
      category: 'auto-reply',
      bounceType: 'none',
      verdict: 'ignore',
    });
    expect(
      inferred({ kind: 'bounce', code: '450', enhanced: '4.0.0', category: 'auto-reply' }),
    ).toMatchObject({ category: 'auto-reply', bounceType: 'none' });
  });
});

describe('a reject', () => {
  it('from the provider’s own list is no new failure, whatever old reply it quotes', () => {
    const meaning: LabelMeaning = { kind: 'reject', category: 'suppressed', listedFor: 'bounce' };
    expect(bounce('550', '5.1.1', 'User unknown', meaning)).toMatchObject({
      category: 'suppressed',
      strength: 'none',
      blame: 'event',
    });
  });
  it('without a reason is taken as the provider’s list', () => {
    expect(kind('reject', { kind: 'reject' })).toMatchObject({ category: 'suppressed', verdict: 'suppress' });
  });
  it('for a bad address counts like a bounce', () => {
    const meaning: LabelMeaning = { kind: 'reject', category: 'address-syntax', proof: 'cause' };
    expect(kind('reject', meaning)).toMatchObject({
      category: 'address-syntax',
      bounceType: 'hard',
      strength: 'strong',
    });
  });
  it('for content says nothing against the address', () => {
    expect(kind('reject', { kind: 'reject', category: 'virus' })).toMatchObject({
      verdict: 'fix-sender',
      strength: 'none',
    });
  });
});

describe('codes that an adapter made from a label', () => {
  it('lose to a known text', () => {
    const meaning: LabelMeaning = {
      kind: 'bounce',
      code: '550',
      enhanced: '5.1.1',
      category: 'mailbox-unknown',
      proof: 'cause',
    };
    expect(inferred(meaning, 'blocked using zen.spamhaus.org')).toMatchObject({
      category: 'ip-blocked',
      strength: 'none',
    });
  });
  it('tell the class of a text without a code', () => {
    expect(inferred({ kind: 'bounce', code: '450', enhanced: '4.0.0' }, 'User unknown')).toMatchObject({
      category: 'mailbox-unknown',
      bounceType: 'soft',
      verdict: 'retry',
    });
  });
  it('stand where there is nothing else', () => {
    expect(inferred({ kind: 'bounce', code: '452', enhanced: '4.2.2' })).toMatchObject({
      category: 'mailbox-full',
      rule: 'label',
    });
  });
});

test('the evidence names what decided', () => {
  expect(bounce('550', '5.1.1', 'Sorry: No such user here')).toMatchObject({
    rule: 'text:unknown-user',
    evidence: ['no such user', '550', '5.1.1'],
    textMatched: true,
  });
  expect(bounce('550', '5.1.1', null)).toMatchObject({
    rule: 'enhanced:5.1.1',
    evidence: ['550', '5.1.1'],
    textMatched: false,
  });
});
