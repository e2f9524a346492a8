/** Networks that servers under test live in, and receivers in them. */
import { writeFileSync } from 'node:fs';
import { type IncomingMessage, createServer as plain, type RequestListener } from 'node:http';
import { type ServerOptions, createServer as secure } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { World } from './world.ts';

const preload = fileURLToPath(new URL('./world.ts', import.meta.url));

export interface Network {
  /** For the server under test. */
  readonly env: Readonly<Record<string, string>>;
  be(world: World): void;
}

export function makeNetwork(folder: string): Network {
  const file = join(folder, 'world.json');
  const be = (world: World) => writeFileSync(file, JSON.stringify(world));
  be({ names: {}, routes: {} });
  return { be, env: { NODE_OPTIONS: `--import=${preload}`, FAULT_WORLD: file } };
}

export interface Receiver {
  readonly port: number;
  /** `webhook-id` of what it has taken, in order. */
  readonly taken: readonly string[];
  /** Connections so far, and the most at the same time. */
  readonly connections: { count: number; most: number };
  close(): Promise<void>;
}

/** Any server, with its connections counted. */
export async function listening(server: Server, taken: readonly string[] = []): Promise<Receiver> {
  const open = new Set<Socket>();
  const connections = { count: 0, most: 0 };
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    connections.count += 1;
    connections.most = Math.max(connections.most, open.size);
    socket.on('error', () => {
      // A peer that goes away is part of it.
    });
    socket.once('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    taken,
    connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Takes what is sent to it, but breaks the first connections off. */
export function receiver({
  breaksOff = 0,
  tls,
}: {
  breaksOff?: number;
  tls?: ServerOptions;
} = {}): Promise<Receiver> {
  const taken: string[] = [];
  let left = breaksOff;
  const answer: RequestListener = async (request: IncomingMessage, response) => {
    if (left-- > 0) {
      // Below TLS there is no reset to send.
      if (tls === undefined) request.socket.resetAndDestroy();
      else request.socket.destroy();
      return;
    }
    await text(request);
    taken.push(String(request.headers['webhook-id']));
    response.end();
  };
  return listening(tls === undefined ? plain(answer) : secure(tls, answer), taken);
}

/** Takes connections, and says nothing. */
export const silent = (): Promise<Receiver> => listening(createServer());
