import { type Documented, each } from './documented.ts';

const event = (eventType: string, recipient: string) => ({ id: 'i', eventType, recipient, payload: {} });

export const mailomat: Documented = {
  page: 'https://api.mailomat.swiss/docs/#tag/webhook',
  labels: each(
    ['accepted', 'not_accepted', 'delivered', 'failure_tmp', 'failure_perm', 'opened', 'clicked'],
    event,
  ),
  novelty: ['teleported', (to) => event('teleported', to)],
};
