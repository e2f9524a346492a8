/** Signed MailerSend requests, version 2. https://developers.mailersend.com/api/v1/webhooks.html */
import type { Kind } from '../core/event.ts';
import { MINUTE } from '../core/time.ts';
import { toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const mailersendSampler: Sampler = {
  provider: 'mailersend',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(16)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing) {
    if (typeof signing !== 'string') throw new TypeError('signing must be the key of source()');
    const body = JSON.stringify(payload).replaceAll('/', '\\/'); // as MailerSend writes its slashes
    return {
      headers: {
        'content-type': 'application/json',
        signature: toHex(await hmacSha256(utf8(signing), utf8(body))),
      },
      body,
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'MailerSend reports a 550 5.1.1', 'hard_bounced', {
        bounce_reason: '550 5.1.1 The email account that you tried to reach does not exist.',
        bounce_code: '550',
        bounce_type: 'hard',
      }),
      sample('deferral', 'MailerSend is asked to come back later', 'deferred', {
        bounce_reason: '451 4.7.1 Greylisted, please try again in 300 seconds',
        bounce_code: '451',
      }),
      sample('reject', 'MailerSend does not try an address on its lists', 'suppressed', {
        suppression_reason: 'hard bounce',
      }),
      sample('complaint', 'A recipient reports spam', 'spam_complaint', []),
      sample('unsubscribe', 'A recipient unsubscribes', 'unsubscribed', {
        unsubscribe_reason: 'NO_LONGER_WANT',
      }),
      sample('delivery', 'The receiver takes a message', 'delivered', []),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, type: string, meta: unknown): Sample => {
    const recipient = `${kind}@example.com`;
    const id = `${kind}-${now.toString(36)}`;
    const payload = {
      type: `activity.${type}`,
      created_at: new Date(now - MINUTE).toISOString().replace('Z', '000Z'), // six digits
      data: {
        id,
        domain_id: 'yv69oxl5kl785kw2',
        message_id: `message-${id}`,
        email_id: `email-${id}`,
        type,
        subject: 'Your invoice',
        recipient,
        tags: ['invoice'],
        meta,
      },
    };
    return { title, kind, recipient, payload };
  };
