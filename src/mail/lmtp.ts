/**
 * LMTP: the mail server of this machine hands messages over one by one, and hears of each whether it is durable.
 * Nobody signs in, so it listens on loopback or a socket only, never for the network.
 * https://www.rfc-editor.org/rfc/rfc2033
 */
import { rmSync, statSync } from 'node:fs';
import { createConnection, isIP } from 'node:net';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';
import type { IntakeCounts } from '../app/jobs.ts';
import type { Log } from '../app/log.ts';
import { err, type Result } from '../core/result.ts';
import { SECOND } from '../core/time.ts';
import { codeOf, StartError } from '../database.ts';
import { type Door, mailLimits, type OpenDoor, type Take, takerFor } from './door.ts';

export const lmtpLimits = {
  clients: 32,
  recipients: 100,
  idle: 60 * SECOND,
  /** Of all messages on their way. */
  bufferedBytes: 64 * 1024 * 1024,
  stop: 5 * SECOND,
} as const;

type Listen = { readonly path: string } | { readonly host: string; readonly port: number };

export const lmtp =
  (source: string, place: string): OpenDoor =>
  async (services, log) => {
    const flag = `--lmtp ${source}=${place}`;
    const address = readPlace(place, flag);
    const take = await takerFor(services, source, flag);
    if ('path' in address) await clearSocket(address.path, flag);
    return listen(serverOf(take, log), address, flag);
  };

/** `/run/mailstop.sock`, `127.0.0.1:2424`, `[::1]:2424`, `localhost:2424` */
function readPlace(place: string, flag: string): Listen {
  if (place.startsWith('/')) return { path: place };
  const [, host = '', port = ''] = /^\[?([^[\]]+?)\]?:(\d{1,5})$/.exec(place) ?? [];
  if (port === '' || Number(port) > 65_535)
    throw new StartError(
      `${flag}: name a socket by its whole path, or a host and port such as 127.0.0.1:2424`,
    );
  const isLoopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  if (!isLoopback)
    throw new StartError(
      `${flag}: LMTP knows no sign-in, so it listens on 127.0.0.1, ::1 or a socket only; a mail server elsewhere can post to the webhook URL`,
    );
  return { host, port: Number(port) };
}

/** A socket that was left behind is in the way; one that somebody listens on is not ours to take. */
async function clearSocket(path: string, flag: string): Promise<void> {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = createConnection(path)
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false))
      .once('connect', () => probe.destroy());
  });
  if (isAlive) throw new StartError(`${flag}: another program listens there`);
  rmSync(path, { force: true });
}

function serverOf(take: Take, log: Log): SMTPServer {
  let buffered = 0;

  /** The whole message, or that there is no room for it now: then the rest is read and forgotten. */
  const read = async (stream: SMTPServerDataStream, head: Uint8Array): Promise<Uint8Array | null> => {
    const chunks: Uint8Array[] = [head];
    let held = 0;
    let isFull = false;
    try {
      for await (const chunk of stream) {
        isFull ||= buffered + chunk.length > lmtpLimits.bufferedBytes;
        if (isFull) continue;
        buffered += chunk.length;
        held += chunk.length;
        chunks.push(chunk);
      }
      return isFull ? null : Buffer.concat(chunks);
    } finally {
      buffered -= held;
    }
  };

  const store = async (stream: SMTPServerDataStream, session: SMTPServerSession): Promise<string> => {
    const message = await read(stream, deliveredTo(session));
    if (stream.sizeExceeded) return ''; // the server refuses it by itself
    const taken: Result<IntakeCounts, string> =
      message === null ? err('too many bytes at once') : await take(message);
    if (!taken.ok) {
      log('warn', 'a message by LMTP cannot be stored now; it will come again', { why: taken.error });
      throw Object.assign(new Error('This cannot be stored now; try again'), { responseCode: 451 });
    }
    log('info', 'took in a message by LMTP', { ...taken.value });
    const { accepted, duplicates, ignored, quarantined } = taken.value;
    return `OK: ${accepted} new, ${duplicates} known, ${ignored} ignored, ${quarantined} in quarantine`;
  };

  return new SMTPServer({
    lmtp: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    hideREQUIRETLS: true,
    size: mailLimits.messageBytes,
    rejectOversized: true,
    maxClients: lmtpLimits.clients,
    maxRecipients: lmtpLimits.recipients,
    socketTimeout: lmtpLimits.idle,
    closeTimeout: lmtpLimits.stop,
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, callback) {
      store(stream, session).then(
        (said) => callback(null, said),
        (error) => callback(error),
      );
    },
  });
}

/** As a mail server writes on delivery: for whom a message came may be a keyed return path. */
const deliveredTo = ({ envelope }: SMTPServerSession): Uint8Array =>
  Buffer.from(envelope.rcptTo.map(({ address }) => `Delivered-To: ${address}\r\n`).join(''));

function listen(server: SMTPServer, address: Listen, flag: string): Promise<Door> {
  return new Promise((resolve, reject) => {
    // Later ones are of single connections, whose clients come again.
    server.on('error', (error) =>
      reject(
        new StartError(
          codeOf(error) === 'EADDRINUSE'
            ? `${flag}: another program listens there`
            : `${flag}: cannot listen there (${codeOf(error) || 'unknown'})`,
        ),
      ),
    );
    server.listen(address, () =>
      resolve({ stop: () => new Promise<void>((closed) => server.close(() => closed())) }),
    );
  });
}
