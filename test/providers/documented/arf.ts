import { type Documented, each } from './documented.ts';

const report = (type: string, to: string): string =>
  [
    `Message-ID: <${to}>`,
    'Content-Type: multipart/report; report-type=feedback-report; boundary=b',
    '',
    '--b',
    'Content-Type: message/feedback-report',
    '',
    `Feedback-Type: ${type}`,
    'User-Agent: Example/1.0',
    'Version: 1',
    `Original-Rcpt-To: <${to}>`,
    '',
    '--b--',
    '',
  ].join('\r\n');

/** RFC 5965 7.3 and those registered since; opt-out of its drafts; dmarc of DMARC's. */
export const arf: Documented = {
  page: 'https://www.iana.org/assignments/marf-parameters/marf-parameters.xhtml#marf-parameters-2',
  contentType: 'message/rfc822',
  labels: each(
    ['abuse', 'fraud', 'virus', 'not-spam', 'auth-failure', 'other', 'opt-out', 'opt-out-list', 'dmarc'],
    report,
  ),
  novelty: ['novelty', (to) => report('novelty', to)],
};
