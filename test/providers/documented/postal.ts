import type { Documented, Say } from './documented.ts';

const delivery =
  (event: string, status: string, details = ''): Say =>
  (to) => ({ event, payload: { status, details, output: '', message: { direction: 'outgoing', to } } });

const failed = (details?: string): Say => delivery('MessageDeliveryFailed', 'HardFail', details);

/** The details are of the page "Mail server settings", and of Postal's source. */
export const postal: Documented = {
  page: 'https://docs.postalserver.io/developer/webhooks',
  labels: {
    'MessageSent/Sent': delivery('MessageSent', 'Sent'),
    'MessageDelayed/SoftFail': delivery('MessageDelayed', 'SoftFail'),
    'MessageDelayed/SoftFail/no servers': delivery(
      'MessageDelayed',
      'SoftFail',
      'No SMTP servers were available for example.com. Tried mx.example.com.',
    ),
    'MessageDeliveryFailed/HardFail': failed(),
    'MessageDeliveryFailed/HardFail/attempts': failed(
      'Maximum number of delivery attempts (18) has been reached.',
    ),
    'MessageDeliveryFailed/HardFail/spam': failed(
      'Message is likely spam. Threshold is 5.0 and the message scored 7.1.',
    ),
    'MessageDeliveryFailed/HardFail/incomplete': failed('Raw message has been removed. Cannot send message.'),
    'MessageHeld/Held': delivery('MessageHeld', 'Held', 'Server is in development mode.'),
    'MessageHeld/Held/suppression list': delivery(
      'MessageHeld',
      'Held',
      'Recipient (ann@example.com) is on the suppression list (reason: too many soft fails)',
    ),
    MessageBounced: (to) => ({
      event: 'MessageBounced',
      payload: {
        original_message: { direction: 'outgoing', to },
        bounce: { direction: 'incoming', to: 'abc@rp.example.org' },
      },
    }),
    MessageLinkClicked: (to) => ({ event: 'MessageLinkClicked', payload: { url: 'x', message: { to } } }),
    MessageLoaded: (to) => ({ event: 'MessageLoaded', payload: { message: { to } } }),
    DomainDNSError: () => ({ event: 'DomainDNSError', payload: { domain: 'example.org' } }),
    SendLimitApproaching: () => ({ event: 'SendLimitApproaching', payload: { volume: 950, limit: 1000 } }),
    SendLimitExceeded: () => ({ event: 'SendLimitExceeded', payload: { volume: 1000, limit: 1000 } }),
  },
  novelty: ['MessageTeleported', delivery('MessageTeleported', 'Teleported')],
};
