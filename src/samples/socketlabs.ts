/** SocketLabs events with the secret key of an endpoint. http://help.socketlabs.com/docs/event-webhooks-events */
import type { Kind } from '../core/event.ts';
import { MINUTE, toRfc3339 } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const socketlabsSampler: Sampler = {
  provider: 'socketlabs',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(10)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing) {
    return {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...(payload as object), SecretKey: signing }),
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'SocketLabs reports a 550 5.1.1', 'Failed', {
        FailureType: 'Permanent',
        FailureCode: 2001,
        BounceStatus: '5.1.1',
        DiagnosticCode: 'smtp;550 5.1.1 The email account that you tried to reach does not exist',
        Reason: 'The email address is invalid',
        RemoteMta: 'mx.example.com',
      }),
      sample('deferral', 'SocketLabs is asked to come back later', 'Deferred', {
        DeferralCode: 3003,
        Reason: '451 4.7.1 Greylisted, please try again in 300 seconds',
      }),
      sample('reject', 'SocketLabs does not try an address on its list', 'Failed', {
        FailureType: 'Suppressed',
      }),
      sample('complaint', 'A recipient reports spam', 'Complaint', { FblType: 'abuse' }),
      sample('unsubscribe', 'A recipient unsubscribes', 'Tracking', { TrackingType: 'Unsubscribe' }),
      sample('delivery', 'The receiver takes a message', 'Delivered', { Response: '250 2.0.0 OK' }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, type: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      Type: type,
      DateTime: toRfc3339(now - MINUTE),
      MailingId: 'mailing-7',
      MessageId: `${kind}-${now.toString(36)}`,
      Address: recipient,
      ServerId: 12345,
      Data: { Meta: [], Tags: ['newsletter'] },
      ...fields,
    };
    return { title, kind, recipient, payload };
  };
