/** Wires everything once. The entry points choose the driver, the runtime and the configuration. */
import type { VerifyIo } from '../providers/adapter.ts';
import type { Store } from '../store/store.ts';
import { type Committer, createCommitter } from './commit.ts';
import { createDriftNights, type DriftNights } from './drift-nights.ts';
import { erasingStore } from './erasing-store.ts';
import { createErasures, type Erasures } from './erasures.ts';
import { createFilters, type FilterDeps, type Filters } from './filters.ts';
import { createGuard, type Guard } from './guard.ts';
import { hashingCommitter, hashingStore } from './hashing.ts';
import { createList, type List } from './list.ts';
import type { Log } from './log.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Pepper } from './pepper.ts';
import { createPolicies, type Policies } from './policies.ts';
import { createPseudonyms } from './pseudonyms.ts';
import { createRecipientTags, type RecipientTags } from './recipient-tags.ts';
import { createRedecider, type Redecider } from './redecide.ts';
import { createResumer, type Resumer } from './resumer.ts';
import { createReturnPaths, type ReturnPaths } from './return-paths.ts';
import type { Runtime } from './runtime.ts';
import { createSeal, type Seal } from './seal.ts';
import { createSources, type Sources } from './sources.ts';
import { createTally, type Tally } from './tally.ts';
import { createUnsubscribes, type Unsubscribes } from './unsubscribe.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';
import { createWriteBack, type WriteBack } from './write-back.ts';

export interface Settings {
  /** Hex SHA-256 of MAILSTOP_ADMIN_KEY, which acts for the tenant `default`; null where it is kept in the database. */
  readonly adminKeyHash: string | null;
  /** Where providers reach this server, without a trailing slash; null = the address of the request at hand. */
  readonly publicUrl: string | null;
  readonly secret: string;
  /** Null: addresses are kept as they are. */
  readonly pepper: Pepper | null;
}

export interface Services {
  readonly settings: Settings;
  readonly store: Store;
  readonly runtime: Runtime;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly committer: Committer;
  readonly policies: Policies;
  readonly redecider: Redecider;
  readonly seal: Seal;
  readonly returnPaths: ReturnPaths;
  readonly recipientTags: RecipientTags;
  readonly unsubscribes: Unsubscribes;
  readonly sources: Sources;
  readonly resumer: Resumer;
  readonly list: List;
  readonly erasures: Erasures;
  readonly guard: Guard;
  readonly webhooks: Webhooks;
  readonly writeBack: WriteBack;
  readonly driftNights: DriftNights;
  readonly tally: Tally;
  readonly filters: Filters;
  readonly fetchCertificate: VerifyIo['fetchCertificate'];
  /** Waits for what is in flight, then closes the store. */
  close(): Promise<void>;
}

export async function createServices(
  given: Pick<Services, 'settings' | 'store' | 'runtime' | 'log' | 'fetchCertificate'>,
  makeFilter?: FilterDeps['make'],
): Promise<Services> {
  const { runtime, settings } = given;
  const pseudonyms = await createPseudonyms(settings.secret, runtime);
  const { pepper } = settings;
  const store = hashingStore(erasingStore(given.store, pseudonyms, runtime), pepper);
  const policies = createPolicies(store);
  const committer = hashingCommitter(
    createCommitter({
      store,
      runtime,
      policyOf: policies.of,
      pseudonyms,
      noticed: (tenant) => guard.noticed(tenant),
    }),
    pepper,
  );
  const guard = createGuard({ store, committer, policies, runtime, log: given.log });
  const redecider = createRedecider({ store, committer, runtime });
  const seal = await createSeal(settings.secret);
  const tally = createTally({ store, runtime, log: given.log });
  const returnPaths = await createReturnPaths(settings.secret);
  const recipientTags = await createRecipientTags(settings.secret);
  const sources = createSources(store, seal);
  const resumer = createResumer({ store, sources, committer, runtime, returnPaths, recipientTags });
  const filters = await createFilters({
    store,
    policies,
    runtime,
    secret: settings.secret,
    ...(makeFilter === undefined ? {} : { make: makeFilter }),
  });
  const list = createList({ store, committer, policies, runtime });
  const writeBack = createWriteBack({
    store,
    committer,
    policies,
    runtime,
    seal: await createSeal(settings.secret, 'access to providers'),
    log: given.log,
  });
  return {
    ...given,
    store,
    metrics: createMetrics(),
    policies,
    redecider,
    committer,
    guard,
    webhooks: createWebhooks({
      store,
      runtime,
      seal: await createSeal(settings.secret, 'webhook secrets'),
      log: given.log,
    }),
    writeBack,
    driftNights: createDriftNights({
      store,
      runtime,
      list,
      policies,
      settings,
      writeBack,
      pseudonyms,
      log: given.log,
    }),
    tally,
    seal,
    returnPaths,
    recipientTags,
    unsubscribes: await createUnsubscribes(settings.secret),
    sources,
    resumer,
    list,
    filters,
    erasures: createErasures({ store: given.store, committer, pseudonyms, pepper, filters, runtime }),
    async close() {
      await Promise.all([redecider.stop(), resumer.stop()]);
      await committer.close();
      try {
        await tally.flush();
      } finally {
        await store.close();
      }
    },
  };
}
