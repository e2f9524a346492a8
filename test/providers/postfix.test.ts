import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { postfix } from '../../src/providers/postfix.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { postfixSampler } from '../../src/samples/postfix.ts';
import { processorTime } from '../processor-time.ts';

const NOW = 1_790_000_000_000;
const request = (body: string): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/postfix_1'),
  headers: new Headers({ 'content-type': 'text/plain' }),
  body: utf8(body),
});

async function itemsOf(...lines: string[]): Promise<readonly Item[]> {
  const result = await postfix.parse(request(`${lines.join('\n')}\n`));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

async function eventsOf(...lines: string[]) {
  return (await itemsOf(...lines)).map((item) => {
    if (item.type !== 'event') throw new Error(JSON.stringify(item));
    return item.event;
  });
}

const AT = '2026-05-28T22:28:20.123456+02:00';
const line = (daemon: string, words: string, at = AT) => `${at} mx7 postfix/${daemon}[4321]: ${words}`;
const to = (status: string, recipient = 'ada@ex.test') =>
  line(
    'smtp',
    `3Fxyz1B2c4zQ9: to=<${recipient}>, relay=mx.ex.test[192.0.2.7]:25, delay=2, delays=0/0/1/1, ${status}`,
  );
const BOUNCED =
  'dsn=5.1.1, status=bounced (host mx.ex.test[192.0.2.7] said: 550 5.1.1 <ada@ex.test>: no such user (in reply to RCPT TO command))';
const DEFERRED = 'dsn=4.4.1, status=deferred (connect to mx.ex.test[192.0.2.7]:25: Connection timed out)';

describe('lines of Postfix', () => {
  it('are read field by field, and joined by their queue id', async () => {
    const lines = [
      line('smtpd', '3Fxyz1B2c4zQ9: client=app[192.0.2.1]'),
      line('cleanup', '3Fxyz1B2c4zQ9: message-id=<m1@shop.test>'),
      line('qmgr', '3Fxyz1B2c4zQ9: from=<news@shop.test>, size=900, nrcpt=1 (queue active)'),
      to(BOUNCED),
      line('bounce', '3Fxyz1B2c4zQ9: sender non-delivery notification: 3Fxyz2C3d5zR8'),
      line('qmgr', '3Fxyz1B2c4zQ9: removed'),
      'May 28 22:28:21 mx7 sshd[9]: session opened',
    ];
    expect(await eventsOf(...lines)).toEqual([
      {
        meaning: { kind: 'bounce' },
        recipient: 'ada@ex.test',
        at: Date.parse('2026-05-28T20:28:20.123Z'),
        reply: {
          enhanced: '5.1.1',
          text: 'host mx.ex.test[192.0.2.7] said: 550 5.1.1 <ada@ex.test>: no such user (in reply to RCPT TO command)',
        },
        providerType: 'bounced',
        eventId: `${AT} mx7 3Fxyz1B2c4zQ9`,
        messageId: '3Fxyz1B2c4zQ9',
        rfcMessageId: 'm1@shop.test',
      },
    ]);
  });

  const tail = `postfix/smtp[1]: 4F2B11A2C3D: to=<ada@ex.test>, relay=none, delay=1, dsn=5.4.4, status=bounced (no host)`;
  const spaced = tail.replace('[1]:', ' 1 - -');
  const utc = Date.parse('2026-05-28T20:28:20Z');
  test.each([
    ['syslog with an offset', `2026-05-28T22:28:20+02:00 mx7 ${tail}`, utc],
    ['journalctl -o short-iso', `2026-05-28T22:28:20+0200 mx7 ${tail}`, utc],
    ['a space between date and time', `2026-05-28 20:28:20 mx7 ${tail}`, utc],
    ['a priority before it', `<22>2026-05-28T20:28:20Z mx7 ${tail}`, utc],
    ['RFC 5424', `<22>1 2026-05-28T20:28:20.5Z mx7 ${spaced}`, utc + 500],
    ['syslog without a year', `May 28 20:28:20 mx7 ${tail}`, null],
    ['a day of one digit', `May  8 20:28:20 mx7 ${tail}`, null],
    ['an instance of its own', `2026-05-28T20:28:20Z mx7 ${tail.replace('postfix/', 'postfix-out/')}`, utc],
    ['a service of its own', `2026-05-28T20:28:20Z mx7 ${tail.replace('/smtp', '/bulk/smtp')}`, utc],
    ['a line end of Windows', `2026-05-28T20:28:20Z mx7 ${tail}\r`, utc],
    [
      'journalctl -o json',
      JSON.stringify({
        __REALTIME_TIMESTAMP: '1779999999123456',
        _HOSTNAME: 'mx7',
        SYSLOG_IDENTIFIER: 'postfix/smtp',
        MESSAGE: tail.replace('postfix/smtp[1]: ', ''),
      }),
      1_779_999_999_123,
    ],
    [
      'an array of JSON with the line in it',
      JSON.stringify([{ message: `2026-05-28T20:28:20Z mx7 ${tail}`, file: '/var/log/mail.log' }]),
      utc,
    ],
    [
      'an array of JSON of Vector’s journald',
      JSON.stringify([
        {
          timestamp: '2026-05-28T20:28:20Z',
          host: 'mx7',
          SYSLOG_IDENTIFIER: 'postfix/smtp',
          message: tail.replace('postfix/smtp[1]: ', ''),
        },
      ]),
      utc,
    ],
  ])('come as %s', async (_, body, at) => {
    const [event] = await eventsOf(body);
    expect([event?.recipient, event?.at, event?.messageId]).toEqual(['ada@ex.test', at, '4F2B11A2C3D']);
  });

  it('without a year are told apart by what they do say', async () => {
    const tries = ['May 28 20:28:20', 'May 28 20:38:20'].map((at) =>
      line('smtp', `4F2B11A2C3D: to=<ada@ex.test>, relay=none, ${DEFERRED}`, at),
    );
    const [one, other] = await eventsOf(...tries);
    expect(one?.eventId).not.toBe(other?.eventId);
  });

  test.each([
    ['status=sent (250 2.0.0 OK)', 'delivery', 'delivered'],
    ['dsn=4.7.1, status=deferred (host said: 451 4.7.1 later)', 'deferral', undefined],
    ['dsn=5.7.1, status=SOFTBOUNCE (host said: 554 5.7.1 no)', 'deferral', undefined],
    ['dsn=5.1.1, status=undeliverable (host said: 550 5.1.1 no)', 'bounce', undefined],
    ['dsn=4.4.1, status=expired, returned to sender', 'bounce', 'expired'],
  ])('with %s are a %s', async (status, kind, category) => {
    const [event] = await eventsOf(to(status));
    expect([event?.meaning.kind, event?.meaning.category]).toEqual([kind, category]);
  });

  test.each([
    ['status=deliverable (250 2.1.5 OK)', 'deliverable', true],
    ['status=novelty (x)', 'novelty', false],
    ['status=constructor (x)', 'constructor', false],
  ])('with %s are ignored', async (status, label, known) => {
    expect(await itemsOf(to(status))).toEqual([{ type: 'ignored', label, known }]);
  });

  test.each([
    [
      'to a filter',
      'smtp',
      'relay=127.0.0.1[127.0.0.1]:10024, status=sent (250 2.0.0 from MTA: 250 2.0.0 Ok: queued as 7B)',
      'sent/filter',
    ],
    ['to nobody', 'discard', 'relay=none, status=sent (unwanted)', 'sent/discard'],
  ])('that sent mail %s tell of no delivery', async (_, daemon, fields, label) => {
    expect(await itemsOf(line(daemon, `4F2B11A2C3D: to=<ada@ex.test>, ${fields}`))).toEqual([
      { type: 'ignored', label, known: true },
    ]);
  });

  it('that sent mail to a mailbox of this host tell of a delivery', async () => {
    const fields = 'relay=127.0.0.1[127.0.0.1]:24, status=sent (250 2.0.0 <ada@ex.test> Saved)';
    const [event] = await eventsOf(line('lmtp', `4F2B11A2C3D: to=<ada@ex.test>, ${fields}`));
    expect(event?.meaning.kind).toBe('delivery');
  });

  it('name the address that was tried, where an alias led to it', async () => {
    const words = `4F2B11A2C3D: to=<ada@ex.test>, orig_to=<team@shop.test>, relay=none, ${DEFERRED}`;
    expect((await eventsOf(line('smtp', words)))[0]?.recipient).toBe('ada@ex.test');
  });

  it('cut short by syslog keep what is left', async () => {
    const [event] = await eventsOf(to('dsn=5.7.1, status=bounced (host said: 554 5.7.1 Blo'));
    expect(event?.reply).toEqual({ enhanced: '5.7.1', text: 'host said: 554 5.7.1 Blo' });
  });
});

describe('a message that expired', () => {
  const expired = line('qmgr', '3Fxyz1B2c4zQ9: from=<news@shop.test>, status=expired, returned to sender');

  it('bounces for each recipient still deferred, with the last reply', async () => {
    const items = await itemsOf(
      to(DEFERRED),
      to('dsn=4.2.2, status=deferred (452 4.2.2 full)'),
      expired,
      expired,
    );
    expect(items.slice(2)).toMatchObject([
      {
        event: {
          meaning: { kind: 'bounce', category: 'expired' },
          recipient: 'ada@ex.test',
          reply: { enhanced: '4.2.2', text: '452 4.2.2 full' },
          providerType: 'expired',
        },
      },
      { type: 'ignored', label: 'expired', known: true },
    ]);
  });

  it('spares those whom it reached', async () => {
    const items = await itemsOf(to(DEFERRED), to('dsn=2.0.0, status=sent (250 OK)'), expired);
    expect(items.slice(2)).toEqual([{ type: 'ignored', label: 'expired', known: true }]);
  });

  it('is another’s where another host used the same queue id', async () => {
    const items = await itemsOf(to(DEFERRED), expired.replace('mx7', 'mx8'));
    expect(items.slice(1)).toEqual([{ type: 'ignored', label: 'expired', known: true }]);
  });

  it('by an act of the operator says nothing of the address', async () => {
    expect(await itemsOf(expired.replace('expired', 'force-expired'))).toEqual([
      { type: 'ignored', label: 'force-expired', known: true },
    ]);
  });
});

describe('an address in the log of Postfix', () => {
  it('may be quoted, with whatever in it', async () => {
    const quoted = '"a>, status=bounced \\"x"@ex.test';
    expect((await eventsOf(to(DEFERRED, quoted)))[0]).toMatchObject({
      recipient: quoted,
      meaning: { kind: 'deferral' },
    });
  });

  test.each([
    'victim@ex.test>, relay=none, delay=0, delays=0/0/0/0, dsn=5.1.1, status=bounced (x',
    'victim@ex.test>, dsn=5.1.1, status=bounced (550 5.1.1 no such user',
  ])('T047 cannot speak for Postfix: %s', async (forged) => {
    expect(await itemsOf(to('dsn=2.0.0, status=sent (250 OK)', `${forged}@evil.test`))).toMatchObject([
      { type: 'unreadable', why: expect.stringContaining('imitate') },
    ]);
  });
});

describe('Postfix, the rest', () => {
  it('a delivery that cannot be read loses no neighbour', async () => {
    const items = await itemsOf(to('dsn=5.1.1'), to(BOUNCED));
    expect(items.map(({ type }) => type)).toEqual(['unreadable', 'event']);
  });

  test.each(['', '\n', 'hello', '{}', '[{"message":7}]', 'May 28 22:28:21 mx7 sshd[9]: session opened'])(
    'the body %j is quarantined whole',
    async (body) => {
      expect((await postfix.parse(request(body))).ok).toBe(false);
    },
  );

  it('lines that are not about a delivery are no items', async () => {
    expect(
      await itemsOf(line('smtpd', 'connect from app[192.0.2.1]'), line('anvil', 'statistics: x')),
    ).toEqual([]);
  });

  it('T055 beyond 10,000 deliveries it is put aside whole, in time', async () => {
    const many = `${to(BOUNCED)}\n`.repeat(10_001);
    expect((await postfix.parse(request(many))).ok).toBe(false);
    const spent = processorTime();
    await itemsOf(to(BOUNCED), to(`status=bounced (${'>, relay='.repeat(6_000)}`), 'x'.repeat(5_000_000));
    expect(spent()).toBeLessThan(500);
  });

  it('T026 an empty key is refused', () => {
    expect(postfix.checkKey?.('')).not.toBeNull();
  });

  it('its samples are proven by their key, and are the kinds that they say', async () => {
    const { source, signing } = await postfixSampler.source();
    const keys = source.secrets.keys ?? [];
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
    for (const sample of postfixSampler.samples(NOW)) {
      const { headers, body } = await postfixSampler.request(sample.payload, signing, NOW);
      const sent = { ...request(body), headers: new Headers(headers) };
      expect((await postfix.verify(sent, trust, io)).ok).toBe(true);
      expect((await postfix.verify(request(body), trust, io)).ok).toBe(false);
      const [event] = await eventsOf(body);
      expect([event?.meaning.kind, event?.recipient, event?.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
