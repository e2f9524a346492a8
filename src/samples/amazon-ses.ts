/**
 * Sample requests of Amazon SES through SNS, signed with a key that everybody has: the certificate below is
 * self-signed, says so in its subject, and proves nothing to anyone who fetches Amazon's. Only a demo server
 * or a test that answers `testCertificateUrl` with `testCertificatePem` takes these requests for genuine.
 */
import { err, ok } from '../core/result.ts';
import { toRfc3339 } from '../core/time.ts';
import { fromBase64, toBase64, utf8 } from '../providers/verify/bytes.ts';
import { readEnvelope, stringToSign } from '../providers/verify/sns.ts';
import type { Sample, Sampler } from './sampler.ts';

export const testCertificateUrl =
  'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-00000000000000000000000000000000.pem';

/** TEST ONLY. CN=sns.amazonaws.com, O="Test only - not Amazon", 2020 to 2120. */
export const testCertificatePem = `-----BEGIN CERTIFICATE-----
MIIDRDCCAiygAwIBAgIBATANBgkqhkiG9w0BAQsFADA9MRowGAYDVQQDDBFzbnMu
YW1hem9uYXdzLmNvbTEfMB0GA1UECgwWVGVzdCBvbmx5IC0gbm90IEFtYXpvbjAg
Fw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowPTEaMBgGA1UEAwwRc25z
LmFtYXpvbmF3cy5jb20xHzAdBgNVBAoMFlRlc3Qgb25seSAtIG5vdCBBbWF6b24w
ggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDGmVeIGrZBsNqVC9ffveo+
0PR7YYV3SzKzku52HAXZamGkH9O6dFHyJcHwRmP8Voe2ZxJEV39jNj4PuidyPQur
2l3d7qrRcib/hnmWnjKKQOn21g1I0g/mNsApkcVadKoBkNivzoUfKf21VXD1rxdY
f+miu+PznJq1X7HMKb+LHnND1DxXHD9LOI5/zDfz89ILMTauMLpcHTGSsH9BgFjt
5Owsk/LfZ5fbX8hq3aPSZvo2zmB6gVsD7Brv3ptbGobDaKxnaWQxNnwAkaPoAhsN
zeVqaNNaQ3XJ77/ruRu6dyYMgTc3r5vD8XZmRb5QT7D4n95UZrZwyFtol3tz5Qxn
AgMBAAGjTTBLMAwGA1UdEwEB/wQCMAAwHAYDVR0RBBUwE4IRc25zLmFtYXpvbmF3
cy5jb20wHQYDVR0OBBYEFG7Fa45z8yzKONwsiEub1FB8Eq32MA0GCSqGSIb3DQEB
CwUAA4IBAQCKKKdmb35UpxSdsZounb+wvC8qWKqMOh+++hu2+NKkNAfkX7y+ZR3w
viB/lHVTV+siU2olH2Zv2QcMwj5Jl14ja7UOHp2X7MERd5OJ1K7nbG5yOTlVKc84
B4ybtkl31U+PRH8DCERnbsulJoiG1M82lInr919wbpDqN0nXq4XkVUsaEvPd3y+D
lUX4LXRbClDhklwGPa/rB0bGtLxOslvSePsIqxBeIuVCPVvjJSezApzeMpImZVwE
WmkGGUOuffFHKpiJRNCEmtulVmMN93dTaXH+pNmOB3W8/OlNwZXWJ+7+GMCkaCmR
yWrq+8Vf/mz1Fke7IXW9qg/loJ13X59K
-----END CERTIFICATE-----
`;

/** TEST ONLY: published on purpose, protects nothing. PKCS #8. */
const testKey =
  'MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDGmVeIGrZBsNqVC9ffveo+0PR7YYV3SzKzku52HAXZamGk' +
  'H9O6dFHyJcHwRmP8Voe2ZxJEV39jNj4PuidyPQur2l3d7qrRcib/hnmWnjKKQOn21g1I0g/mNsApkcVadKoBkNivzoUfKf21' +
  'VXD1rxdYf+miu+PznJq1X7HMKb+LHnND1DxXHD9LOI5/zDfz89ILMTauMLpcHTGSsH9BgFjt5Owsk/LfZ5fbX8hq3aPSZvo2' +
  'zmB6gVsD7Brv3ptbGobDaKxnaWQxNnwAkaPoAhsNzeVqaNNaQ3XJ77/ruRu6dyYMgTc3r5vD8XZmRb5QT7D4n95UZrZwyFto' +
  'l3tz5QxnAgMBAAECggEAFZVCowMBfarNBoJZUp00IOGFQFy9LCrFoX29YU6dqsmElQP0dwCp4Ilj8KCQazMINWAxkbB59/vu' +
  'y2IYDrKTBc6J1v2syMMBeVGm/cxxglRDA6qy75AMtEs3n7eSMsjCVRXlxq1zYDX9turzMhrLjGL9BCIr8s9j14RFMVf0KMJ+' +
  '4xiJuZVsf4tR/2wbO1gBhKnC8ZVx1OcyIBr3sIZDxzhPct25SGNwb1azvXBNoQcyGH3R6Wc4cPp/jcefpjWbE9VfRM23o/46' +
  '/AUer6K3Bho1gZi57G4QoV1XKmiwrgYtkFbpugjIkoCchAWrrIob55a+vFhVPdlpfp6MxH1tUQKBgQD1+B0vQiSFaPUdqEUp' +
  'Hy74peW7c4uREkGyKGTVNvA7wbQ1wvfP8vuQ2SH2pfNF82+rlMUcumVzptP+BSeQnWuhk2SEMhj6Wtv4ZraNp4zbFERljoc9' +
  't+1exWZLWzDLSoo9lYoJr+wCKS0B5QyUm9nKJMGAN6JkFGfEHqxY8oGTHwKBgQDOsrBxqKc786R9+4DHwU2YKJatRg+og+SQ' +
  '/h1ssT7b+mG3E79ImZtPpWg0p/Sk3vjrj4ElG1QKb+gcC1I3tkULQnmUf8DN14hIW4OyBtm5PfDWpRt1XQm+hZw8DwvHkEFp' +
  '3amMyzw3QOQAK2hzg0xGftn1em6+YDYzlLoR/nnluQKBgQDoC4lk4w5XObw8nVmZwMxsUP3ZCNl7I/EMZSUzLKAYj9Y1/dgR' +
  'uxZvARkUelx1+oG4KiKGxqYdJB7MfwpjWM+IX+es+yIrVXo97pB8NLwilg0sjfiyVgk+phWqM75lms2t6ZyPJQMOys+mAPMM' +
  'Y7dkB6bxEgtGRSXblGBdjXKGWwKBgQCHL6lk/Og7trM7znVAsHW+cbVyqGLvVSv1hK3b++Tf3Ndx9NFje0twAP+xiLPh7Q8i' +
  'iZ3ulfwWQ3Csft8MHwLzRUvdStzgA/pXULtGgWJ+3DsbN6tIzEvmNt6jDTgoEnol8lrFAdtlS+STE9Dh09rcNHT7L1Mk4iow' +
  '/DHiOOyiyQKBgCdfPuapVDDU2idVQklgt23/rxA3Mm4wXlDK2e1R85YEvTRyu4sc2Uh9SDzYu6pWUe0iKJ/Brg9IwgY09Raf' +
  'VvTzK/J/NhEYpaB1kUEyyg67VZu+wfo0Sw5GSgxSg1XjgQi2T2/JXfbsSIuuuWKq8v1FpJjeTjmOmnV4P4hbGhoG';

export interface SesSigning {
  readonly topicArn: string;
}

export const amazonSesSampler: Sampler = {
  provider: 'amazon-ses',
  fetchCertificate: async (url) =>
    url.href === testCertificateUrl ? ok(testCertificatePem) : err('unavailable'),
  async source() {
    const name = crypto.randomUUID();
    const signing: SesSigning = { topicArn: `arn:aws:sns:eu-west-1:123456789012:ses-${name}` };
    return { source: { secrets: { topic_arns: [signing.topicArn] } }, signing };
  },
  request: (payload, signing, now) =>
    signedSnsRequest({
      Type: 'Notification',
      MessageId: crypto.randomUUID(),
      TopicArn: (signing as SesSigning).topicArn, // `unknown` in the interface; it comes from source() above
      Subject: 'Amazon SES Email Event Notification',
      Message: `${JSON.stringify(payload)}\n`,
      Timestamp: toRfc3339(now),
    }),
  samples: (now) => [
    bounce(now, 'SES reports a 550 5.1.1', 'Permanent/NoEmail', '5.1.1', 'smtp; 550 5.1.1 user unknown'),
    bounce(
      now,
      'SES gives up on a full mailbox',
      'Transient/MailboxFull',
      '4.2.2',
      'smtp; 452 4.2.2 mailbox full',
    ),
    sample(
      now,
      'SES still tries a server that does not answer',
      'deferral',
      'DeliveryDelay',
      (recipient, at) => ({
        deliveryDelay: {
          timestamp: at,
          delayType: 'TransientCommunicationFailure',
          expirationTime: at,
          delayedRecipients: [
            { emailAddress: recipient, status: '4.4.1', diagnosticCode: 'smtp; 421 4.4.1 unable to connect' },
          ],
        },
      }),
    ),
    sample(now, 'SES finds a virus and does not send', 'reject', 'Reject', () => ({
      reject: { reason: 'Bad content' },
    })),
    sample(now, 'A recipient calls it spam', 'complaint', 'Complaint', (recipient, at) => ({
      complaint: {
        complainedRecipients: [{ emailAddress: recipient }],
        timestamp: at,
        feedbackId: crypto.randomUUID(),
        complaintSubType: null,
        userAgent: 'Example-Feedback-Loop/1.0',
        complaintFeedbackType: 'abuse',
        arrivalDate: at,
      },
    })),
    sample(now, 'A recipient leaves every topic', 'unsubscribe', 'Subscription', (_recipient, at) =>
      topics(at, true, 'OptOut', false, 'OptIn'),
    ),
    sample(now, 'A recipient takes one topic again', 'resubscribe', 'Subscription', (_recipient, at) =>
      topics(at, false, 'OptIn', false, 'OptOut'),
    ),
    sample(now, 'A mail server takes the message', 'delivery', 'Delivery', (recipient, at) => ({
      delivery: {
        timestamp: at,
        processingTimeMillis: 1250,
        recipients: [recipient],
        smtpResponse: '250 2.0.0 OK queued',
        reportingMTA: 'mta.example.com',
      },
    })),
  ],
};

/** Completes and signs an SNS envelope of any type; `version` is the topic's SignatureVersion. */
export async function signedSnsRequest(
  envelope: Readonly<Record<string, string>>,
  version: '1' | '2' = '2',
): Promise<{ headers: Record<string, string>; body: string }> {
  const read = readEnvelope(utf8(JSON.stringify(envelope)));
  if (!read.ok) throw new Error(`not an SNS envelope: ${read.error}`);
  return {
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      'x-amz-sns-message-type': read.value.type,
      'x-amz-sns-message-id': envelope.MessageId ?? '',
      'x-amz-sns-topic-arn': envelope.TopicArn ?? '',
    },
    body: JSON.stringify({
      ...envelope,
      SignatureVersion: version,
      Signature: await signSns(stringToSign(read.value), version),
      SigningCertURL: testCertificateUrl,
    }),
  };
}

/** Base64 of the test key's signature. */
export async function signSns(text: string, version: '1' | '2'): Promise<string> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: version === '1' ? 'SHA-1' : 'SHA-256' };
  const pkcs8 = fromBase64(testKey) ?? new Uint8Array();
  const key = await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']);
  return toBase64(new Uint8Array(await crypto.subtle.sign(algorithm.name, key, utf8(text))));
}

function sample(
  now: number,
  title: string,
  kind: Sample['kind'],
  eventType: string,
  detail: (recipient: string, at: string) => object,
): Sample {
  const recipient = `${eventType.toLowerCase()}@example.com`;
  const mail = {
    timestamp: toRfc3339(now - 90_000),
    source: 'news@example.org',
    sendingAccountId: '123456789012',
    messageId: `0102${crypto.randomUUID()}-000000`,
    destination: [recipient],
    headersTruncated: false,
    tags: { 'ses:configuration-set': ['newsletter'], campaign: ['autumn'] },
  };
  return {
    title,
    kind,
    recipient,
    payload: { eventType, mail, ...detail(recipient, toRfc3339(now - 60_000)) },
  };
}

const bounce = (now: number, title: string, label: string, status: string, diagnosticCode: string): Sample =>
  sample(now, title, 'bounce', 'Bounce', (recipient, at) => {
    const [bounceType, bounceSubType] = label.split('/');
    return {
      bounce: {
        bounceType,
        bounceSubType,
        bouncedRecipients: [{ emailAddress: recipient, action: 'failed', status, diagnosticCode }],
        timestamp: at,
        feedbackId: crypto.randomUUID(),
        reportingMTA: 'dns; mta.example.com',
      },
    };
  });

const topics = (timestamp: string, allNow: boolean, now: string, allBefore: boolean, before: string) => ({
  subscription: {
    contactList: 'readers',
    timestamp,
    source: 'UnsubscribeHeader',
    newTopicPreferences: preferences(allNow, now),
    oldTopicPreferences: preferences(allBefore, before),
  },
});

const preferences = (unsubscribeAll: boolean, subscriptionStatus: string) => ({
  unsubscribeAll,
  topicSubscriptionStatus: [{ topicName: 'weekly', subscriptionStatus }],
});
