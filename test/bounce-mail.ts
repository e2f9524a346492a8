/** A delivery report as Postfix writes one; each is another message. */

interface Bounce {
  readonly recipient?: string;
  readonly to?: string;
  readonly at?: number;
}
let written = 0;

export function bounceMail({
  recipient = 'ann@example.com',
  to = 'bounces@example.org',
  at = Date.now() - 60_000,
}: Bounce): string {
  written += 1;
  return [
    'From: Mail Delivery System <MAILER-DAEMON@mx.example.net>',
    `To: ${to}`,
    'Subject: Undelivered Mail Returned to Sender',
    `Message-ID: <${written}.${process.pid}.${at}@mx.example.net>`,
    `Date: ${new Date(at).toUTCString()}`,
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    `<${recipient}>: no such user`,
    '',
    '--b',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mx.example.net',
    '',
    `Final-Recipient: rfc822; ${recipient}`,
    'Action: failed',
    'Status: 5.1.1',
    'Diagnostic-Code: smtp; 550 5.1.1 no such user',
    '',
    '--b--',
    '',
  ].join('\n');
}
