/**
 * Loaded into the server before anything else (`node --import`): names lead where a file says, and addresses that are
 * not of this machine to servers that are. The product is the one that is shipped; only its network is another.
 */
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

export interface World {
  /** By host name. Null: no resolver answers. */
  readonly names: Readonly<Record<string, string | null>>;
  /** By address: a port of 127.0.0.1; 0 = whatever is sent there is lost. */
  readonly routes: Readonly<Record<string, number>>;
}

interface Tcp {
  connect(request: unknown, address: string, port: number): number;
}

const file = process.env.FAULT_WORLD;
if (file !== undefined) {
  const world = (): World => JSON.parse(readFileSync(file, 'utf8'));

  const lookUp = dns.lookup;
  dns.lookup = ((host: string, options: dns.LookupOptions, done: (...answer: unknown[]) => void) => {
    const address = world().names[host];
    if (address === undefined) return lookUp(host, options, done);
    if (address === null)
      return process.nextTick(done, Object.assign(new Error('no resolver answers'), { code: 'EAI_AGAIN' }));
    if (options.all === true) return process.nextTick(done, null, [{ address, family: 4 }]);
    return process.nextTick(done, null, address, 4);
  }) as typeof dns.lookup;
  syncBuiltinESMExports();

  // Below net and tls, so that they check all that they check.
  const { binding } = process as unknown as { binding(name: string): { TCP: { prototype: Tcp } } };
  const tcp = binding('tcp_wrap').TCP.prototype;
  const { connect } = tcp;
  tcp.connect = function (this: Tcp, request, address, port) {
    const to = world().routes[address];
    if (to === 0) return 0;
    return to === undefined
      ? connect.call(this, request, address, port)
      : connect.call(this, request, '127.0.0.1', to);
  };
}
