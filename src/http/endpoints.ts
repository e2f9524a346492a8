/** Every endpoint, once: mounted by app.ts, described by openapi.ts, shown by docs.tsx, tried by tests. */
import type { Endpoint } from './endpoint.ts';
import { addressEndpoints } from './routes/addresses.ts';
import { allowedEndpoints } from './routes/allowed.ts';
import { checkEndpoints } from './routes/check.ts';
import { codeEndpoints } from './routes/codes.ts';
import { dumpEndpoints } from './routes/dump.ts';
import { erasureEndpoints } from './routes/erasures.ts';
import { eventEndpoints } from './routes/events.ts';
import { filterEndpoints } from './routes/filter.ts';
import { healthEndpoints } from './routes/health.ts';
import { incidentEndpoints } from './routes/incidents.ts';
import { keyEndpoints } from './routes/keys.ts';
import { outgoingEndpoints } from './routes/outgoing.ts';
import { policyEndpoints } from './routes/policy.ts';
import { quarantineEndpoints } from './routes/quarantine.ts';
import { rebuildEndpoints } from './routes/rebuild.ts';
import { receiptEndpoints } from './routes/receipts.ts';
import { recipientTagEndpoints } from './routes/recipient-tags.ts';
import { releaseEndpoints } from './routes/releases.ts';
import { returnPathEndpoints } from './routes/return-paths.ts';
import { sourceDriftEndpoints } from './routes/source-drift.ts';
import { sourceListEndpoints } from './routes/source-list.ts';
import { sourceEndpoints } from './routes/sources.ts';
import { streamEndpoints } from './routes/streams.ts';
import { suppressionEndpoints } from './routes/suppressions.ts';
import { tenantEndpoints } from './routes/tenants.ts';
import { transferEndpoints } from './routes/transfer.ts';
import { unsubscribeEndpoints } from './routes/unsubscribe.ts';
import { userEndpoints } from './routes/users.ts';
import { webhookEndpoints } from './webhooks.ts';

export const endpoints: readonly Endpoint[] = [
  ...webhookEndpoints,
  ...checkEndpoints,
  ...filterEndpoints,
  ...returnPathEndpoints,
  ...recipientTagEndpoints,
  ...unsubscribeEndpoints,
  ...transferEndpoints,
  ...suppressionEndpoints,
  ...releaseEndpoints,
  ...incidentEndpoints,
  ...allowedEndpoints,
  ...addressEndpoints,
  ...sourceEndpoints,
  ...sourceListEndpoints,
  ...sourceDriftEndpoints,
  ...eventEndpoints,
  ...codeEndpoints,
  ...streamEndpoints,
  ...policyEndpoints,
  ...quarantineEndpoints,
  ...receiptEndpoints,
  ...outgoingEndpoints,
  ...keyEndpoints,
  ...userEndpoints,
  ...tenantEndpoints,
  ...erasureEndpoints,
  ...rebuildEndpoints,
  ...dumpEndpoints,
  ...healthEndpoints,
];
