/**
 * Signed Bird requests, of its newer platform and of the Channels API.
 * https://bird.com/docs/webhooks
 * https://docs.bird.com/api/notifications-api/api-reference/webhook-subscriptions/verifying-a-webhook-subscription
 */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND, toRfc3339 } from '../core/time.ts';
import { fromBase64, sha256, toBase64, toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

const URL_OF_WEBHOOK = 'https://mail.example.com/webhooks/bird';

interface Signing {
  readonly secret: string;
  readonly channelsKey: string;
}

export const birdSampler: Sampler = {
  provider: 'bird',

  async source() {
    const secret = `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(24)))}`;
    const channelsKey = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return {
      source: { secrets: { keys: [secret, channelsKey] }, public_url: URL_OF_WEBHOOK },
      signing: { secret, channelsKey },
    };
  },

  async request(payload, signing, now) {
    const { secret, channelsKey } = signing as Signing;
    const timestamp = String(Math.floor(now / SECOND));
    const body = JSON.stringify(payload);
    const signed =
      'event' in (payload as object)
        ? await signChannels(channelsKey, timestamp, body)
        : await signStandard(secret, timestamp, body);
    return { headers: { 'content-type': 'application/json', ...signed }, body };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Bird reports a 550 5.1.1', 'email.bounced', {
        bounce_type: 'hard',
        bounce_class: 10,
        bounce_code: '550',
        bounce_description: '550 5.1.1 The email account that you tried to reach does not exist.',
      }),
      {
        title: 'Bird’s Channels API reports a bounce',
        kind: 'bounce',
        recipient: 'bounce@example.com',
        payload: {
          service: 'channels',
          event: 'email.outbound',
          payload: {
            id: crypto.randomUUID(),
            receiver: {
              contacts: [{ identifierKey: 'emailaddress', identifierValue: 'bounce@example.com' }],
            },
            status: 'delivery_failed',
            reason: 'bounceHard',
            details: '550 5.1.1 No such user here',
            lastStatusAt: toRfc3339(now - MINUTE),
          },
        },
      },
      sample('deferral', 'Bird still tries', 'email.deferred', {
        bounce_type: 'soft',
        bounce_class: 22,
        defer_reason: '452 4.2.2 The mailbox is full',
      }),
      sample('reject', 'Bird does not try an address on its list', 'email.rejected', {
        rejection_reason: 'recipient_suppressed',
      }),
      sample('complaint', 'A recipient reports spam', 'email.complained', { feedback_type: 'abuse' }),
      sample('unsubscribe', 'A recipient unsubscribes with one click', 'email.list_unsubscribed', {}),
      {
        title: 'A recipient says yes to mail again',
        kind: 'resubscribe',
        recipient: 'resubscribe@example.com',
        payload: {
          type: 'preference.granted',
          timestamp: toRfc3339(now - MINUTE),
          data: { channel: 'email', handle: 'resubscribe@example.com', coverage: 'all' },
        },
      },
      sample('delivery', 'The receiver takes a message', 'email.delivered', {}),
    ];
  },
};

async function signStandard(secret: string, timestamp: string, body: string) {
  const key = fromBase64(secret.replace('whsec_', ''));
  if (key === null) throw new TypeError('signing must be the secret of source()');
  const id = `evt_${crypto.randomUUID().replaceAll('-', '')}`;
  const signature = toBase64(await hmacSha256(key, utf8(`${id}.${timestamp}.${body}`)));
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

async function signChannels(key: string, timestamp: string, body: string) {
  const start = utf8(`${timestamp}\n${URL_OF_WEBHOOK}\n`);
  const signature = await hmacSha256(utf8(key), Uint8Array.of(...start, ...(await sha256(utf8(body)))));
  return { 'messagebird-signature': toBase64(signature), 'messagebird-request-timestamp': timestamp };
}

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, type: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const data = {
      email_id: `em_${crypto.randomUUID().replaceAll('-', '')}`,
      recipient_id: `er_${crypto.randomUUID().replaceAll('-', '')}`,
      recipient,
      recipient_role: 'to',
      tags: [{ name: 'category', value: 'newsletter' }],
      ...fields,
    };
    return { title, kind, recipient, payload: { type, timestamp: toRfc3339(now - MINUTE), data } };
  };
