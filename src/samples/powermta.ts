/** PowerMTA accounting records as CSV, proven by a header. */
import type { Kind } from '../core/event.ts';
import { MINUTE } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

const quoted = (value: unknown): string => `"${String(value).replaceAll('"', '""')}"`;

export const powermtaSampler: Sampler = {
  provider: 'powermta',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing) {
    const record = payload as Record<string, unknown>;
    const body = `${Object.keys(record).join(',')}\r\n${Object.values(record).map(quoted).join(',')}\r\n`;
    return { headers: { 'content-type': 'text/csv', 'x-mailstop-key': String(signing) }, body };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'PowerMTA logs a 550 5.1.1', {
        type: 'b',
        dsnAction: 'failed',
        dsnStatus: '5.1.1 (bad destination mailbox address)',
        dsnDiag: 'smtp;550 5.1.1 The email account that you tried to reach does not exist.',
        bounceCat: 'bad-mailbox',
      }),
      sample('deferral', 'PowerMTA is told to come back later', {
        type: 't',
        dsnAction: 'delayed',
        dsnStatus: '4.7.1 (delivery not authorized)',
        dsnDiag: 'smtp;451 4.7.1 Greylisted, please try again later',
        bounceCat: 'policy-related',
      }),
      sample('complaint', 'A feedback report names the recipient', { type: 'f', feedbackType: 'abuse' }),
      sample('delivery', 'The receiver takes a message', {
        type: 'd',
        dsnAction: 'relayed',
        dsnStatus: '2.0.0 (success)',
        dsnDiag: 'smtp;250 2.0.0 OK',
        bounceCat: '',
      }),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, { type, ...record }: Record<string, unknown>): Sample => {
    const recipient = `${kind}@example.com`;
    // As PowerMTA writes them: 2026-01-10 11:00:00+0000.
    const at = `${new Date(now - MINUTE).toISOString().slice(0, 19).replace('T', ' ')}+0000`;
    const payload = {
      type,
      timeLogged: at,
      timeQueued: at,
      orig: 'news@example.org',
      rcpt: recipient,
      vmtaPool: 'bulk',
      jobId: 'autumn',
      ...record,
    };
    return { title, kind, recipient, payload };
  };
