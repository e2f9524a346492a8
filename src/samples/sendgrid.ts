/** Signed SendGrid requests. https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import { toBase64, utf8 } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;

export const sendgridSampler: Sampler = {
  provider: 'sendgrid',

  async source() {
    const pair = await crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
    const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
    return { source: { secrets: { keys: [toBase64(spki)] } }, signing: pair.privateKey };
  },

  async request(payload, signing, now) {
    if (!(signing instanceof CryptoKey)) throw new TypeError('signing must be the private key of source()');
    const timestamp = String(Math.floor(now / SECOND));
    const body = `${JSON.stringify(payload)}\r\n`; // SendGrid ends its bodies so, and signs the CRLF
    const signature = await crypto.subtle.sign({ ...P256, hash: 'SHA-256' }, signing, utf8(timestamp + body));
    return {
      headers: {
        'content-type': 'application/json',
        'x-twilio-email-event-webhook-timestamp': timestamp,
        'x-twilio-email-event-webhook-signature': toBase64(p1363ToDer(new Uint8Array(signature))),
      },
      body,
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'SendGrid reports a 550 5.1.1', 'bounce', {
        type: 'bounce',
        status: '5.1.1',
        reason: '550 5.1.1 The email account that you tried to reach does not exist.',
        bounce_classification: 'Invalid Address',
      }),
      sample('deferral', 'SendGrid is asked to come back later', 'deferred', {
        response: '451 4.7.1 Greylisted, please try again in 300 seconds',
        attempt: '1',
      }),
      sample('reject', 'SendGrid drops mail to an address on its bounce list', 'dropped', {
        reason: 'Bounced Address',
        status: '5.0.0',
      }),
      sample('complaint', 'A recipient reports spam', 'spamreport', {}),
      sample('unsubscribe', 'A recipient leaves an unsubscribe group', 'group_unsubscribe', {
        asm_group_id: 1207,
      }),
      sample('resubscribe', 'A recipient comes back to the group', 'group_resubscribe', {
        asm_group_id: 1207,
      }),
      sample('delivery', 'The receiver takes a message', 'delivered', { response: '250 2.0.0 OK' }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, event: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const message = `${kind}-${now.toString(36)}`;
    const payload = {
      email: recipient,
      timestamp: Math.floor((now - MINUTE) / SECOND),
      event,
      category: ['newsletter'],
      sg_event_id: `event-${message}`,
      sg_message_id: `${message}.filter0001p1las1-1234-5F00AB12-1.0`,
      'smtp-id': `<${message}@ismtpd0001p1las1.sendgrid.net>`,
      ...fields,
    };
    return { title, kind, recipient, payload: [payload] };
  };

/** SEQUENCE { INTEGER r, INTEGER s }, the form in which SendGrid sends signatures. */
function p1363ToDer(signature: Uint8Array): Uint8Array {
  const scalars = [...integer(signature.subarray(0, 32)), ...integer(signature.subarray(32))];
  return Uint8Array.from([0x30, scalars.length, ...scalars]);
}

function integer(scalar: Uint8Array): number[] {
  const digits = [...scalar.subarray(scalar.findIndex((byte) => byte !== 0))];
  const positive = (digits[0] ?? 0) >= 0x80 ? [0, ...digits] : digits;
  return [0x02, positive.length, ...positive];
}
