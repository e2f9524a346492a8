/** Signed Postal requests, without the SHA-1 header. https://docs.postalserver.io/developer/webhooks */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import { toBase64, utf8 } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: Uint8Array.from([1, 0, 1]),
} as const;

export const postalSampler: Sampler = {
  provider: 'postal',

  async source() {
    const pair = await crypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
    const spki = new Uint8Array(await crypto.subtle.exportKey('spki', pair.publicKey));
    return { source: { secrets: { keys: [toBase64(spki)] } }, signing: pair.privateKey };
  },

  async request(payload, signing) {
    if (!(signing instanceof CryptoKey)) throw new TypeError('signing must be the private key of source()');
    const body = JSON.stringify(payload);
    const signature = await crypto.subtle.sign(RSA.name, signing, utf8(body));
    return {
      headers: {
        'content-type': 'application/json',
        'x-postal-signature-256': toBase64(new Uint8Array(signature)),
      },
      body,
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Postal is told 550 5.1.1', 'MessageDeliveryFailed', {
        status: 'HardFail',
        details: 'Permanent SMTP delivery error when sending to mx.example.com',
        output: '550 5.1.1 The email account that you tried to reach does not exist.\n',
      }),
      sample('deferral', 'Postal is asked to come back later', 'MessageDelayed', {
        status: 'SoftFail',
        details: 'Temporary SMTP delivery error when sending to mx.example.com',
        output: '451 4.7.1 Greylisted, please try again in 300 seconds\n',
      }),
      sample('reject', 'Postal holds mail to an address on its list', 'MessageHeld', {
        status: 'Held',
        details: 'Recipient (reject@example.com) is on the suppression list (reason: too many hard fails)',
        output: '',
      }),
      sample('delivery', 'The receiver takes a message', 'MessageSent', {
        status: 'Sent',
        details: 'Message for delivery@example.com accepted by mx.example.com',
        output: '250 2.0.0 OK\n',
      }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, event: string, fields: Readonly<Record<string, unknown>>): Sample => {
    const recipient = `${kind}@example.com`;
    const at = (now - MINUTE) / SECOND;
    const payload = {
      event,
      timestamp: at,
      payload: {
        message: {
          id: 1563,
          token: 'q1Zt5yVQm0cA',
          direction: 'outgoing',
          message_id: `${crypto.randomUUID()}@rp.postal.example.org`,
          to: recipient,
          from: 'news@example.org',
          subject: 'The news',
          timestamp: at - 1,
          spam_status: 'NotChecked',
          tag: 'newsletter',
        },
        sent_with_ssl: true,
        timestamp: at,
        time: 0.89,
        ...fields,
      },
      uuid: crypto.randomUUID(),
    };
    return { title, kind, recipient, payload };
  };
