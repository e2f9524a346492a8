/** A source as the shell uses it: its row, its adapter and its opened secrets. */
import type { ProviderAdapter, Secrets } from '../providers/adapter.ts';
import { providerOf } from '../providers/registry.ts';
import type { SourceRow, Store } from '../store/store.ts';
import type { Seal } from './seal.ts';

export interface Source {
  readonly row: SourceRow;
  readonly adapter: ProviderAdapter;
  readonly secrets: Secrets;
  readonly streams: Readonly<Record<string, string>>;
}

export interface Sources {
  /** Null for an unknown or disabled source. */
  find(id: string): Promise<Source | null>;
  open(row: SourceRow): Promise<Source>;
}

/** Enough to tell sources apart in a log; the whole id is what makes the URL unguessable. */
export const shortId = ({ id }: Pick<SourceRow, 'id'>): string => `${id.slice(0, id.lastIndexOf('_') + 5)}…`;

/** Opened secrets kept in memory, by their sealed text. */
export const SECRETS_KEPT = 1_000;

export function createSources(store: Pick<Store, 'source'>, seal: Seal): Sources {
  const opened = new Map<string, Secrets>();
  async function secretsOf(sealed: string): Promise<Secrets> {
    const known = opened.get(sealed);
    if (known !== undefined) return known;
    const secrets: Secrets = JSON.parse(await seal.open(sealed));
    if (opened.size >= SECRETS_KEPT) opened.clear();
    opened.set(sealed, secrets);
    return secrets;
  }
  const open = async (row: SourceRow): Promise<Source> => {
    const adapter = providerOf(row.provider);
    if (adapter === null) throw new Error(`source ${row.id}: this version knows no provider ${row.provider}`);
    return { row, adapter, secrets: await secretsOf(row.secrets), streams: JSON.parse(row.streams) };
  };
  return {
    open,
    async find(id) {
      const row = await store.source(id);
      return row === null || row.disabled === 1 ? null : open(row);
    },
  };
}
