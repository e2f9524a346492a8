/** Samples of what a provider sends, signed as it signs, through the intake of one source. */
import * as z from 'zod';
import type { Source } from '../app/sources.ts';
import { toBase64, utf8 } from '../providers/verify/bytes.ts';
import { samplers } from '../samples/registry.ts';
import type { Sampler } from '../samples/sampler.ts';
import type { Call } from './endpoint.ts';
import { type Answer, json, refuse, responseOf } from './problem.ts';
import { webhookUrl } from './shapes-setup.ts';
import { find, unknown } from './source-edits.ts';
import { takeIn } from './webhooks.ts';

export const sourceTestShape = z
  .object({
    proof: z.enum(['own', 'test-key']).meta({
      description:
        'own = the secrets of the source; test-key = a pair made for this test, where only the provider can sign',
    }),
    sent: z.array(
      z.object({
        title: z.string(),
        kind: z.string(),
        address: z.string(),
        status: z.int(),
        accepted: z.int(),
        duplicates: z.int(),
        ignored: z.int(),
        quarantined: z.int(),
      }),
    ),
  })
  .meta({ id: 'SourceTest' });

const NOTHING = { accepted: 0, duplicates: 0, ignored: 0, quarantined: 0 };

export async function testSource(
  call: Pick<Call, 'services' | 'caller' | 'request' | 'requestId'>,
  id: string,
): Promise<Answer> {
  const { services, requestId } = call;
  const row = await find(call, id);
  if (row === null) return unknown();
  if (row.disabled === 1) return refuse(409, 'The source is disabled; enable it first.');
  if (row.paused_at !== null)
    return refuse(409, 'The source is paused, so that nothing is decided; resume it first.');
  const sampler = samplers.find(({ provider }) => provider === row.provider);
  if (sampler === undefined) throw new Error(`no samples of ${row.provider}`);
  const { source, signing, own } = await trusting(
    sampler,
    // Samples carry no tag: what they would do, if they did.
    await services.sources.open({ ...row, recipient_tag: 0 }),
  );
  const { fetchCertificate = services.fetchCertificate } = sampler;
  const url = webhookUrl(services.settings, call.request, id);
  const run = services.runtime
    .randomText(8)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, 'x');
  const now = services.runtime.now();
  const sent: unknown[] = [];
  for (const { title, kind, recipient, payload } of sampler.samples(now)) {
    const address = recipient.replace('@', `-${run}@`);
    const made = await sampler.request(readdressed(payload, recipient, address), signing, now);
    const request = new Request(url, {
      method: 'POST',
      headers: { ...made.headers, ...sharedKey(source), ...basicAuth(source) },
      body: made.body,
    });
    const answer = responseOf(
      await takeIn({ services: { ...services, fetchCertificate }, request, requestId }, source),
      requestId,
    );
    const counts = answer.status === 200 ? await answer.json() : NOTHING;
    sent.push({ title, kind, address, status: answer.status, ...NOTHING, ...counts });
  }
  return json({ proof: own ? 'own' : 'test-key', sent });
}

/**
 * Where the secret itself signs, or is sent, the source's own; where the source holds but a public key, or a
 * topic, a pair of the sampler's, trusted by this test alone.
 */
async function trusting(
  sampler: Sampler,
  source: Source,
): Promise<{ readonly source: Source; readonly signing: unknown; readonly own: boolean }> {
  const made = await sampler.source();
  const [key] = source.secrets.keys;
  if (source.secrets.keys.length + source.secrets.topicArns.length === 0)
    return { source, signing: made.signing, own: true };
  // A shared secret is sent, and signs only where it is one of Standard Webhooks.
  if (source.adapter.needs.proof === 'shared')
    return { source, signing: key?.startsWith('whsec_') ? key : made.signing, own: true };
  if (made.source.secrets.keys?.[0] === made.signing) return { source, signing: key, own: true };
  const { keys = [], topic_arns: topicArns = [] } = made.source.secrets;
  const { basicAuth } = source.secrets;
  const row = { ...source.row, public_url: made.source.public_url ?? source.row.public_url };
  return {
    source: { ...source, row, secrets: { keys, topicArns, basicAuth } },
    signing: made.signing,
    own: false,
  };
}

const readdressed = (payload: unknown, from: string, to: string): unknown =>
  JSON.parse(JSON.stringify(payload).replaceAll(from, to));

const sharedKey = ({ adapter, secrets }: Source): Record<string, string> =>
  adapter.needs.proof === 'shared' && secrets.keys[0] !== undefined
    ? { 'x-mailstop-key': secrets.keys[0] }
    : {};

function basicAuth({ secrets }: Source): Record<string, string> {
  const [pair] = secrets.basicAuth;
  if (pair === undefined) return {};
  return { authorization: `Basic ${toBase64(utf8(`${pair.username}:${pair.password}`))}` };
}
