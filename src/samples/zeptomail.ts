/** Signed ZeptoMail requests. https://www.zoho.com/zeptomail/help/webhooks.html */
import type { Kind } from '../core/event.ts';
import { MINUTE, toRfc3339 } from '../core/time.ts';
import { toBase64, toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const zeptomailSampler: Sampler = {
  provider: 'zeptomail',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing, now) {
    const body = JSON.stringify(payload);
    const signature = encodeURIComponent(toBase64(await hmacSha256(utf8(String(signing)), utf8(body))));
    return {
      headers: {
        'content-type': 'application/json',
        'producer-signature': `ts=${now};s=${signature};s-algorithm=HmacSHA256`,
      },
      body,
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'ZeptoMail reports a 550 5.1.1', 'hardbounce', {
        reason: 'Invalid recipient',
        diagnostic_message: '550 5.1.1 The email account that you tried to reach does not exist.',
        bounced_recipient: 'bounce@example.com',
      }),
      sample('complaint', 'A recipient reports spam', 'feedback loop', {}),
      sample('delivery', 'The receiver takes a message', 'delivered', {}),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, name: string, detail: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      event_name: [name],
      event_message: [
        {
          request_id: crypto.randomUUID(),
          email_info: {
            email_reference: crypto.randomUUID(),
            subject: 'News',
            to: [{ email_address: { address: recipient, name: 'Ann' } }],
          },
          event_data: [{ details: [{ time: toRfc3339(now - MINUTE), ...detail }] }],
        },
      ],
      webhook_request_id: crypto.randomUUID(),
    };
    return { title, kind, recipient, payload };
  };
