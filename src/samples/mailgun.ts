/** Signed Mailgun requests. https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhooks */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import { toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

const randomHex = (bytes: number): string => toHex(crypto.getRandomValues(new Uint8Array(bytes)));

export const mailgunSampler: Sampler = {
  provider: 'mailgun',

  async source() {
    const key = randomHex(16);
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing, now) {
    if (typeof signing !== 'string') throw new TypeError('signing must be the key of source()');
    const timestamp = String(Math.floor(now / SECOND));
    const token = randomHex(25);
    const signature = toHex(await hmacSha256(utf8(signing), utf8(timestamp + token)));
    return {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ signature: { timestamp, token, signature }, 'event-data': payload }),
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Mailgun reports a 550 5.1.1', 'failed', {
        severity: 'permanent',
        reason: 'bounce',
        'delivery-status': { code: 550, 'enhanced-code': '5.1.1', message: '5.1.1 No such user here' },
      }),
      sample('deferral', 'Mailgun meets a full mailbox and tries again', 'failed', {
        severity: 'temporary',
        reason: 'generic',
        'delivery-status': {
          code: 452,
          'enhanced-code': '4.2.2',
          message: '4.2.2 Mailbox full',
          'retry-seconds': 600,
        },
      }),
      sample('reject', 'Mailgun does not try an address on its bounce list', 'failed', {
        severity: 'permanent',
        reason: 'suppress-bounce',
        'delivery-status': {
          code: 605,
          message: '',
          description: 'Not delivering to previously bounced address',
        },
      }),
      sample('complaint', 'A recipient reports spam', 'complained', {}),
      sample('unsubscribe', 'A recipient unsubscribes', 'unsubscribed', {}),
      sample('delivery', 'The receiver takes a message', 'delivered', {
        'delivery-status': { code: 250, message: 'OK', description: '' },
      }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, event: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const id = `${kind}-${now.toString(36)}`;
    const payload = {
      event,
      id,
      timestamp: (now - MINUTE) / SECOND,
      recipient,
      message: { headers: { to: recipient, from: 'news@example.org', 'message-id': `${id}@example.org` } },
      tags: [],
      flags: { 'is-test-mode': false },
      'user-variables': {},
      ...fields,
    };
    return { title, kind, recipient, payload };
  };
