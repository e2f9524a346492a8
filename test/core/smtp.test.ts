import { describe, expect, it, test } from 'vitest';
import { parseReplyText, readReply, replyClass } from '../../src/core/smtp.ts';
import { processorTime } from '../processor-time.ts';

const parsed = (text: string): string => {
  const { code, enhanced } = parseReplyText(text);
  return `${code ?? '-'} ${enhanced ?? '-'}`;
};

describe('a reply in text', () => {
  test.each([
    ['550 5.1.1 user unknown', '550 5.1.1'],
    ['550-5.1.1 no such\n550 5.1.1 user', '550 5.1.1'],
    ['550-5.1.1 no such\r\n550-5.1.1 user\r\n550 5.1.1 here', '550 5.1.1'],
    ['554-5.7.1 refused', '554 5.7.1'],
    ['550 #5.1.0 rejected', '550 5.1.0'],
    ['550 <5.1.1> rejected', '550 5.1.1'],
    ['#550 5.2.2 full ##', '550 5.2.2'],
    ['smtp; 550 5.1.1 gone', '550 5.1.1'],
    ['smtp;550 gone', '550 -'],
    ['504', '504 -'],
    ['504 5.5.4', '504 5.5.4'],
    ['571 no PTR record', '571 -'],
    ['550 Invalid user (#5.1.1)', '550 5.1.1'],
    ['553 not allowed from there - 5.7.1 [X]', '553 5.7.1'],
    ['552 4.2.2 over quota', '552 4.2.2'],
    ['5.7.1 refused', '- 5.7.1'],
    ['Sorry, no mailbox here by that name. (#5.1.1)', '- 5.1.1'],
    [
      'host mx.ex.test[192.0.2.1] said: 550 5.1.1 <a@ex.test>: gone (in reply to RCPT TO command)',
      '550 5.1.1',
    ],
    ['host mx.ex.test[192.0.2.1] said: 550 gone (in reply to RCPT TO command)', '550 -'],
    ['host mx.ex.test[192.0.2.1]:25 refused to talk to me: 421 mx.ex.test busy', '421 -'],
    [
      'SMTP error from remote mail server after RCPT TO:<a@ex.test>: host mx.ex.test [192.0.2.1]: 550 gone',
      '550 -',
    ],
    ['192.0.2.1 does not like recipient. Remote host said: 550 gone Giving up on 192.0.2.1.', '550 -'],
    ['refused, with the message: [554 5.4.6 loop]', '554 5.4.6'],
    ["5.1.0 - Unknown address error 550-'5.2.2 <a@ex.test>... Full' (delivery attempts: 0)", '550 5.2.2'],
    ["5.1.0 - Unknown address error 540-'Wrong' (delivery attempts: 0)", '540 5.1.0'],
    ['[internal] message timeout (last transfail: 454 4.4.4 [internal] no MX)', '454 4.4.4'],
    ['354 End data with <CR><LF>.<CR><LF> 451 4.3.0 queue file write error', '451 4.3.0'],
    ['250 2.1.5 OK\n550 5.1.1 gone', '550 5.1.1'],
    ['250 2.0.0 queued as 4F2A', '250 2.0.0'],
    ['could not be delivered\n550 gone', '550 -'],
    ['<<< 550 5.1.1 gone', '550 5.1.1'],
    ['退信原因：550 User not found', '550 -'],
    ['错误信息： 550 5.1.1 用户不存在', '550 5.1.1'],
    ['response=504 5.5.2 <mx>: Helo command rejected', '504 5.5.2'],
  ])('%j is %s', (text, expected) => {
    expect(parsed(text)).toBe(expected);
  });

  test.each([
    ["550 5.4.312 expired, the server returned '450 4.4.312 DNS failed'", '550 5.4.312'],
    ['550 not accepted, mailhub said: 452 4.2.2 full', '550 -'],
    ['554 4.4.7 expired <421 4.4.2 Connection timed out>', '554 4.4.7'],
  ])('%j is about its first reply', (text, expected) => {
    expect(parsed(text)).toBe(expected);
  });

  test.each([
    'listed: 127.0.0.2',
    'no route to 5.4.7.1',
    'refused by 5.1.1.static.ex.test',
    'refused by mail-5.1.1.ex.test',
    'Postfix 2.11.3',
    'Exim 4.94.2 is too old',
    'Sendmail version 5.1.0',
    'mx.ex.test:587 refused',
    'connect to mx.ex.test[192.0.2.1]:465: Connection refused',
    'port: 587 is closed',
    'size: 552 bytes',
    '550 bytes left',
    'try again in 450 seconds',
    '1,550 messages waiting',
    'id: 550 x',
    'q504.ex.test is down',
    '<504.550.551@ex.test> was lost',
    'ticket 554 was opened',
    'see http://ex.test/550 please',
    'HTTP 504',
    'HTTP/1.1 504 x',
    'HTTP error: 504',
    '504 Gateway Time-out',
    'error 504 from upstream gateway',
    'webhook returned 504',
    '605 not delivered to an old bounce',
    '504ms',
    '',
  ])('%j holds no code', (text) => {
    expect(parsed(text)).toBe('- -');
  });

  it('does not take the IP address after a code for its enhanced code', () => {
    expect(parsed('550 5.4.7.1 is listed')).toBe('550 -');
  });
});

describe('fields', () => {
  test.each([
    [550, null, '550 -'],
    ['550', '5.1.1', '550 5.1.1'],
    [' 550 ', '5.1.1 (bad mailbox)', '550 5.1.1'],
    ['550 5.1.1', null, '550 5.1.1'],
    ['550-5.1.1 gone', '', '550 5.1.1'],
    ['5.1.1', null, '- 5.1.1'],
    [null, '550', '550 -'],
    ['550', '550 5.1.1', '550 5.1.1'],
    [571, null, '571 -'],
    [250, '2.0.0', '250 2.0.0'],
  ])('%j and %j are %s', (code, enhanced, expected) => {
    const reply = readReply({ code, enhanced });
    expect(`${reply.code ?? '-'} ${reply.enhanced ?? '-'}`).toBe(expected);
    expect(reply.source).toBe('reported');
  });

  test.each([605, 499, 498, 0, -1, 99, 5501, 1e21, Number.NaN, '605', '550.1', 'abc', '', null])(
    'the code %j is none',
    (code) => {
      expect(readReply({ code, text: 'gone' })).toEqual({
        code: null,
        enhanced: null,
        text: 'gone',
        source: null,
      });
    },
  );

  test.each(['5.1.1.1', '3.1.1', '5.1', '5.1111.1', 'v5.1.1', 'x'])(
    'the enhanced code %j is none',
    (enhanced) => {
      expect(readReply({ enhanced }).enhanced).toBeNull();
    },
  );

  it('prefers fields to text, and takes from text what agrees with them', () => {
    expect(readReply({ enhanced: '5.1.1', text: 'smtp; 550 5.1.1 gone' })).toMatchObject({
      code: '550',
      enhanced: '5.1.1',
      source: 'reported',
    });
    expect(readReply({ code: 552, text: '552 4.2.2 full' })).toMatchObject({
      code: '552',
      enhanced: '4.2.2',
    });
    expect(readReply({ code: 550, text: 'gone (#5.1.1)' })).toMatchObject({ code: '550', enhanced: '5.1.1' });
  });

  test('T086 text of another class changes nothing', () => {
    expect(readReply({ code: 550, text: '421 4.7.0 slow down' })).toMatchObject({
      code: '550',
      enhanced: null,
    });
    expect(readReply({ enhanced: '4.0.0', text: '550 5.1.1 gone' })).toMatchObject({
      code: null,
      enhanced: '4.0.0',
    });
  });

  it('finds a 504 in the text beside any enhanced code', () => {
    expect(readReply({ enhanced: '4.0.0', text: 'said: 504 not implemented' })).toMatchObject({
      code: '504',
    });
  });

  test.each<[object, string | null]>([
    [{ code: 421, text: '504 5.5.2 <mx1>: Helo command rejected' }, '5.5.2'],
    [{ code: '550', text: '504 5.5.2 <mx1>: Helo command rejected' }, '5.5.2'],
    [{ code: '500', enhanced: '5.5.4', text: 'said: 504 not implemented' }, '5.5.4'],
    [{ code: '550', text: '504 Command parameter not implemented' }, null],
  ])('is a 504 by its text, whatever the field says: %j', (given, enhanced) => {
    expect(readReply(given)).toMatchObject({ code: '504', enhanced, source: 'parsed' });
  });

  test.each([
    [{ code: 250, text: '504 not implemented' }, '250'],
    [{ code: 550, text: '504 Gateway Time-out' }, '550'],
    [{ code: 550, text: '550 5.1.1 gone; before: 504 not implemented' }, '550'],
  ])('is no 504 where %j', (given, code) => {
    expect(readReply(given).code).toBe(code);
  });

  it('says where the codes come from', () => {
    expect(readReply({ text: '550 gone' }).source).toBe('parsed');
    expect(readReply({ code: 550, text: '550 gone' }).source).toBe('reported');
    expect(readReply({ text: 'gone' }).source).toBeNull();
    expect(readReply({})).toEqual({ code: null, enhanced: null, text: null, source: null });
  });
});

describe('the text', () => {
  const textOf = (text: string): string | null => readReply({ text }).text;

  test.each([
    ['550-5.1.1 a\r\n550 5.1.1 b', '550-5.1.1 a 550 5.1.1 b'],
    ['  a \t b\n', 'a b'],
    ['smtp; 550 5.1.1 gone', 'smtp; 550 5.1.1 gone'],
    ['a\x1b[31mb\x1b[0m', 'a b'],
    ['a\0b\x9bc\x7f', 'a b c'],
    ['a\u202eb\u2028c', 'a b c'],
    ['\ud800a', '\ufffda'],
    [' \r\n ', null],
  ])('%j is kept as %j', (given, kept) => {
    expect(textOf(given)).toBe(kept);
  });

  it('is cut to 4 KiB of UTF-8 between characters', () => {
    expect(textOf('a'.repeat(5_000))).toBe('a'.repeat(4_096));
    expect(textOf('é'.repeat(5_000))).toBe('é'.repeat(2_048));
    expect(textOf(`${'a'.repeat(4_094)}€€`)).toBe('a'.repeat(4_094));
  });

  test('T065 hostile text takes no time', () => {
    const spent = processorTime();
    for (const piece of ['550 ', '550-', '5.1.1', '5.1.', ': ', ' ', '\x1b[', 'http', '[550', 'error ', '\0'])
      readReply({ text: piece.repeat(1e6) });
    expect(spent()).toBeLessThan(500);
  });
});

test.each([
  ['550', '4.2.2', 5],
  ['421', '5.1.1', 4],
  [null, '4.4.7', 4],
  ['250', null, 2],
  ['354', null, null],
  [null, null, null],
])('the class of %s and %s is %s', (code, enhanced, expected) => {
  expect(replyClass({ code, enhanced })).toBe(expected);
});
