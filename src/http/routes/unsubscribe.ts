/** One-click unsubscribe (RFC 8058): links for the headers of a message, and the address they lead to. */
import { html } from 'hono/html';
import * as z from 'zod';
import type { Leaving } from '../../app/unsubscribe.ts';
import { canonicalAddress } from '../../core/address.ts';
import { readBody } from '../body.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { streamOrAll } from '../fields.ts';
import { type Answer, json, notFound, raw, refuse } from '../problem.ts';
import { limiterOf } from '../rate-limit.ts';
import { checkLimits } from './check.ts';

/** Tokens that are none of ours, a minute: enough for links that were cut, too few to try for one that is. */
const MISSES_A_MINUTE = 300;
const MAX_FORM = 16 * 1024;

const params = z.object({ token: z.string() });
const answers = {
  404: { description: 'no such link' },
  429: { description: 'too many links that do not exist' },
} as const;

export const unsubscribeEndpoints: readonly Endpoint[] = [
  endpoint({
    tag: 'Unsubscribe',
    method: 'post',
    path: '/v1/unsubscribe-links',
    summary: 'Make links for List-Unsubscribe, one for each recipient',
    description:
      'Put both headers into the message, and have DKIM sign them. A link never runs out, and shows nobody whose it is.',
    scope: 'write', // whoever has the link of an address can unsubscribe it
    body: z.strictObject({
      addresses: z.array(z.string()),
      stream: streamOrAll.optional().meta({ description: 'what is left; * (all mail) unless given' }),
    }),
    bodyLimit: checkLimits.bodyBytes,
    answers: {
      200: {
        description: 'one result for each address, in the same order',
        schema: z.object({
          results: z.array(
            z.object({
              address: z.string().meta({ description: 'as sent' }),
              url: z.string().nullable().meta({ description: 'null = the address cannot be read' }),
              headers: z.record(z.string(), z.string()).nullable(),
              error: z.literal('invalid-address').nullable(),
            }),
          ),
        }),
      },
      413: { description: 'more than 10,000 addresses, or 4 MiB' },
    },
    async handle({ services, caller: { tenant }, request, body }) {
      if (body.addresses.length > checkLimits.addresses)
        return refuse(413, 'More than 10,000 addresses; send them in parts.');
      const base = services.settings.publicUrl ?? new URL(request.url).origin;
      const stream = body.stream ?? '*';
      const results = await Promise.all(
        body.addresses.map(async (address) => {
          const canonical = canonicalAddress(address);
          if (!canonical.ok) return { address, url: null, headers: null, error: 'invalid-address' };
          const token = await services.unsubscribes.tokenOf({ tenant, address: canonical.value, stream });
          const url = `${base}/unsubscribe/${token}`;
          const headers = {
            'List-Unsubscribe': `<${url}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          };
          return { address, url, headers, error: null };
        }),
      );
      return json({ results });
    },
  }),
  endpoint({
    tag: 'Unsubscribe',
    method: 'post',
    path: '/unsubscribe/:token',
    summary: 'Leave',
    description:
      'What a mail program sends for its user, and the button of the page. Needs no key and no cookie.',
    scope: null,
    params,
    query: 'any',
    takes: [],
    answers: { 200: { description: 'unsubscribed, now or before', types: ['text/html'] }, ...answers },
    handle: (call) =>
      withLink(call, async (leaving) => {
        // Nothing in it matters: the link says all, and a mail program may add what it likes.
        await readBody(call.request, MAX_FORM);
        const { tenant, address, stream } = leaving;
        if (!(await hasLeft(call.services, leaving)))
          await call.services.list.block(
            { tenant, actor: 'recipient' },
            { address, reason: 'unsubscribe', stream, note: 'one-click unsubscribe', until: null },
          );
        return page(
          call,
          html`<h1>Unsubscribed</h1>
          <p>You will not get ${mailOf(leaving)} any more.</p>`,
        );
      }),
  }),
  endpoint({
    tag: 'Unsubscribe',
    method: 'get',
    path: '/unsubscribe/:token',
    summary: 'Ask whether to leave',
    description: 'A page with one button. Looking at it changes nothing, as programs look at links too.',
    scope: null,
    params,
    query: 'any',
    answers: { 200: { description: 'the page', types: ['text/html'] }, ...answers },
    handle: (call) =>
      withLink(call, async (leaving) =>
        page(
          call,
          html`<h1>Unsubscribe?</h1>
          <p>You will not get ${mailOf(leaving)} any more.</p>
          <form method="post">
            <input type="hidden" name="List-Unsubscribe" value="One-Click" />
            <button>Unsubscribe</button>
          </form>`,
        ),
      ),
  }),
];

type Linked = Pick<Call, 'services' | 'request'> & { readonly params: { readonly token: string } };

/**
 * Only a release with evidence lifts what was left so: a click more would say nothing, and be kept for good, however often
 * somebody clicks.
 */
async function hasLeft(
  { store, runtime }: Call['services'],
  { tenant, address, stream }: Leaving,
): Promise<boolean> {
  const standing = await store.check(tenant, [address], runtime.now());
  return (standing.get(address)?.entries ?? []).some(
    (row) =>
      row.address === address &&
      row.reason === 'unsubscribe' &&
      row.stream === stream &&
      row.origin === 'manual' &&
      row.until === null,
  );
}

/** A damaged link, an invented one, and one of another server all get the same answer. */
async function withLink(call: Linked, then: (leaving: Leaving) => Promise<Answer>): Promise<Answer> {
  const { services, params } = call;
  const leaving = await services.unsubscribes.read(params.token);
  if (leaving !== null) return then(leaving);
  const wait = limiterOf(services).take('wrong links', MISSES_A_MINUTE);
  if (wait > 0)
    return refuse(429, 'Too many links that do not exist; try again later.', [], {
      'Retry-After': String(wait),
    });
  return notFound('There is nothing here. Copy the whole link from the message.');
}

const mailOf = ({ stream }: Leaving): string => (stream === '*' ? 'mail from us' : `our "${stream}" mail`);

const style = `:root { color-scheme: light dark; font: 1.0625rem/1.5 system-ui, sans-serif }
body { max-width: 26rem; margin: 20vh auto 0; padding: 0 1.5rem } h1 { font-size: 1.5rem; margin: 0 }
button { font: inherit; font-weight: 600; padding: .6rem 1.2rem; border: 0; border-radius: .4rem; color: #fff; background: #0b62c4; cursor: pointer }
button:focus-visible { outline: 3px solid light-dark(#0b62c4, #6cb2ff); outline-offset: 3px }`;

async function page({ services }: Pick<Call, 'services'>, content: ReturnType<typeof html>): Promise<Answer> {
  const nonce = services.runtime.randomText(16);
  const text = await html`<!doctype html><html lang="en"><head><meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" /><meta name="robots" content="noindex" />
    <title>Unsubscribe</title><style nonce="${nonce}">${style}</style></head><body><main>${content}</main></body></html>`;
  return raw(
    new Response(String(text), {
      headers: {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Security-Policy': `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
      },
    }),
  );
}
