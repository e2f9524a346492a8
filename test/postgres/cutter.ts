/** A proxy before PostgreSQL that lets a COMMIT through and cuts the line before its answer comes back. */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';

export interface Cutter {
  readonly url: string;
  /** Cuts the next so many commits. */
  arm(times: number): void;
  readonly cut: () => number;
  close(): Promise<void>;
}

export async function startCutter(target: string): Promise<Cutter> {
  const { hostname, port } = new URL(target);
  let armed = 0;
  let cut = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (bytes) => void upstream.write(bytes));
    upstream.on('data', (bytes) => {
      // CommandComplete: it is on disk, and nobody will be told.
      if (armed > 0 && bytes.includes('COMMIT\0')) {
        armed -= 1;
        cut += 1;
        client.destroy();
      } else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    arm: (times) => {
      armed += times;
    },
    cut: () => cut,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
