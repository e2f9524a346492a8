import { expect, test } from 'vitest';
import { patternFault } from '../../src/app/pattern-cost.ts';
import { PATTERN_SEES } from '../../src/core/policy.ts';
import { processorTime } from '../processor-time.ts';

test.each([
  'mailbox full',
  'quota.*exceeded',
  String.raw`\bS3150\b`,
  '(?:mailbox|account).{0,40}(?:full|quota)',
  '^5[05]0 .*blocked',
  'block(ed|list)? by .{1,30} (spamhaus|barracuda)',
  '[a-z]+@example',
])('%s may be used, and is quick over the most hostile text', (source) => {
  expect(patternFault(source)).toBeNull();
  const pattern = new RegExp(source, 'iu');
  for (const unit of ['a', 'mailbox ', 'quota', 'block by ', '550 ', 'aaaa@', ' ']) {
    const text = unit.repeat(PATTERN_SEES).slice(0, PATTERN_SEES);
    const spent = processorTime();
    pattern.test(text);
    expect(spent()).toBeLessThan(50);
  }
});

test.each([
  ['(a+)+$', 'for ever'],
  ['(a|aa)+$', 'for ever'],
  ['a.*b.*c', 'for ever'],
  ['(?:x.{0,40}){5}', 'for ever'],
  ['.{0,90}.{0,89}a{800}b', 'for ever'],
  [String.raw`(a)\1`, 'backreferences'],
  ['(?=a)', 'look-arounds'],
  ['(?<!a)b', 'look-arounds'],
  ['(', 'no regular expression'],
  ['[z-a]', 'no regular expression'],
  ['a{2,1}', 'no regular expression'],
])('%s is refused: %s', (source, fault) => {
  expect(patternFault(source)).toContain(fault);
});
