/** Bodies that do not come: a real Node server with little patience. */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGate } from '../src/gate.ts';
import { takeYourTime } from '../src/http/patience.ts';

const PATIENCE = 300;
let server: Server;
let served: string[] = [];

beforeEach(async () => {
  served = [];
  const gate = createGate(async (request) => {
    if (request.headers.has('x-key')) takeYourTime(request);
    const text = await request.text().catch(() => 'broken off');
    served.push(text);
    return new Response(text);
  }, PATIENCE);
  gate.open();
  server = createServer({ requestTimeout: 0 }, getRequestListener(gate.fetch));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Sends a head and half of its body, the rest after a while; resolves with all that came back. */
function slowly(head: string, pause: number): Promise<string> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n${head}\r\nab`),
    );
    socket.on('data', (bytes) => {
      said += bytes.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(said));
    setTimeout(() => socket.writable && socket.write('cd'), pause);
  });
}

describe('a body', () => {
  it('that comes in time is served', async () => {
    expect(await slowly('', 50)).toMatch(/^HTTP\/1\.1 200 [\s\S]*abcd$/);
  });

  it('that does not is cut off with 408, and never read as whole', async () => {
    expect(await slowly('', 5_000)).toMatch(/^HTTP\/1\.1 408 /);
    expect(served).not.toContain('ab');
  });

  it('of whoever has shown a key may take its time', async () => {
    expect(await slowly('X-Key: 1\r\n', 2_500)).toMatch(/^HTTP\/1\.1 200 [\s\S]*abcd$/);
  });
});
