/** KumoMTA log records, proven by a header that its Lua hook sets. https://docs.kumomta.com/reference/log_record/ */
import type { Kind } from '../core/event.ts';
import { MINUTE } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const kumomtaSampler: Sampler = {
  provider: 'kumomta',

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
      sample('bounce', 'KumoMTA logs a 550 5.1.1', {
        type: 'Bounce',
        bounce_classification: 'InvalidRecipient',
        response: {
          code: 550,
          enhanced_code: { class: 5, subject: 1, detail: 1 },
          content: 'No such user here',
          command: 'RCPT TO',
        },
      }),
      sample('deferral', 'KumoMTA is told to come back later', {
        type: 'TransientFailure',
        bounce_classification: 'TransientFailure',
        response: {
          code: 451,
          enhanced_code: { class: 4, subject: 7, detail: 1 },
          content: 'Greylisted, please try again later',
          command: 'RCPT TO',
        },
      }),
      sample('complaint', 'A feedback report names whom KumoMTA had written to', {
        type: 'Feedback',
        recipient: 'fbl@example.org',
        response: { code: 0, enhanced_code: null, content: '', command: null },
        feedback_report: {
          feedback_type: 'abuse',
          original_rcpto_to: [],
          supplemental_trace: { recipient: 'complaint@example.com' },
        },
      }),
      sample('delivery', 'The receiver takes a message', {
        type: 'Delivery',
        response: {
          code: 250,
          enhanced_code: { class: 2, subject: 0, detail: 0 },
          content: 'OK queued',
          command: '.',
        },
      }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, record: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const at = new Date(now - MINUTE).toISOString().replace('Z', '123456Z'); // nine digits, as KumoMTA writes them
    const payload = {
      id: crypto.randomUUID().replaceAll('-', ''),
      sender: 'news@example.org',
      recipient,
      queue: 'autumn:shop@example.com',
      timestamp: Math.floor((now - MINUTE) / 1_000),
      event_time: at,
      created_time: at,
      num_attempts: 0,
      bounce_classification: 'Uncategorized',
      headers: {},
      reception_protocol: 'ESMTP',
      ...record,
    };
    return { title, kind, recipient, payload };
  };
