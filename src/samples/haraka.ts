/** Reports of Haraka's plugin, proven by a header that it sets. */
import type { Kind } from '../core/event.ts';
import { MINUTE } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const harakaSampler: Sampler = {
  provider: 'haraka',

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
      sample('bounce', 'Haraka is told 550 5.1.1', 'bounce', {
        code: '550',
        enhanced: '5.1.1',
        text: 'No such user here',
      }),
      sample('deferral', 'Haraka is told to come back later', 'deferred', {
        code: '451',
        enhanced: '4.7.1',
        text: 'Greylisted, please try again later',
      }),
      sample('delivery', 'The receiver takes a message', 'delivered', {}),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, hook: string, reply: Record<string, unknown>): Sample => {
    const address = `${kind}@example.com`;
    const at = new Date(now - MINUTE).toISOString();
    const payload = {
      hook,
      id: `${crypto.randomUUID().toUpperCase()}.1`,
      attempts: 0,
      at,
      queued_at: at,
      words: null,
      recipients: [{ address, ...reply }],
    };
    return { title, kind, recipient: address, payload };
  };
