import { type Documented, each, type Say } from './documented.ts';

const event =
  (Type: string, fields: object = {}): Say =>
  (Address) => ({ Type, Address, SecretKey: 'Z', ...fields });

const CODES = [
  ...['1002', '1003', '1004', '1006', '1007', '1011', '1999'],
  ...['2001', '2002', '2003', '2004', '2999'],
  ...['3001', '3002', '3003', '3999'],
  ...['4001', '4002', '4003', '4004', '4006', '4999'],
  ...['5001', '5999', '9999'],
];
const coded = (FailureType: string) =>
  each(
    CODES,
    (code, to) => event('Failed', { FailureType, FailureCode: Number(code) })(to),
    (code) => `Failed/${FailureType}/${code}`,
  );

export const socketlabs: Documented = {
  page: 'http://help.socketlabs.com/docs/event-webhooks-events',
  labels: {
    ...each(['Queued', 'Sent', 'Delivered', 'Deferred', 'Complaint'], (type, to) => event(type)(to)),
    ...each(
      ['Temporary', 'Permanent', 'Suppressed'],
      (FailureType, to) => event('Failed', { FailureType })(to),
      (type) => `Failed/${type}`,
    ),
    ...each(
      // RFC 5965 7.3 and later
      ['abuse', 'auth-failure', 'fraud', 'not-spam', 'opt-out', 'opt-out-list', 'other', 'virus'],
      (FblType, to) => event('Complaint', { FblType })(to),
      (type) => `Complaint/${type}`,
    ),
    Failed: event('Failed'),
    ...coded('Temporary'),
    ...coded('Permanent'),
    ...each(
      ['Click', 'Open', 'Unsubscribe'],
      (TrackingType, to) => event('Tracking', { TrackingType })(to),
      (type) => `Tracking/${type}`,
    ),
  },
  novelty: ['Teleported', event('Teleported')],
};
