/** Brevo requests, proven by a token. https://developers.brevo.com/docs/transactional-webhooks */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const brevoSampler: Sampler = {
  provider: 'brevo',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing) {
    return {
      headers: { 'content-type': 'application/json', authorization: `Bearer ${String(signing)}` },
      body: JSON.stringify(payload),
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Brevo reports a 550 5.1.1', 'hard_bounce', {
        reason: '550 5.1.1 The email account that you tried to reach does not exist.',
        sending_ip: '192.0.2.17',
      }),
      sample('deferral', 'Brevo is asked to come back later', 'deferred', {
        reason: '451 4.7.1 Greylisted, please try again in 300 seconds',
        sending_ip: '192.0.2.17',
      }),
      sample('reject', 'Brevo does not try someone who has unsubscribed', 'blocked', {
        reason: 'blocked : due to unsubscribed user',
      }),
      sample('complaint', 'A recipient reports spam', 'spam', {}),
      sample('unsubscribe', 'A recipient unsubscribes', 'unsubscribed', {}),
      sample('delivery', 'The receiver takes a message', 'delivered', { sending_ip: '192.0.2.17' }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, event: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const at = now - MINUTE;
    const payload = {
      event,
      email: recipient,
      id: 26_224,
      date: new Date(at).toISOString().slice(0, 19).replace('T', ' '),
      ts: at / SECOND,
      ts_event: at / SECOND,
      ts_epoch: at,
      'message-id': `<${kind}.${now.toString(36)}@smtp-relay.mailin.fr>`,
      subject: 'Your invoice',
      tags: ['invoice'],
      ...fields,
    };
    return { title, kind, recipient, payload };
  };
