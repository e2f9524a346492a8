/** Sample events of Scaleway through Topics and Events. */

import type { Kind } from '../core/event.ts';
import { err, ok } from '../core/result.ts';
import { MINUTE, toRfc3339 } from '../core/time.ts';
import type { Sample, Sampler } from './sampler.ts';
import { signedSnsRequest, testCertificatePem } from './sns.ts';

export const scalewayCertificateUrl =
  'https://messaging.s3.fr-par.scw.cloud/fr-par/sns/sns_certificate_test-only.crt';

interface Signing {
  readonly topicArn: string;
}

export const scalewaySampler: Sampler = {
  provider: 'scaleway',
  fetchCertificate: async (url) =>
    url.href === scalewayCertificateUrl ? ok(testCertificatePem) : err('unavailable'),

  async source() {
    const signing: Signing = { topicArn: `arn:scw:sns:fr-par:project-${crypto.randomUUID()}:mail` };
    return { source: { secrets: { topic_arns: [signing.topicArn] } }, signing };
  },

  request: (payload, signing, now) =>
    signedSnsRequest(
      {
        Type: 'Notification',
        MessageId: crypto.randomUUID(),
        TopicArn: (signing as Signing).topicArn, // `unknown` in the interface; it comes from source() above
        Message: JSON.stringify(payload),
        Timestamp: toRfc3339(now),
      },
      scalewayCertificateUrl,
      '1',
    ),

  samples(now) {
    const sample = sampleAt(now);
    const reply = (email_response_code: number, email_response_message: string) => ({
      email_response_code,
      email_response_message,
    });
    return [
      sample('bounce', 'Scaleway reports a 550 5.1.1', 'email_dropped', reply(550, '5.1.1 User unknown')),
      sample(
        'deferral',
        'Scaleway is asked to come back later',
        'email_deferred',
        reply(451, '4.7.1 Greylisted'),
      ),
      sample('reject', 'Scaleway does not try an address on its list', 'email_blocklisted', {
        blocklist_type: 'mailbox_not_found',
        blocklist_reason: 'mailbox not found',
      }),
      sample('delivery', 'The receiver takes a message', 'email_delivered', reply(250, '2.0.0 OK')),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, type: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      id: crypto.randomUUID(),
      type,
      domain_name: 'example.net',
      created_at: toRfc3339(now - MINUTE),
      email_to: recipient,
      email_from: 'news@example.net',
      email_id: crypto.randomUUID(),
      email_headers: [],
      ...fields,
    };
    return { title, kind, recipient, payload };
  };
