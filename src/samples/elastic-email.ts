/**
 * Elastic Email requests, as it POSTs them.
 * https://help.elasticemail.com/en/articles/4804685-notification-settings
 */
import type { Kind } from '../core/event.ts';
import { MINUTE } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const elasticEmailSampler: Sampler = {
  provider: 'elastic-email',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  /** Elastic Email has the secret in the URL; a sample knows no URL, and has it in the header that stands for it. */
  async request(payload, signing) {
    return {
      headers: { 'content-type': 'application/json', 'x-mailstop-key': String(signing) },
      body: JSON.stringify(payload),
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Elastic Email finds no mailbox', 'Error', 'NoMailbox'),
      sample('deferral', 'Elastic Email meets greylisting and tries again', 'Error', 'GreyListed'),
      sample('reject', 'Elastic Email does not try a blocked address', 'Error', 'NotDelivered'),
      sample('complaint', 'A recipient reports spam', 'AbuseReport', 'Unknown'),
      sample('unsubscribe', 'A recipient unsubscribes', 'Unsubscribed', 'Unknown'),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, status: string, category: string): Sample => {
    const recipient = `${kind}@example.com`;
    const payload = {
      transaction: crypto.randomUUID(),
      to: recipient,
      from: 'news@example.org',
      date: usDate(now - MINUTE),
      subject: 'Your invoice',
      status,
      category,
      channel: 'API',
      account: 'news@example.org',
      messageid: `${kind}-${now.toString(36)}`,
      target: '',
      postback: '',
    };
    return { title, kind, recipient, payload };
  };

/** "1/15/2026 10:00:00 AM", UTC. */
function usDate(at: number): string {
  const [year, month, day, hour, minute, second] = new Date(at).toISOString().split(/\D/).map(Number);
  const two = (number = 0) => String(number).padStart(2, '0');
  const clock = `${(hour ?? 0) % 12 || 12}:${two(minute)}:${two(second)} ${(hour ?? 0) < 12 ? 'AM' : 'PM'}`;
  return `${month}/${day}/${year} ${clock}`;
}
