/** Bounce mail as Postfix and its kin write it. https://www.rfc-editor.org/rfc/rfc3464 */
import type { Kind } from '../core/event.ts';
import { HOUR, MINUTE } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const dsnSampler: Sampler = {
  provider: 'dsn',

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
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Bounce mail reports a 550 5.1.1', [
        'Action: failed',
        'Status: 5.1.1',
        'Remote-MTA: dns; mx.example.com',
        'Diagnostic-Code: smtp; 550 5.1.1 <bounce@example.com>: Recipient address rejected: User unknown',
      ]),
      sample('deferral', 'An MTA says that it still tries', [
        'Action: delayed',
        'Status: 4.2.2',
        'Remote-MTA: dns; mx.example.com',
        'Diagnostic-Code: smtp; 452 4.2.2 Mailbox full',
      ]),
      sample('delivery', 'An MTA confirms a delivery', [
        'Action: delivered',
        'Status: 2.0.0',
        'Diagnostic-Code: smtp; 250 2.0.0 OK',
      ]),
    ];
  },
};

const rfc5322Date = (at: number): string => new Date(at).toUTCString().replace('GMT', '+0000');

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, fields: readonly string[]): Sample => {
    const recipient = `${kind}@example.com`;
    const id = `${kind}.${now.toString(36)}`;
    const boundary = `=_${id}`;
    const lines = [
      'From: Mail Delivery System <MAILER-DAEMON@mta.example.org>',
      'To: news@example.org',
      'Subject: Delivery Status Notification',
      `Date: ${rfc5322Date(now - MINUTE)}`,
      `Message-ID: <report.${id}@mta.example.org>`,
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      `Content-Type: multipart/report; report-type=delivery-status; boundary="${boundary}"`,
      '',
      `--${boundary}`,
      'Content-Type: text/plain; charset=us-ascii',
      '',
      'This is the mail system at host mta.example.org.',
      `--${boundary}`,
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mta.example.org',
      '',
      `Final-Recipient: rfc822; ${recipient}`,
      ...fields,
      '',
      `--${boundary}`,
      'Content-Type: text/rfc822-headers',
      '',
      'From: news@example.org',
      `To: ${recipient}`,
      `Date: ${rfc5322Date(now - HOUR)}`,
      `Message-ID: <${id}@example.org>`,
      '',
      `--${boundary}--`,
      '',
    ];
    return { title, kind, recipient, payload: lines.join('\r\n') };
  };
