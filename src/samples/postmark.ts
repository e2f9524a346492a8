/** Postmark requests, proven by a custom header. https://postmarkapp.com/developer/webhooks/webhooks-overview */
import type { Kind } from '../core/event.ts';
import { MINUTE } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const postmarkSampler: Sampler = {
  provider: 'postmark',

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
      sample('bounce', 'Postmark reports a 550 5.1.1', (recipient, at) => ({
        RecordType: 'Bounce',
        ID: 4_323_372_036_854,
        Type: 'HardBounce',
        TypeCode: 1,
        Email: recipient,
        Details: 'smtp;550 5.1.1 The email account that you tried to reach does not exist.',
        BouncedAt: at,
        Inactive: true,
        CanActivate: true,
      })),
      sample('deferral', 'Postmark could not look up the domain for now', (recipient, at) => ({
        RecordType: 'Bounce',
        ID: 4_323_372_036_855,
        Type: 'DnsError',
        TypeCode: 256,
        Email: recipient,
        Details: 'smtp;451 4.4.3 Temporary lookup failure',
        BouncedAt: at,
        Inactive: false,
        CanActivate: false,
      })),
      sample('reject', 'Postmark puts an address on its list for a hard bounce', (recipient, at) => ({
        RecordType: 'SubscriptionChange',
        Recipient: recipient,
        ChangedAt: at,
        Origin: 'Recipient',
        SuppressSending: true,
        SuppressionReason: 'HardBounce',
      })),
      sample('complaint', 'A recipient reports spam', (recipient, at) => ({
        RecordType: 'SpamComplaint',
        ID: 4_323_372_036_856,
        Type: 'SpamComplaint',
        TypeCode: 100001,
        Email: recipient,
        BouncedAt: at,
        Inactive: true,
        CanActivate: false,
      })),
      sample('unsubscribe', 'A recipient leaves a message stream', (recipient, at) => ({
        RecordType: 'SubscriptionChange',
        Recipient: recipient,
        ChangedAt: at,
        Origin: 'Recipient',
        SuppressSending: true,
        SuppressionReason: 'ManualSuppression',
      })),
      sample('resubscribe', 'An address is taken off the list of the stream', (recipient, at) => ({
        RecordType: 'SubscriptionChange',
        MessageID: null,
        Recipient: recipient,
        ChangedAt: at,
        Origin: 'Customer',
        SuppressSending: false,
        SuppressionReason: null,
      })),
      sample('delivery', 'The receiver takes a message', (recipient, at) => ({
        RecordType: 'Delivery',
        Recipient: recipient,
        DeliveredAt: at,
        Details: 'smtp;250 2.0.0 OK',
      })),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, record: (recipient: string, at: string) => Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const at = new Date(now - MINUTE).toISOString().replace('Z', '0000Z'); // seven digits, as Postmark writes them
    const payload = {
      MessageID: crypto.randomUUID(),
      ServerID: 23,
      MessageStream: 'broadcast',
      Tag: 'newsletter',
      ...record(recipient, at),
    };
    return { title, kind, recipient, payload };
  };
