/** Event Grid's requests, in its own schema. https://learn.microsoft.com/azure/event-grid/communication-services-email-events */
import type { Kind } from '../core/event.ts';
import { MINUTE, toRfc3339 } from '../core/time.ts';
import { toHex } from '../providers/verify/bytes.ts';
import type { Sample, Sampler } from './sampler.ts';

export const azureSampler: Sampler = {
  provider: 'azure',

  async source() {
    const key = toHex(crypto.getRandomValues(new Uint8Array(24)));
    return { source: { secrets: { keys: [key] } }, signing: key };
  },

  async request(payload, signing) {
    return {
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'aeg-event-type': 'Notification',
        'x-mailstop-key': String(signing),
      },
      body: JSON.stringify([payload]),
    };
  },

  samples(now) {
    const sample = sampleAt(now);
    return [
      sample('bounce', 'Azure reports a 550 5.1.1', 'Bounced', '550 5.1.1 User unknown'),
      sample('reject', 'Azure does not try an address on its list', 'Suppressed', ''),
      sample('delivery', 'The receiver takes a message', 'Delivered', '250 2.0.0 OK'),
    ];
  },
};

const sampleAt =
  (now: number) =>
  (kind: Kind, title: string, status: string, statusMessage: string): Sample => {
    const recipient = `${kind}@example.com`;
    const messageId = crypto.randomUUID();
    const payload = {
      id: crypto.randomUUID(),
      topic: '/subscriptions/s/resourceGroups/g/providers/microsoft.communication/communicationservices/c',
      subject: `sender/news@example.net/message/${messageId}`,
      data: {
        sender: 'news@example.net',
        recipient,
        messageId,
        status,
        deliveryStatusDetails: { statusMessage, recipientMailServerHostName: 'mx.example.com' },
        deliveryAttemptTimestamp: toRfc3339(now - MINUTE),
      },
      eventType: 'Microsoft.Communication.EmailDeliveryReportReceived',
      dataVersion: '1.0',
      metadataVersion: '1',
      eventTime: toRfc3339(now - MINUTE),
    };
    return { title, kind, recipient, payload };
  };
