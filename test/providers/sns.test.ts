import { X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it, test } from 'vitest';
import { err, ok, type Result } from '../../src/core/result.ts';
import type { RawRequest, Trust, VerifyIo } from '../../src/providers/adapter.ts';
import { amazonSns } from '../../src/providers/verify/amazon-sns.ts';
import { toBase64, toHex, utf8 } from '../../src/providers/verify/bytes.ts';
import { cacheCertificates, createCertificateCache } from '../../src/providers/verify/certificates.ts';
import {
  confirmationUrl,
  readEnvelope,
  readSigner,
  stringToSign,
  verifySns,
} from '../../src/providers/verify/sns.ts';
import { readCertificate } from '../../src/providers/verify/x509.ts';
import { testCertificateUrl } from '../../src/samples/amazon-ses.ts';
import { signedSnsRequest, signSns, testCertificatePem } from '../../src/samples/sns.ts';

const topic = 'arn:aws:sns:eu-west-1:123456789012:ses-mail';
const now = Date.parse('2026-03-01T12:00:30Z');

/** Signed by openssl over the text that SNS's guide prescribes, so that this code does not check itself. */
const opensslUnsubscribe = {
  Type: 'UnsubscribeConfirmation',
  MessageId: '7a3c1f00-0000-4000-8000-000000000001',
  Token: '2336412f37fb',
  TopicArn: topic,
  Message: 'You have chosen to deactivate subscription.',
  SubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription',
  Timestamp: '2026-03-01T12:00:00.000Z',
  SignatureVersion: '1',
  Signature:
    'fnKp6NEVLJ2NFsDsY8auwOW1YqOEjpo3puJ9Buvk9ljwpXeeDKWTHatdIjJG+1xDLrydIvQlvmIIes1AF4D3nHNtwu90hqlLTl9zQK3LvX7tC8JNmTct4LdRjWA5/BmMpZNaZH4/06eLIlukusEnQhOJPQgZ1SJCz/hI6p8v12XrhJxt7MGfd8K4jgFP3pVPUuOaNNkdCi309LJyx3i+z6HUN4+fZVjFDFyW8NceIB5isvWdxgiKtr6VO143yoUgoCfHQBNNDnjNoL38NjS2Xs3BRoFVR00fiWOzNVaFycX5xXODcUdWGMNDpLQRxSSHAtoDGTQphfdWIlfnNu8W+w==',
  SigningCertURL: testCertificateUrl,
};

const notification = {
  Type: 'Notification',
  MessageId: '7a3c1f00-0000-4000-8000-000000000002',
  TopicArn: topic,
  Subject: 'Amazon SES Email Event Notification',
  Message: '{"eventType":"Send"}\n',
  Timestamp: '2026-03-01T12:00:00.000Z',
};

const confirmation = {
  Type: 'SubscriptionConfirmation',
  MessageId: '7a3c1f00-0000-4000-8000-000000000003',
  TopicArn: topic,
  Token: '2336412f37fb',
  Message: 'You have chosen to subscribe.',
  SubscribeURL: 'http://169.254.169.254/latest/meta-data',
  Timestamp: '2026-03-01T12:00:00.000Z',
};

let fetched: string[] = [];
beforeEach(() => {
  fetched = [];
});

interface Setup {
  readonly headers?: Record<string, string>;
  readonly topicArns?: readonly string[];
  readonly requireSha256?: boolean;
  readonly now?: number;
  readonly certificate?: Result<string, 'unavailable' | 'invalid'>;
}

function check(body: unknown, setup: Setup = {}) {
  const request: RawRequest = {
    method: 'POST',
    url: new URL('https://bounces.example.com/webhooks/amazon-ses_x'),
    headers: new Headers(setup.headers),
    body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
  };
  const trust: Trust = {
    secrets: { keys: [], basicAuth: [], topicArns: setup.topicArns ?? [topic] },
    publicUrl: null,
    requireSha256: setup.requireSha256 ?? false,
  };
  const io: VerifyIo = {
    now: setup.now ?? now,
    async fetchCertificate(url) {
      fetched.push(url.href);
      return setup.certificate ?? ok(testCertificatePem);
    },
  };
  return verifySns(amazonSns, request, trust, io);
}

const signed = async (
  envelope: Readonly<Record<string, string>>,
  version: '1' | '2' = '2',
): Promise<Record<string, unknown>> =>
  JSON.parse((await signedSnsRequest(envelope, testCertificateUrl, version)).body);

/** Signs a text of the test's choice and puts the signature under fields of its choice. */
const withSignatureOver = async (text: string, fields: Record<string, unknown>) => ({
  ...fields,
  SignatureVersion: '2',
  Signature: await signSns(text, '2'),
  SigningCertURL: testCertificateUrl,
});

async function expectForged(body: unknown, setup: Setup = {}, fetches = 0) {
  const result = await check(body, setup);
  expect(result).toMatchObject({ ok: false, error: { reason: 'forged' } });
  expect(fetched).toHaveLength(fetches);
}

const textOf = (envelope: unknown): string => {
  const read = readEnvelope(utf8(JSON.stringify(envelope)));
  return read.ok ? stringToSign(read.value) : `refused: ${read.error}`;
};

describe('the text that SNS signs', () => {
  it('of a notification has the fields in byte order, each with its name', () => {
    expect(textOf(notification)).toBe(
      'Message\n{"eventType":"Send"}\n\nMessageId\n7a3c1f00-0000-4000-8000-000000000002\n' +
        'Subject\nAmazon SES Email Event Notification\nTimestamp\n2026-03-01T12:00:00.000Z\n' +
        `TopicArn\n${topic}\nType\nNotification\n`,
    );
  });

  it('of a notification leaves out a Subject that is absent or null', () => {
    const { Subject: _, ...without } = notification;
    expect(textOf(without)).not.toContain('Subject');
    expect(textOf({ ...notification, Subject: null })).toBe(textOf(without));
  });

  it.each(['SubscriptionConfirmation', 'UnsubscribeConfirmation'])('of a %s has URL and Token', (Type) => {
    expect(textOf({ ...confirmation, Type })).toBe(
      'Message\nYou have chosen to subscribe.\nMessageId\n7a3c1f00-0000-4000-8000-000000000003\n' +
        'SubscribeURL\nhttp://169.254.169.254/latest/meta-data\nTimestamp\n2026-03-01T12:00:00.000Z\n' +
        `Token\n2336412f37fb\nTopicArn\n${topic}\nType\n${Type}\n`,
    );
  });

  it("includes the Token of an UnsubscribeConfirmation, which AWS's own validator leaves out", async () => {
    expect(await check(opensslUnsubscribe)).toMatchObject({ ok: true });
    expect(await check({ ...opensslUnsubscribe, Token: '2336412f37fc' })).toMatchObject({ ok: false });
  });
});

describe('a genuine envelope', () => {
  it('T001 is accepted with SHA-256 and no warning', async () => {
    expect(await check(await signed(notification))).toEqual(ok({}));
    expect(fetched).toEqual([testCertificateUrl]);
  });

  it('T001 is accepted with SHA-1 and a warning that says how to switch', async () => {
    const result = await check(await signed(notification, '1'));
    expect(result.ok && result.value.warning).toContain(
      '--attribute-name SignatureVersion --attribute-value 2',
    );
  });

  it('T001 with SHA-1 is refused where the source requires SHA-256', async () => {
    await expectForged(await signed(notification, '1'), { requireSha256: true });
    expect(await check(await signed(notification), { requireSha256: true })).toEqual(ok({}));
  });

  it('is accepted when the topic is the second one allowed', async () => {
    const topicArns = ['arn:aws:sns:eu-west-1:123456789012:other', topic];
    expect(await check(await signed(notification), { topicArns })).toEqual(ok({}));
  });

  it('is accepted in the spelling of a forwarding Lambda function', async () => {
    const { SigningCertURL, Subject: _, ...rest } = await signed(notification);
    const { Subject: __, ...unsignedSubject } = notification;
    const { Signature } = await signed(unsignedSubject);
    const body = { ...rest, Signature, Subject: null, SigningCertUrl: SigningCertURL };
    expect(await check(body)).toEqual(ok({}));
  });

  it('is accepted however old it is: it may come out of a dead-letter queue', async () => {
    expect(await check(await signed({ ...notification, Timestamp: '2026-02-15T12:00:00.000Z' }))).toEqual(
      ok({}),
    );
  });

  it.each([
    ['five minutes ahead of our clock passes silently', '2026-03-01T12:05:30.000Z', undefined],
    ['more than five minutes ahead is flagged', '2026-03-01T12:05:30.001Z', expect.stringContaining('clock')],
  ])('%s', async (_title, Timestamp, warning) => {
    const result = await check(await signed({ ...notification, Timestamp }));
    expect(result.ok && result.value.warning).toEqual(result.ok ? warning : 'accepted');
  });

  it('is undecided while the certificate cannot be fetched, so that SNS tries again', async () => {
    const result = await check(await signed(notification), { certificate: err('unavailable') });
    expect(result).toMatchObject({ ok: false, error: { reason: 'undecided' } });
  });
});

describe('T002 a bent envelope is refused', () => {
  it.each([
    ['Message', { Message: '{"eventType":"Open"}\n' }],
    ['MessageId', { MessageId: '7a3c1f00-0000-4000-8000-00000000000f' }],
    ['Subject', { Subject: 'Amazon SES Email Event Notificatiom' }],
    ['Subject that was not signed', { Subject: undefined }],
    ['Timestamp', { Timestamp: '2026-03-01T12:00:00.001Z' }],
    ['Type', { Type: 'UnsubscribeConfirmation', Token: 'a', SubscribeURL: 'https://a' }],
  ])('with another %s', async (_title, other) => {
    await expectForged({ ...(await signed(notification)), ...other }, {}, 1);
  });

  it('with one bit of the signature flipped', async () => {
    const body = await signed(notification);
    const bytes = Uint8Array.from(atob(String(body.Signature)), (char) => char.charCodeAt(0));
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await expectForged({ ...body, Signature: toBase64(bytes) }, {}, 1);
  });

  it('with the signature of the other hash', async () => {
    await expectForged({ ...(await signed(notification, '1')), SignatureVersion: '2' }, {}, 1);
  });

  it.each([
    ['"3"', '3'],
    ['the number 2', 2],
    ['empty', ''],
    ['missing', undefined],
    ['"toString"', 'toString'],
  ])('with a SignatureVersion that is %s, without a fetch', async (_title, SignatureVersion) => {
    await expectForged({ ...(await signed(notification)), SignatureVersion });
  });

  it.each([
    ['empty', ''],
    ['a zero byte', 'AA=='],
    ['10 MB long', 'A'.repeat(10_000_000)],
    ['not base64', `${'!'.repeat(344)}`],
    ['a list', ['AA==']],
    ['missing', undefined],
  ])('with a Signature that is %s, without a fetch', async (_title, Signature) => {
    await expectForged({ ...(await signed(notification)), Signature });
  });

  it.each(['', 'null', '[]', '{"Type":', '"Notification"', '\u0000'])(
    'that is no envelope at all: %j',
    (body) => expectForged(body),
  );
});

describe('T003 a certificate from anywhere else is refused without a fetch', () => {
  const file = 'SimpleNotificationService-00000000000000000000000000000000.pem';
  const host = 'sns.eu-west-1.amazonaws.com';
  it.each<[unknown]>([
    [`http://${host}/${file}`],
    [`https://${host}.evil.example/${file}`],
    [`https://sns.s3-us-west-2.amazonaws.com/${file}`],
    [`https://sns.s3-website-eu-west-1.amazonaws.com/${file}`],
    [`https://evil.example/${host}/${file}`],
    [`https://${host}@evil.example/${file}`],
    [`https://evil.example\\@${host}/${file}`],
    [`https://${host}:8443/${file}`],
    [`https://${host}:443/${file}`],
    [`https://${host}/${file}?a=1`],
    [`https://${host}/${file}#`],
    [`https://${host}/a/../${file}`],
    [`https://${host}//${file}`],
    [`https://${host}\\${file}`],
    [`https://${host}/${file.replace('.pem', '%2epem')}`],
    [`https://${host}/${file.replace('.pem', 'xpem')}`],
    [`https://${host}/${file.replace('00.pem', '.pem')}`],
    [`https://${host}/${file.replace('00.pem', '0A.pem')}`],
    [`https://${host}/${file}\n`],
    [`https://SNS.eu-west-1.amazonaws.com/${file}`],
    [`HTTPS://${host}/${file}`],
    [`https://${host}./${file}`],
    [`https://sns\u3002eu-west-1.amazonaws.com/${file}`],
    [`https://${host}.cn/${file}`],
    [`https://sns.us-east-1.amazonaws.com/${file}`],
    [` https://${host}/${file}`],
    [[`https://${host}/${file}`]],
    [{ href: `https://${host}/${file}` }],
    [undefined],
  ])('%j', async (SigningCertURL) => {
    await expectForged({ ...(await signed(notification)), SigningCertURL });
  });

  it.each([
    ['arn:aws:sns:us-east-1:123456789012:t', 'sns.us-east-1.amazonaws.com'],
    ['arn:aws:sns:me-central-1:123456789012:t', 'sns.me-central-1.amazonaws.com'],
    ['arn:aws:sns:ap-southeast-7:123456789012:t', 'sns.ap-southeast-7.amazonaws.com'],
    ['arn:aws-us-gov:sns:us-gov-west-1:123456789012:t', 'sns.us-gov-west-1.amazonaws.com'],
    ['arn:aws-cn:sns:cn-north-1:123456789012:t', 'sns.cn-north-1.amazonaws.com.cn'],
  ])('while the one of the region of %s is fetched', async (TopicArn, region) => {
    const body = await signed({ ...notification, TopicArn });
    const SigningCertURL = `https://${region}/${file}`;
    expect(await check({ ...body, SigningCertURL }, { topicArns: [TopicArn] })).toEqual(ok({}));
    expect(fetched).toEqual([SigningCertURL]);
  });
});

describe('another topic is refused without a fetch', () => {
  it('T004 although its signature is good', async () => {
    await expectForged(
      await signed({ ...notification, TopicArn: 'arn:aws:sns:eu-west-1:999999999999:evil' }),
    );
  });

  it.each([
    ['a prefix', 'arn:aws:sns:eu-west-1:123456789012:ses-mai'],
    ['a suffix', `${topic}l`],
    ['another account', 'arn:aws:sns:eu-west-1:123456789013:ses-mail'],
    ['another region', 'arn:aws:sns:eu-west-2:123456789012:ses-mail'],
    ['a trailing space', `${topic} `],
    ['a trailing newline', `${topic}\n`],
    ['upper case', topic.toUpperCase()],
    ['a subscription of the topic', `${topic}:c9135db0-26c4-47ec-8998-413945fb5a96`],
    ['a list', [topic]],
  ])('T005 whose ARN is %s', async (_title, TopicArn) => {
    await expectForged({ ...(await signed(notification)), TopicArn });
  });

  it('T005 even where an allowed ARN would match it as a pattern', async () => {
    await expectForged(await signed(notification), {
      topicArns: ['arn:aws:sns:eu-west-1:123456789012:ses.mail', '.*'],
    });
  });

  it('and so is every topic while none is allowed', async () => {
    await expectForged(await signed(notification), { topicArns: [] });
  });
});

describe('a message of another topic, cut anew so that it names ours, is refused though its signature is good', () => {
  const evil = 'arn:aws:sns:eu-west-1:999999999999:evil';
  const tail = `Timestamp\n2026-03-01T12:00:00.000Z\nTopicArn\n${evil}\nType\nNotification`;
  const id = '7a3c1f00-0000-4000-8000-000000000004';
  const stamp = '2026-03-01T12:00:00.000Z';
  const bounce = '{"eventType":"Bounce"}';

  test.each<[string, Record<string, string>]>([
    [
      'T006 in Type',
      {
        Message: bounce,
        MessageId: id,
        Timestamp: stamp,
        TopicArn: topic,
        Type: `Notification\nMessageId\n${id}\n${tail}`,
      },
    ],
    [
      'T007 in Timestamp',
      {
        Message: bounce,
        MessageId: id,
        Timestamp: `${stamp}\nX\n${tail}`,
        TopicArn: topic,
        Type: 'Notification',
      },
    ],
    [
      'T007 in MessageId',
      {
        Message: bounce,
        MessageId: `${id}\n${tail}`,
        Timestamp: stamp,
        TopicArn: topic,
        Type: 'Notification',
      },
    ],
    [
      'T007 in Subject',
      {
        Message: bounce,
        MessageId: id,
        Subject: `x\n${tail}`,
        Timestamp: stamp,
        TopicArn: topic,
        Type: 'Notification',
      },
    ],
    [
      'T007 in Token',
      {
        Message: '',
        MessageId: id,
        SubscribeURL: 'https://a',
        Timestamp: stamp,
        Token: `a\n${tail}`,
        TopicArn: topic,
        Type: 'SubscriptionConfirmation',
      },
    ],
    [
      'T007 in SubscribeURL',
      {
        Message: '',
        MessageId: id,
        SubscribeURL: `https://a\n${tail}`,
        Timestamp: stamp,
        Token: 'a',
        TopicArn: topic,
        Type: 'SubscriptionConfirmation',
      },
    ],
    [
      'T007 in TopicArn',
      {
        Message: bounce,
        MessageId: id,
        Timestamp: stamp,
        TopicArn: `${topic}\nX\n${tail}`,
        Type: 'Notification',
      },
    ],
  ])('%s', async (_title, fields) => {
    const text = Object.entries(fields)
      .map(([name, value]) => `${name}\n${value}\n`)
      .join('');
    const body = await withSignatureOver(text, fields);
    await expectForged(body);
    await expectForged(body, { topicArns: [topic, fields.TopicArn ?? ''] });
  });

  test.each([
    ['MessageId', '123'],
    ['MessageId', id.toUpperCase().replace('7A', '7G')],
    ['Timestamp', '2026-03-01 12:00:00.000Z'],
    ['Timestamp', '2026-03-01T12:00:00Z'],
    ['Subject', 'a\u0000b'],
    ['Subject', 'a\u2028b'],
    ['Subject', 'a'.repeat(101)],
    ['Subject', ''],
    ['Message', '\ud800'],
  ])('T007 and so is a %s of %j', async (name, value) => {
    const fields: Record<string, string> = { ...notification, [name]: value };
    const text = ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      .map((field) => `${field}\n${fields[field]}\n`)
      .join('');
    await expectForged(await withSignatureOver(text, fields));
  });
});

describe('headers', () => {
  it('T008 that name another type are refused', async () => {
    const body = { ...(await signed(notification)), SubscribeURL: 'https://evil.example/', Token: 'a' };
    await expectForged(body, { headers: { 'x-amz-sns-message-type': 'SubscriptionConfirmation' } });
  });

  it('T008 that name another message are refused', async () => {
    await expectForged(await signed(notification), {
      headers: { 'x-amz-sns-message-id': confirmation.MessageId },
    });
  });

  it('that agree, or that a forwarding queue has dropped, are accepted', async () => {
    const { headers, body } = await signedSnsRequest(notification, testCertificateUrl);
    expect(await check(body, { headers })).toEqual(ok({}));
    expect(await check(body)).toEqual(ok({}));
  });

  it('T014 of raw delivery are refused: it carries no signature', async () => {
    await expectForged('{"eventType":"Bounce"}', { headers: { 'x-amz-sns-rawdelivery': 'true' } });
    await expectForged(await signed(notification), { headers: { 'x-amz-sns-rawdelivery': 'true' } });
  });
});

describe('T059 a field that occurs twice is refused', () => {
  it.each([
    ['as it is', '"Type":"Notification",'],
    ['escaped', '"\\u0054ype":"Notification",'],
    ['unsigned', '"SigningCertURL":"https://evil.example/",'],
  ])('%s', async (_title, extra) => {
    const { body } = await signedSnsRequest(notification, testCertificateUrl);
    await expectForged(`{${extra}${body.slice(1)}`);
  });

  it('while the same name inside Message is none of its business', async () => {
    const body = await signed({ ...notification, Message: '{"Type":1,"a":{"Type":"}"},"b":["\\""]}' });
    expect(await check({ ...body, MessageAttributes: { Type: { Type: 'String' } } })).toEqual(ok({}));
  });
});

describe('a confirmation', () => {
  it('T009 leads to SNS in the region of the topic whatever its SubscribeURL says', async () => {
    expect(await check(await signed(confirmation))).toEqual(ok({}));
    expect(confirmationUrl(amazonSns, topic, confirmation.Token)?.href).toBe(
      `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=2336412f37fb`,
    );
  });

  it.each<[unknown, unknown]>([
    ['arn:aws:sns:evil.example/:123456789012:t', 'a'],
    ['arn:aws:sns:eu-west-1.evil:123456789012:t', 'a'],
    ['arn:aws:sns:cn-north-1:123456789012:t', 'a'],
    ['arn:aws-cn:sns:eu-west-1:123456789012:t', 'a'],
    ['arn:aws:sqs:eu-west-1:123456789012:t', 'a'],
    [topic, 'a&Action=Unsubscribe'],
    [topic, ''],
    [topic, undefined],
    [undefined, 'a'],
  ])('has no URL for the topic %j and the token %j', (arn, token) => {
    expect(confirmationUrl(amazonSns, arn, token)).toBeNull();
  });

  it('T010 of another topic is refused without a fetch', async () => {
    await expectForged(await signed({ ...confirmation, TopicArn: `${topic}-2` }));
  });

  it('T012 of an unsubscription is refused unsigned', async () => {
    await expectForged({ ...opensslUnsubscribe, Signature: undefined });
  });

  it('T012 of an unsubscription that is signed warns that nothing comes any more', async () => {
    const { Signature: _signature, SigningCertURL: _url, ...plain } = opensslUnsubscribe;
    const told = await check(await signed(plain));
    expect(told).toMatchObject({
      ok: true,
      value: { warning: expect.stringContaining('unsubscribed this endpoint') },
    });
  });
});

/** Just enough DER to make certificates that openssl would not. */
const der = (tag: number, ...parts: (Uint8Array | string)[]): Uint8Array<ArrayBuffer> => {
  const body = Uint8Array.from(parts.flatMap((part) => [...(typeof part === 'string' ? utf8(part) : part)]));
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255];
  return Uint8Array.from([tag, ...length, ...body]);
};
const pemOf = (bytes: Uint8Array): string =>
  `-----BEGIN CERTIFICATE-----\n${toBase64(bytes)}\n-----END CERTIFICATE-----\n`;
const name = (...names: string[]) =>
  der(0x30, ...names.map((text) => der(0x31, der(0x30, der(6, Uint8Array.of(0x55, 4, 3)), der(0x0c, text)))));

interface Parts {
  readonly subject?: Uint8Array;
  readonly from?: Uint8Array;
  readonly to?: Uint8Array;
  readonly key?: Uint8Array;
}

const testCertificateDer = Uint8Array.from(atob(testCertificatePem.replace(/-----.*-----|\s/g, '')), (char) =>
  char.charCodeAt(0),
);

/** Without a version, which is how a certificate of version 1 is written. */
function certificate({ subject, from, to, key }: Parts = {}): string {
  const real = readCertificate(testCertificatePem);
  const spki = key ?? (real.ok ? real.value.spki : new Uint8Array());
  const validity = der(0x30, from ?? der(0x17, '200101000000Z'), to ?? der(0x18, '21200101000000Z'));
  const signedPart = der(
    0x30,
    der(2, Uint8Array.of(1)),
    der(0x30),
    name('an issuer'),
    validity,
    subject ?? name('sns.amazonaws.com'),
    spki,
  );
  return pemOf(der(0x30, signedPart, der(0x30), der(3)));
}

describe('a certificate', () => {
  it('is read as node:crypto reads it', () => {
    const theirs = new X509Certificate(testCertificatePem);
    const ours = readCertificate(testCertificatePem);
    expect(ours).toEqual(
      ok({
        commonName: 'sns.amazonaws.com',
        notBefore: Date.parse(theirs.validFrom),
        notAfter: Date.parse(theirs.validTo),
        spki: expect.any(Uint8Array),
      }),
    );
    const spki = new Uint8Array(theirs.publicKey.export({ type: 'spki', format: 'der' }));
    expect(ours.ok && toHex(ours.value.spki)).toBe(toHex(spki));
  });

  it('T014 that fits is accepted, also one of version 1', async () => {
    expect(await check(await signed(notification), { certificate: ok(certificate()) })).toEqual(ok({}));
  });

  it.each<[string, Result<string, 'invalid'>]>([
    ['invalid for whoever fetched it', err('invalid')],
    ['a page of HTML', ok('<html>')],
    ['empty', ok('')],
    ['over 32 KiB', ok(testCertificatePem + ' '.repeat(32 * 1024))],
    ['cut short in the middle', ok(pemOf(testCertificateDer.slice(0, 400)))],
    ['cut short at the end', ok(pemOf(testCertificateDer.slice(0, -10)))],
    ['followed by more', ok(pemOf(Uint8Array.of(...testCertificateDer, 5, 0)))],
    ['expired', ok(certificate({ to: der(0x17, '260301120029Z') }))],
    ['not valid yet', ok(certificate({ from: der(0x17, '260301120031Z') }))],
    ['without readable dates', ok(certificate({ to: der(0x17, '2603011200Z') }))],
    ['of an impossible date', ok(certificate({ to: der(0x18, '21201301000000Z') }))],
    ['of another name', ok(certificate({ subject: name('sns.example.com') }))],
    ['of a longer name', ok(certificate({ subject: name('sns.amazonaws.com.evil.example') }))],
    ['of a name with a NUL', ok(certificate({ subject: name('sns.amazonaws.com\0') }))],
    ['of two names', ok(certificate({ subject: name('evil.example', 'sns.amazonaws.com') }))],
    [
      'of two names, the right one first',
      ok(certificate({ subject: name('sns.amazonaws.com', 'evil.example') })),
    ],
    ['without a name', ok(certificate({ subject: der(0x30) }))],
    [
      'of the signer of another region',
      ok(certificate({ subject: name('sns-signing.af-south-1.amazonaws.com') })),
    ],
    ['without a key', ok(certificate({ key: der(0x30) }))],
    ['of indefinite length', ok(pemOf(Uint8Array.of(0x30, 0x80, 0, 0)))],
    ['longer than it is', ok(pemOf(Uint8Array.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)))],
  ])('T014 that is %s is refused', async (_title, pem) => {
    await expectForged(await signed(notification), { certificate: pem }, 1);
  });

  it('T014 with another key is refused', async () => {
    const pair = await crypto.subtle.generateKey(
      {
        name: 'RSASSA-PKCS1-v1_5',
        modulusLength: 2048,
        publicExponent: Uint8Array.of(1, 0, 1),
        hash: 'SHA-256',
      },
      true,
      ['sign', 'verify'],
    );
    const key = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
    await expectForged(await signed(notification), { certificate: ok(certificate({ key })) }, 1);
  });

  it.each([
    [
      'arn:aws:sns:af-south-1:123456789012:t',
      'sns.af-south-1.amazonaws.com',
      'sns-signing.af-south-1.amazonaws.com',
    ],
    [
      'arn:aws-us-gov:sns:us-gov-east-1:123456789012:t',
      'sns.us-gov-east-1.amazonaws.com',
      'sns-us-gov-west-1.amazonaws.com',
    ],
    [
      'arn:aws-cn:sns:cn-northwest-1:123456789012:t',
      'sns.cn-northwest-1.amazonaws.com.cn',
      'sns-cn-northwest-1.amazonaws.com.cn',
    ],
  ])('for %s may carry the name that SNS uses there', async (TopicArn, host, commonName) => {
    const body = await signed({ ...notification, TopicArn });
    const SigningCertURL = testCertificateUrl.replace('sns.eu-west-1.amazonaws.com', host);
    const setup = { topicArns: [TopicArn], certificate: ok(certificate({ subject: name(commonName) })) };
    expect(await check({ ...body, SigningCertURL }, setup)).toEqual(ok({}));
  });
});

/** Keeps what SNS itself would be believed by. */
const cached = (...args: Parameters<typeof cacheCertificates>) => {
  const get = cacheCertificates(...args);
  const names = amazonSns.signerNames('eu-west-1');
  return (url: URL) => get(url, (pem) => readSigner(pem, names, now).ok);
};

describe('the certificate cache', () => {
  const url = (n: number) =>
    new URL(testCertificateUrl.replace('00.pem', `${n.toString(16).padStart(2, '0')}.pem`));
  const hour = 3_600_000;

  it('keeps a certificate for less than a day', () => {
    const cache = createCertificateCache();
    cache.put('a', 'pem', now);
    expect(cache.get('a', now + 24 * hour - 1)).toBe('pem');
    expect(cache.get('a', now + 24 * hour)).toBeNull();
    expect(cache.get('a', now - 24 * hour)).toBeNull();
  });

  it('T013 keeps sixteen and forgets the oldest', () => {
    const cache = createCertificateCache();
    for (let n = 0; n < 17; n++) cache.put(`${n}`, 'pem', now);
    expect([0, 1, 16].map((n) => cache.get(`${n}`, now))).toEqual([null, 'pem', 'pem']);
    cache.put('1', 'pem', now);
    cache.put('17', 'pem', now);
    expect([1, 2].map((n) => cache.get(`${n}`, now))).toEqual(['pem', null]);
  });

  it('fetches a certificate once', async () => {
    let count = 0;
    const get = cached(async () => ok(`${testCertificatePem}${count++ || ''}`), {
      clock: () => now,
    });
    expect(await Promise.all([get(url(1)), get(url(1)), get(url(1))])).toEqual(
      Array(3).fill(ok(testCertificatePem)),
    );
    expect(await get(url(1))).toEqual(ok(testCertificatePem));
    expect(count).toBe(1);
  });

  it.each<[string, Result<string, 'unavailable' | 'invalid'>]>([
    ['a timeout', err('unavailable')],
    ['a bad answer', err('invalid')],
    ['an expired certificate', ok(certificate({ to: der(0x17, '250101000000Z') }))],
    ['a certificate of someone else', ok(certificate({ subject: name('sns.example.com') }))],
  ])('T014 never keeps %s', async (_title, answer) => {
    let count = 0;
    const answers = [answer, ok(testCertificatePem)] as const;
    const get = cached(async () => answers[count++] ?? err('invalid'), { clock: () => now });
    expect(await get(url(1))).toEqual(answer);
    expect(await get(url(1))).toEqual(ok(testCertificatePem));
  });

  it.each([true, false])('T013 fetches two at a time and puts others off (sharing: %s)', async (share) => {
    const open: (() => void)[] = [];
    const get = cached(() => new Promise((resolve) => open.push(() => resolve(ok(testCertificatePem)))), {
      clock: () => now,
      share,
    });
    const first = [get(url(1)), get(url(2))];
    const third = await get(url(3));
    expect(third).toEqual(err('unavailable'));
    expect(open).toHaveLength(2);
    for (const finish of open) finish();
    expect(await Promise.all(first)).toEqual([ok(testCertificatePem), ok(testCertificatePem)]);
    void get(url(3));
    expect(open).toHaveLength(3);
  });

  it('passes on what a fetch throws, and does not count it as running for ever', async () => {
    const get = cached(() => Promise.reject(new Error('broken')), { clock: () => now });
    for (let n = 0; n < 3; n++) await expect(get(url(n))).rejects.toThrow('broken');
  });
});
