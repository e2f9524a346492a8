import { type Documented, each } from './documented.ts';

const categories = [
  'bad-configuration',
  'bad-connection',
  'bad-domain',
  'bad-mailbox',
  'content-related',
  'inactive-mailbox',
  'invalid-sender',
  'message-expired',
  'no-answer-from-host',
  'other',
  'policy-related',
  'protocol-errors',
  'quota-issues',
  'relaying-issues',
  'routing-errors',
  'spam-related',
  'virus-related',
];
const categorized = (type: string) =>
  each(
    categories,
    (category, to) => `type,timeLogged,rcpt,bounceCat\r\n${type},1790000000,${to},${category}\r\n`,
    (category) => `${type}/${category}`,
  );

/** The user's guide: chapters Accounting and Bounce Categories. */
export const powermta: Documented = {
  page: 'https://serverok.in/doc/pmta/UsersGuide.html',
  contentType: 'text/csv',
  labels: {
    ...each(['d', 'b', 't', 'tq', 'r', 'rb', 'rs', 'f'], (type, to) => `type,rcpt\r\n${type},${to}\r\n`),
    ...categorized('b'),
    ...categorized('t'),
    ...categorized('tq'),
    ...categorized('rb'),
    ...each(
      ['abuse', 'fraud', 'virus', 'other', 'not-spam', 'auth-failure', 'opt-out', 'opt-out-list'],
      (feedbackType, to) => `type,rcpt,feedbackType\r\nf,${to},${feedbackType}\r\n`,
      (label) => `f/${label}`,
    ),
  },
  novelty: ['x', (to) => `type,rcpt\r\nx,${to}\r\n`],
};
