import { expect, it, test } from 'vitest';
import { defaultPolicy } from '../../src/core/default-policy.ts';
import { domainAccused, ownDomain } from '../../src/core/domain.ts';
import { isMailboxProvider } from '../../src/core/mailbox-providers.ts';
import { mailEvent } from '../app/events.ts';

test.each([
  'gmail.com',
  'hotmail.co.uk',
  'yahoo.co.jp',
  'web.de',
  'qq.com',
  'icloud.com',
  'mail.ru',
  'orange.fr',
])('%s is never blocked as a whole', (domain) => {
  expect(isMailboxProvider(domain)).toBe(true);
  expect(ownDomain(`a@${domain}`)).toBeNull();
});

test.each(['gmal.com', 'example.com', 'mail.gmail.com', 'notgmail.com'])(
  '%s may be blocked as a whole',
  (domain) => {
    expect(ownDomain(`a@${domain}`)).toBe(`@${domain}`);
  },
);

const dead = { category: 'domain-invalid', strength: 'strong', address: 'a@x.test' } as const;

it('is accused by strong and certain failures of its addresses alone', () => {
  expect(domainAccused(defaultPolicy, mailEvent(dead))).toBe('@x.test');
  expect(domainAccused(defaultPolicy, mailEvent({ ...dead, strength: 'weak' }))).toBeNull();
  expect(domainAccused(defaultPolicy, mailEvent({ ...dead, hearsay: true }))).toBeNull();
  expect(domainAccused(defaultPolicy, mailEvent({ ...dead, kind: 'deferral' }))).toBeNull();
  expect(domainAccused(defaultPolicy, mailEvent({ ...dead, address: 'a@gmail.com' }))).toBeNull();
});
