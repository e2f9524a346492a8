/** Signed Emailit requests, one event each. https://emailit.com/docs/webhooks/ */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND, toRfc3339 } from '../core/time.ts';
import { toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const emailitSampler: Sampler = {
  provider: 'emailit',

  async source() {
    const secret = `whsec_${toHex(crypto.getRandomValues(new Uint8Array(32)))}`;
    return { source: { secrets: { keys: [secret] } }, signing: secret };
  },

  async request(payload, signing, now) {
    const timestamp = String(Math.floor(now / SECOND));
    const body = JSON.stringify([payload]);
    const signature = await hmacSha256(utf8(String(signing)), utf8(`${timestamp}.${body}`));
    return {
      headers: {
        'content-type': 'application/json',
        'x-emailit-timestamp': timestamp,
        'x-emailit-signature': toHex(signature),
      },
      body,
    };
  },

  samples(now) {
    const { email, entry } = samplesAt(now);
    return [
      email('bounce', 'Emailit gives up on an address', 'email.bounced'),
      email('deferral', 'Emailit is asked to come back later', 'email.attempted'),
      email('reject', 'Emailit does not try an address on its list', 'email.suppressed'),
      entry('reject', 'Somebody puts an address on the list', 'suppression.created', 'unsubscribe'),
      email('complaint', 'A recipient reports spam', 'email.complained'),
      email('unsubscribe', 'A recipient unsubscribes', 'email.unsubscribed'),
      entry('resubscribe', 'An address is taken off the list', 'suppression.deleted', 'unsubscribe'),
      email('delivery', 'The receiver takes a message', 'email.delivered'),
    ];
  },
};

function samplesAt(now: number) {
  const sample = (kind: Kind, title: string, type: string, object: Record<string, unknown>): Sample => ({
    title,
    kind,
    recipient: `${kind}@example.com`,
    payload: { event_id: `evt_${crypto.randomUUID().replaceAll('-', '')}`, type, object, data: { object } },
  });
  const at = toRfc3339(now - MINUTE);
  return {
    email: (kind: Kind, title: string, type: string) =>
      sample(kind, title, type, {
        id: `em_${kind}${now.toString(36)}`,
        object: 'email',
        message_id: `<${kind}-${now.toString(36)}@example.net>`,
        from: 'news@example.net',
        to: `${kind}@example.com`,
        subject: 'The news',
        created_at: toRfc3339(now - 2 * MINUTE),
        updated_at: at,
      }),
    entry: (kind: Kind, title: string, type: string, why: string) =>
      sample(kind, title, type, {
        id: `sup_${kind}${now.toString(36)}`,
        object: 'suppression',
        email: `${kind}@example.com`,
        type: why,
        reason: 'manual',
        created_at: at,
        keep_until: null,
      }),
  };
}
