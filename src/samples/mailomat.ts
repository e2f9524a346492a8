/** Signed Mailomat requests. https://api.mailomat.swiss/docs/#tag/webhook-security */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND, toRfc3339 } from '../core/time.ts';
import { toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const mailomatSampler: Sampler = {
  provider: 'mailomat',

  async source() {
    const secret = toHex(crypto.getRandomValues(new Uint8Array(32)));
    return { source: { secrets: { keys: [secret] } }, signing: secret };
  },

  async request(payload, signing, now) {
    const { id, eventType } = payload as { readonly id: string; readonly eventType: string };
    const timestamp = String(Math.floor(now / SECOND));
    const signature = await hmacSha256(utf8(String(signing)), utf8(`${id}.${eventType}.${timestamp}`));
    return {
      headers: {
        'content-type': 'application/json',
        'x-mom-webhook-event': eventType,
        'x-mom-webhook-id': id,
        'x-mom-webhook-timestamp': timestamp,
        'x-mom-webhook-signature': `sha256=${toHex(signature)}`,
      },
      body: JSON.stringify(payload),
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    const status = (code: number, enhanced: string, message: string) => ({
      'delivery-status': { 'attempt-nr': 1, code, 'enhanced-code': enhanced, message },
    });
    const gone = status(550, '5.1.1', '5.1.1 The email account that you tried to reach does not exist');
    const later = status(451, '4.7.1', '4.7.1 Greylisted, please try again in 300 seconds');
    return [
      sample('bounce', 'Mailomat reports a 550 5.1.1', 'failure_perm', gone),
      sample('deferral', 'Mailomat is asked to come back later', 'failure_tmp', later),
      sample('reject', 'Mailomat does not take a message', 'not_accepted', { reason: 'sender not allowed' }),
      sample('delivery', 'The receiver takes a message', 'delivered', status(250, '2.0.0', '2.0.0 OK')),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, eventType: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      id: crypto.randomUUID(),
      eventType,
      occurredAt: toRfc3339(now - MINUTE),
      messageUuid: crypto.randomUUID(),
      messageId: `${kind}-${now.toString(36)}@example.net`,
      recipient,
      payload: { event: eventType, recipient, ...fields },
    };
    return { title, kind, recipient, payload };
  };
