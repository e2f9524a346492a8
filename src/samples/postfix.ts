/** Lines of Postfix's log, proven by a header that the log shipper sets. */
import type { Kind } from '../core/event.ts';
import { MINUTE } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const postfixSampler: Sampler = {
  provider: 'postfix',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing) {
    return {
      headers: { 'content-type': 'text/plain', 'x-mailstop-key': String(signing) },
      body: `${String(payload)}\n`,
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample(
        'bounce',
        'Postfix is told 550 5.1.1',
        'dsn=5.1.1, status=bounced (host mx.example.com[192.0.2.9] said: 550 5.1.1 No such user here)',
      ),
      sample(
        'deferral',
        'Postfix is told to come back later',
        'dsn=4.7.1, status=deferred (host mx.example.com[192.0.2.9] said: 451 4.7.1 Greylisted, please try again later)',
      ),
      sample('delivery', 'The receiver takes a message', 'dsn=2.0.0, status=sent (250 2.0.0 OK)'),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, outcome: string): Sample => {
    const recipient = `${kind}@example.com`;
    const at = new Date(now - MINUTE).toISOString().replace('Z', '456+00:00');
    const id = toHex(crypto.getRandomValues(new Uint8Array(5))).toUpperCase();
    const payload = `${at} mta1 postfix/smtp[1234]: ${id}: to=<${recipient}>, relay=mx.example.com[192.0.2.9]:25, delay=1.2, delays=0.1/0.01/0.5/0.6, ${outcome}`;
    return { title, kind, recipient, payload };
  };
