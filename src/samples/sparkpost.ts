/** SparkPost batches, proven by a custom header. https://developers.sparkpost.com/api/webhooks/ */
import type { Kind } from '../core/event.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const sparkpostSampler: Sampler = {
  provider: 'sparkpost',

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
      sample('bounce', 'SparkPost reports a 550 5.1.1', 'message_event', {
        type: 'bounce',
        bounce_class: '10',
        error_code: '550',
        raw_reason: '550 5.1.1 The email account that you tried to reach does not exist.',
      }),
      sample('deferral', 'SparkPost is asked to come back later', 'message_event', {
        type: 'delay',
        bounce_class: '20',
        error_code: '451',
        raw_reason: '451 4.7.1 Greylisted, please try again in 300 seconds',
      }),
      sample('reject', 'SparkPost does not try an address on its list', 'message_event', {
        type: 'bounce',
        bounce_class: '25',
        error_code: '554',
        raw_reason: '554 5.7.1 [internal] recipient address was suppressed due to customer policy',
      }),
      sample('complaint', 'A recipient reports spam', 'message_event', {
        type: 'spam_complaint',
        fbtype: 'abuse',
        report_by: 'mailbox.example',
      }),
      sample('unsubscribe', 'A recipient uses the List-Unsubscribe header', 'unsubscribe_event', {
        type: 'list_unsubscribe',
      }),
      sample('delivery', 'The receiver takes a message', 'message_event', { type: 'delivery' }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, eventClass: string, fields: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    const event = {
      rcpt_to: recipient,
      raw_rcpt_to: recipient,
      timestamp: String(Math.floor((now - MINUTE) / SECOND)),
      event_id: digits(),
      transmission_id: digits(),
      message_id: `message-${kind}-${now.toString(36)}`,
      rcpt_tags: ['newsletter'],
      rcpt_meta: {},
      ...fields,
    };
    return { title, kind, recipient, payload: [{ msys: { [eventClass]: event } }] };
  };

/** SparkPost's ids are 17 or 18 digits, more than a double holds, in a string. */
const digits = (): string =>
  `9${crypto.getRandomValues(new BigUint64Array(1)).join('').slice(-17).padStart(17, '0')}`;
