/** Forward Email requests, signed as it signs. https://forwardemail.net/en/faq#do-you-support-bounce-webhooks */
import type { Kind } from '../core/event.ts';
import { MINUTE } from '../core/time.ts';
import { toHex, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const forwardemailSampler: Sampler = {
  provider: 'forwardemail',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing) {
    const body = JSON.stringify(payload);
    const signature = toHex(await hmacSha256(utf8(String(signing)), utf8(body)));
    return { headers: { 'content-type': 'application/json', 'x-webhook-signature': signature }, body };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Forward Email reports a 550 5.1.1', '550 5.1.1 No such user here', {
        action: 'reject',
        category: 'recipient',
        code: 550,
        status: '5.1.1',
      }),
      sample('deferral', 'Forward Email still tries a full mailbox', '452 4.2.2 The mailbox is full', {
        action: 'defer',
        category: 'capacity',
        code: 452,
        status: '4.2.2',
      }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, response: string, bounce: Readonly<Record<string, unknown>>): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      email_id: `${kind}${now.toString(36)}`,
      recipient,
      message: response,
      response,
      response_code: bounce.code,
      bounce: { message: response, line: 1, ...bounce },
      bounced_at: new Date(now - MINUTE).toISOString(),
    };
    return { title, kind, recipient, payload };
  };
