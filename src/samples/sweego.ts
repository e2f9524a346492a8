/** Signed Sweego requests. https://learn.sweego.io/docs/webhooks/webhook_signature */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND, toRfc3339 } from '../core/time.ts';
import { fromBase64, toBase64, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const sweegoSampler: Sampler = {
  provider: 'sweego',

  async source() {
    const secret = toBase64(crypto.getRandomValues(new Uint8Array(32)));
    return { source: { secrets: { keys: [secret] } }, signing: secret };
  },

  async request(payload, signing, now) {
    const key = fromBase64(String(signing));
    if (key === null) throw new TypeError('signing must be the secret of source()');
    const id = crypto.randomUUID();
    const timestamp = String(Math.floor(now / SECOND));
    const body = JSON.stringify(payload);
    return {
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': toBase64(await hmacSha256(key, utf8(`${id}.${timestamp}.${body}`))),
      },
      body,
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Sweego reports a 550 5.1.1', 'hard_bounce', {
        response_code: 550,
        details: '550 5.1.1 The email account that you tried to reach does not exist',
      }),
      sample('complaint', 'A recipient reports spam', 'complaint'),
      sample('unsubscribe', 'A recipient unsubscribes', 'list_unsub'),
      sample('delivery', 'The receiver takes a message', 'delivered'),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, event_type: string, fields: Record<string, unknown> = {}): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      event_type,
      timestamp: toRfc3339(now - MINUTE),
      swg_uid: crypto.randomUUID(),
      event_id: crypto.randomUUID(),
      channel: 'email',
      headers: { 'x-transaction-id': crypto.randomUUID() },
      campaign_tags: ['newsletter'],
      recipient,
      domain_from: 'example.net',
      ...fields,
    };
    return { title, kind, recipient, payload };
  };
