import { type Documented, each, type Say } from './documented.ts';

const report = (status: string, recipient: string) => [
  { id: 'i', eventType: 'Microsoft.Communication.EmailDeliveryReportReceived', data: { status, recipient } },
];
const event =
  (eventType: string): Say =>
  () => [{ id: 'i', eventType, data: {} }];

export const azure: Documented = {
  page: 'https://learn.microsoft.com/azure/event-grid/communication-services-email-events',
  labels: {
    ...each(
      [
        ...['Delivered', 'OutForDelivery', 'Expanded', 'Bounced', 'Suppressed', 'Failed'],
        ...['FilteredSpam', 'Quarantined'],
      ],
      report,
    ),
    ...each(
      [
        'Microsoft.Communication.EmailEngagementTrackingReportReceived',
        'Microsoft.EventGrid.SubscriptionDeletedEvent',
      ],
      (type, to) => event(type)(to),
    ),
  },
  novelty: ['Teleported', (to) => report('Teleported', to)],
};
