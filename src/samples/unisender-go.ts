/** Unisender Go requests, with `auth` in its place. https://godocs.unisender.ru/web-api-ref#callback-format */
import { md5 } from '@noble/hashes/legacy.js';
import type { Kind } from '../core/event.ts';
import { MINUTE, toRfc3339 } from '../core/time.ts';
import { toHex, utf8 } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const unisenderGoSampler: Sampler = {
  provider: 'unisender-go',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(20)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing) {
    const body = (auth: string) =>
      JSON.stringify({
        auth,
        events_by_user: [{ user_id: 456, project_id: '6862471', project_name: 'news', events: [payload] }],
      });
    return {
      headers: { 'content-type': 'application/json' },
      body: body(toHex(md5(utf8(body(String(signing)))))),
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Unisender Go reports a 550 5.1.1', 'hard_bounced', {
        delivery_status: 'err_user_unknown',
        destination_response: '550 5.1.1 The email account that you tried to reach does not exist',
      }),
      sample('deferral', 'Unisender Go is asked to come back later', 'soft_bounced', {
        delivery_status: 'err_will_retry',
        destination_response: '451 4.7.1 Greylisted, please try again in 300 seconds',
      }),
      sample('reject', 'Unisender Go does not try an address that unsubscribed', 'hard_bounced', {
        delivery_status: 'err_unsubscribed',
      }),
      sample('complaint', 'A recipient reports spam', 'spam'),
      sample('unsubscribe', 'A recipient unsubscribes', 'unsubscribed'),
      sample('resubscribe', 'A recipient comes back', 'subscribed'),
      sample('delivery', 'The receiver takes a message', 'delivered', {
        destination_response: '250 2.0.0 OK',
      }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, status: string, info: Record<string, unknown> = {}): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      event_name: 'transactional_email_status',
      event_data: {
        job_id: `${kind}-${now.toString(36)}`,
        metadata: {},
        email: recipient,
        status,
        event_time: toRfc3339(now - MINUTE)
          .slice(0, 19)
          .replace('T', ' '),
        delivery_info: info,
      },
    };
    return { title, kind, recipient, payload };
  };
