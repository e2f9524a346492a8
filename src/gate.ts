/** Stands before the app on Node: counts what is in flight, turns away while closed, and cuts off who sends too slowly. */
import type { HttpBindings } from '@hono/node-server';
import { SECOND } from './core/time.ts';
import { isUnhurried } from './http/patience.ts';

export interface Gate {
  fetch(request: Request, env: unknown): Response | Promise<Response>;
  open(): void;
  close(): void;
  /** Resolves when no request is being answered. */
  idle(): Promise<void>;
}

/**
 * While closed it lets nothing in but the question whether we live. `patience`: ms for a whole body, but for lists that
 * a caller with a key sends for as long as it takes.
 */
export function createGate(
  fetch: (request: Request, env: unknown) => Response | Promise<Response>,
  patience: number,
): Gate {
  let isOpen = false;
  const inFlight = new Map<HttpBindings, { readonly request: Request; readonly since: number }>();
  let waiting: (() => void)[] = [];
  const left = (bindings: HttpBindings) => {
    inFlight.delete(bindings);
    if (inFlight.size > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  const sweep = (): void => {
    const latest = performance.now() - patience;
    for (const [{ incoming, outgoing }, { request, since }] of inFlight) {
      // In the order of their coming.
      if (since > latest) break;
      if (incoming.complete || isUnhurried(request)) continue;
      if (!outgoing.headersSent) incoming.socket.write(TOO_SLOW);
      incoming.socket.destroy();
    }
  };
  setInterval(sweep, SECOND).unref();
  return {
    fetch(request, env) {
      if (!isOpen && new URL(request.url).pathname !== '/healthz') return comeAgain();
      const bindings = env as HttpBindings;
      inFlight.set(bindings, { request, since: performance.now() });
      // Until the last byte of the answer is out, or the caller is gone.
      bindings.outgoing.once('close', () => left(bindings));
      return fetch(request, env);
    },
    open() {
      isOpen = true;
    },
    close() {
      isOpen = false;
    },
    idle: () =>
      inFlight.size === 0 ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve)),
  };
}

const TOO_SLOW = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

const comeAgain = (): Response =>
  new Response(
    JSON.stringify({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: 'The server is starting or stopping; try again.',
      errors: [],
    }),
    {
      status: 503,
      headers: { 'content-type': 'application/problem+json', 'retry-after': '5', connection: 'close' },
    },
  );
