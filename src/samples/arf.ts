/** Abuse reports as mailbox providers write them. https://www.rfc-editor.org/rfc/rfc5965 */
import { HOUR, MINUTE } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const arfSampler: Sampler = {
  provider: 'arf',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing) {
    if (typeof signing !== 'string') throw new TypeError('signing must be the key of source()');
    if (typeof payload !== 'string') throw new TypeError('payload must be a message');
    return {
      headers: { 'content-type': 'message/rfc822', authorization: `Bearer ${signing}` },
      body: payload,
    };
  },

  samples(now) {
    return [sampleAt(now, 'complaint@example.com')];
  },
};

const rfc5322Date = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000');

function sampleAt(now: number, recipient: string): Sample {
  const id = `complaint.${now.toString(36)}`;
  const boundary = `=_${id}`;
  const lines = [
    'From: Feedback loop <fbl@mailbox.example.net>',
    'To: fbl@example.org',
    'Subject: FW: October',
    `Date: ${rfc5322Date(now - MINUTE)}`,
    `Message-ID: <report.${id}@mailbox.example.net>`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/report; report-type=feedback-report; boundary="${boundary}"`,
    '',
    `--${boundary}`,
    'Content-Type: text/plain; charset=us-ascii',
    '',
    'This is an email abuse report.',
    `--${boundary}`,
    'Content-Type: message/feedback-report',
    '',
    'Feedback-Type: abuse',
    'User-Agent: Example/1.0',
    'Version: 1',
    'Original-Mail-From: <news@example.org>',
    `Original-Rcpt-To: <${recipient}>`,
    `--${boundary}`,
    'Content-Type: message/rfc822',
    '',
    'From: news@example.org',
    `To: ${recipient}`,
    'Subject: October',
    `Date: ${rfc5322Date(now - HOUR)}`,
    `Message-ID: <${id}@example.org>`,
    '',
    'Hello.',
    `--${boundary}--`,
    '',
  ];
  return {
    title: 'A mailbox provider reports that somebody called it spam',
    kind: 'complaint',
    recipient,
    payload: lines.join('\r\n'),
  };
}
