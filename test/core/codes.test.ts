import { describe, expect, it, test } from 'vitest';
import { allCodes, lookupCode } from '../../src/core/codes/catalogue.ts';
import { factsOf } from '../../src/core/taxonomy.ts';

/** The failures of the default policy: type, severity, category, action of the code alone in a final report, retry. */
// biome-ignore format: one row a line
const table = [
  ['421', 'soft', 'low', 'system-error', 'strike', 'later'],
  ['432', 'soft', 'low', 'smtp-auth-tls', 'note', 'later'],
  ['450', 'soft', 'low', 'system-error', 'strike', 'later'],
  ['451', 'soft', 'low', 'system-error', 'strike', 'later'],
  ['452', 'soft', 'low', 'system-error', 'strike', 'later'],
  ['453', 'soft', 'low', 'protocol', 'note', 'later'],
  ['454', 'soft', 'low', 'smtp-auth-tls', 'note', 'later'],
  ['455', 'soft', 'low', 'protocol', 'note', 'later'],
  ['458', 'soft', 'low', 'protocol', 'note', 'later'],
  ['459', 'soft', 'low', 'protocol', 'note', 'later'],
  ['500', 'hard', 'medium', 'protocol', 'note', 'after-fix'],
  ['501', 'hard', 'medium', 'protocol', 'note', 'after-fix'],
  ['502', 'hard', 'medium', 'protocol', 'note', 'after-fix'],
  ['503', 'hard', 'medium', 'protocol', 'note', 'after-fix'],
  ['504', 'hard', 'medium', 'protocol', 'suppress', 'no'],
  ['521', 'hard', 'high', 'domain-invalid', 'suppress', 'no'],
  ['523', 'hard', 'medium', 'smtp-auth-tls', 'note', 'after-fix'],
  ['524', 'hard', 'medium', 'smtp-auth-tls', 'note', 'after-fix'],
  ['525', 'hard', 'high', 'mailbox-disabled', 'suppress', 'no'],
  ['530', 'hard', 'high', 'smtp-auth-tls', 'note', 'after-fix'],
  ['534', 'hard', 'medium', 'smtp-auth-tls', 'note', 'after-fix'],
  ['535', 'hard', 'high', 'smtp-auth-tls', 'note', 'after-fix'],
  ['538', 'hard', 'medium', 'smtp-auth-tls', 'note', 'after-fix'],
  ['550', 'hard', 'high', 'mailbox-unknown', 'suppress', 'no'],
  ['551', 'hard', 'medium', 'mailbox-moved', 'suppress', 'no'],
  ['552', 'soft', 'medium', 'mailbox-full', 'strike', 'later'],
  ['553', 'hard', 'medium', 'address-syntax', 'strike', 'later'],
  ['554', 'hard', 'medium', 'policy-rejected', 'note', 'after-fix'],
  ['555', 'hard', 'medium', 'protocol', 'note', 'after-fix'],
  ['556', 'hard', 'high', 'domain-invalid', 'suppress', 'no'],
] as const;

test.each(table)(
  '%s alone is %s, %s, %s: %s, retry %s',
  (code, bounceType, severity, category, action, retry) => {
    expect(lookupCode(code)).toMatchObject({
      code,
      type: 'basic',
      bounceType,
      severity,
      category,
      action,
      retry,
    });
  },
);

test.each(['211', '214', '220', '221', '235', '250', '251', '252', '253', '334', '354', '355'])(
  '%s is no failure',
  (code) => {
    expect(lookupCode(code)).toMatchObject({
      bounceType: 'none',
      severity: null,
      category: 'delivered',
      verdict: 'ignore',
    });
  },
);

test('250 and 251 are deliveries, which release; the other successes are steps of the dialogue', () => {
  expect(['250', '251', '252', '354'].map((code) => lookupCode(code)?.action)).toEqual([
    'release',
    'release',
    'note',
    'note',
  ]);
});

describe('504', () => {
  const page = lookupCode('504');

  it('is hard and permanent, of medium severity, and suppresses', () => {
    expect(page).toMatchObject({
      name: 'Command Parameter Not Implemented',
      standard: 'RFC 5321',
      bounceType: 'hard',
      severity: 'medium',
      category: 'protocol',
      blame: 'sender',
      verdict: 'suppress',
      action: 'suppress',
      retry: 'no',
      recoverable: false,
      example: '504 5.5.4 Unrecognized authentication type',
      related: ['500', '501', '502', '503', '555', '5.5.4'],
    });
  });

  it('has a full page that names 555 as the exact code for MAIL FROM parameters', () => {
    expect(page?.causes.join(' ')).toMatch(/RFC 4954.*SIZE or BODY.*555/s);
    for (const part of [page?.playsOut, page?.fixes, page?.questions, page?.sources])
      expect(part?.length).toBeGreaterThan(2);
  });

  it('and 5.5.4 with no basic code say the same', () => {
    expect(lookupCode('5.5.4')).toMatchObject({
      bounceType: 'hard',
      severity: 'medium',
      category: 'protocol',
      action: 'suppress',
      retry: 'no',
    });
  });
});

// biome-ignore format: one row a line
test.each([
  ['5.0.0', 'mailbox-unknown', 'suppress', 'high'],
  ['5.1.0', 'unknown', 'strike', 'medium'],
  ['5.1.1', 'mailbox-unknown', 'suppress', 'high'],
  ['4.1.1', 'mailbox-unknown', 'strike', 'medium'],
  ['5.2.0', 'unknown', 'strike', 'medium'],
  ['5.2.1', 'mailbox-disabled', 'suppress', 'high'],
  ['5.2.2', 'mailbox-full', 'strike', 'medium'],
  ['5.5.0', 'unknown', 'strike', 'medium'],
  ['5.7.0', 'policy-rejected', 'note', 'medium'],
  ['5.7.1', 'policy-rejected', 'note', 'medium'],
  ['5.7.8', 'smtp-auth-tls', 'note', 'high'],
  ['4.7.14', 'smtp-auth-tls', 'note', 'high'],
  ['5.7.17', 'recipient-refused', 'suppress', 'medium'],
  ['5.7.18', 'domain-invalid', 'suppress', 'high'],
  ['5.7.606', 'ip-blocked', 'note', 'critical'],
  ['5.7.705', 'sender-rejected', 'note', 'critical'],
])('%s alone is %s: %s, %s', (code, category, action, severity) => {
  expect(lookupCode(code)).toMatchObject({ type: 'enhanced', category, action, severity });
});

test.each([
  ['5.3.77', 'Unregistered Mail System Status', 'system-error'],
  ['5.4.77', 'Unregistered Network And Routing Status', 'network-error'],
  ['5.5.77', 'Unregistered Mail Delivery Protocol Status', 'protocol'],
  ['5.6.77', 'Unregistered Message Content Or Media Status', 'content-rejected'],
  ['5.7.77', 'Unregistered Security Or Policy Status', 'policy-rejected'],
  ['5.1.77', 'Unregistered Addressing Status', 'unknown'],
])('%s is not registered and resolves by its subject', (code, name, category) => {
  expect(lookupCode(code)).toMatchObject({ name, category, standard: 'unregistered' });
});

test.each([
  '',
  '5',
  '5.1',
  '599',
  '5.9.1',
  '3.1.1',
  '1.1.1',
  '5.01.1',
  '5.1.1000',
  '5.1.1.1',
  ' 550',
  '550 ',
  '__proto__',
  'constructor',
])('%j is no code', (code) => expect(lookupCode(code)).toBeNull());

describe('the list of all codes', () => {
  const all = allCodes();

  it('holds each code once, and each can be looked up', () => {
    expect(new Set(all.map(({ code }) => code)).size).toBe(all.length);
    for (const entry of all) expect(lookupCode(entry.code)).toEqual(entry);
  });

  it('has the 42 standard basic codes, and marks the others as nonstandard', () => {
    const basic = all.filter(({ type }) => type === 'basic');
    const standard = basic.filter((entry) => entry.standard !== 'nonstandard');
    expect(standard.map(({ code }) => code)).toEqual(expect.arrayContaining(table.map(([code]) => code)));
    expect([standard.length, basic.length]).toEqual([42, 65]);
  });

  it('has each of the 81 registered details', () => {
    expect(new Set(all.filter(({ type }) => type === 'enhanced').map(({ code }) => code.slice(2))).size).toBe(
      81,
    );
  });

  it('never contradicts itself', () => {
    for (const entry of all) {
      if (entry.category === null) continue;
      expect(entry.blame, entry.code).toBe(factsOf(entry.category).blame);
      // Only 504 and its 5.5.4 suppress an address for a fault that is not the recipient's.
      if (entry.action === 'suppress' && entry.blame !== 'recipient')
        expect(['504', '5.5.4']).toContain(entry.code);
      if (/^4/.test(entry.code))
        expect([entry.code, entry.bounceType, entry.verdict]).toEqual([entry.code, 'soft', 'retry']);
      expect(entry.meaning, entry.code).toMatch(/^[A-Z4-5].*\.$/s);
    }
  });

  it('relates only codes that exist', () => {
    for (const { related } of all) for (const code of related) expect(lookupCode(code), code).not.toBeNull();
  });
});
