/** Signed Lettermint requests. https://docs.lettermint.co/platform/webhooks/introduction */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND, toRfc3339 } from '../core/time.ts';
import { toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const lettermintSampler: Sampler = {
  provider: 'lettermint',

  async source() {
    const secret = `whsec_${toHex(crypto.getRandomValues(new Uint8Array(24)))}`;
    return { source: { secrets: { keys: [secret] } }, signing: secret };
  },

  async request(payload, signing, now) {
    const timestamp = String(Math.floor(now / SECOND));
    const body = JSON.stringify(payload);
    const signature = toHex(await hmacSha256(utf8(String(signing)), utf8(`${timestamp}.${body}`)));
    return {
      headers: {
        'content-type': 'application/json',
        'x-lettermint-signature': `t=${timestamp},v1=${signature}`,
        'x-lettermint-delivery': timestamp,
      },
      body,
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    const response = (status_code: number, enhanced_status_code: string, content: string) => ({
      response: { status_code, enhanced_status_code, content },
    });
    const entry = (recipient: string, reason: string) => ({
      suppression_id: crypto.randomUUID(),
      type: 'email',
      value: recipient,
      reason,
      applies_to: 'all',
    });
    const gone = response(550, '5.1.1', 'The email account that you tried to reach does not exist.');
    return [
      sample('bounce', 'Lettermint reports a 550 5.1.1', 'message.hard_bounced', gone),
      sample('reject', 'Lettermint does not try an address on its list', 'message.suppressed', {
        reason: 'hard_bounce',
      }),
      sample('reject', 'Lettermint puts an address on its list for a complaint', 'suppression.added', {
        ...entry('reject@example.com', 'spam_complaint'),
      }),
      sample('complaint', 'A recipient reports spam', 'message.spam_complaint', {}),
      sample('unsubscribe', 'A recipient unsubscribes', 'message.unsubscribed', {
        unsubscribed_at: toRfc3339(now - MINUTE),
      }),
      sample('resubscribe', 'An address is taken off the list', 'suppression.removed', {
        ...entry('resubscribe@example.com', 'unsubscribe'),
      }),
      sample('delivery', 'The receiver takes a message', 'message.delivered', response(250, '2.0.0', 'OK')),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, event: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      id: crypto.randomUUID(),
      event,
      timestamp: toRfc3339(now - MINUTE),
      context: { scope: 'route', route_id: 'broadcast' },
      data: { message_id: crypto.randomUUID(), recipient, metadata: {}, tag: 'newsletter', ...fields },
    };
    return { title, kind, recipient, payload };
  };
