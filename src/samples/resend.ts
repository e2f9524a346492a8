/** Signed Resend requests. https://resend.com/docs/webhooks/event-types */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND, toRfc3339 } from '../core/time.ts';
import { fromBase64, toBase64, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const resendSampler: Sampler = {
  provider: 'resend',

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
        'svix-id': id,
        'svix-timestamp': timestamp,
        'svix-signature': `v1,${signature}`,
      },
      body,
    };
  },

  samples(now) {
    const message = messageAt(now);
    const at = toRfc3339(now - MINUTE);
    const entry = { id: crypto.randomUUID(), origin: 'complaint', source_id: null, created_at: at };
    const topics = (kind: Kind, title: string, subscription: string): Sample =>
      wrap(kind, title, 'contact.topics.updated', at, {
        email: addressOf(kind),
        topics: [{ id: 'b5f7f0c2-0000-4000-8000-5d1b5b6d2f10', subscription }],
      });
    return [
      message('bounce', 'Resend reports a hard bounce', 'email.bounced', {
        bounce: {
          type: 'Permanent',
          subType: 'General',
          message: "The recipient's email provider sent a hard bounce message.",
        },
      }),
      message('deferral', 'Resend still tries', 'email.delivery_delayed', {}),
      message('reject', 'Resend does not try an address on its list', 'email.suppressed', {
        suppressed: {
          type: 'OnAccountSuppressionList',
          message: 'Resend has suppressed sending to this address because it is on the suppression list.',
        },
      }),
      wrap('reject', 'Resend puts an address on its list for a complaint', 'suppression.added', at, {
        ...entry,
        email: addressOf('reject'),
      }),
      message('complaint', 'A recipient reports spam', 'email.complained', {}),
      topics('unsubscribe', 'A contact leaves a topic', 'opt_out'),
      topics('resubscribe', 'A contact comes back to the topic', 'opt_in'),
      message('delivery', 'The receiver takes a message', 'email.delivered', {}),
    ];
  },
};

const addressOf = (kind: Kind): string => `${kind}@example.com`;

const wrap = (
  kind: Kind,
  title: string,
  type: string,
  at: string,
  data: Record<string, unknown>,
): Sample => ({
  title,
  kind,
  recipient: addressOf(kind),
  payload: { type, created_at: at, data },
});

const messageAt =
  (now: number) =>
  (kind: Kind, title: string, type: string, fields: Record<string, unknown>): Sample =>
    wrap(kind, title, type, toRfc3339(now - MINUTE), {
      created_at: toRfc3339(now - 2 * MINUTE),
      email_id: crypto.randomUUID(),
      from: 'Example <news@example.net>',
      to: [addressOf(kind)],
      subject: 'News',
      tags: { category: 'newsletter' },
      ...fields,
    });
