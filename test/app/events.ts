/** A clock that tests turn, and events as adapters and the core would make them. Runs on workerd as well. */
import { createHash, randomBytes } from 'node:crypto';
import type { FlushDeps } from '../../src/app/flush.ts';
import type { Intake } from '../../src/app/jobs.ts';
import type { Runtime } from '../../src/app/runtime.ts';
import { defaultPolicy } from '../../src/core/default-policy.ts';
import type { MailEvent } from '../../src/core/event.ts';
import { identityOf } from '../../src/core/identity.ts';
import { createIds } from '../../src/core/ids.ts';
import type { Store } from '../../src/store/store.ts';

export const NOW = Date.UTC(2026, 0, 10, 12);

export const testRuntime = (now: () => number = () => NOW): Runtime => ({
  now,
  newId: createIds(() => randomBytes(10)),
  randomText: (length) => randomBytes(length).toString('hex').slice(0, length),
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
  scrypt: async () => new Uint8Array(32),
  gzip: async (bytes) => bytes,
  gunzip: async (bytes) => bytes,
  fetch: async () => new Response('', { status: 404 }),
  mailHosts: null,
  outbound: {
    refusal: async () => 'nowhere',
    ask: async () => null,
    post: async () => null,
  },
  defer: (callback) => void setImmediate(callback),
});

export const depsOf = (store: Store, runtime: Runtime = testRuntime()): FlushDeps => ({
  store,
  runtime,
  policyOf: async () => defaultPolicy,
  pseudonyms: { of: (_tenant, address) => `hash-of-${address}` },
});

const ids = createIds(() => randomBytes(10));

export function mailEvent(change: Partial<MailEvent> = {}): MailEvent {
  const kind = change.kind ?? 'bounce';
  const isBounce = kind === 'bounce';
  return {
    id: ids('evt', NOW),
    tenant: 'default',
    sourceId: 'generic_1',
    receiptId: 'rcp_1',
    provider: 'generic',
    kind,
    address: 'person@example.com',
    at: NOW - 60_000,
    receivedAt: NOW,
    sentAt: null,
    stream: '*',
    group: null,
    smtp: isBounce
      ? { code: '550', enhanced: '5.1.1', text: 'user unknown', source: 'parsed' }
      : { code: null, enhanced: null, text: null, source: null },
    category: isBounce
      ? 'mailbox-unknown'
      : kind === 'complaint'
        ? 'complaint'
        : kind === 'delivery'
          ? 'delivered'
          : null,
    blame: isBounce ? 'recipient' : 'event',
    bounceType: isBounce ? 'hard' : 'none',
    severity: isBounce ? 'high' : null,
    verdict: isBounce ? 'suppress' : 'ignore',
    strength: isBounce ? 'strong' : 'none',
    classifiedBy: 'test',
    messageId: 'm1',
    rfcMessageId: null,
    providerEventId: null,
    providerType: kind,
    feedback: kind === 'complaint' ? 'abuse' : null,
    listedFor: null,
    listed: null,
    hearsay: false,
    proven: true,
    tags: [],
    ...change,
  };
}

export function intake(events: readonly MailEvent[], change: Partial<Intake> = {}): Intake {
  const [first] = events;
  const tenant = first?.tenant ?? 'default';
  const source = first?.sourceId ?? 'generic_1';
  return {
    type: 'intake',
    receipt: {
      id: ids('rcp', NOW),
      tenant,
      source_id: source,
      received_at: NOW,
      method: 'POST',
      query: '',
      headers: '{}',
      encoding: 'identity',
      body: new Uint8Array([123, 125]),
    },
    events: events.map((event) => ({
      event,
      digest: createHash('sha256').update(identityOf(event, event.at)).digest('hex').slice(0, 32),
      isNamed: true,
    })),
    ignored: [],
    unreadable: [],
    bind: null,
    provider: 'generic',
    ...change,
  };
}
