/** Events of Cloudflare Email Sending, as a queue consumer posts them. */
import type { Kind } from '../core/event.ts';
import { MINUTE } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const cloudflareSampler: Sampler = {
  provider: 'cloudflare',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing) {
    return {
      headers: { 'content-type': 'application/json', 'x-mailstop-key': String(signing) },
      body: JSON.stringify([payload]),
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Cloudflare reports a 550 5.1.1', 'bounced', {
        delivery: {
          status: 'bounced',
          smtpStatusCode: '550',
          smtpEnhancedStatusCode: '5.1.1',
          smtpResponse: '550 5.1.1 No such user here',
        },
        bounce: { type: 'hard', classification: 'permanent_failure', reason: '550 5.1.1 No such user here' },
      }),
      sample('deferral', 'Cloudflare is told to come back later', 'deferred', {
        delivery: {
          status: 'deferred',
          smtpStatusCode: '451',
          smtpEnhancedStatusCode: '4.7.1',
          smtpResponse: '451 4.7.1 Greylisted, please try again later',
        },
        bounce: { type: 'soft', classification: 'temporary_failure' },
      }),
      sample('reject', 'Cloudflare does not try an address on its list', 'rejected', {
        delivery: { status: 'rejected' },
        rejection: { reason: 'suppressed', party: 'recipient', detail: 'Recipient is suppressed' },
      }),
      sample('complaint', 'A recipient reports spam', 'complained', {
        delivery: { status: 'complained' },
        complaint: { type: 'abuse' },
      }),
      sample('delivery', 'The receiver takes a message', 'delivered', {
        delivery: {
          status: 'delivered',
          smtpStatusCode: '250',
          smtpEnhancedStatusCode: '2.0.0',
          smtpResponse: '250 2.0.0 OK',
        },
      }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, name: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      type: `cf.email.sending.message.${name}`,
      source: { type: 'email.sending', zoneId: 'b0b0', domain: 'send.example.org' },
      payload: {
        eventId: crypto.randomUUID(),
        messageId: crypto.randomUUID(),
        sender: 'news@send.example.org',
        recipient,
        terminal: kind !== 'deferral',
        ...fields,
      },
      metadata: { eventSchemaVersion: 1, eventTimestamp: new Date(now - MINUTE).toISOString() },
    };
    return { title, kind, recipient, payload };
  };
