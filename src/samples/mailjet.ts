/** Mailjet requests, grouped, proven by a secret of one's own. https://dev.mailjet.com/email/guides/webhooks/ */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const mailjetSampler: Sampler = {
  provider: 'mailjet',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  /** Mailjet has the secret in the URL; a sample knows no URL, and has it in the header that stands for it. */
  async request(payload, signing) {
    return {
      headers: { 'content-type': 'application/json', 'x-mailstop-key': String(signing) },
      body: JSON.stringify([payload]),
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Mailjet reports a 550 5.1.1', 'bounce', {
        blocked: true,
        hard_bounce: true,
        error_related_to: 'recipient',
        error: 'user unknown',
        comment: '550 5.1.1 The email account that you tried to reach does not exist.',
      }),
      sample('deferral', 'Mailjet meets greylisting and tries again', 'bounce', {
        blocked: false,
        hard_bounce: false,
        error_related_to: 'domain',
        error: 'greylisted',
        comment: '451 4.7.1 Greylisted, please try again in 300 seconds',
      }),
      sample('reject', 'Mailjet does not try an address that bounced', 'blocked', {
        error_related_to: 'mailjet',
        error: 'preblocked',
      }),
      sample('complaint', 'A recipient reports spam', 'spam', { source: 'JMRPP' }),
      sample('unsubscribe', 'A recipient leaves a list', 'unsub', { mj_list_id: 12, ip: '192.0.2.7' }),
      sample('delivery', 'The receiver takes a message', 'sent', {
        smtp_reply: 'sent (250 2.0.0 OK 1790000000 a67bc12345def.22 - gsmtp)',
      }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, event: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      event,
      time: (now - MINUTE) / SECOND,
      MessageID: now,
      Message_GUID: crypto.randomUUID(),
      email: recipient,
      mj_campaign_id: 0,
      mj_contact_id: 1000,
      customcampaign: 'newsletter',
      CustomID: '',
      Payload: '',
      ...fields,
    };
    return { title, kind, recipient, payload };
  };
