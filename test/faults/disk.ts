/** The disk of disk.c under a server: cuts its power, fills it, breaks it, slows it down. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('disk.c', import.meta.url));

/** Where the shim was built, or why there is none. */
export function buildDisk(folder: string): { shim: string } | { missing: string } {
  if (process.platform !== 'linux') return { missing: 'LD_PRELOAD needs Linux' };
  const shim = join(folder, 'disk.so');
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O2', '-o', shim, source, '-ldl', '-lpthread'], {
    encoding: 'utf8',
  });
  if (built.error !== undefined) return { missing: 'no C compiler (cc)' };
  if (built.status !== 0) throw new Error(`disk.c does not compile: ${built.stderr}`);
  return { shim };
}

export interface Faulty {
  readonly writes?: 'ENOSPC' | 'EIO' | 'EROFS';
  readonly syncs?: 'EIO';
  /** Milliseconds by which each fsync is late. */
  readonly late?: number;
}

export interface Disk {
  /** What is put on the disk goes here. */
  readonly root: string;
  /** What would be left after a power cut. */
  readonly snap: string;
  readonly env: Readonly<Record<string, string>>;
  /** From now on; `{}` = as usual. */
  be(faulty: Faulty): void;
  close(): void;
}

export function makeDisk(
  shim: string,
  folder: string,
  { keepsWhatIsFsynced = false, keepsUnlinked = false } = {},
): Disk {
  const [root, snap, control] = ['root', 'snap', 'control'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  mkdirSync(root, { recursive: true });
  mkdirSync(snap, { recursive: true });
  writeFileSync(control, Buffer.alloc(12));
  const handle = openSync(control, 'r+');
  return {
    root,
    snap,
    env: {
      LD_PRELOAD: shim,
      DISK_ROOT: root,
      DISK_CONTROL: control,
      ...(keepsWhatIsFsynced ? { DISK_SNAP: snap } : {}),
      ...(keepsUnlinked ? { DISK_KEEP_UNLINKED: '1' } : {}),
    },
    be({ writes, syncs, late = 0 }) {
      const numbers = [
        writes === undefined ? 0 : constants.errno[writes],
        syncs === undefined ? 0 : constants.errno[syncs],
        late * 1_000,
      ];
      writeSync(handle, Buffer.from(Int32Array.from(numbers).buffer), 0, 12, 0);
    },
    close: () => closeSync(handle),
  };
}
