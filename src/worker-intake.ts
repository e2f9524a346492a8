/**
 * What Cloudflare hands to the Worker besides requests: mail by Email Routing, and events by Queues. Its right to do
 * so is the binding in the operator's own account. What is not stored throws: then the sender's mail server or the
 * queue comes again.
 */
import { handOver } from './app/ingest.ts';
import type { Services } from './app/services.ts';
import type { Source } from './app/sources.ts';
import { HOME_TENANT } from './http/auth.ts';

/** https://developers.cloudflare.com/email-service/api/route-emails/email-handler/ */
export interface RoutedMail {
  /** RCPT TO: the return path, which may be keyed. */
  readonly to: string;
  readonly headers: Headers;
  readonly raw: ReadableStream<Uint8Array>;
}

/** https://developers.cloudflare.com/queues/configuration/javascript-apis/ */
export interface QueueBatch {
  readonly messages: readonly { readonly body: unknown }[];
}

/**
 * A bounce, or a complaint (RFC 5965). That a handler which throws is a passing failure of SMTP is said by
 * https://alchemy.run/providers/cloudflare/workers/email, not by Cloudflare: UNVERIFIED.
 */
export async function takeMail(
  services: Services,
  named: string | undefined,
  mail: RoutedMail,
): Promise<void> {
  const isComplaint = /feedback-report/i.test(mail.headers.get('content-type') ?? '');
  const source = await theSource(services, named, isComplaint ? 'arf' : 'dsn');
  // As a mail server would write it on delivery; the raw message does not tell where it went.
  const head = new TextEncoder().encode(`Delivered-To: ${mail.to.replace(/[\r\n]/g, '')}\r\n`);
  const message = new Uint8Array(await new Response(mail.raw).arrayBuffer());
  const body = new Uint8Array(head.length + message.length);
  body.set(head);
  body.set(message, head.length);
  await take(services, source, body, 'message/rfc822');
}

/** Events of Cloudflare Email Sending, as its queue holds them. */
export async function takeQueue(
  services: Services,
  named: string | undefined,
  batch: QueueBatch,
): Promise<void> {
  const source = await theSource(services, named, 'cloudflare');
  const body = new TextEncoder().encode(JSON.stringify(batch.messages.map((message) => message.body)));
  await take(services, source, body, 'application/json');
}

/** `named`: ids, where the tenant "default" does not have just one source of the provider. */
async function theSource(
  { store, sources }: Services,
  named: string | undefined,
  provider: string,
): Promise<Source> {
  const ids = named?.split(',').map((id) => id.trim()) ?? [];
  const rows =
    ids.length === 0
      ? await store.sources(HOME_TENANT)
      : await Promise.all(ids.map((id) => store.source(id)));
  const fitting = rows.filter((row) => row !== null && row.provider === provider && row.disabled === 0);
  const [row] = fitting;
  if (row === null || row === undefined || fitting.length > 1)
    throw new Error(
      fitting.length > 1
        ? `there are ${fitting.length} sources of provider "${provider}"; name the one to take this in MAILSTOP_SOURCES`
        : `there is no source of provider "${provider}" to take this; make one: mailstop source add ${provider}`,
    );
  return sources.open(row);
}

async function take(
  services: Services,
  source: Source,
  body: Uint8Array<ArrayBuffer>,
  type: string,
): Promise<void> {
  const request = {
    method: 'POST',
    url: new URL(`https://localhost/webhooks/${source.row.id}`),
    headers: new Headers({ 'content-type': type }),
    body,
  };
  const outcome = await handOver(services, source, request);
  if (outcome.type !== 'stored')
    throw new Error(outcome.type === 'reply' ? 'this is a handshake, not an event' : outcome.why);
}
