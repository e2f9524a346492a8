import { type Documented, each } from './documented.ts';

const query = (to: string, status: string, category = 'Unknown') =>
  new URLSearchParams({ to, status, category }).toString();

export const elasticEmail: Documented = {
  page: 'https://help.elasticemail.com/en/articles/4804685-notification-settings',
  method: 'GET',
  labels: {
    ...each(['Sent', 'Opened', 'Clicked', 'AbuseReport', 'Unsubscribed'], (status, to) => query(to, status)),
    Error: (to) => query(to, 'Error', ''),
    ...each(
      [
        'Ignore',
        'Spam',
        'BlackListed',
        'NoMailbox',
        'GreyListed',
        'Throttled',
        'Timeout',
        'ConnectionProblem',
        'SPFProblem',
        'AccountProblem',
        'DNSProblem',
        'WhitelistingProblem',
        'CodeError',
        'ManualCancel',
        'ConnectionTerminated',
        'ContentFilter',
        'NotDelivered',
        'NotDeliveredCancelled',
        'Unknown',
      ],
      (category, to) => query(to, 'Error', category),
      (category) => `Error/${category}`,
    ),
  },
  novelty: ['Novelty', (to) => query(to, 'Novelty')],
};
