/** Signed Hyvor Relay requests. https://relay.hyvor.com/docs/webhooks */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import { toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const hyvorRelaySampler: Sampler = {
  provider: 'hyvor-relay',

  async source() {
    const secret = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return { source: { secrets: { keys: [secret] } }, signing: secret };
  },

  async request(payload, signing) {
    const body = JSON.stringify(payload);
    const signature = toHex(await hmacSha256(utf8(String(signing)), utf8(body)));
    return { headers: { 'content-type': 'application/json', 'x-signature': signature }, body };
  },

  samples(now) {
    const at = Math.floor((now - MINUTE) / SECOND);
    const sample = sampleAt(at);
    const entry = (email: string, reason: string) => ({
      suppression: { id: 7, created_at: at, email, reason, description: null },
    });
    return [
      sample('bounce', 'Hyvor Relay reports a 550 5.1.1', 'send.recipient.bounced', {
        attempt: attempt(at, 'bounced', 550, '5.1.1', 'The email account does not exist.'),
      }),
      sample('bounce', 'A bounce message comes after the mail was taken', 'send.recipient.bounced', {
        attempt: null,
        bounce: { text: '550 5.1.1 No such user here', status: '5.1.1' },
      }),
      sample('deferral', 'Hyvor Relay still tries a full mailbox', 'send.recipient.deferred', {
        attempt: attempt(at, 'deferred', 452, '4.2.2', 'The mailbox is full'),
      }),
      sample('reject', 'Hyvor Relay does not try an address on its list', 'send.recipient.suppressed', {
        ...entry('reject@example.com', 'bounce'),
      }),
      sample('complaint', 'A recipient reports spam', 'send.recipient.complained', {
        complaint: { text: 'This is an abuse report', feedback_type: 'abuse' },
      }),
      {
        title: 'An address is taken off the list',
        kind: 'resubscribe',
        recipient: 'resubscribe@example.com',
        payload: { event: 'suppression.deleted', payload: entry('resubscribe@example.com', 'complaint') },
      },
      sample('delivery', 'The receiver takes a message', 'send.recipient.accepted', {
        attempt: attempt(at, 'accepted', 250, '2.0.0', 'OK'),
      }),
    ];
  },
};

const attempt = (at: number, status: string, code: number, enhanced: string, text: string) => ({
  id: 100,
  created_at: at,
  status,
  try_count: 1,
  responded_mx_host: 'mx.example.com',
  recipients: [
    {
      recipient_id: 10,
      recipient_status: status,
      smtp_code: code,
      smtp_enhanced_code: enhanced,
      smtp_message: text,
    },
  ],
  error: null,
});

const sampleAt =
  (at: number) =>
  (kind: Kind, title: string, event: string, parts: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      send: { id: 1, uuid: crypto.randomUUID(), created_at: at - 60, from_address: 'news@example.net' },
      recipient: { id: 10, type: 'to', address: recipient, name: '', try_count: 1 },
      ...parts,
    };
    return { title, kind, recipient, payload: { event, payload } };
  };
