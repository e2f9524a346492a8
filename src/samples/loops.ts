/** Signed Loops requests. https://loops.so/docs/webhooks */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import { fromBase64, toBase64, utf8 } from '../providers/verify/bytes.ts';
import { hmacSha256 } from '../providers/verify/hmac.ts';
import type { Sample, Sampler } from './sampler.ts';

export const loopsSampler: Sampler = {
  provider: 'loops',

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

  samples(now) {
    const sample = sampleAt(now);
    const list = { mailingList: { id: 'cm06f5v0e45nf0ml5754o9cix', name: 'Product news', isPublic: true } };
    return [
      sample('bounce', 'Loops reports a hard bounce', 'email.hardBounced', mail()),
      sample('deferral', 'Loops still tries after a soft bounce', 'email.softBounced', mail()),
      sample('complaint', 'A recipient reports spam', 'email.spamReported', mail()),
      sample('unsubscribe', 'A contact leaves a mailing list', 'contact.mailingList.unsubscribed', list),
      sample('resubscribe', 'A contact joins the list again', 'contact.mailingList.subscribed', list),
      sample('delivery', 'The receiver takes a message', 'email.delivered', mail()),
    ];
  },
};

const mail = () => ({
  sourceType: 'campaign',
  campaignId: 'cm4t1suns001uw6atri87v54s',
  email: { id: crypto.randomUUID(), emailMessageId: crypto.randomUUID(), subject: 'News' },
});

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, eventName: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      eventName,
      eventTime: Math.floor((now - MINUTE) / SECOND),
      webhookSchemaVersion: '1.0.0',
      contactIdentity: { id: crypto.randomUUID(), email: recipient, userId: null },
      ...fields,
    };
    return { title, kind, recipient, payload };
  };
