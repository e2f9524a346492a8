/** SMTP2GO requests as it posts them, proven by a key in a header. https://developers.smtp2go.com/docs/webhooks-1 */
import type { Kind } from '../core/event.ts';
import { MINUTE } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const smtp2goSampler: Sampler = {
  provider: 'smtp2go',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing) {
    return {
      headers: { 'content-type': 'application/json', 'x-mailstop-key': String(signing) },
      body: JSON.stringify(payload),
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'SMTP2GO reports a 550 5.1.1', {
        event: 'bounce',
        bounce: 'hard',
        message: '550 5.1.1 User unknown',
      }),
      sample('reject', 'SMTP2GO does not try an address on its list', { event: 'reject' }),
      sample('complaint', 'A recipient reports spam', { event: 'spam' }),
      sample('unsubscribe', 'A recipient unsubscribes', { event: 'unsubscribe' }),
      sample('resubscribe', 'A recipient comes back', { event: 'resubscribe' }),
      sample('delivery', 'The receiver takes a message', { event: 'delivered', message: '250 2.0.0 OK' }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      time: new Date(now - MINUTE).toISOString(),
      sendtime: new Date(now - 2 * MINUTE).toISOString(),
      rcpt: recipient,
      sender: 'news@example.net',
      email_id: `${kind}-${now.toString(36)}`,
      ...fields,
    };
    return { title, kind, recipient, payload };
  };
