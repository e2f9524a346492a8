/** Requests in Mailstop's own form, signed as Standard Webhooks. */
import { type Kind, kinds } from '../core/event.ts';
import { MINUTE, SECOND, toRfc3339 } from '../core/time.ts';
import { fromBase64, toBase64, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const genericSampler: Sampler = {
  provider: 'generic',

  async source() {
    const secret = `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(24)))}`;
    return { source: { secrets: { keys: [secret] } }, signing: secret };
  },

  async request(payload, signing, now) {
    const key = fromBase64(String(signing).replace('whsec_', ''));
    if (key === null) throw new TypeError('signing must be the secret of source()');
    const id = `msg_${crypto.randomUUID().replaceAll('-', '')}`;
    const timestamp = String(Math.floor(now / SECOND));
    const body = JSON.stringify(payload);
    const signature = toBase64(await hmacSha256(key, utf8(`${id}.${timestamp}.${body}`)));
    return {
      headers: {
        'content-type': 'application/json',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${signature}`,
      },
      body,
    };
  },

  samples: (now) =>
    kinds.map((kind): Sample => {
      const recipient = `${kind}@example.com`;
      const { title, ...fields } = contents[kind];
      return {
        title,
        kind,
        recipient,
        payload: {
          recipient,
          event: kind,
          at: toRfc3339(now - MINUTE),
          id: crypto.randomUUID(),
          message_id: crypto.randomUUID(),
          ...fields,
        },
      };
    }),
};

const contents: Readonly<Record<Kind, { readonly title: string } & Readonly<Record<string, unknown>>>> = {
  bounce: {
    title: 'Your own MTA reports a 550 5.1.1',
    code: '550',
    enhanced: '5.1.1',
    text: '550 5.1.1 The email account that you tried to reach does not exist.',
  },
  deferral: {
    title: 'Your own MTA is asked to come back later',
    text: '451 4.7.1 Greylisted, please try again in 300 seconds',
  },
  reject: { title: 'Your own MTA refuses a malformed address', code: 553, enhanced: '5.1.3' },
  complaint: { title: 'A recipient reports spam', feedback: 'abuse' },
  unsubscribe: { title: 'A recipient leaves the newsletter', stream: 'newsletter' },
  resubscribe: { title: 'A recipient comes back to the newsletter', stream: 'newsletter' },
  delivery: { title: 'The receiver takes a message', code: '250' },
};
