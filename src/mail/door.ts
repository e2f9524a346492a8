/**
 * How mail comes in that the mail server of this machine hands over. Its right to do so is that it can: who may
 * write to the folder or the socket is the operator's choice. A stored message is answered for; any other stays
 * with the mail server, which tries again.
 */
import { handOver } from '../app/ingest.ts';
import type { IntakeCounts } from '../app/jobs.ts';
import type { Log } from '../app/log.ts';
import type { Services } from '../app/services.ts';
import { err, ok, type Result } from '../core/result.ts';
import { StartError } from '../database.ts';

export interface Door {
  /** Finishes the messages in hand. */
  stop(): Promise<void>;
}

/** Opens once the server is up; throws a StartError where it cannot. */
export type OpenDoor = (services: Services, log: Log) => Promise<Door>;

/** The error says why it cannot be stored now. */
export type Take = (message: Uint8Array) => Promise<Result<IntakeCounts, string>>;

export const mailLimits = { messageBytes: 50 * 1024 * 1024 } as const;

/** `flag` is what the operator wrote, for what it says where the source cannot take mail. */
export async function takerFor(services: Services, sourceId: string, flag: string): Promise<Take> {
  const { sources, runtime } = services;
  const named = await sources.find(sourceId);
  if (named === null) throw new StartError(`${flag}: there is no source ${sourceId}, or it is disabled`);
  if (!['dsn', 'arf'].includes(named.adapter.id))
    throw new StartError(
      `${flag}: ${named.adapter.name} is no source of mail; make one with "mailstop source add dsn"`,
    );
  const url = new URL(`http://localhost/webhooks/${sourceId}`);
  const headers = new Headers({ 'content-type': 'message/rfc822' });
  return async (body) => {
    const source = await sources.find(sourceId);
    if (source === null) return err('the source is disabled or gone');
    const outcome = await handOver(
      services,
      source,
      { method: 'POST', url, headers, body },
      {},
      runtime.now(),
    );
    if (outcome.type === 'stored') return ok(outcome.counts);
    return err(outcome.type === 'reply' ? 'no mail' : outcome.why);
  };
}

/** `dsn_…=/var/mail/bounces`: the source, and the place. */
export function readFlag(flag: string, given: string): [source: string, place: string] {
  const [source = '', ...rest] = given.split('=');
  const place = rest.join('=');
  if (source === '' || place === '')
    throw new StartError(`${flag} needs <source>=<place>, and has "${given}"`);
  return [source, place];
}
