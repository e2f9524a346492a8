import { type Documented, each } from './documented.ts';

const line =
  (daemon: string, fields: string) =>
  (to: string): string =>
    `2026-01-10T11:00:00+00:00 mta1 postfix/${daemon}[99]: 4F2B11A2C3D: to=<${to}>, ${fields}\n`;
const words = (status: string) => (status === 'expired' ? `${status}, returned to sender` : status);

/** There is no page: the words are in the source (log_adhoc.c, bounce.c, verify.c, qmgr_active.c). */
export const postfix: Documented = {
  page: 'https://github.com/vdukhovni/postfix/tree/master/postfix/src',
  labels: {
    ...each(
      ['sent', 'deferred', 'bounced', 'SOFTBOUNCE', 'expired', 'undeliverable', 'deliverable'],
      (status, to) => line('smtp', `relay=none, delay=1, delays=0/0/1/0, status=${words(status)}`)(to),
    ),
    'sent/filter': line(
      'smtp',
      'relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/1/0, status=sent (Ok: queued as 5A)',
    ),
    'sent/discard': line('discard', 'relay=none, delay=0, delays=0/0/0/0, status=sent (unwanted)'),
    'force-expired': () =>
      'Jan  5 10:00:00 mta1 postfix/qmgr[9]: 4F2B11A2C3D: from=<a@example.org>, status=force-expired, returned to sender',
  },
  novelty: ['novelty', line('smtp', 'relay=none, delay=1, status=novelty (new)')],
};
