/** Signed Mailtrap requests. https://docs.mailtrap.io/email-api-smtp/advanced/webhooks */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import { toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const mailtrapSampler: Sampler = {
  provider: 'mailtrap',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(16)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing) {
    if (typeof signing !== 'string') throw new TypeError('signing must be the key of source()');
    const body = JSON.stringify({ events: [payload] });
    return {
      headers: {
        'content-type': 'application/json',
        'mailtrap-signature': toHex(await hmacSha256(utf8(signing), utf8(body))),
      },
      body,
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Mailtrap reports a 550 5.1.1', 'bounce', {
        response: 'bounced (550 5.1.1 The email account that you tried to reach does not exist.)',
        response_code: 550,
        bounce_category: 'badrecipient',
      }),
      sample('deferral', 'Mailtrap is asked to come back later', 'soft bounce', {
        response: '451 4.7.1 Temporary error, please retry',
        response_code: 451,
        bounce_category: 'greylisting',
      }),
      sample('reject', 'Mailtrap does not try an address on its list', 'reject', {
        reason: 'Recipient in suppression list. Reason: hard bounce',
      }),
      sample('complaint', 'A recipient reports spam', 'spam', {}),
      sample('unsubscribe', 'A recipient unsubscribes', 'unsubscribe', { ip: '192.0.2.7' }),
      sample('delivery', 'The receiver takes a message', 'delivery', {}),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, event: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      event,
      email: recipient,
      timestamp: (now - MINUTE) / SECOND,
      event_id: crypto.randomUUID(),
      message_id: crypto.randomUUID(),
      sending_stream: 'transactional',
      sending_domain_name: 'example.org',
      category: 'Invoice',
      ...fields,
    };
    return { title, kind, recipient, payload };
  };
