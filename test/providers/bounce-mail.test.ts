/** Bounce mail as a whole: what kind of mail it is, whom it can be about, and what every form of one mail has in common. */
import { describe, expect, it, test } from 'vitest';
import type { Item } from '../../src/providers/adapter.ts';
import { addressesIn, recipientInVerp } from '../../src/providers/bounce-mail/addresses.ts';
import { splitNotice } from '../../src/providers/bounce-mail/original.ts';
import { dsn } from '../../src/providers/dsn.ts';

const itemsOf = async (
  body: string | Uint8Array,
  contentType = 'message/rfc822',
): Promise<readonly Item[]> => {
  const parsed = await dsn.parse({
    method: 'POST',
    url: new URL('https://mail.example.test/webhooks/dsn_x'),
    headers: new Headers({ 'content-type': contentType }),
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  });
  if (!parsed.ok || parsed.value.type !== 'items') throw new Error('not read');
  return parsed.value.items;
};
const said = (items: readonly Item[]): string[] =>
  items.map((item) => {
    if (item.type === 'event') return `${item.event.meaning.kind} ${item.event.recipient}`;
    return item.type === 'ignored' ? `ignored ${item.label}` : `unreadable: ${item.why}`;
  });

const mail = (headers: readonly string[], body: string): string =>
  [
    'To: news@sender.test',
    'Date: Thu, 01 Oct 2026 12:00:00 +0000',
    'Message-ID: <m@ex.test>',
    ...headers,
    '',
    body,
  ].join('\n');
const DAEMON = 'From: Mail Delivery System <MAILER-DAEMON@mx.ex.test>';

const QMAIL = mail(
  [DAEMON, 'Subject: failure notice'],
  `Hi. This is the qmail-send program at mx.ex.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<ann@ex.test>:\nRemote host said: 550 5.1.1 no such user\n\n<bob@ex.test>:\nUser is over quota. (#5.2.2)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <bounces+x@sender.test>\nFrom: news@sender.test\nTo: ann@ex.test\nMessage-ID: <original@sender.test>\n\nHello\n`,
);

const part = (type: string, body: string, more: readonly string[] = []): string =>
  [`Content-Type: ${type}`, ...more, '', body].join('\n');
const multipart = (
  headers: readonly string[],
  parts: readonly string[],
  type = 'multipart/report; report-type=delivery-status',
): string =>
  mail(
    [...headers, 'MIME-Version: 1.0', `Content-Type: ${type}; boundary="b1"`],
    `This is a MIME message.\n\n${parts.map((one) => `--b1\n${one}\n`).join('')}--b1--\n`,
  );
const STATUS =
  'Reporting-MTA: dns; mx.ex.test\n\nFinal-Recipient: rfc822; ann@ex.test\nAction: failed\nStatus: 5.1.1\n';

describe('what is no bounce', () => {
  test.each([
    [
      'a newsletter',
      mail(
        ['From: Shop <shop@ex.test>', 'Subject: Your delivery'],
        'We could not deliver better prices. Write to sales@ex.test\n\nann@ex.test',
      ),
      /^unreadable: not a delivery report: neither/,
    ],
    [
      'a person who complains about failed mail',
      mail(
        ['From: Ann <ann@ex.test>', 'Subject: hello'],
        'My mail was returned:\n\nbob@ex.test\nundeliverable',
      ),
      /^unreadable: not a delivery report: neither/,
    ],
    [
      'a parcel service',
      mail(
        ['From: Delivery Service <parcel@ex.test>', 'Subject: Your parcel'],
        'Delivery failed. Nobody was at home.\n\nann@ex.test',
      ),
      /^unreadable: not a delivery report: neither/,
    ],
    [
      'a failure of something else',
      mail(['From: root@ex.test', 'Subject: backup failed'], 'no space left on device, ask ann@ex.test'),
      /^unreadable: not a delivery report: neither/,
    ],
    [
      'a newsletter that quotes a report',
      mail(
        ['From: Shop <shop@ex.test>', 'Subject: How mail works'],
        `They look like this:\n\nFinal-Recipient: rfc822; ann@ex.test\nAction: failed\n`,
      ),
      /^unreadable: not a delivery report: neither/,
    ],
    [
      'an answer to a bounce',
      mail(
        ['From: bob@ex.test', 'Subject: Re: Undeliverable: October'],
        `Why undeliverable?\n\n> Final-Recipient: rfc822; ann@ex.test\n> Action: failed\n`,
      ),
      /^unreadable: not a delivery report: neither/,
    ],
    [
      'a bounce that names nobody',
      mail([DAEMON, 'Subject: failure notice'], 'It could not be delivered.'),
      /^unreadable: not a delivery report that says who/,
    ],
  ])('%s suppresses nobody', async (_title, body, why) => {
    expect(said(await itemsOf(body))).toEqual([expect.stringMatching(why)]);
  });

  test.each([
    [
      'by its subject',
      ['From: Ann <ann@ex.test>', 'Subject: Automatic reply: October'],
      'I could not be reached at ann@ex.test',
    ],
    [
      'by its subject in German',
      ['From: ann@ex.test', 'Subject: =?utf-8?q?Abwesenheitsnotiz?='],
      'Ich bin nicht da.',
    ],
    [
      'by Auto-Submitted',
      ['From: ann@ex.test', 'Return-Path: <>', 'Auto-Submitted: auto-replied', 'Subject: Re: October'],
      'Away. Mail is undeliverable until Monday.',
    ],
    ['by X-Autoreply', ['From: ann@ex.test', 'X-Autoreply: yes', 'Subject: October'], 'Away.'],
  ])('an auto-reply, known %s, is ignored', async (_title, headers, body) => {
    expect(await itemsOf(mail(headers, body))).toEqual([
      { type: 'ignored', label: 'auto-reply', known: true },
    ]);
  });

  test.each([
    ['Successful Mail Delivery Report', '<ann@ex.test>: delivery via mx.ex.test: 250 2.0.0 OK'],
    ['Relayed: October', 'It was relayed, but a delivery notification may not follow:\n\nann@ex.test'],
    ['Delivery Status Notification (Success)', 'Delivered to:\n\nann@ex.test'],
  ])('a notice of success (%s) is ignored', async (subject, body) => {
    expect(said(await itemsOf(mail([DAEMON, `Subject: ${subject}`], body)))).toEqual(['ignored relayed']);
  });

  it('a read receipt is ignored', async () => {
    const receipt = multipart(
      ['From: ann@ex.test', 'Subject: Read: October'],
      [
        part('text/plain', 'It was read.'),
        part(
          'message/disposition-notification',
          'Final-Recipient: rfc822; ann@ex.test\nDisposition: manual-action/MDN-sent-manually; displayed\n',
        ),
      ],
      'multipart/report; report-type=disposition-notification',
    );
    expect(said(await itemsOf(receipt))).toEqual(['ignored read-receipt']);
  });

  it('a receipt for what was refused is a bounce: RFC 5429, and Dovecot where a box is full', async () => {
    const receipt = multipart(
      [DAEMON, 'Subject: Rejected: October', 'Auto-Submitted: auto-replied (rejected)'],
      [
        part('text/plain', 'Your message to <ann@ex.test> was automatically rejected:\nQuota exceeded'),
        part(
          'message/disposition-notification',
          'Final-Recipient: rfc822; ann@ex.test\nDisposition: automatic-action/MDN-sent-automatically; deleted\n',
        ),
        part('message/rfc822', 'From: news@sender.test\nTo: ann@ex.test\n\nHello'),
      ],
      'multipart/report; report-type=disposition-notification',
    );
    expect(said(await itemsOf(receipt))).toEqual(['bounce ann@ex.test']);
    expect(await itemsOf(receipt)).toMatchObject([
      { event: { reply: { text: expect.stringContaining('Quota exceeded') } } },
    ]);
  });
});

describe('a notice that the reporter still tries is a deferral', () => {
  test.each([
    [
      'Exim',
      'Warning: message 1abc delayed 24 hours',
      'This message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue.\n\nThe address to which the message has not yet been delivered is:\n\n  ann@ex.test\n    Delay reason: SMTP error from remote mail server after RCPT TO:<ann@ex.test>:\n    450 4.2.0 greylisted\n\nNo action is required on your part.',
    ],
    [
      'Sendmail',
      'Warning: could not send message for past 4 hours',
      '    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\n   ----- The following addresses had transient non-fatal errors -----\n<ann@ex.test>\n\n   ----- Transcript of session follows -----\n<ann@ex.test>... Deferred: Connection timed out\n',
    ],
    [
      'Gmail',
      'Delivery Status Notification (Delay)',
      'This is an automatically generated Delivery Status Notification\n\nDelivery to the following recipient has been delayed:\n\n     ann@ex.test\n\nMessage will be retried for 2 more day(s)\n',
    ],
    [
      'a server that says so in words alone',
      'Mail Delivery Warning',
      'Delivery of email to this address\n\n"ann@ex.test"\n\nhas been postponed due to a full mailbox.\n\nWe will continue to try to deliver your message over the next few days.\n',
    ],
  ])('of %s', async (_title, subject, body) => {
    expect(said(await itemsOf(mail([DAEMON, `Subject: ${subject}`], body)))).toEqual([
      'deferral ann@ex.test',
    ]);
  });

  it('and one that it gave up after delays is a bounce', async () => {
    const body =
      'Your message was delayed and has been returned.\nRetry timeout exceeded\n\n<ann@ex.test>:\nno answer\n';
    expect(said(await itemsOf(mail([DAEMON, 'Subject: Mail delivery failed'], body)))).toEqual([
      'bounce ann@ex.test',
    ]);
  });
});

it('takes none for a recipient that the field for it leaves out', async () => {
  const body =
    'The following address(es) failed:\n\n  ann@ex.test\n    unknown user\n\nAsk our hotline:\n\n  hotline@ex.test\n';
  const headers = [DAEMON, 'Subject: Mail delivery failed'];
  expect(said(await itemsOf(mail([...headers, 'X-Failed-Recipients: Ann@ex.test'], body)))).toEqual([
    'bounce ann@ex.test',
  ]);
  expect(said(await itemsOf(mail([...headers, 'X-Failed-Recipients: alias@ex.test'], body)))).toHaveLength(2);
});

describe('an address that the notice does not give', () => {
  const original = (head: string): string =>
    mail(
      [DAEMON, 'Subject: Undeliverable'],
      `It could not be delivered.\n\n----- Original message -----\n\n${head}\nFrom: news@sender.test\nMessage-ID: <original@sender.test>\n\nHello`,
    );
  test.each([
    ['the envelope', 'X-Envelope-To: <ann@ex.test>\nTo: list@sender.test, more@sender.test', 'ann@ex.test'],
    [
      'the return path',
      'Return-Path: <bounces+ann=ex.test@sender.test>\nTo: list@sender.test, more@sender.test',
      'ann@ex.test',
    ],
    ['a To of one', 'To: Ann <ann@ex.test>', 'ann@ex.test'],
  ])('is known by %s of the original', async (_title, head, recipient) => {
    expect(said(await itemsOf(original(head)))).toEqual([`bounce ${recipient}`]);
  });

  test.each(['List-Post: <mailto:Talk@lists.test>', 'X-BeenThere: talk@lists.test'])(
    'is not that of a list (%s), where its members bounce',
    async (field) => {
      expect(said(await itemsOf(original(`To: bob@ex.test\nCc: talk@lists.test\n${field}`)))).toEqual([
        expect.stringMatching(/^unreadable: not a delivery report that says who/),
      ]);
    },
  );

  it('is not guessed among several', async () => {
    expect(said(await itemsOf(original('To: ann@ex.test, bob@ex.test')))).toEqual([
      expect.stringMatching(/^unreadable: not a delivery report that says who/),
    ]);
  });

  it('is found where a report redacts it', async () => {
    const body = multipart(
      [DAEMON, 'Delivered-To: bounces+ann=ex.test@sender.test'],
      [
        part('text/plain', 'It failed.'),
        part('message/delivery-status', STATUS.replace('ann@ex.test', '<redacted>')),
      ],
    );
    expect(said(await itemsOf(body))).toEqual(['bounce ann@ex.test']);
  });

  test.each([
    ['bounces+ann=ex.test@sender.test', 'ann@ex.test'],
    ['list-return-42-ann=ex.test@sender.test', 'ann@ex.test'],
    ['list-bounces+ann.lee=ex.test@sender.test', 'ann.lee@ex.test'],
    ['bounces+1234567-ab12-ann=ex.test@sender.test', 'ann@ex.test'],
    ['bounce+2d998f.371096-ann=ex.test@sender.test', 'ann@ex.test'],
    ['news-bounces-ann=ex.test@sender.test', 'ann@ex.test'],
    ['bounces-ann=ex.test@sender.test', 'ann@ex.test'],
    ['bounces-42-ann=ex.test@sender.test', null], // where the recipient begins is not to be seen
    ['bounces+f00dcafe@sender.test', null],
    ['ann=ex@sender.test', null],
  ])('stands in the return path %s as %s', (path, recipient) => {
    expect(recipientInVerp([path])).toBe(recipient);
  });
});

it('tells where a keyed return path would stand, and the Message-ID of the original', async () => {
  const body = QMAIL.replace(
    'To: news@sender.test',
    'To: <bounces+k3y@sender.test>\nDelivered-To: inner@sender.test\nX-Original-To: outer@sender.test\nEnvelope-To: env@sender.test',
  );
  const [item] = await itemsOf(body);
  expect(item).toMatchObject({
    event: {
      rfcMessageId: 'original@sender.test',
      returnPaths: [
        'bounces+k3y@sender.test',
        'inner@sender.test',
        'outer@sender.test',
        'env@sender.test',
        'bounces+x@sender.test',
      ],
      eventId: 'm@ex.test ann@ex.test',
      proven: false,
    },
  });
});

it('never has more than sixteen return paths, nor a thousand recipients', async () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => `a${i}@ex.test`);
  const to = many(40).join(', ');
  const groups = many(1_100)
    .map((one) => `Final-Recipient: rfc822; ${one}\nAction: failed\nStatus: 5.1.1\n`)
    .join('\n');
  const items = await itemsOf(
    multipart([DAEMON], [part('message/delivery-status', `Reporting-MTA: dns; x\n\n${groups}`)]).replace(
      'To: news@sender.test',
      `To: ${to}`,
    ),
  );
  expect(items).toHaveLength(1_001);
  expect(items[0]).toMatchObject({ event: { returnPaths: { length: 16 } } });
  expect(said(items).at(-1)).toMatch(/^unreadable: 1100 recipients in one report/);
});

describe('the same mail gives the same events', () => {
  const mails: readonly (readonly [string, string])[] = [
    ['a notice', QMAIL],
    [
      'a report',
      multipart(
        [DAEMON],
        [
          part('text/plain', 'It failed.'),
          part('message/delivery-status', STATUS),
          part('message/rfc822', 'From: news@sender.test\nTo: ann@ex.test\n\nHi'),
        ],
      ),
    ],
    [
      'a report in nested parts',
      multipart(
        [DAEMON],
        [
          `Content-Type: multipart/alternative; boundary=b2\n\n--b2\n${part('text/plain', 'It failed.')}\n--b2\n${part('text/html', '<p>It failed.</p>')}\n--b2--`,
          part('message/delivery-status', STATUS),
        ],
      ),
    ],
    [
      'a report without its last boundary',
      multipart(
        [DAEMON],
        [part('text/plain', 'It failed.'), part('message/delivery-status', STATUS)],
      ).replace('--b1--\n', ''),
    ],
    [
      'a report with another boundary than announced',
      multipart(
        [DAEMON],
        [part('text/plain', 'It failed.'), part('message/delivery-status', STATUS)],
      ).replace('boundary="b1"', 'boundary="c1"'),
    ],
  ];

  test.each(mails)('%s with LF, CRLF, CR, or a CRLF that was made of a CRLF', async (_title, body) => {
    const items = (await itemsOf(body)).filter(({ type }) => type === 'event');
    expect(items.length).toBeGreaterThan(0);
    expect(await itemsOf(body.replaceAll('\n', '\r\n'))).toEqual(items);
    expect(await itemsOf(body.replaceAll('\n', '\r'))).toEqual(items);
    expect(await itemsOf(body.replaceAll('\n', '\r\r\n'))).toEqual(items);
  });

  test.each(mails)('%s in an mbox, and twice', async (_title, body) => {
    const items = await itemsOf(body);
    const entry = `From MAILER-DAEMON Thu Oct  1 12:00:00 2026\n${body.replace(/^(>*From )/gm, '>$1')}\n\n`;
    expect(await itemsOf(entry + entry, 'application/mbox')).toEqual([...items, ...items]);
  });
});

describe('an encoded part is read', () => {
  const words = '<ann@ex.test>:\n550 5.1.1 no such user\n';
  test.each([
    ['base64', btoa(words)],
    ['quoted-printable', words.replace('no such user', 'no =\nsuch=20user')],
  ])('in %s', async (encoding, body) => {
    const headers = [
      DAEMON,
      'Subject: failure notice',
      `Content-Transfer-Encoding: ${encoding}`,
      'Content-Type: text/plain',
    ];
    expect(await itemsOf(mail(headers, body))).toMatchObject([
      { event: { recipient: 'ann@ex.test', reply: { text: expect.stringContaining('no such user') } } },
    ]);
  });

  it('without a type', async () => {
    const headers = [DAEMON, 'Subject: failure notice', 'Content-Transfer-Encoding: base64'];
    expect(said(await itemsOf(mail(headers, btoa(words))))).toEqual(['bounce ann@ex.test']);
  });

  it('in ISO-2022-JP', async () => {
    // 宛先: in JIS X 0208
    const body = mail(
      [DAEMON, 'Subject: failure notice', 'Content-Type: text/plain; charset=iso-2022-jp'],
      '\x1b$B08@h\x1b(B: ann@ex.test\n550 5.1.1\n',
    );
    expect(said(await itemsOf(body))).toEqual(['bounce ann@ex.test']);
  });

  it('where a semicolon is missing before the charset', async () => {
    const body = multipart(
      [DAEMON, 'Subject: failure notice'],
      [`Content-Type: text/plain\n   charset="iso-2022-jp"\n\n${words}`],
      'multipart/mixed',
    );
    expect(said(await itemsOf(body))).toEqual(['bounce ann@ex.test']);
  });
});

test.each([
  ['a blank line after the recipient', STATUS.replace('\nAction', '\n\nAction'), 'bounce ann@ex.test'],
  [
    'neither action nor status, but a reply',
    'Final-Recipient: rfc822; ann@ex.test\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n',
    'bounce ann@ex.test',
  ],
  [
    'a temporary reply alone',
    'Final-Recipient: rfc822; ann@ex.test\nDiagnostic-Code: smtp; 450 4.2.0 later\n',
    'deferral ann@ex.test',
  ],
  [
    'an address in the escapes of RFC 6533',
    STATUS.replace('rfc822; ann', 'utf-8; gr\\x{FC}n'),
    'bounce grün@ex.test',
  ],
  [
    'the recipient in X-Actual-Recipient',
    STATUS.replace('rfc822; ann@ex.test', 'rfc822; ann\nX-Actual-Recipient: rfc822; ann@ex.test'),
    'bounce ann@ex.test',
  ],
])('reads a report with %s', async (_title, status, event) => {
  expect(said(await itemsOf(multipart([DAEMON], [part('message/delivery-status', status)])))).toEqual([
    event,
  ]);
});

it('takes the reply from the notice where the report has none, and keeps the status', async () => {
  const notice = '   ----- Transcript of session follows -----\n554 <ann@ex.test>... Service unavailable\n';
  const body = multipart([DAEMON], [part('text/plain', notice), part('message/delivery-status', STATUS)]);
  expect(await itemsOf(body)).toMatchObject([{ event: { reply: { code: '554', enhanced: '5.1.1' } } }]);
});

it('takes the words of the notice where neither has a code', async () => {
  const body = multipart(
    [DAEMON],
    [part('text/plain', '<ann@ex.test>: user unknown'), part('message/delivery-status', STATUS)],
  );
  expect(await itemsOf(body)).toMatchObject([
    { event: { reply: { code: null, enhanced: '5.1.1', text: 'user unknown' } } },
  ]);
});

it('takes no words about one recipient for another of whom the notice does not speak', async () => {
  const status = `${STATUS}\nFinal-Recipient: rfc822; bob@ex.test\nAction: failed\nStatus: 5.0.0\n`;
  const notice = '<ann@ex.test>: host mx.ex.test said: 550 5.1.1 User unknown';
  const body = multipart([DAEMON], [part('text/plain', notice), part('message/delivery-status', status)]);
  expect(await itemsOf(body)).toMatchObject([
    { event: { recipient: 'ann@ex.test', reply: { code: '550', enhanced: '5.1.1' } } },
    { event: { recipient: 'bob@ex.test', reply: { code: null, enhanced: '5.0.0', text: null } } },
  ]);
});

it.each(['75', '255'])('takes %s after X-Unix for what a program ended with', async (status) => {
  const fields = `${STATUS.replace('5.1.1', '5.0.0')}Diagnostic-Code: X-Unix; ${status}\n`;
  const body = multipart([DAEMON], [part('message/delivery-status', fields)]);
  expect(await itemsOf(body)).toMatchObject([
    { event: { reply: { code: null, enhanced: '5.0.0', text: `exit status ${status} of a program` } } },
  ]);
  const told = multipart([DAEMON], [part('message/delivery-status', fields.replace('5.0.0', '5.1.1'))]);
  expect(await itemsOf(told)).toMatchObject([{ event: { reply: { enhanced: '5.1.1', text: status } } }]);
});

it('reads the field in which Exchange 2010 puts the reply', async () => {
  const info = 'X-Supplementary-Info: <mx.ex.test #5.0.0 smtp; 552 5.2.2 Mailbox full, sorry>';
  const status = `${STATUS.replace('5.1.1', '5.0.0')}${info}\n`;
  const body = multipart([DAEMON], [part('message/delivery-status', status)]);
  expect(await itemsOf(body)).toMatchObject([
    { event: { reply: { code: '552', enhanced: '5.2.2', text: '552 5.2.2 Mailbox full, sorry' } } },
  ]);
});

it('takes the one whom the notice names where a report of one names nobody', async () => {
  const status = STATUS.replace('rfc822; ann@ex.test', '');
  const notice = 'Not delivered:\n\n<ann@ex.test>:\nno such user\n';
  const body = multipart([DAEMON], [part('text/plain', notice), part('message/delivery-status', status)]);
  expect(said(await itemsOf(body))).toEqual(['bounce ann@ex.test']);
  const both = multipart(
    [DAEMON],
    [
      part('text/plain', `${notice}\n<bob@ex.test>:\nno such user\n`),
      part('message/delivery-status', status),
    ],
  );
  expect(said(await itemsOf(both))).toEqual(['bounce ']);
});

it('takes what stands beside the status where nothing else tells', async () => {
  const status = STATUS.replace('5.1.1', '4.4.3 (mx.ex.test: host name lookup failure)');
  const body = multipart([DAEMON], [part('message/delivery-status', status)]);
  expect(await itemsOf(body)).toMatchObject([
    {
      event: {
        reply: { enhanced: expect.stringMatching(/^4\.4\.3/), text: 'mx.ex.test: host name lookup failure' },
      },
    },
  ]);
});

it('does not take a code of the notice that contradicts the report', async () => {
  const notice = '<ann@ex.test>: 450 4.2.0 try again';
  const body = multipart([DAEMON], [part('text/plain', notice), part('message/delivery-status', STATUS)]);
  expect(await itemsOf(body)).toMatchObject([{ event: { reply: { code: null, enhanced: '5.1.1' } } }]);
});

it('takes off one layer where a gateway puts a notice that names nobody around a report', async () => {
  const inner = multipart(
    [DAEMON, 'Subject: Returned mail'],
    [part('text/plain', 'It failed.'), part('message/delivery-status', STATUS)],
  ).replaceAll('b1', 'b2');
  const wrapped = (notice: string, returned: string) =>
    multipart(
      [DAEMON, 'Subject: Returned mail: User unknown'],
      [part('text/plain', notice), part('message/rfc822', returned)],
      'multipart/mixed',
    );
  const empty = '----- The following addresses had permanent delivery errors -----';
  expect(said(await itemsOf(wrapped(empty, inner)))).toEqual(['bounce ann@ex.test']);
  expect(said(await itemsOf(wrapped(`${empty}\nbob@ex.test`, inner)))).toEqual(['bounce bob@ex.test']);
  const twice = wrapped(empty, inner).replaceAll('b1', 'b3');
  expect(said(await itemsOf(wrapped(empty, twice)))).not.toContain('bounce ann@ex.test');
});

it('takes the receiver’s reply that Amazon SES puts after its own', async () => {
  const status = STATUS.replace(
    '5.1.1\n',
    '4.4.7\nDiagnostic-Code: smtp; 554 4.4.7 Message expired: unable to deliver in 840 minutes.<421 4.4.2 Connection timed out>\n',
  );
  expect(await itemsOf(multipart([DAEMON], [part('message/delivery-status', status)]))).toMatchObject([
    { event: { reply: { code: '421', enhanced: '4.4.2' } } },
  ]);
});

it('reads what Amazon SES says by way of an e-mail subscription, and calls it unproven', async () => {
  const message = {
    notificationType: 'Bounce',
    mail: { messageId: 'ses', destination: ['ann@ex.test'] },
    bounce: {
      bounceType: 'Permanent',
      bounceSubType: 'General',
      bouncedRecipients: [{ emailAddress: 'ann@ex.test', status: '5.1.1' }],
    },
  };
  const envelope = JSON.stringify({ Type: 'Notification', Message: JSON.stringify(message) }).replace(
    'Permanent',
    'Perma!\n nent',
  );
  const body = mail(
    ['From: AWS <no-reply@sns.amazonaws.com>', 'Subject: AWS Notification Message'],
    `${envelope}\n\n--\nIf you wish to stop receiving notifications from this topic\n`,
  );
  const items = await itemsOf(body);
  expect(items).toMatchObject([{ event: { recipient: 'ann@ex.test', proven: false } }]);
  expect(items[0]).not.toHaveProperty('event.listed');
});

test.each([
  ['Hi\n\n----- Original message -----\n\nTo: ann@ex.test\n', 'ann@ex.test'],
  ['Hi\n--- Below this line is a copy of the message.\n\nTo: ann@ex.test\n', 'ann@ex.test'],
  ['Hi\n\nReturn-Path: <x@y.test>\nFrom: x@y.test\nTo: ann@ex.test\n', 'ann@ex.test'],
  ['Hi\n\nSubject: x\nFrom: x@y.test\n\nTo be or not\n', undefined],
])('in %j the original is to %s', (text, to) => {
  expect(splitNotice(text).original.get('to')?.[0]).toBe(to);
});

test.each([
  ['Write to <ann@ex.test>, "x y"@ex.test or bob@ex.test.', ['ann@ex.test', '"x y"@ex.test', 'bob@ex.test']],
  ["'ann@ex.test' @ex.test a@ @", ['ann@ex.test']],
  ['grün@grün.test と 花@例え.テスト', ['grün@grün.test', '花@例え.テスト']],
])('in %j the addresses are %j', (text, addresses) => {
  expect(addressesIn(text)).toEqual(addresses);
});
