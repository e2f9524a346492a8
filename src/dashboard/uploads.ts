/**
 * Lists that were uploaded and wait to be imported, in memory of this process: between the preview and the import, and while
 * it runs. Larger ones, and those of scripts, go to POST /v1/suppressions/import, which reads as it writes.
 */
import type { Runtime } from '../app/runtime.ts';
import type { ImportReport } from '../app/transfer.ts';
import type { Reason } from '../core/event.ts';
import { MINUTE } from '../core/time.ts';
import type { Problem } from '../http/problem.ts';

export const uploadLimits = { bodyBytes: 20 * 1024 * 1024, heldBytes: 60 * 1024 * 1024 } as const;
export const KEPT = 30 * MINUTE;

export interface Upload {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly type: 'text/csv' | 'application/x-ndjson';
  /** Of rows that name none. */
  readonly reason: Reason;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** What the first row holds, by the names of its columns. */
  readonly sample: readonly Readonly<Record<string, string>>[];
  readonly preview: ImportReport;
  readonly at: number;
  /** Null where it was not asked to begin. */
  import: Importing | null;
}

export interface Importing {
  /** Rows. */
  read: number;
  report: ImportReport | null;
  problem: Problem | null;
}

export interface Uploads {
  get(tenant: string, id: string): Upload | null;
  /** The oldest ones give way. */
  keep(upload: Upload): void;
}

export function createUploads({ now }: Pick<Runtime, 'now'>): Uploads {
  const held = new Map<string, Upload>();
  const size = () => [...held.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);
  const isBusy = ({ import: of }: Upload) => of !== null && of.report === null && of.problem === null;
  const clear = (need: number) => {
    for (const one of held.values())
      if (!isBusy(one) && (one.at + KEPT <= now() || size() + need > uploadLimits.heldBytes))
        held.delete(one.id);
  };
  return {
    get(tenant, id) {
      clear(0);
      const upload = held.get(id);
      return upload?.tenant === tenant ? upload : null;
    },
    keep(upload) {
      clear(upload.bytes.length);
      held.set(upload.id, upload);
    },
  };
}

/** One for each process: services are made once. */
const all = new WeakMap<object, Uploads>();

export function uploadsOf(services: { readonly runtime: Runtime }): Uploads {
  const uploads = all.get(services) ?? createUploads(services.runtime);
  all.set(services, uploads);
  return uploads;
}
