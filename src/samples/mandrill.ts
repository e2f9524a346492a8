/** Signed Mandrill requests. https://mailchimp.com/developer/transactional/docs/webhooks/ */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import { toBase64, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha1 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

/** The URL that is signed: the source's public_url, wherever the sample is posted. */
const PUBLIC_URL = 'https://mailstop.example.com/webhooks/mandrill';

export const mandrillSampler: Sampler = {
  provider: 'mandrill',

  async source() {
    const key = toBase64(crypto.getRandomValues(new Uint8Array(16)));
    return { source: { secrets: { keys: [key] }, public_url: PUBLIC_URL }, signing: key };
  },

  async request(payload, signing) {
    if (typeof signing !== 'string') throw new TypeError('signing must be the key of source()');
    const events = JSON.stringify([payload]);
    const mac = await hmacSha1(utf8(signing), utf8(`${PUBLIC_URL}mandrill_events${events}`));
    return {
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-mandrill-signature': toBase64(mac),
      },
      body: new URLSearchParams({ mandrill_events: events }).toString(),
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Mandrill reports a 550 5.1.1', 'hard_bounce', {
        state: 'bounced',
        bounce_description: 'bad_mailbox',
        bgtools_code: 10,
        diag: 'smtp;550 5.1.1 The email account that you tried to reach does not exist.',
      }),
      sample('deferral', 'Mandrill is asked to come back later', 'deferral', {
        state: 'deferred',
        smtp_events: [
          {
            ts: now / SECOND,
            type: 'deferred',
            diag: '451 4.3.5 Temporarily unavailable, try again later.',
            size: 0,
          },
        ],
      }),
      sample('reject', 'Mandrill does not try an address on its denylist', 'reject', {
        state: 'rejected',
        reject: { reason: 'hard-bounce', last_event_at: '2026-01-02 03:04:05' },
      }),
      sample('complaint', 'A recipient reports spam', 'spam', { state: 'spam' }),
      sample('unsubscribe', 'A recipient unsubscribes', 'unsub', { state: 'unsub' }),
      {
        title: 'An address is taken off the denylist',
        kind: 'resubscribe',
        recipient: 'resubscribe@example.com',
        payload: {
          type: 'denylist',
          action: 'remove',
          ts: (now - MINUTE) / SECOND,
          reject: { email: 'resubscribe@example.com', reason: 'soft-bounce', detail: null, expired: true },
        },
      },
      sample('delivery', 'The receiver takes a message', 'delivered', {
        smtp_events: [{ ts: now / SECOND, type: 'sent', diag: '250 2.0.0 OK', size: 19_486 }],
      }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, event: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const _id = `${kind}-${now.toString(36)}`;
    const payload = {
      event,
      _id,
      ts: (now - MINUTE) / SECOND,
      msg: {
        ts: (now - 2 * MINUTE) / SECOND,
        _id,
        email: recipient,
        sender: 'news@example.org',
        subject: 'Your invoice',
        state: 'sent',
        tags: ['invoice'],
        metadata: {},
        subaccount: null,
        diag: null,
        bounce_description: null,
        smtp_events: [],
        ...fields,
      },
    };
    return { title, kind, recipient, payload };
  };
