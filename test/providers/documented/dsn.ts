import { type Documented, each, type Say } from './documented.ts';

const report =
  (fields: string): Say =>
  (to) =>
    [
      `Message-ID: <${to}>`,
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example.net',
      '',
      `Final-Recipient: rfc822; ${to}`,
      fields,
      '',
      '--b--',
      '',
    ].join('\r\n');

export const dsn: Documented = {
  page: 'https://www.rfc-editor.org/rfc/rfc3464#section-2.3.3',
  contentType: 'message/rfc822',
  labels: {
    ...each(['failed', 'delayed', 'delivered', 'relayed', 'expanded'], (action, to) =>
      report(`Action: ${action}`)(to),
    ),
    expired: report('Action: expired'), // SendGrid's
    ...each(
      ['2', '4', '5'],
      (digit, to) => report(`Status: ${digit}.0.0`)(to),
      (digit) => `status ${digit}`,
    ),
    'auto-reply': (to) =>
      `From: ${to}\r\nAuto-Submitted: auto-replied\r\nSubject: Re: October\r\n\r\nAway.\r\n`,
    'read-receipt': (to) =>
      report('Disposition: manual-action/MDN-sent-manually; displayed')(to)
        ?.toString()
        .replaceAll('delivery-status', 'disposition-notification'),
  },
  novelty: ['teleported', report('Action: teleported')],
};
