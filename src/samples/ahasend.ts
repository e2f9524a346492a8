/** Signed AhaSend requests. https://ahasend.com/docs/api-reference/webhooks */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND, toRfc3339 } from '../core/time.ts';
import { toBase64, toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const ahasendSampler: Sampler = {
  provider: 'ahasend',

  async source() {
    const secret = `aha-whsec-${toHex(crypto.getRandomValues(new Uint8Array(16)))}`;
    return { source: { secrets: { keys: [secret] } }, signing: secret };
  },

  async request(payload, signing, now) {
    const id = `msg_${crypto.randomUUID().replaceAll('-', '')}`;
    const timestamp = String(Math.floor(now / SECOND));
    const body = JSON.stringify(payload);
    const mac = await hmacSha256(utf8(String(signing)), utf8(`${id}.${timestamp}.${body}`));
    return {
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${toBase64(mac)}`,
      },
      body,
    };
  },

  samples(now) {
    const message = messageAt(now);
    const at = timeOf(now - MINUTE);
    return [
      message('bounce', 'AhaSend reports a 550 5.1.1', 'bounced', {
        classification: 'InvalidRecipient',
        smtp_code: 550,
        enhanced_status_code: '5.1.1',
        response: 'The email account that you tried to reach does not exist',
        command: 'RCPT TO',
      }),
      message('deferral', 'AhaSend still tries a full mailbox', 'transient_error', {
        classification: 'QuotaIssues',
        smtp_code: 452,
        enhanced_status_code: '4.2.2',
        response: "The recipient's inbox is out of storage space",
        command: 'RCPT TO',
      }),
      message('reject', 'AhaSend does not try an address on its list', 'suppressed', null),
      {
        title: 'AhaSend puts an address on its list for hard bounces',
        kind: 'reject',
        recipient: 'reject@example.com',
        payload: {
          type: 'suppression.created',
          webhook_id: crypto.randomUUID(),
          timestamp: at,
          data: {
            recipient: 'reject@example.com',
            created_at: at,
            expires_at: timeOf(now + 30 * 24 * 60 * MINUTE),
            reason: 'Too many hard bounces',
            sending_domain: 'example.net',
          },
        },
      },
      message('delivery', 'The receiver takes a message', 'delivered', {
        smtp_code: 250,
        enhanced_status_code: '2.0.0',
        response: 'OK: queued',
        command: 'DATA',
      }),
    ];
  },
};

const timeOf = (at: number): string => toRfc3339(at).replace('Z', '000000Z'); // nanoseconds, as AhaSend writes them

const messageAt =
  (now: number) =>
  (kind: Kind, title: string, what: string, attempt: Record<string, unknown> | null): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      type: `message.${what}`,
      webhook_id: crypto.randomUUID(),
      timestamp: timeOf(now - MINUTE),
      data: {
        event: `on_${what}`,
        from: 'news@example.net',
        recipient,
        subject: 'News',
        message_id_header: `<${crypto.randomUUID()}@example.net>`,
        id: crypto.randomUUID().replaceAll('-', ''),
        ...(attempt && { delivery_attempt: attempt }),
      },
    };
    return { title, kind, recipient, payload };
  };
